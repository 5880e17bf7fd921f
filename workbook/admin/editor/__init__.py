"""The workbook of a cohort on one page: every theme, aim, section, question and hint, in order."""

from .view import Editing

__all__ = ["Editing"]
