"""Two organizers at the same moment: nobody is invited twice, nobody waits for the other for ever."""

import pytest
from tests.cast import join, make_cohort, make_user
from tests.together import at_once

from cohorts.addresses import Address
from cohorts.admin.inviting import invite_all
from cohorts.models import Invitation, Mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("role", [Invitation.Role.MEMBER, Invitation.Role.ORGANIZER])
def test_the_same_list_pasted_twice_invites_once(role):
    organizer = make_user("organizer")
    cohort = make_cohort("ours") if role == Invitation.Role.MEMBER else None
    addresses = [Address(f"person{number}@example.net") for number in range(12)]

    def invite():
        return len(invite_all(addresses, cohort=cohort, role=role, created_by=organizer).invited)

    assert sorted(at_once(*[invite] * 4)) == [0, 0, 0, 12]
    assert Invitation.objects.count() == 12
    assert Mail.objects.count() == 12


def test_removing_somebody_while_she_accepts():
    """Whichever comes first, both come to an end, and no open invitation is left to somebody who is out."""
    for number in range(8):
        cohort, user = make_cohort(f"c{number}"), make_user(f"person{number}")
        membership = join(cohort, user)
        invitation = Invitation.objects.invite(created_by=None, cohort=cohort, role="facilitator", email=user.email)
        at_once(membership.close, lambda invitation=invitation, user=user: invitation.accept(user))
        place = cohort.memberships.get()
        invitation.refresh_from_db()
        assert place.left_at is None or not Invitation.objects.open().filter(pk=invitation.pk).exists()
