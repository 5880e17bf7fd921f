"""What is asked (plan), what is written (words), what is said about it (drafts, talk), who has read it (records),
and the hour together (room)."""

from .drafts import ANSWERING, Draft, DraftRevision, DraftSave, Note, NoteRevision, NoteSave
from .journal import JournalKey
from .place import Place, find_place
from .plan import FormerWording, Prompt, Section, Week
from .privacy import PrivacyPage
from .readers import Readers
from .records import AccessRecord
from .room import Attendance, Room
from .saving import MAX_LENGTH, OperationReused, Saved, TooManySaves
from .talk import Feedback, Reading, StaleDraft
from .words import Response, Revision, Save

__all__ = [
    "ANSWERING",
    "MAX_LENGTH",
    "AccessRecord",
    "Attendance",
    "Draft",
    "DraftRevision",
    "DraftSave",
    "Feedback",
    "FormerWording",
    "JournalKey",
    "Note",
    "NoteRevision",
    "NoteSave",
    "OperationReused",
    "Place",
    "PrivacyPage",
    "Prompt",
    "Readers",
    "Reading",
    "Response",
    "Revision",
    "Room",
    "Save",
    "Saved",
    "Section",
    "StaleDraft",
    "TooManySaves",
    "Week",
    "find_place",
]
