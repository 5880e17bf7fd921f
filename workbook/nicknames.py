"""How people are called in the notes of a session."""

from cohorts.models import Cohort, Membership, User

HONORIFICS = ("さん", "さま", "様", "ちゃん", "くん", "君", "先生", "氏")


def address(nickname: str) -> str:
    """The name as one says it: with さん, unless it brings something like it along."""
    return nickname if nickname.endswith(HONORIFICS) else f"{nickname}さん"


def others_in(cohort: Cohort, user: User) -> list[str]:
    """How everybody else who takes part today is addressed, in the order of the names. One query."""
    people = Membership.objects.filter(cohort=cohort, left_at=None).exclude(user=user)
    return sorted({address(name) for name in people.values_list("user__nickname", flat=True)})
