"""The admin of people: inviting, places, the outbox, and who comes in at all."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.cast import join, make_user

from cohorts.admin.scope import ShortPaginator
from cohorts.models import Cohort, Invitation, Mail, Membership, User

INVITE = "/admin/cohorts/invitation/add/"
ORGANIZERS_PAGES = [
    "/admin/cohorts/cohort/",
    "/admin/cohorts/cohort/add/",
    "/admin/cohorts/invitation/",
    INVITE,
    "/admin/cohorts/membership/",
    "/admin/cohorts/mail/",
    "/admin/workbook/privacypage/",
    "/admin/workbook/privacypage/add/",
    "/admin/cohorts/",
]


def invite(client, cast, addresses, role="member"):
    data = {"cohort": cast.cohort.pk, "role": role, "addresses": addresses, "invite": ""}
    return client.post(INVITE, data)


@pytest.mark.parametrize("address", ORGANIZERS_PAGES)
def test_pages_of_organizers(client, cast, address):
    for user in (cast.organizer, cast.superuser):
        client.force_login(user)
        assert client.get(address, follow=True).status_code == 200
    for user in (cast.facilitator, cast.member, cast.stranger, cast.removed):
        client.force_login(user)
        assert client.get(address).status_code == 404
        assert client.post(address, {"name": "x"}).status_code == 404
    client.logout()
    assert client.get(address, follow=True).redirect_chain[-1][0] == f"/accounts/login/?next={address}"


def test_stock_addresses_that_tell_too_much_are_gone(organizer, cast):
    for address in ("r/1/1/", "autocomplete/", "password_change/", "logout/"):
        assert organizer.get(f"/admin/{address}").status_code == 404


def test_no_page_of_other_packages(client, cast):
    client.force_login(cast.superuser)
    for address in ("auth/group/", "account/emailaddress/", "mfa/authenticator/", "usersessions/usersession/"):
        assert client.get(f"/admin/{address}").status_code == 404


def test_two_factor_sign_in_is_asked_for_when_it_is_required(organizer, cast, settings):
    assert organizer.get("/admin/").status_code == 200
    settings.REQUIRE_STAFF_MFA = True
    response = organizer.get("/admin/cohorts/cohort/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/2fa/"

    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=cast.organizer, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert organizer.get("/admin/cohorts/cohort/").status_code == 200


def test_a_facilitator_who_left_has_no_admin_any_more(client, cast):
    client.force_login(cast.facilitator)
    assert client.get("/admin/").status_code == 200
    Membership.objects.get(user=cast.facilitator).close()
    assert client.get("/admin/").status_code == 404


def test_inviting_many_at_once(organizer, cast):
    response = invite(organizer, cast, "ハナ　hana@example.com\nミカ <ｍｉｋａ＠example.com>\n")
    assert response.status_code == 302
    rows = {row.email: row for row in Invitation.objects.filter(cohort=cast.cohort)}
    assert set(rows) == {"hana@example.com", "mika@example.com"}
    assert rows["hana@example.com"].nickname == "ハナ"
    mail = Mail.objects.get(to="mika@example.com")
    assert mail.kind == Mail.Kind.INVITATION
    assert mail.invitation == rows["mika@example.com"]
    assert mail.key == f"invitation:{mail.invitation.pk}:{mail.invitation.nonce}"


def test_bad_lines_stay_in_the_box_and_good_ones_are_invited(organizer, cast):
    response = invite(organizer, cast, "hana@example.com\nハナさん\nmika@\n")
    assert response.status_code == 200
    assert response.context["form"].initial["addresses"] == "ハナさん\nmika@"
    body = response.content.decode()
    box = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", body, re.DOTALL)[1]
    assert box.splitlines() == ["ハナさん", "mika@"]
    assert [row.email for row in Invitation.objects.all()] == ["hana@example.com"]


def test_a_member_may_be_invited_as_facilitator(organizer, cast):
    assert invite(organizer, cast, "member@example.com", role="facilitator").status_code == 302
    assert Invitation.objects.get().role == "facilitator"


def test_organizers_are_invited_without_a_cohort(organizer, cast):
    invite(organizer, cast, "hana@example.com, organizer@example.com", role="organizer")
    assert [(row.email, row.cohort) for row in Invitation.objects.all()] == [("hana@example.com", None)]


def test_a_cohort_is_needed_and_a_closed_one_is_none(organizer, cast):
    cast.other.mark_deleted()
    for cohort in ("", cast.other.pk, "x"):
        data = {"cohort": cohort, "role": "member", "addresses": "hana@example.com"}
        response = organizer.post(INVITE, data)
        assert response.context["form"].errors["cohort"]
        assert "hana@example.com" in response.content.decode()
    assert not Invitation.objects.exists()


def act(client, model, action, *rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows], "index": 0}
    return client.post(f"/admin/cohorts/{model}/", data, follow=True)


def test_sending_again_makes_a_new_link_and_a_new_mail(organizer, cast):
    invite(organizer, cast, "hana@example.com")
    row = Invitation.objects.get()
    before = row.token
    act(organizer, "invitation", "send_again", row)
    row.refresh_from_db()
    assert row.token != before
    assert Mail.objects.filter(to="hana@example.com").count() == 2
    assert not Invitation.objects.by_token(before).exists()


def test_an_accepted_one_is_not_sent_again(organizer, cast):
    row = Invitation.objects.invite(created_by=None, cohort=cast.cohort, email="hana@example.com")
    row.uses = 1
    row.save()
    act(organizer, "invitation", "send_again", row)
    assert not Mail.objects.exists()


def test_an_invitation_to_a_finished_cohort_is_not_sent_again(organizer, cast):
    """It is said so, and the link stays as it is: it holds when the cohort is opened again."""
    late, other = (
        Invitation.objects.invite(created_by=None, cohort=cohort, email="hana@example.com")
        for cohort in (cast.cohort, cast.other)
    )
    cast.cohort.finish()
    for rows, said in (([late], ["warning"]), ([late, other], ["warning", "success"])):
        page = act(organizer, "invitation", "send_again", *rows)
        assert [message.level_tag for message in page.context["messages"]] == said
    assert list(Mail.objects.values_list("invitation", flat=True)) == [other.pk]
    assert Invitation.objects.get(pk=late.pk).nonce == late.nonce


def test_revoking(organizer, cast):
    invite(organizer, cast, "hana@example.com")
    row = Invitation.objects.get()
    act(organizer, "invitation", "revoke", row)
    row.refresh_from_db()
    assert row.state == Invitation.State.REVOKED
    assert row.url not in organizer.get("/admin/cohorts/invitation/").content.decode()


def test_invitations_by_state(organizer, cast):
    fields = {"created_by": None, "cohort": cast.cohort}
    rows = {
        name: Invitation.objects.invite(email=f"{name}@example.com", **fields)
        for name in ("open", "accepted", "expired", "revoked")
    }
    Invitation.objects.filter(pk=rows["accepted"].pk).update(uses=1)
    Invitation.objects.filter(pk=rows["expired"].pk).update(expires_at=timezone.now())
    rows["revoked"].revoke()
    for name, row in rows.items():
        results = organizer.get(f"/admin/cohorts/invitation/?state={name}").context["cl"].result_list
        assert [result.pk for result in results] == [row.pk]
    assert not organizer.get("/admin/cohorts/invitation/?state=x").context["cl"].result_list


def test_closing_a_place_and_opening_it_again(organizer, cast):
    act(organizer, "membership", "close", cast.membership)
    cast.membership.refresh_from_db()
    assert cast.membership.left_at
    act(organizer, "membership", "reopen", cast.membership)
    cast.membership.refresh_from_db()
    assert cast.membership.left_at is None


@pytest.mark.parametrize("address", ["cohorts/cohort", "cohorts/invitation", "cohorts/membership", "cohorts/mail"])
def test_lists_have_no_other_doors(organizer, cast, address):
    """No filter but the page's own: `?user__password__startswith=` and the like are refused."""
    for lookup in ("user__password__startswith", "token_hash__startswith", "text__startswith", "pk__gt"):
        assert organizer.get(f"/admin/{address}/?{lookup}=a").status_code == 400
    assert organizer.post(f"/admin/{address}/", {"action": "delete_selected", "_selected_action": 1}).status_code != 500
    assert Cohort.objects.count() == 2


