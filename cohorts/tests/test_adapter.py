"""Sign-up and sign-in, from the link to 今週."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from cohorts.models import Invitation, Membership, User

PASSWORD = "a long enough secret"


@pytest.fixture
def shared(cast):
    return Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, max_uses=2)


@pytest.fixture
def mailed(cast):
    return Invitation.objects.invite(
        created_by=cast.organizer, cohort=cast.cohort, email="new@example.com", nickname="みどり"
    )


def press(client, invitation, **data):
    """Open the link as it was mailed, or a shared one."""
    proof = f"{invitation.proof}/" if invitation.email else ""
    return client.post(f"/invitations/{invitation.token}/{proof}", data)


def mailed_code():
    return re.search(r"^\w{4}-\w{4}$", mail.outbox[-1].body, re.MULTILINE)[0]


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


def test_sign_up_without_invitation_creates_nothing(client, cast):
    before = User.objects.count()
    assert "account/signup_closed.html" in [t.name for t in client.get("/accounts/signup/").templates]
    response = client.post("/accounts/signup/", {"email": "new@example.com", "nickname": "みどり"})
    assert "account/signup_closed.html" in [t.name for t in response.templates]
    assert User.objects.count() == before
    assert mail.outbox == []


def test_mailed_invitation_needs_only_a_nickname(client, cast, mailed):
    assert press(client, mailed)["Location"] == "/accounts/signup/"
    page = client.get("/accounts/signup/")
    assert page.context["form"]["nickname"].initial == "みどり"
    assert 'value="new@example.com"' in page.text
    response = client.post("/accounts/signup/", {"nickname": " みどり　"})
    assert (response.status_code, response["Location"]) == (302, "/")
    user = User.objects.get(email="new@example.com")
    assert user.nickname == "みどり"
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified
    assert Membership.objects.get(user=user).cohort == cast.cohort
    assert Invitation.objects.get(pk=mailed.pk).state == Invitation.State.ACCEPTED
    assert mail.outbox == []


@pytest.mark.parametrize("proof", ["", f"{'0' * 32}/"], ids=["copied", "guessed"])
def test_copied_link_proves_no_address(client, cast, mailed, proof):
    """Whoever is handed the link by somebody else opens no account in another's name."""
    path = f"/invitations/{mailed.token}/{proof}"
    assert not client.get(path).context["proven"]
    client.post(path)
    response = client.post("/accounts/signup/", {"email": "thief@example.com", "nickname": "みどり"})
    assert response["Location"] == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session
    assert [message.to for message in mail.outbox] == [["new@example.com"]]
    assert not EmailAddress.objects.get(email="new@example.com").verified
    assert Invitation.objects.get(pk=mailed.pk).uses == 0
    client.post("/accounts/confirm-email/", {"code": mailed_code()})
    assert Membership.objects.get(user__email="new@example.com").cohort == cast.cohort


def test_owner_gets_in_although_somebody_tried_before(client, cast, mailed):
    thief = Client()
    thief.post(f"/invitations/{mailed.token}/")
    thief.post("/accounts/signup/", {"nickname": "どろぼう"})
    assert press(client, mailed)["Location"] == "/accounts/login/"
    client.post("/accounts/login/code/", {"email": "new@example.com"})
    client.post("/accounts/login/code/confirm/", {"code": mailed_code()})
    assert Membership.objects.get(user__email="new@example.com").cohort == cast.cohort
    assert "_auth_user_id" not in thief.session


def test_shared_link_has_no_proof(client, cast, shared):
    client.post(f"/invitations/{shared.token}/{shared.proof}/")
    client.post("/accounts/signup/", {"email": "new@example.com", "nickname": "みどり"})
    assert not EmailAddress.objects.get(email="new@example.com").verified


@pytest.mark.parametrize("host", ["localhost:6666", "127.0.0.1", "testserver:81"])
def test_links_in_mails_lead_to_this_site_whatever_the_host(client, cast, host):
    with_password(cast.member)
    client.post("/accounts/password/reset/", {"email": cast.member.email}, headers={"host": host})
    links = re.findall(r"https?://\S+", mail.outbox[0].body)
    assert any("/accounts/password/reset/key/" in link for link in links)
    assert all(link == "http://testserver" or link.startswith("http://testserver/") for link in links)


def test_changed_address_in_the_locked_form_is_ignored(client, cast, mailed):
    press(client, mailed)
    client.post("/accounts/signup/", {"email": "thief@example.com", "nickname": "みどり"})
    assert not User.objects.filter(email="thief@example.com").exists()
    assert Membership.objects.get(cohort=cast.cohort, user__email="new@example.com")


def test_invitation_revoked_during_sign_up_closes_it(client, cast, mailed):
    press(client, mailed)
    mailed.revoke()
    client.post("/accounts/signup/", {"nickname": "みどり"})
    assert not User.objects.filter(email="new@example.com").exists()


