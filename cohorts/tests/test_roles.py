"""Who became or ceased to be what is noted where it happens, and stays noted."""

import pytest
from django.db.models import ProtectedError
from django.urls import reverse
from tests.cast import make_user

from cohorts.models import Cohort, Invitation, Membership, RoleChange

BEGAN, ENDED = RoleChange.Deed.BEGAN, RoleChange.Deed.ENDED


def changes_of(user) -> list[tuple]:
    """What was noted about her, oldest first."""
    rows = RoleChange.objects.filter(membership__user=user).order_by("pk")
    return list(rows.values_list("role", "deed", "actor"))


def let_in(cast, user, role="member", **fields):
    fields = fields or {"email": user.email}
    invitation = Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, role=role, **fields)
    return invitation.accept(user)


def test_an_invitation_begins_a_place(cast):
    new = make_user("new")
    assert let_in(cast, new, "facilitator")
    assert changes_of(new) == [("facilitator", BEGAN, None)]


def test_who_appoints_herself_by_an_invitation_is_named(cast):
    assert let_in(cast, cast.organizer, "facilitator")
    assert changes_of(cast.organizer) == [("facilitator", BEGAN, cast.organizer.pk)]


def test_a_shared_link_begins_a_place_once(cast):
    new = make_user("new")
    assert let_in(cast, new, max_uses=3)
    assert let_in(cast, new, max_uses=3)
    assert changes_of(new) == [("member", BEGAN, None)]


def test_a_member_becomes_facilitator(cast):
    assert let_in(cast, cast.member, "facilitator")
    assert changes_of(cast.member) == [("facilitator", BEGAN, None)]


def test_an_invitation_that_changes_nothing_notes_nothing(cast):
    assert let_in(cast, cast.facilitator)
    assert let_in(cast, cast.member)
    assert not let_in(cast, cast.member, email="somebody@example.com")
    assert changes_of(cast.facilitator) == changes_of(cast.member) == []


def test_a_facilitator_who_left_comes_back_as_member(cast):
    Membership.objects.get(user=cast.facilitator).close()
    assert let_in(cast, cast.facilitator)
    assert changes_of(cast.facilitator) == [("facilitator", ENDED, None), ("member", BEGAN, None)]


@pytest.mark.parametrize(("action", "who", "deed"), [("close", "facilitator", ENDED), ("reopen", "removed", BEGAN)])
def test_the_office_is_named(client, cast, action, who, deed):
    place = Membership.objects.get(user=getattr(cast, who), cohort=cast.cohort)
    RoleChange._base_manager.all()._raw_delete("default")  # what the cast itself did
    client.force_login(cast.organizer)
    for _twice in range(2):
        client.post(reverse("admin:cohorts_membership_changelist"), {"action": action, "_selected_action": place.pk})
    assert changes_of(place.user) == [(place.role, deed, cast.organizer.pk)]


def test_of_facilitators_alone(cast):
    for user, role in ((make_user("one"), "member"), (make_user("two"), "facilitator")):
        let_in(cast, user, role)
    here = RoleChange.objects.facilitators().filter(deed=BEGAN)
    assert [change.membership.user.nickname for change in here] == ["two"]


def test_only_ever_added(cast):
    Membership.objects.get(user=cast.facilitator).close()
    change = RoleChange.objects.get(role="facilitator")
    rows = RoleChange.objects.filter(pk=change.pk)
    for deed in (
        change.save,
        change.delete,
        rows.delete,
        lambda: rows.update(deed=BEGAN),
        lambda: rows.bulk_update([change], ["deed"]),
        lambda: rows.update_or_create(pk=change.pk, defaults={"deed": BEGAN}),
        lambda: rows.bulk_create([change], update_conflicts=True, update_fields=["deed"], unique_fields=["pk"]),
        lambda: RoleChange(pk=change.pk).save(force_update=True),
        lambda: RoleChange(pk=change.pk).save(update_fields=["deed"]),
    ):
        with pytest.raises(TypeError):
            deed()
    change.refresh_from_db()
    assert (change.deed, RoleChange.objects.filter(role="facilitator").count()) == (ENDED, 1)


def test_a_place_with_a_past_cannot_be_deleted(cast):
    place = Membership.objects.get(user=cast.facilitator)
    place.close()
    with pytest.raises(ProtectedError):
        place.delete()
    assert Cohort.objects.filter(memberships=place).exists()