@pytest.mark.parametrize("chosen", ["abc", "\0", "9" * 5_000, str(10**18), "１", "-1", ""])
def test_actions_take_ids_only(organizer, cast, chosen):
    for model, action in [("invitation", "revoke"), ("membership", "close")]:
        data = {"action": action, "_selected_action": [cast.membership.pk, chosen], "index": 0}
        assert organizer.post(f"/admin/cohorts/{model}/", data).status_code == 400
    cast.membership.refresh_from_db()
    assert cast.membership.left_at is None


@pytest.mark.parametrize("value", [10**30, "9" * 5_000, "%00", "１", "x"])
def test_absurd_filters_find_nothing(organizer, cast, value):
    Invitation.objects.invite(created_by=None, cohort=cast.cohort, email="x@example.com")
    for model in ("invitation", "membership"):
        for field in ("cohort", "state" if model == "invitation" else "role"):
            response = organizer.get(f"/admin/cohorts/{model}/?{field}={value}")
            assert not response.context["cl"].result_list


def test_too_long_a_list_is_refused_before_it_is_read(organizer, cast):
    response = invite(organizer, cast, "x" * 60_001)
    assert response.context["form"].errors["addresses"]
    assert not response.context["form"].cleaned_data.get("addresses")


def test_the_scripts_speak_the_sites_words(organizer, cast, monkeypatch):
    """The admin's scripts count what is chosen; their texts come from the project's catalogue too."""
    from django.utils.translation import gettext

    text = organizer.get("/admin/jsi18n/").content.decode()
    catalogue = json.loads(re.search(r"newcatalog = (\{.*?\});", text, re.DOTALL)[1])
    assert catalogue["%(sel)s of %(cnt)s selected"] == gettext("%(sel)s of %(cnt)s selected")
    assert len(catalogue) > 20


