"""Opening a cohort in the admin: one page, every date on it, nothing stored before the last button."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cohorts.models import Cohort, Invitation, Mail, Membership
from tests.cast import join, make_cohort, make_users
from workbook.models import Prompt, Week
from workbook.tests.opening_page import ADD, FIRST, PREVIEW, REFUSED, fields_of, press, refused, typed

pytestmark = pytest.mark.usefixtures("autumn")

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


def bundled(client, **changes):
    """The bundled workbook, with a name and a first session."""
    return typed(client, **{"source": "bundled", "name": "第3期", "first_session": FIRST, **changes})


def local(cohort, name="session_at"):
    return [timezone.localtime(getattr(week, name), cohort.zone).strftime("%m-%d %H:%M") for week in cohort.weeks.all()]


def test_a_copy_of_the_newest_run_needs_a_name(organizer, cast):
    newest = make_cohort("newest")
    join(newest, cast.facilitator, "facilitator")
    data = fields_of(organizer.get(ADD))
    assert (data["source"], data["asked"], data["leads"]) == (str(newest.pk),) * 2 + ([str(cast.facilitator.pk)],)
    assert data["meeting_url"] == newest.weeks.first().meeting_url
    press(organizer, data, name="次の回")
    cohort = Cohort.objects.get(name="次の回")
    old, new = list(newest.weeks.all()), list(cohort.weeks.all())
    assert [week.theme for week in new] == [week.theme for week in old]
    assert {
        (later.session_at - earlier.session_at).total_seconds() % (7 * 86400) // 60
        for earlier, later in zip(old, new, strict=True)
    } <= {0, 10079}
    assert new[0].session_at > max(timezone.now() + timedelta(days=6), old[-1].session_at)
    assert cohort.organizer == cast.organizer
    assert [place.user for place in cohort.memberships.all()] == [cast.facilitator]


def test_the_bundled_workbook(organizer, cast):
    before = Cohort.objects.count()
    people = "facilitator@example.com\n新しい人　new@example.com"
    data = bundled(organizer, meeting_url="https://zoom.example.com/j/9", facilitators=people, leads=[])
    assert Cohort.objects.count() == before
    assert [data[f"session-{number}"] for number in (2, 3, 4)] == [
        "2026-12-09T21:00",
        "2026-12-16T21:00",
        "2026-12-23T21:00",
    ]
    response = press(organizer, data, **{"session-3": "2026-12-17T20:30"})
    cohort = Cohort.objects.get(slug="2026-12-02")
    assert response["Location"] == f"/admin/cohorts/cohort/{cohort.pk}/change/"
    assert local(cohort) == ["12-02 21:00", "12-09 21:00", "12-17 20:30", "12-23 21:00"]
    assert local(cohort, "opens_at") == ["11-25 00:00", "12-03 00:00", "12-10 00:00", "12-18 00:00"]
    assert {week.meeting_url for week in cohort.weeks.all()} == {"https://zoom.example.com/j/9"}
    assert Prompt.objects.filter(section__week__cohort=cohort).count() == 20
    assert Membership.objects.get(cohort=cohort).user == cast.facilitator
    assert Invitation.objects.get(cohort=cohort).role == "facilitator"
    assert Mail.objects.get().to == "new@example.com"


def test_members_are_invited_with_it(organizer, cast):
    data = bundled(organizer, people="はな\thana@example.com\nfacilitator@example.com\nsora@example.com", leads=[])
    response = press(organizer, data, facilitators="facilitator@example.com")
    cohort = Cohort.objects.get(name="第3期")
    invited = Invitation.objects.filter(cohort=cohort)
    assert sorted(invited.values_list("email", "role", "nickname")) == [
        ("hana@example.com", "member", "はな"),
        ("sora@example.com", "member", ""),
    ]
    assert Mail.objects.filter(invitation__in=invited).count() == 2
    assert response.status_code == 302


def test_people_of_the_earlier_run_come_along_by_ticking(organizer, cast):
    places = {place.user: place for place in cast.cohort.memberships.current()}
    data = typed(organizer, source=str(cast.cohort.pk), name="次", first_session=FIRST)
    assert data["leads"] == [str(cast.facilitator.pk)]
    assert data["guests"] == []
    page = organizer.get(ADD).content.decode()
    assert all(user.nickname in page for user in places)
    assert cast.removed.nickname not in page
    press(organizer, data, guests=[str(cast.member.pk)])
    cohort = Cohort.objects.get(name="次")
    assert list(cohort.memberships.values_list("user", "role")) == [(cast.facilitator.pk, "facilitator")]
    assert list(cohort.invitations.values_list("email", "nickname")) == [(cast.member.email, cast.member.nickname)]


def test_ticks_for_another_run_say_nothing(organizer, cast):
    data = typed(organizer, source=str(cast.cohort.pk), name="次", first_session=FIRST)
    other = typed(organizer, **{**data, "source": str(cast.other.pk), "guests": [str(cast.member.pk)]})
    assert other["leads"] == [str(cast.other_facilitator.pk)]
    assert other["guests"] == []
    response = refused(organizer, {**other, "guests": [str(cast.member.pk)]})
    assert "guests" in response.context["form"].errors
    assert Cohort.objects.count() == 2


def test_she_may_facilitate_herself(organizer, cast):
    press(organizer, bundled(organizer), leads=[str(cast.organizer.pk)])
    assert Cohort.objects.get(name="第3期").memberships.get().user == cast.organizer


def test_without_people_of_an_earlier_run_nobody_is_ticked(organizer, cast):
    assert bundled(organizer)["leads"] == []


def test_from_an_uploaded_page(organizer, cast):
    upload = SimpleUploadedFile("page.md", PAGE.encode("cp932"), content_type="text/markdown")
    data = bundled(organizer, source="file", file=upload)
    assert "page.md" in organizer.get(ADD).content.decode()
    assert "session-3" not in data
    press(organizer, data)
    cohort = Cohort.objects.get(name="第3期")
    assert [week.theme for week in cohort.weeks.all()] == ["たねをまく", "めがでる"]
    texts = Prompt.objects.filter(section__week__cohort=cohort).values_list("text", flat=True)
    assert "最近うれしかった一言は？" in texts
    assert "秘密" not in "".join(texts)
    assert "page.md" not in organizer.get(ADD).content.decode()


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff", "何もない".encode(), b"PK\x03\x04", b"a" * 1_000_001])
def test_a_file_that_is_no_workbook(organizer, cast, content):
    data = {**fields_of(organizer.get(ADD)), "source": "file", "name": "残る名前", "first_session": FIRST}
    response = refused(organizer, data, file=SimpleUploadedFile("page.md", content))
    (message,) = response.context["form"].errors["file"]
    assert message
    assert "残る名前" in response.content.decode()
    assert Cohort.objects.count() == 2
    checked = organizer.post(PREVIEW, {**data, "file": SimpleUploadedFile("page.md", content)})
    assert message in checked.content.decode()
    assert message in refused(organizer, data).content.decode()


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
        ("facilitators", "ハナさん"),
        ("people", "ハナさん"),
        ("people", "\n".join(f"p{number}@example.com" for number in range(301))),
        ("name", "春の\u2028コホート"),
        ("slug", "ours"),
        ("slug", "日本語"),
        ("time_zone", "Asia/Nowhere"),
        ("time_zone", ""),
        ("source", "999"),
        ("source", "九"),
        ("source", "file"),
    ],
)
def test_mistakes_keep_everything_typed(organizer, cast, field, value):
    data = {
        **bundled(organizer, meeting_url="https://zoom.example.com/j/9", facilitators="x@example.com", slug="kept"),
        "people": "y@example.com",
        field: value,
    }
    response = refused(organizer, data)
    form = response.context["form"]
    assert form.errors
    assert "errorlist" in response.content.decode()
    for name in ("name", "first_session", "meeting_url", "facilitators", "people", "slug", "time_zone"):
        assert form[name].value() == data[name]
    assert Cohort.objects.count() == 2
    assert not Invitation.objects.exists()


def test_a_closed_cohort_is_no_source(organizer, cast):
    cast.other.mark_deleted()
    response = refused(organizer, bundled(organizer), source=str(cast.other.pk))
    assert "source" in response.context["form"].errors


@pytest.mark.parametrize(
    "moved", ["2026-12-02T21:00", "2026-11-01T21:00", "いつか", "0001-01-01T00:00", "9999-12-31T23:59"]
)
def test_wrong_dates_keep_everything_typed(organizer, cast, moved):
    response = refused(organizer, bundled(organizer), **{"session-2": moved, "session-4": "2026-12-24T10:00"})
    rows = response.context["preview"].rows
    assert [bool(row.error) for row in rows][:2] == [False, True]
    assert (rows[1].typed, rows[3].typed) == (moved, "2026-12-24T10:00")
    assert Cohort.objects.count() == 2


def test_dates_follow_but_what_was_chosen_by_hand_stays_and_is_named(organizer, cast):
    data = typed(organizer, **{**bundled(organizer), "session-3": "2026-12-17T20:30"})
    later = organizer.post(PREVIEW, {**data, "first_session": "2026-12-03T19:00"})
    after = fields_of(later)
    assert [after[f"session-{number}"] for number in (2, 3, 4)] == [
        "2026-12-10T19:00",
        "2026-12-17T20:30",
        "2026-12-24T19:00",
    ]
    assert [bool(row.remarks) for row in later.context["preview"].rows] == [False, False, True, False]
    reset = fields_of(organizer.post(ADD, {**data, **after, "reset": "3"}, follow=True))
    assert reset["session-3"] == "2026-12-16T21:00"


def test_the_hour_stays_over_summer_time(organizer, cast):
    data = bundled(organizer, time_zone="Europe/Berlin", first_session="2026-10-14T19:30")
    assert [data[f"session-{number}"] for number in (2, 3, 4)] == [
        "2026-10-21T19:30",
        "2026-10-28T19:30",
        "2026-11-04T19:30",
    ]
    press(organizer, data)
    cohort = Cohort.objects.get(name="第3期")
    assert cohort.time_zone == "Europe/Berlin"
    assert [at[6:] for at in local(cohort)] == ["19:30"] * 4
    assert cohort.weeks.first().session_at == datetime(2026, 10, 14, 17, 30, tzinfo=UTC)


def test_days_off_and_clashes_stand_beside_the_dates(organizer, cast):
    other = cast.other.weeks.get(number=1)
    Week.objects.filter(pk=other.pk).update(session_at=datetime(2027, 5, 13, 12, 30, tzinfo=UTC))
    data = bundled(organizer, first_session="2027-04-29T21:00", leads=[], facilitators=cast.other_facilitator.email)
    rows = organizer.post(PREVIEW, data).context["preview"].rows
    assert [len(row.warnings) for row in rows] == [1, 0, 1, 0]
    assert "昭和の日" in rows[0].warnings[0]
    assert cast.other.name in rows[2].warnings[0]
    assert cast.other_facilitator.nickname in rows[2].warnings[0]


def test_nothing_opens_that_was_not_seen(organizer, cast):
    data = bundled(organizer)
    for changes in (
        {"first_session": "2026-12-04T21:00"},
        {"source": str(cast.cohort.pk)},
        {"session-4": "2026-12-31T21:00"},
    ):
        response = refused(organizer, data, **changes)
        assert "日程に新しいお知らせがあります" in response.content.decode()
        assert not Cohort.objects.filter(name="第3期").exists()
    assert press(organizer, fields_of(response)).status_code == 302


def test_a_date_without_a_warning_needs_no_second_look(organizer, cast):
    press(organizer, bundled(organizer), **{"session-2": "2026-12-10T20:00"})
    assert local(Cohort.objects.get(name="第3期"))[1] == "12-10 20:00"


def test_what_is_typed_survives(organizer, cast):
    data = {**bundled(organizer), "people": "はな　hana@example.com", "session-2": "2026-12-10T20:00", "slug": "kept"}
    organizer.post(PREVIEW, data)
    again = fields_of(organizer.get(ADD))
    for name in ("name", "first_session", "people", "session-2", "slug", "source", "time_zone"):
        assert again[name] == data[name]
    assert organizer.get(ADD).context["is_restored"]
    assert "errorlist" not in organizer.get(ADD).content.decode()
    organizer.post(ADD, {"restart": ""})
    fresh = organizer.get(ADD)
    assert fields_of(fresh)["name"] == ""
    assert not fresh.context["is_restored"]


def test_errors_are_shown_when_the_button_was_pressed_and_not_before(organizer, cast):
    assert not organizer.get(REFUSED).context["form"].errors
    data = {**bundled(organizer), "people": "ハナさん", "session-2": "いつか"}
    organizer.post(PREVIEW, data)
    assert not organizer.get(ADD).context["form"].errors
    pages = [refused(organizer, data), organizer.get(REFUSED)]
    for page in pages:
        assert "ハナさん" in page.context["form"].errors["people"][0]
        assert page.context["preview"].rows[1].error
        assert not page.context["is_restored"]
    again = organizer.get(ADD)
    assert not again.context["form"].errors
    assert again.context["is_restored"]
    assert "people" not in refused(organizer, data, people="hana@example.com").context["form"].errors
    organizer.post(ADD, {"restart": ""})
    fresh = organizer.get(REFUSED)
    assert not fresh.context["form"].errors
    assert fields_of(fresh)["people"] == ""


def test_a_look_at_the_dates_complains_of_nothing(organizer, cast):
    data = {**fields_of(organizer.get(ADD)), "source": "bundled", "people": "ハナさん"}
    response = organizer.post(ADD, {**data, "check": ""}, follow=True)
    assert response.redirect_chain == [(f"{ADD}?checked", 302)]
    assert not response.context["form"].errors
    assert not response.context["is_restored"]
    assert fields_of(response)["people"] == "ハナさん"


def test_what_is_typed_is_hers_alone(organizer, cast):
    typed(organizer, name="ひみつの回")
    other = Client()
    cast.other_facilitator.is_superuser = True
    cast.other_facilitator.save()
    other.force_login(cast.other_facilitator)
    assert "ひみつの回" not in other.get(ADD).content.decode()


def test_opening_clears_what_was_kept(organizer, cast):
    press(organizer, bundled(organizer))
    assert fields_of(organizer.get(ADD))["name"] == ""


def test_two_presses_open_one_cohort(organizer, cast):
    data = bundled(organizer, people="hana@example.com")
    first, second = press(organizer, data), press(organizer, data)
    assert first["Location"] == second["Location"]
    assert Cohort.objects.filter(name="第3期").count() == 1
    assert Invitation.objects.filter(email="hana@example.com").count() == 1


def test_two_cohorts_on_one_day(organizer, cast):
    for name in ("朝", "夜"):
        press(organizer, bundled(organizer, name=name))
    assert Cohort.objects.filter(slug__startswith="2026-12-02").count() == 2
    assert Week.objects.filter(cohort__slug="2026-12-02-2").count() == 4


def test_an_older_run_can_be_chosen_from_its_own_page(organizer, cast):
    page = organizer.get(ADD, {"source": cast.cohort.pk})
    assert fields_of(page)["source"] == str(cast.cohort.pk)
    for wrong in ("999", "x", "9" * 30, ""):
        assert organizer.get(ADD, {"source": wrong}).status_code == 200


@pytest.mark.parametrize("value", ["", "いつか", "9" * 5000])
def test_the_preview_takes_anything(organizer, cast, value):
    names = [
        "name",
        "first_session",
        "source",
        "time_zone",
        "leads",
        "guests",
        "asked",
        "session-2",
        "planned-2",
        "reset",
    ]
    assert organizer.post(PREVIEW, dict.fromkeys(names, value)).status_code == 200
    assert organizer.get(PREVIEW).status_code == 405
    assert organizer.get(ADD).status_code == 200


def test_opening_is_recorded_without_addresses(organizer, cast):
    press(organizer, bundled(organizer, facilitators=cast.organizer.email, people="hana@example.com"))
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (cast.organizer, str(Cohort.objects.get(slug="2026-12-02").pk))
    assert entry.change_message
    assert "@" not in entry.change_message


def test_nobody_else_opens(client, cast):
    for user in (cast.member, cast.facilitator, cast.stranger):
        client.force_login(user)
        assert client.post(PREVIEW, {"name": "x"}).status_code == 404
        assert client.post(ADD, {"name": "x", "open": ""}).status_code == 404


def test_the_page_takes_the_same_queries_for_one_person_and_for_many(organizer, cast, django_assert_num_queries):
    for number, count in enumerate((1, 3, 40)):
        cohort = make_cohort(f"run{number}")
        for user in make_users(*(f"p{number}-{person}" for person in range(count))).values():
            join(cohort, user)
        join(cohort, cast.facilitator, "facilitator")
        organizer.get(ADD)
        with django_assert_num_queries(9):
            organizer.get(ADD)
