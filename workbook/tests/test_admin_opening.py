"""Opening a cohort in the admin: two steps, every date on the page, nothing stored before the last button."""

import base64
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cohorts.models import Cohort, Invitation, Mail, Membership
from workbook.models import Prompt, Week

ADD = "/admin/cohorts/cohort/add/"
FIRST = "2026-12-02T21:00"
PAGE = """# 第1週目：たねをまく
## 問い
1. 最近うれしかった一言は？
2. それはなぜ？
## 自分の考え（思考の棚卸し）
- わたしの秘密のことば
## まとめ
## あなたは何をする？
# 第2週目：めがでる
## 自分の考え
## まとめ
## あなたは何をする？
"""


@pytest.fixture
def organizer(client, cast):
    client.force_login(cast.organizer)
    return client


def step(**changes):
    return {"source": "bundled", "name": "第3期", "first_session": FIRST, "next": "", **changes}


def hidden(response):
    """The hidden and visible fields of the page, as a browser would send them."""
    body = response.content.decode()
    fields = re.findall(r"<input[^>]*>", body)
    named = [(re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in fields]
    return {name[1]: value[1] if value else "" for name, value in named if name}


def test_the_bundled_workbook_in_two_steps(organizer, cast):
    before = Cohort.objects.count()
    people = "facilitator@example.com\n新しい人　new@example.com"
    second = organizer.post(ADD, step(meeting_url="https://zoom.example.com/j/9", facilitators=people))
    assert second.status_code == 200
    assert Cohort.objects.count() == before
    data = hidden(second)
    assert [data[f"session-{number}"] for number in range(1, 5)] == [
        "2026-12-02T21:00",
        "2026-12-09T21:00",
        "2026-12-16T21:00",
        "2026-12-23T21:00",
    ]
    data |= {"session-3": "2026-12-17T20:30", "facilitators": people, "open": ""}
    response = organizer.post(ADD, data)
    cohort = Cohort.objects.get(slug="2026-12-02")
    assert response["Location"] == f"/admin/cohorts/cohort/{cohort.pk}/change/"
    weeks = list(cohort.weeks.all())
    local = [timezone.localtime(week.session_at, cohort.zone).strftime("%m-%d %H:%M") for week in weeks]
    assert local == ["12-02 21:00", "12-09 21:00", "12-17 20:30", "12-23 21:00"]
    opens = [timezone.localtime(week.opens_at, cohort.zone).strftime("%m-%d") for week in weeks]
    assert opens == ["11-25", "12-03", "12-10", "12-18"]
    assert {week.meeting_url for week in weeks} == {"https://zoom.example.com/j/9"}
    assert Prompt.objects.filter(section__week__cohort=cohort).count() == 20
    assert Membership.objects.get(cohort=cohort).user == cast.facilitator
    assert Invitation.objects.get(cohort=cohort).role == "facilitator"
    assert Mail.objects.get().to == "new@example.com"


def test_facilitators_survive_the_hidden_fields(organizer, cast):
    """Line breaks too: a hidden field holds the pasted list as it was."""
    second = organizer.post(ADD, step(facilitators="facilitator@example.com\nnew@example.com"))
    body = second.content.decode()
    assert re.search(r'<input type="hidden" name="facilitators"[^>]*value="facilitator@example.com[\s,]+new@', body)
    organizer.post(ADD, {**hidden(second), "open": ""})
    assert Invitation.objects.count() + Membership.objects.filter(cohort__slug="2026-12-02").count() == 2


def test_from_an_earlier_cohort(organizer, cast):
    second = organizer.post(ADD, step(source=cast.cohort.pk, slug="next"))
    organizer.post(ADD, {**hidden(second), "open": ""})
    cohort = Cohort.objects.get(slug="next")
    assert [week.theme for week in cohort.weeks.all()] == ["テーマ1", "テーマ2", "テーマ3", "テーマ4"]
    old = [week.session_at for week in cast.cohort.weeks.all()]
    new = [week.session_at for week in cohort.weeks.all()]
    assert [later - new[0] for later in new] == [later - old[0] for later in old]


def test_from_an_uploaded_page(organizer, cast):
    upload = SimpleUploadedFile("page.md", PAGE.encode("cp932"), content_type="text/markdown")
    second = organizer.post(ADD, step(source="file", file=upload, name="ファイルから"))
    data = hidden(second)
    assert base64.b64decode(data["page"]).decode("cp932") == PAGE
    organizer.post(ADD, {**data, "open": ""})
    cohort = Cohort.objects.get(name="ファイルから")
    assert [week.theme for week in cohort.weeks.all()] == ["たねをまく", "めがでる"]
    texts = Prompt.objects.filter(section__week__cohort=cohort).values_list("text", flat=True)
    assert "最近うれしかった一言は？" in texts
    assert "秘密" not in "".join(texts)


def test_the_file_survives_a_mistake_in_another_field(organizer, cast):
    upload = SimpleUploadedFile("page.md", PAGE.encode())
    first = organizer.post(ADD, step(source="file", file=upload, name=""))
    assert "name" in first.context["form"].errors
    data = hidden(first)
    assert base64.b64decode(data["page"]).decode() == PAGE
    second = organizer.post(ADD, {**data, "source": "file", "name": "第3期", "next": ""})
    assert [number for number, _theme, _at in second.context["dates"].weeks] == [1, 2]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff", "何もない".encode(), b"PK\x03\x04", b"a" * 1_000_001])
def test_a_file_that_is_no_workbook(organizer, cast, content):
    upload = SimpleUploadedFile("page.md", content)
    response = organizer.post(ADD, step(source="file", file=upload, name="残る名前"))
    assert response.status_code == 200
    (message,) = response.context["form"].errors["file"]
    assert message
    assert "残る名前" in response.content.decode()
    assert Cohort.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("first_session", ""),
        ("first_session", "いつか"),
        ("first_session", "0001-01-01T00:00"),
        ("first_session", "9999-12-31T23:59"),
        ("meeting_url", "javascript:alert(1)"),
        ("meeting_url", "ftp://example.com/x"),
        ("facilitators", "x" * 60_001),
        ("name", "春の\u2028コホート"),
        ("facilitators", "ハナさん"),
        ("slug", "ours"),
        ("slug", "日本語"),
        ("source", "999"),
        ("source", "file"),
    ],
)
def test_mistakes_keep_everything_typed(organizer, cast, field, value):
    data = step(meeting_url="https://zoom.example.com/j/9", facilitators="x@example.com", slug="kept") | {field: value}
    response = organizer.post(ADD, data)
    assert response.status_code == 200
    form = response.context["form"]
    assert form.errors
    for name in ("name", "first_session", "meeting_url", "facilitators", "slug"):
        assert form[name].value() == data[name]
    assert Cohort.objects.count() == 2