def test_one_way_to_save(organizer, cast):
    body = organizer.get(f"/admin/cohorts/cohort/{cast.cohort.pk}/change/").content.decode()
    assert 'name="_save"' in body
    assert 'name="_addanother"' not in body


@pytest.mark.parametrize(
    ("address", "queries"),
    [("cohorts/cohort", 6), ("cohorts/invitation", 7), ("cohorts/membership", 7), ("cohorts/mail", 7)],
)
@pytest.mark.parametrize("more", [0, 2])
def test_queries_of_lists(client, cast, django_assert_num_queries, address, queries, more):
    for number in range(1 + more):
        row = Invitation.objects.invite(created_by=None, cohort=cast.cohort, email=f"x{number}@example.com")
        Mail.objects.create(key=f"k{number}", kind="invitation", to=row.email, invitation=row)
        join(cast.cohort, make_user(f"more{number}"))
        Cohort.objects.create(name=f"x{number}", slug=f"x{number}")
    client.force_login(cast.organizer)
    with django_assert_num_queries(queries):
        assert client.get(f"/admin/{address}/").status_code == 200


def test_closing_a_cohort_keeps_everything(organizer, cast):
    address = f"/admin/cohorts/cohort/{cast.cohort.pk}/delete/"
    assert organizer.get(address).status_code == 200
    assert organizer.post(address, {"name": cast.cohort.name}).status_code == 302
    cast.cohort.refresh_from_db()
    assert cast.cohort.deleted_at
    assert cast.cohort.memberships.count() == 4
    cast.shared.refresh_from_db()
    assert organizer.get(f"/admin/cohorts/cohort/{cast.cohort.pk}/change/").status_code == 404
    assert organizer.get("/admin/cohorts/cohort/999/change/").status_code == 404


def test_lists_never_count_a_whole_table(db):
    paginator = ShortPaginator(User.objects.order_by("pk"), 50)
    with CaptureQueriesContext(connection) as queries:
        assert paginator.count == User.objects.count()
    assert "LIMIT 1000" in queries[0]["sql"]
