"""The invitation's link: who gets in, who does not, and what is never used up."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.cast import join, make_user

from cohorts.models import ORGANIZERS, Cohort, Invitation, Membership, User
from cohorts.models.invitation import hash_token


def link(invitation):
    return f"/invitations/{invitation.token}/"


@pytest.fixture
def shared(cast):
    return Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, max_uses=2)


@pytest.fixture
def mailed(cast):
    return Invitation.objects.invite(
        created_by=cast.organizer, cohort=cast.cohort, email="new@example.com", nickname="みどり"
    )


def used(invitation):
    return Invitation.objects.get(pk=invitation.pk).uses


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client, cast, shared, method):
    client.force_login(cast.stranger)
    response = getattr(client, method)(link(shared))
    assert response.status_code == 200
    assert used(shared) == 0
    assert not Membership.objects.filter(user=cast.stranger, cohort=cast.cohort).exists()


def test_page_names_cohort_and_inviter_and_keeps_the_link_secret(client, cast, shared):
    response = client.get(link(shared))
    assert cast.cohort.name in response.text
    assert cast.organizer.nickname in response.text
    assert response["Referrer-Policy"] == "strict-origin"
    assert "no-store" in response["Cache-Control"]
    assert "sessionid" not in response.cookies


def test_names_are_escaped(client, cast, shared):
    Cohort.objects.filter(pk=cast.cohort.pk).update(name="<b>x</b>")
    assert "<b>x</b>" not in client.get(link(shared)).text


def test_signed_in_person_joins(client, cast, shared):
    client.force_login(cast.stranger)
    response = client.post(link(shared), follow=False)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert Membership.objects.get(user=cast.stranger, cohort=cast.cohort).role == "member"
    assert used(shared) == 1
    assert len(list(get_messages(response.wsgi_request))) == 1


def test_member_may_press_again_without_a_use(client, cast, shared):
    client.force_login(cast.member)
    assert client.post(link(shared)).status_code == 302
    assert used(shared) == 0


def test_many_presses_of_one_person_are_one_use(client, cast, shared):
    client.force_login(cast.stranger)
    for _ in range(3):
        assert client.post(link(shared))["Location"] == "/"
    assert used(shared) == 1


@pytest.mark.parametrize("role", ["member", "facilitator"])
def test_shared_link_reopens_no_closed_place(client, cast, shared, role):
    """It still stands in the chat: whoever was removed could come back with it, a facilitator as a facilitator."""
    Membership.objects.filter(user=cast.removed).update(role=role)
    client.force_login(cast.removed)
    assert client.get(link(shared)).context["refused"] == "left"
    response = client.post(link(shared))
    assert (response.status_code, response.context["refused"]) == (403, "left")
    assert Membership.objects.get(user=cast.removed, cohort=cast.cohort).left_at
    assert used(shared) == 0


def test_refusal_after_signing_in_is_told(client, cast, shared):
    cast.removed.set_password("a long enough secret")
    cast.removed.save()
    client.post(link(shared), {"signin": "1"})
    response = client.post(
        "/accounts/login/", {"login": cast.removed.email, "password": "a long enough secret"}, follow=True
    )
    assert [message.level_tag for message in response.context["messages"]] == ["warning"]
    assert Membership.objects.get(user=cast.removed, cohort=cast.cohort).left_at


@pytest.mark.parametrize(("before", "after"), [("member", "facilitator"), ("facilitator", "member")])
def test_mailed_invitation_reopens_with_its_own_role(client, cast, before, after):
    Membership.objects.filter(user=cast.removed).update(role=before)
    invitation = Invitation.objects.invite(created_by=None, cohort=cast.cohort, role=after, email=cast.removed.email)
    client.force_login(cast.removed)
    assert client.post(link(invitation))["Location"] == "/"
    place = Membership.objects.get(user=cast.removed, cohort=cast.cohort)
    assert (place.left_at, place.role) == (None, after)
    assert used(invitation) == 1


def test_closing_a_place_kills_what_waits_in_the_mailbox(client, cast):
    """Invited twice, or promoted by another link: the spare invitation must not let her back in."""
    EmailAddress.objects.create(user=cast.facilitator, email="second@example.com", verified=True)
    addresses = ["Facilitator@example.com", "second@example.com", "else@example.com"]
    spare, second, another = [
        Invitation.objects.invite(created_by=None, cohort=cast.cohort, role="facilitator", email=address)
        for address in addresses
    ]
    elsewhere = Invitation.objects.invite(created_by=None, cohort=cast.other, email=cast.facilitator.email)
    Membership.objects.get(user=cast.facilitator, cohort=cast.cohort).close()
    states = [Invitation.objects.get(pk=row.pk).state for row in (spare, second, another, elsewhere)]
    assert states == ["revoked", "revoked", "open", "open"]
    client.force_login(cast.facilitator)
    assert client.post(link(spare)).status_code == 404


def test_mailed_invitation_is_used_up_also_by_those_who_are_in(client, cast):
    invitation = Invitation.objects.invite(created_by=None, cohort=cast.cohort, email=cast.facilitator.email)
    client.force_login(cast.facilitator)
    assert client.post(link(invitation))["Location"] == "/"
    assert Membership.objects.get(user=cast.facilitator, cohort=cast.cohort).is_facilitator
    assert used(invitation) == 1


def test_another_address_is_refused_and_nothing_is_used_up(client, cast, mailed):
    client.force_login(cast.stranger)
    assert client.get(link(mailed)).context["refused"]
    response = client.post(link(mailed))
    assert response.status_code == 403
    assert response.context["refused"]
    assert used(mailed) == 0
    assert not Membership.objects.filter(user=cast.stranger, cohort=cast.cohort).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"revoked_at": timezone.now()},
        {"uses": 2},
        {"token_hash": hash_token("another")},
    ],
    ids=["expired", "revoked", "used", "re-issued"],
)
def test_dead_link_says_what_to_do(client, cast, shared, change):
    Invitation.objects.filter(pk=shared.pk).update(**change)
    client.force_login(cast.stranger)
    for response in (client.get(link(shared)), client.post(link(shared))):
        assert response.status_code == 404
        assert "cohorts/invitation_closed.html" in [template.name for template in response.templates]
        assert cast.cohort.name not in response.text
    assert not Membership.objects.filter(user=cast.stranger, cohort=cast.cohort).exists()


def test_second_press_leads_on(client, cast):
    invitation = Invitation.objects.invite(created_by=None, cohort=cast.cohort, email=cast.stranger.email)
    client.force_login(cast.stranger)
    for _ in range(2):
        response = client.post(link(invitation))
        assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get(link(invitation))["Location"] == "/"
    assert used(invitation) == 1


def test_removed_person_is_not_led_on(client, cast, shared):
    shared.revoke()
    client.force_login(cast.removed)
    assert client.get(link(shared)).status_code == 404


def test_link_into_a_deleted_cohort_is_dead(client, cast, shared):
    cast.cohort.mark_deleted()
    assert client.get(link(shared)).status_code == 404


def test_guessing_is_slowed_down(client, cast, shared):
    for guess in range(20):
        assert client.get(f"/invitations/{guess:064x}/").status_code == 404
    assert client.get(f"/invitations/{21:064x}/").status_code == 429
    assert client.get(link(shared)).status_code == 429


def test_good_links_are_not_counted(client, cast, shared):
    for _ in range(25):
        assert client.get(link(shared)).status_code == 200


def test_organizer_invitation(client, cast):
    invitation = Invitation.objects.invite(created_by=None, role="organizer", email="stranger@example.com")
    client.force_login(cast.stranger)
    assert client.get(link(invitation)).status_code == 200
    assert client.post(link(invitation))["Location"] == "/"
    assert cast.stranger.groups.filter(name=ORGANIZERS).exists()
    assert client.post(link(invitation))["Location"] == "/"
    assert used(invitation) == 1
    remaining = client.session.get_expiry_date() - timezone.now()
    assert remaining <= timedelta(days=1)


def test_facilitator_invitation_promotes_a_member(client, cast):
    invitation = Invitation.objects.invite(
        created_by=cast.organizer, cohort=cast.cohort, role="facilitator", email=cast.member.email
    )
    client.force_login(cast.member)
    client.post(link(invitation))
    assert Membership.objects.get(user=cast.member, cohort=cast.cohort).is_facilitator


def test_other_address_after_sign_in_is_told(client, cast, mailed):
    cast.stranger.set_password("a long enough secret")
    cast.stranger.save()
    client.post(link(mailed))
    response = client.post(
        "/accounts/login/", {"login": cast.stranger.email, "password": "a long enough secret"}, follow=True
    )
    assert response.wsgi_request.user == cast.stranger
    assert [message.level_tag for message in response.context["messages"]] == ["warning"]
    assert used(mailed) == 0


def test_link_that_died_on_the_way_is_told(client, cast, shared):
    cast.stranger.set_password("a long enough secret")
    cast.stranger.save()
    client.post(link(shared), {"signin": "1"})
    shared.revoke()
    response = client.post(
        "/accounts/login/", {"login": cast.stranger.email, "password": "a long enough secret"}, follow=True
    )
    assert [message.level_tag for message in response.context["messages"]] == ["warning"]
    assert not Membership.objects.filter(user=cast.stranger, cohort=cast.cohort).exists()


def test_token_stands_in_no_row_and_no_log(client, cast, shared, mailed, caplog):
    """Only the hash is kept: reading the database or the log opens no door."""
    with caplog.at_level(logging.DEBUG):
        client.post(link(mailed))
        client.get("/accounts/signup/")
        shared.revoke()
        client.get(link(shared))
    rows = [str(Invitation.objects.values_list()), *[str(session.get_decoded()) for session in Session.objects.all()]]
    assert mailed.token not in " ".join(rows)
    assert shared.token not in " ".join(rows)
    logged = [record for record in caplog.records if "/invitations/" in record.getMessage()]
    from cohorts.logs import HideLinks

    assert logged
    for record in logged:
        HideLinks().filter(record)
        assert shared.token not in record.getMessage()


def test_every_console_line_passes_the_filter(settings):
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["hide_links"]


@pytest.mark.django_db(transaction=True)
def test_parallel_presses_cannot_overrun_the_limit():
    """Twenty people press the same link at once; it has room for seven."""
    cohort = Cohort.objects.create(name="同時", slug="at-once")
    invitation = Invitation.objects.invite(created_by=None, cohort=cohort, max_uses=7)
    users = [make_user(f"person{number}") for number in range(20)]

    def press(user):
        client = Client()
        client.force_login(user)
        try:
            return client.post(link(invitation)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(press, users))
    assert sorted(answers) == [302] * 7 + [404] * 13
    assert Membership.objects.filter(cohort=cohort).count() == 7
    assert used(invitation) == 7


@pytest.mark.django_db(transaction=True)
def test_parallel_presses_of_one_person_take_one_place():
    cohort = Cohort.objects.create(name="同時", slug="at-once")
    invitation = Invitation.objects.invite(created_by=None, cohort=cohort, max_uses=7)
    user = make_user("person")

    def press(_number):
        client = Client()
        client.force_login(user)
        try:
            return client.post(link(invitation)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(press, range(10))) == {302}
    assert Membership.objects.filter(cohort=cohort).count() == 1
    assert used(invitation) == 1


def test_facilitator_of_a_closed_membership_is_no_staff(client, cast):
    user = make_user("former")
    join(cast.cohort, user, "facilitator").close()
    assert not User.objects.get(pk=user.pk).is_facilitator
