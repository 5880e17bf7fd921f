"""The reading pages: members' words by person and by question, to read in one go and to answer."""

from .member import read_person, read_week
from .question import read_question

__all__ = ["read_person", "read_question", "read_week"]