def test_shared_link_proves_the_address_by_code(client, cast, shared):
    press(client, shared)
    response = client.post("/accounts/signup/", {"email": "New@Example.com", "nickname": "みどり"})
    assert response["Location"] == "/accounts/confirm-email/"
    assert Invitation.objects.get(pk=shared.pk).uses == 0
    assert "example.com" not in mail.outbox[0].body.replace("new@example.com", "")
    response = client.post("/accounts/confirm-email/", {"code": mailed_code()})
    assert response["Location"] == "/"
    assert Membership.objects.get(user__email="new@example.com").cohort == cast.cohort
    assert Invitation.objects.get(pk=shared.pk).uses == 1


def test_wrong_code_lets_nobody_in(client, cast, shared):
    press(client, shared)
    client.post("/accounts/signup/", {"email": "new@example.com", "nickname": "みどり"})
    client.post("/accounts/confirm-email/", {"code": "AAAA-AAAA"})
    assert "_auth_user_id" not in client.session
    assert not Membership.objects.filter(user__email="new@example.com").exists()


def test_shared_link_forgets_the_address_proven_before(client, cast, mailed, shared):
    press(client, mailed)
    press(client, shared)
    client.post("/accounts/signup/", {"email": "new@example.com", "nickname": "みどり"})
    assert not EmailAddress.objects.get(email="new@example.com").verified


def test_known_address_is_led_to_sign_in(client, cast):
    invitation = Invitation.objects.invite(created_by=None, cohort=cast.cohort, email=cast.stranger.email)
    assert press(client, invitation)["Location"] == "/accounts/login/"
    assert f'value="{cast.stranger.email}"' in client.get("/accounts/login/").text
    client.post("/accounts/login/code/", {"email": cast.stranger.email})
    response = client.post("/accounts/login/code/confirm/", {"code": mailed_code()})
    assert response["Location"] == "/"
    assert Membership.objects.get(user=cast.stranger, cohort=cast.cohort).role == "member"


def test_shared_link_does_not_tell_whether_an_address_is_known(client, cast, shared):
    press(client, shared)
    response = client.post("/accounts/signup/", {"email": cast.stranger.email, "nickname": "みどり"})
    assert response["Location"] == "/accounts/confirm-email/"
    assert User.objects.filter(email=cast.stranger.email).count() == 1
    assert "/accounts/login/" in mail.outbox[0].body


def test_shared_link_with_an_account(client, cast, shared):
    assert press(client, shared, signin="1")["Location"] == "/accounts/login/"
    with_password(cast.stranger)
    response = client.post("/accounts/login/", {"login": cast.stranger.email, "password": PASSWORD})
    assert response["Location"] == "/"
    assert Membership.objects.filter(user=cast.stranger, cohort=cast.cohort).exists()


def test_unknown_address_gets_the_same_answer_and_no_mail(client, cast):
    known = client.post("/accounts/login/code/", {"email": cast.member.email})
    unknown = client.post("/accounts/login/code/", {"email": "nobody@example.com"})
    assert known["Location"] == unknown["Location"]
    assert [message.to for message in mail.outbox] == [[cast.member.email]]


def test_mails_speak_in_our_name(client, cast):
    client.post("/accounts/login/code/", {"email": cast.member.email})
    assert "Hisho" in mail.outbox[0].body
    assert mail.outbox[0].body.rstrip().endswith("http://testserver")


@pytest.mark.parametrize("who", ["organizer", "facilitator"])
def test_staff_sessions_end_at_a_fixed_moment(client, cast, who):
    user = with_password(getattr(cast, who))
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    ends = client.session.get_expiry_date()
    assert ends - timezone.now() <= timedelta(days=1)
    session = client.session
    session["touched"] = True
    session.save()
    assert client.session.get_expiry_date() == ends


def test_staff_session_by_code_is_short_too(client, cast):
    client.post("/accounts/login/code/", {"email": cast.organizer.email})
    client.post("/accounts/login/code/confirm/", {"code": mailed_code()})
    assert client.session.get_expiry_date() - timezone.now() <= timedelta(days=1)


def test_member_stays_signed_in(client, cast):
    with_password(cast.member)
    client.post("/accounts/login/", {"login": cast.member.email, "password": PASSWORD})
    assert client.session.get_expiry_date() - timezone.now() > timedelta(days=29)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_leads_to_no_other_site(client, cast, target):
    with_password(cast.member)
    response = client.post("/accounts/login/", {"login": cast.member.email, "password": PASSWORD, "next": target})
    assert (response.status_code, response["Location"]) == (302, "/")


def test_next_leads_back_within_the_site(client, cast):
    with_password(cast.member)
    response = client.post("/accounts/login/", {"login": cast.member.email, "password": PASSWORD, "next": "/profile/"})
    assert response["Location"] == "/profile/"


def test_sixth_wrong_password_is_refused_even_if_right(client, cast):
    with_password(cast.member)
    for _ in range(5):
        client.post("/accounts/login/", {"login": cast.member.email, "password": "wrong"})
    response = client.post("/accounts/login/", {"login": cast.member.email, "password": PASSWORD})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_closed_account_cannot_sign_in(client, cast):
    user = with_password(cast.member)
    User.objects.filter(pk=user.pk).update(is_active=False)
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_signing_out_needs_a_press(client, cast):
    client.force_login(cast.member)
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session
