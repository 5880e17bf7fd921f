"""What is asked (plan), what is written (words), what is said about it (talk); what seals it on devices (journal)."""

from .journal import JournalKey
from .place import Place, find_place
from .plan import Prompt, Section, Week
from .privacy import PrivacyPage
from .records import AccessRecord
from .talk import Feedback, Reading
from .words import MAX_LENGTH, OperationReused, Readers, Response, Revision, Save, Saved, TooManySaves

__all__ = [
    "MAX_LENGTH",
    "AccessRecord",
    "Feedback",
    "JournalKey",
    "OperationReused",
    "Place",
    "PrivacyPage",
    "Prompt",
    "Readers",
    "Reading",
    "Response",
    "Revision",
    "Save",
    "Saved",
    "Section",
    "TooManySaves",
    "Week",
    "find_place",
]
