"""Every page of signing in and of one's account renders in our frame, in Japanese, without inline style."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.utils import timezone

PASSWORD = "a long enough secret"
PUBLIC = ["login/", "login/code/", "signup/", "password/reset/", "password/reset/done/", "password/reset/key/done/"]
PUBLIC += ["password/reset/key/1-bad-key/", "inactive/"]
OWN = [
    "email/",
    "password/set/",
    "logout/",
    "2fa/",
    "2fa/totp/activate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "sessions/",
]
STAFF = ["email/", "password/change/", "2fa/", "2fa/totp/deactivate/", "2fa/recovery-codes/"]
STAFF += ["2fa/recovery-codes/generate/", "2fa/reauthenticate/", "reauthenticate/", "sessions/", "2fa/webauthn/"]


def sign_in(client, user, **headers):
    if not user.has_usable_password():
        user.set_password(PASSWORD)
        user.save()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}, headers=headers)


def open_page(client, path):
    """Get a page, confirming the password first where allauth asks for it."""
    response = client.get(path)
    if response.status_code == 302:
        assert "reauthenticate" in response["Location"]
        client.post(response["Location"], {"password": PASSWORD})
        response = client.get(path)
    return response


def assert_sound(response):
    """In our frame, and nothing that the content security policy would stop."""
    assert response.status_code == 200
    page = response.text
    assert "<main" in page
    assert "hisho.css" in page
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*(src=|application/json))", page)
    assert page.count("<h1") == 1
    assert "placeholder=" not in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', page))
    for field in re.findall(r"<(?:input|textarea|select)\b[^>]*>", page):
        if 'type="hidden"' not in field:
            assert re.search(r'\sid="([^"]+)"', field)[1] in labelled


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages(client, db, path):
    assert_sound(client.get(f"/accounts/{path}"))


@pytest.mark.parametrize("path", OWN)
def test_own_pages(client, cast, path):
    client.force_login(cast.member)
    assert_sound(client.get(f"/accounts/{path}"))


@pytest.fixture
def secured(client, cast):
    """An organizer with password, authenticator app, passkey, recovery codes and two addresses, signed in just now."""
    user = cast.organizer
    sign_in(client, user)
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    EmailAddress.objects.create(user=user, email="second@example.com")
    return user


@pytest.mark.parametrize("path", STAFF)
def test_pages_of_a_secured_account(client, secured, path):
    assert_sound(open_page(client, f"/accounts/{path}"))


def test_passkey_pages(client, cast):
    sign_in(client, cast.member)
    key = Authenticator.objects.create(
        user=cast.member, type=Authenticator.Type.WEBAUTHN, data={"name": "わたしの電話", "credential": {}}
    )
    page = client.get("/accounts/2fa/webauthn/")
    assert_sound(page)
    assert "わたしの電話" in page.text
    for deed in ("edit", "remove"):
        assert_sound(open_page(client, f"/accounts/2fa/webauthn/keys/{key.pk}/{deed}/"))


def test_another_persons_passkey_is_unknown(client, cast):
    key = Authenticator.objects.create(
        user=cast.colleague, type=Authenticator.Type.WEBAUTHN, data={"name": "x", "credential": {}}
    )
    client.force_login(cast.member)
    assert client.get(f"/accounts/2fa/webauthn/keys/{key.pk}/edit/").status_code == 404


def test_second_step_of_signing_in(client, secured):
    client.post("/accounts/logout/")
    response = client.post("/accounts/login/", {"login": secured.email, "password": PASSWORD}, follow=True)
    assert "_auth_user_id" not in client.session
    assert_sound(response)
    assert_sound(client.post("/accounts/2fa/authenticate/", {"code": "000000"}))


def test_code_page(client, cast):
    assert_sound(client.post("/accounts/login/code/", {"email": cast.member.email}, follow=True))
    assert_sound(client.post("/accounts/login/code/confirm/", {"code": "x"}))


@pytest.mark.parametrize("path", ["login/", "login/code/"])
def test_sign_in_with_mistakes(client, db, path):
    assert_sound(client.post(f"/accounts/{path}", {"email": "x", "login": "x", "password": ""}))


def test_sign_in_puts_the_code_first_and_offers_no_sign_up(client, db):
    page = client.get("/accounts/login/").text
    assert page.index('action="/accounts/login/code/"') < page.index('name="password"')
    assert 'id="passkey_login"' in page
    assert "/accounts/signup/" not in page


def test_devices_can_be_signed_out(client, cast):
    sign_in(Client(), cast.member)
    sign_in(client, cast.member, **{"user-agent": "Mozilla/5.0 (iPhone; CPU) Safari/605"})
    page = client.get("/accounts/sessions/")
    assert_sound(page)
    assert "iPhone ・ Safari" in page.text
    assert UserSession.objects.filter(user=cast.member).count() == 2
    client.post("/accounts/sessions/")
    assert UserSession.objects.filter(user=cast.member).count() == 1


def test_set_password_then_sign_in_with_it(client, cast):
    client.force_login(cast.member)
    client.post("/accounts/password/set/", {"password1": PASSWORD, "password2": PASSWORD})
    client.post("/accounts/logout/")
    client.post("/accounts/login/", {"login": cast.member.email, "password": PASSWORD})
    assert "_auth_user_id" in client.session


def test_changing_the_password_ends_the_other_sessions_only(client, cast):
    elsewhere = Client()
    sign_in(elsewhere, cast.member)
    sign_in(client, cast.member)
    assert "<ul" not in client.get("/accounts/password/change/").text.partition('id="id_password1_helptext"')[2]
    data = {"oldpassword": PASSWORD, "password1": PASSWORD * 2, "password2": PASSWORD * 2}
    response = client.post("/accounts/password/change/", data, follow=True)
    assert response.redirect_chain == [("/profile/", 302)]
    assert len(response.context["messages"]) == 1
    assert client.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302


def test_notices_tell_nothing_technical(client, cast):
    client.force_login(cast.member)
    client.post(
        "/accounts/password/set/",
        {"password1": PASSWORD, "password2": PASSWORD},
        headers={"user-agent": "Mozilla/5.0 (iPhone; CPU) Safari/605"},
    )
    assert [message.to for message in mail.outbox] == [[cast.member.email]]
    assert "127.0.0.1" not in mail.outbox[0].body
    assert "Mozilla" not in mail.outbox[0].body
    assert str(timezone.localdate().year) in mail.outbox[0].body


def test_page_for_the_code_promises_no_mail_to_the_unknown(client, db):
    client.cookies["django_language"] = "en"
    page = client.post("/accounts/login/code/", {"email": "nobody@example.com"}, follow=True).text
    assert "If there is an account with nobody@example.com" in page
    assert "We sent" not in page


def test_page_with_one_address_asks_to_choose_none(client, cast):
    client.force_login(cast.member)
    page = client.get("/accounts/email/")
    assert cast.member.email in page.text
    assert 'type="radio"' not in page.text
    EmailAddress.objects.create(user=cast.member, email="second@example.com", verified=True)
    assert client.get("/accounts/email/").text.count('type="radio"') == 2


def test_one_primary_button_after_a_wrong_password(client, db):
    assert client.get("/accounts/login/").text.count("button primary") == 2  # one of them folded away
    wrong = client.post("/accounts/login/", {"login": "nobody@example.com", "password": "wrong"}).text
    assert wrong.count("button primary") == 1


@pytest.mark.parametrize("password", ["short", "1234567890123", "member@example.com"])
def test_weak_passwords_are_refused(client, cast, password):
    client.force_login(cast.member)
    assert_sound(client.post("/accounts/password/set/", {"password1": password, "password2": password}))
    cast.member.refresh_from_db()
    assert not cast.member.has_usable_password()
