"""The first user of an installation."""

import pytest
from django.core.management import CommandError, call_command

from cohorts.models import Invitation, User


def printed_link(capsys):
    return capsys.readouterr().out.strip()


def test_link_makes_an_organizer(db, client, capsys):
    call_command("invite_organizer", "First@Example.com")
    link = printed_link(capsys)
    assert link.startswith("http://testserver/invitations/")
    assert client.post(link)["Location"] == "/accounts/signup/"
    client.post("/accounts/signup/", {"nickname": "ひかり"})
    user = User.objects.get(email="first@example.com")
    assert user.is_organizer


def test_asking_again_gives_a_new_link_and_kills_the_old(db, client, capsys):
    call_command("invite_organizer", "first@example.com")
    old = printed_link(capsys)
    call_command("invite_organizer", "first@example.com")
    new = printed_link(capsys)
    assert Invitation.objects.count() == 1
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200


@pytest.mark.parametrize("address", ["", "first", "a@b", "a@example.com\nx"])
def test_bad_address_is_named(db, address):
    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("invite_organizer", address)
    assert not Invitation.objects.exists()
