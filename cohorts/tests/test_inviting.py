"""The pages to invite: a report for each line, files, a link to share with its QR code, what became of the mails."""

import io
import re
from datetime import timedelta

import pytest
import qrcode
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import override
from PIL import Image

from cohorts.models import Cohort, Invitation, Mail

INVITE, LIST = "/admin/cohorts/invitation/add/", "/admin/cohorts/invitation/"


@pytest.fixture
def organizer(client, cast):
    client.force_login(cast.organizer)
    with override("en"):
        client.cookies["django_language"] = "en"
        yield client


@pytest.fixture
def shared(cast):
    return Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, max_uses=3)


def invite(client, cast, addresses="", role="member", **more):
    data = {"cohort": cast.cohort.pk, "role": role, "addresses": addresses, "invite": "", **more}
    return client.post(INVITE, data)


def report(response):
    """What stands in the page's table: line, who, what became of it."""
    rows = re.findall(r'<tr data-fate="\w+">(.*?)</tr>', response.text, re.DOTALL)
    return [[re.sub("<[^>]+>", "", cell).strip() for cell in re.findall("<td>(.*?)</td>", row)] for row in rows]


def invited():
    return sorted(Invitation.objects.values_list("email", flat=True))


def test_cells_of_a_spreadsheet(organizer, cast):
    response = invite(organizer, cast, "お名前\tメール\nハナ\thana@example.com\nミカ\tmika@example.com")
    assert (response.status_code, response["Location"]) == (302, f"{LIST}?cohort={cast.cohort.pk}")
    assert list(Invitation.objects.order_by("email").values_list("email", "nickname")) == [
        ("hana@example.com", "ハナ"),
        ("mika@example.com", "ミカ"),
    ]


def test_each_line_says_what_became_of_it(organizer, cast):
    invite(organizer, cast, "kei@example.com")
    people = ["ハナ\thana@example.com", "ケイ\tKEI@example.com", "", "ミカ\tmika@", "m\tmember@example.com"]
    text = "\n".join(["名前\tメール", *people, "\thana@example.com"])
    response = invite(organizer, cast, text)
    assert response.status_code == 200
    assert report(response) == [
        ["2", "hana@example.com ハナ", "Invited by mail"],
        ["3", "kei@example.com ケイ", "Invited already; the list can send the mail again"],
        ["5", "ミカ\tmika@", "Could not be read as an address"],
        ["6", "member@example.com m", "Takes part already"],
        ["7", "hana@example.com", "Stands here twice, invited once"],
    ]
    assert invited() == ["hana@example.com", "kei@example.com"]
    assert Mail.objects.count() == 2
    assert response.context["form"].initial["addresses"] == "名前\tメール\nミカ\tmika@"
    assert [str(message) for message in response.context["messages"]][1:] == ["1 person is invited by mail."]


def test_nothing_to_mend_leaves_an_empty_box(organizer, cast):
    response = invite(organizer, cast, "名前\tメール\nm\tmember@example.com")
    assert (response.status_code, response.context["form"].initial["addresses"]) == (200, "")
    assert len(report(response)) == 1
    assert invited() == []


def csv(text, encoding="cp932", name="members.csv"):
    return SimpleUploadedFile(name, text.encode(encoding), "text/csv")


def test_a_file(organizer, cast):
    file = csv("No,氏名,メールアドレス\r\n1,ハナ,hana@example.com\r\n2,ミカ,mika@example.com\r\n")
    assert invite(organizer, cast, file=file).status_code == 302
    assert Invitation.objects.get(email="mika@example.com").nickname == "ミカ"


def test_box_and_file_together(organizer, cast):
    response = invite(organizer, cast, "hana@example.com", file=csv("hana@example.com\nmika@example.com\n"))
    assert invited() == ["hana@example.com", "mika@example.com"]
    assert [row[0] for row in report(response)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("members.xlsx", b"PK\x03\x04" + b"\0" * 30),
        SimpleUploadedFile("long.csv", b"a@example.com\n" * 20_000),
        SimpleUploadedFile("empty.csv", b""),
    ],
    ids=["excel", "long", "empty"],
)
def test_a_file_that_cannot_be_read_is_said_beside_it(organizer, cast, file):
    response = invite(organizer, cast, "hana@example.com", file=file)
    assert response.context["form"].errors["file"]
    assert "hana@example.com" in response.text
    assert invited() == []


@pytest.mark.parametrize("addresses", ["", " \n\t\n", "名前\tメール"])
def test_nobody_is_an_error(organizer, cast, addresses):
    response = invite(organizer, cast, addresses)
    assert invited() == []
    assert "addresses" in response.context["form"].errors


def test_too_many_are_refused_whole(organizer, cast):
    response = invite(organizer, cast, "\n".join(f"x{number}@example.com" for number in range(301)))
    assert response.context["form"].errors["addresses"]
    assert invited() == []