def test_a_closed_cohort_is_no_source(organizer, cast):
    cast.other.mark_deleted()
    assert "source" in organizer.post(ADD, step(source=cast.other.pk)).context["form"].errors


@pytest.mark.parametrize(
    "moved", ["2026-12-02T21:00", "2026-11-01T21:00", "", "いつか", "0001-01-01T00:00", "9999-12-31T23:59"]
)
def test_wrong_dates_keep_everything_typed(organizer, cast, moved):
    data = hidden(organizer.post(ADD, step()))
    data |= {"session-2": moved, "session-4": "2026-12-24T10:00", "open": ""}
    response = organizer.post(ADD, data)
    assert response.status_code == 200
    assert response.context["dates"].errors["session-2"]
    assert response.context["dates"]["session-4"].value() == "2026-12-24T10:00"
    assert Cohort.objects.count() == 2


def test_back_and_forth_keeps_moved_dates(organizer, cast):
    data = hidden(organizer.post(ADD, step()))
    data |= {"session-4": "2026-12-24T10:00"}
    first = organizer.post(ADD, {**data, "back": ""})
    assert "dates" not in first.context
    kept = hidden(first)
    again = organizer.post(ADD, {**kept, **step(name="別の名前")})
    assert again.context["dates"]["session-4"].value() == "2026-12-24T10:00"
    other_day = organizer.post(ADD, {**kept, **step(first_session="2027-01-06T21:00")})
    assert hidden(other_day)["session-4"] == "2027-01-27T21:00"


def test_two_cohorts_on_one_day(organizer, cast):
    for _time in range(2):
        organizer.post(ADD, {**hidden(organizer.post(ADD, step())), "open": ""})
    assert Cohort.objects.filter(slug__startswith="2026-12-02").count() == 2
    assert Week.objects.filter(cohort__slug="2026-12-02-2").count() == 4


def test_opening_is_recorded_with_who_was_appointed(organizer, cast):
    data = hidden(organizer.post(ADD, step(facilitators=cast.organizer.email)))
    organizer.post(ADD, data | {"facilitators": cast.organizer.email, "open": ""})
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (cast.organizer, str(Cohort.objects.get(slug="2026-12-02").pk))
    assert cast.organizer.email in entry.change_message
