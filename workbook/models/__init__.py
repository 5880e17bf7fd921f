"""What is asked (plan), what is written (words), what is said about it (talk); what seals it on devices (journal)."""

from .journal import JournalKey
from .place import Place, find_place
from .plan import Prompt, Section, Week
from .privacy import PrivacyPage
from .readers import Readers
from .records import AccessRecord
from .saving import MAX_LENGTH, OperationReused, Saved, TooManySaves
from .talk import Feedback, Reading
from .words import Response, Revision, Save

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