def test_what_was_typed_is_escaped(organizer, cast):
    response = invite(organizer, cast, "<b>x</b>\t<script>\n")
    assert "<b>x</b>" not in response.text
    assert "&lt;b&gt;x&lt;/b&gt;" in response.text


def test_a_finished_cohort_is_not_offered_and_not_taken(organizer, cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(finished_at=timezone.now())
    assert cast.cohort.name not in organizer.get(INVITE).text
    assert invite(organizer, cast, "hana@example.com").context["form"].errors["cohort"]
    assert invited() == []


@pytest.mark.parametrize("more", [0, 40])
def test_few_cohorts_are_offered_however_many_there_are(organizer, cast, django_assert_num_queries, more):
    """The oldest can be reached all the same: from its own page."""
    Cohort.objects.bulk_create(Cohort(name=f"n{number}", slug=f"n{number}") for number in range(more))
    with django_assert_num_queries(8 if more else 6):
        text = organizer.get(f"{INVITE}?cohort={cast.cohort.pk}").text
    assert text.count(f'<option value="{cast.cohort.pk}" selected>') == 2
    assert text.count("<option") <= 2 * 32 + 3
    assert invite(organizer, cast, "hana@example.com").status_code == 302
    with django_assert_num_queries(8 if more else 7):
        page = organizer.get(f"{LIST}?cohort={cast.cohort.pk}")
    assert [row.email for row in page.context["cl"].result_list] == ["hana@example.com"]
    assert page.text.count("<li") < 50


@pytest.mark.parametrize("cohort", ["x", "9" * 30, "0", "-1", "\0"])
def test_an_absurd_cohort_is_none(organizer, cast, cohort):
    assert organizer.get(INVITE, {"cohort": cohort}).status_code == 200
    data = {"cohort": cohort, "role": "member", "addresses": "hana@example.com"}
    assert organizer.post(INVITE, data).context["form"].errors["cohort"]


@pytest.mark.parametrize("role", ["facilitator", "organizer"])
def test_other_roles_come_by_personal_invitation_only(organizer, cast, role):
    """The form for a shared link has no role, and whatever is sent along is not asked."""
    data = {
        "shared-cohort": cast.cohort.pk,
        "shared-days": 3,
        "shared-uses": 8,
        "share": "",
        "role": role,
        "shared-role": role,
    }
    organizer.post(INVITE, data)
    assert Invitation.objects.get().role == "member"


def test_a_shared_link(organizer, cast):
    data = {"shared-cohort": cast.cohort.pk, "shared-days": 3, "shared-uses": 8, "share": ""}
    response = organizer.post(INVITE, data)
    row = Invitation.objects.get()
    assert response["Location"] == f"{LIST}{row.pk}/share/"
    assert (row.email, row.role, row.max_uses) == ("", "member", 8)
    assert timedelta(days=2, hours=23) < row.expires_at - timezone.now() < timedelta(days=3, hours=1)
    assert not Mail.objects.exists()
    listed = organizer.get(LIST).text
    assert f'value="{row.url}"' in listed
    assert f'href="{LIST}{row.pk}/share/"' in listed
    bad = {**data, "shared-days": 99}
    assert organizer.post(INVITE, bad).status_code == 200
    assert Invitation.objects.count() == 1


def test_the_text_for_the_chat(organizer, cast, shared, django_assert_num_queries):
    with django_assert_num_queries(6):
        text = organizer.get(f"{LIST}{shared.pk}/share/").text
    box = re.search(r"<textarea[^>]*>(.*?)</textarea>", text, re.DOTALL)[1]
    assert cast.cohort.name in box
    assert shared.url in box.splitlines()
    assert f'src="{LIST}{shared.pk}/qr.svg"' in text


def matrix(link):
    """The code as another hand makes it: rows of dark and light."""
    code = qrcode.QRCode(border=0)
    code.add_data(link)
    code.make()
    return code.get_matrix()


def test_the_picture_holds_the_link(organizer, shared):
    response = organizer.get(f"{LIST}{shared.pk}/qr.png")
    assert response["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(response.content)).convert("L")
    wanted = matrix(shared.url)
    size = picture.width // (len(wanted) + 8)
    assert picture.width == picture.height == size * (len(wanted) + 8)
    dots = range(4 * size + size // 2, picture.width - 4 * size, size)
    assert [[picture.getpixel((x, y)) < 128 for x in dots] for y in dots] == wanted
    assert {picture.getpixel((x, size)) for x in range(picture.width)} == {255}


def test_the_drawing_holds_the_link_and_keeps_the_policy(organizer, shared):
    response = organizer.get(f"{LIST}{shared.pk}/qr.svg")
    assert response["Content-Type"] == "image/svg+xml"
    text = response.content.decode()
    assert "style" not in text
    assert "script" not in text
    dark = {(x, y) for y, row in enumerate(matrix(shared.url)) for x, dot in enumerate(row) if dot}
    assert {(int(x) - 4, int(y) - 4) for x, y in re.findall(r"M(\d+),(\d+)", text)} == dark


@pytest.mark.parametrize(
    "change",
    [{"revoked_at": timezone.now()}, {"uses": 3}, {"expires_at": timezone.now()}],
    ids=["revoked", "used", "expired"],
)
def test_a_dead_link_is_not_handed_out(organizer, shared, change):
    Invitation.objects.filter(pk=shared.pk).update(**change)
    page = organizer.get(f"{LIST}{shared.pk}/share/")
    assert page.status_code == 200
    assert shared.token not in page.text
    for kind in ("svg", "png"):
        assert organizer.get(f"{LIST}{shared.pk}/qr.{kind}").status_code == 404


def test_a_personal_invitation_is_never_shared(organizer, cast, shared):
    personal = Invitation.objects.invite(created_by=None, cohort=cast.cohort, email="hana@example.com")
    cast.other.mark_deleted()
    gone = Invitation.objects.invite(created_by=None, cohort=cast.other, max_uses=3)
    for pk in (personal.pk, gone.pk, 999_999):
        for page in ("share/", "qr.svg", "qr.png"):
            assert organizer.get(f"{LIST}{pk}/{page}").status_code == 404
    assert f"{LIST}{personal.pk}/share/" not in organizer.get(LIST).text


def test_the_list_says_what_became_of_each_mail(organizer, cast, shared):
    rows = {}
    for state in Mail.State.values:
        rows[state] = Invitation.objects.invite(created_by=None, cohort=cast.cohort, email=f"{state}@example.com")
        for number, past in enumerate(["failed", state]):
            fields = {"kind": "invitation", "to": rows[state].email, "invitation": rows[state], "state": past}
            Mail.objects.create(key=f"{state}-{number}", **fields)
    listed = {row.email: row.mail_state for row in organizer.get(LIST).context["cl"].result_list}
    assert listed == {"": None, **{f"{state}@example.com": state for state in rows}}
    text = organizer.get(LIST).text
    assert text.count(f'<strong class="trouble">{Mail.State.UNKNOWN.label}</strong>') == 1
    trouble = organizer.get(f"{LIST}?mail=trouble").context["cl"].result_list
    assert {row.email for row in trouble} == {"failed@example.com", "unknown@example.com"}
    mails = organizer.get(f"/admin/cohorts/mail/?state=trouble&cohort={cast.cohort.pk}").context["cl"].result_list
    assert list(mails) == []


def test_mails_of_a_cohort_that_somebody_must_look_at(organizer, cast):
    for number, (cohort, state) in enumerate(
        [(cast.cohort, "failed"), (cast.cohort, "unknown"), (cast.cohort, "sent"), (cast.other, "failed")]
    ):
        Mail.objects.create(key=str(number), kind="session", to="x@example.com", cohort=cohort, state=state)
    mails = organizer.get(f"/admin/cohorts/mail/?state=trouble&cohort={cast.cohort.pk}").context["cl"].result_list
    assert {mail.key for mail in mails} == {"0", "1"}


def test_lists_say_that_a_mail_waits_far_too_long(organizer, cast):
    for name, minutes in (("now", 1), ("long", 61)):
        row = Invitation.objects.invite(created_by=None, cohort=cast.cohort, email=f"{name}@example.com")
        mail = Mail.objects.post_invitation(row)
        Mail.objects.filter(pk=mail.pk).update(created_at=timezone.now() - timedelta(minutes=minutes))
    for address in (f"{LIST}?mail=trouble", "/admin/cohorts/mail/?state=trouble", "/admin/cohorts/mail/?state=late"):
        (row,) = organizer.get(address).context["cl"].result_list
        assert str(row).endswith("long@example.com")
    for address in (LIST, "/admin/cohorts/mail/"):
        assert organizer.get(address).text.count('<strong class="trouble">waiting for more than an hour</strong>') == 1


@pytest.mark.parametrize("many", [1, 3, 30])
def test_queries_of_inviting_do_not_grow(organizer, cast, django_assert_num_queries, many):
    lines = "\n".join(["member@example.com", "nobody", *[f"new{number}@example.com" for number in range(many)]])
    with django_assert_num_queries(15):
        response = invite(organizer, cast, lines)
    assert len(report(response)) == 2 + many
    assert Mail.objects.filter(state="pending").count() == many


def test_of_many_mails_the_first_leave_with_the_request(organizer, cast, django_capture_on_commit_callbacks):
    """The rest waits for `send_due_mail`: a request that takes half a minute is cut off, and mails with it."""
    with django_capture_on_commit_callbacks(execute=True):
        invite(organizer, cast, "\n".join(f"new{number}@example.com" for number in range(50)))
    assert Mail.objects.filter(state="sent").count() == 20
    assert Mail.objects.filter(state="pending").count() == 30
