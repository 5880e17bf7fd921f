"""Who has written what, for a spreadsheet: whole Japanese, no formulas, no words."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.utils.translation import gettext as _

from cohorts.models import Cohort, Membership, User
from tests.cast import join, make_user, make_users, prompt_of, write
from workbook.admin.export import harmless, progress_csv
from workbook.models import Attendance, Prompt, Readers, Response, Section


def table(cast, user=None):
    text = progress_csv(user or cast.organizer, cast.cohort).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def row_of(cast, name):
    return next(row for row in table(cast) if row[0] == name)


def test_begins_with_the_mark_that_excel_needs(cast):
    raw = progress_csv(cast.organizer, cast.cohort)
    assert raw.startswith(b'\xef\xbb\xbf"')
    assert raw.count(b"\xef\xbb\xbf") == 1
    assert raw.endswith(b"\r\n")


def test_one_row_for_each_member_and_one_column_for_each_section(cast):
    head, *rows, foot = table(cast)
    assert len(head) == 3 + 4 * 4 + 4
    assert head[3] == f"{_('Week %(number)d') % {'number': 1}} 自分の考え"
    assert [row[0] for row in rows] == ["member", "colleague"]
    assert {len(row) for row in [head, *rows, foot]} == {len(head)}


def test_says_written_or_begun_or_nothing(cast):
    write(Membership.objects.get(user=cast.colleague), prompt_of(cast.cohort, 2), "ことば")
    mine, theirs = row_of(cast, "member"), row_of(cast, "colleague")
    assert mine[2:7] == ["2", _("Written"), "", "", _("Written")]
    assert theirs[2:8] == ["0", "", "", "", "", _("Begun")]


def test_counts_those_of_today_in_the_last_row(cast):
    for prompt in Prompt.objects.filter(section__week__cohort=cast.cohort, section__week__number=1):
        if prompt.section.kind == Section.Kind.REFLECTION:
            write(Membership.objects.get(user=cast.colleague), prompt, "ことば")
    foot = table(cast)[-1]
    assert foot[:7] == [_("How many wrote or took part"), "", "", "2", "0", "0", "1"]
    Membership.objects.get(user=cast.colleague).close()
    assert table(cast)[-1][3] == "1"


def test_a_section_without_a_question_counts_nobody(cast):
    section = cast.cohort.weeks.get(number=3).sections.get(kind=Section.Kind.SUMMARY)
    section.prompts.all().delete()
    place = 3 + 2 * 4 + 2
    assert [row[place] for row in table(cast)[1:]] == ["", "", "0"]


def attend(cast, user, week, *, is_present=True):
    membership = Membership.objects.get(user=user, cohort=cast.cohort)
    row = cast.cohort.weeks.get(number=week)
    Attendance.objects.create(membership=membership, week=row, is_present=is_present, noted_by=user)


def test_who_took_part_stands_after_the_sections(cast):
    attend(cast, cast.member, 1)
    attend(cast, cast.member, 2, is_present=False)
    attend(cast, cast.colleague, 1)
    attend(cast, cast.removed, 1)
    attend(cast, cast.facilitator, 1)
    there = [row[-4:] for row in table(cast)]
    session = _("%(week)s session")
    assert there[0] == [session % {"week": _("Week %(number)d") % {"number": number}} for number in range(1, 5)]
    assert there[1:] == [[_("Took part"), "", "", ""], [_("Took part"), "", "", ""], ["2", "0", "0", "0"]]


def test_who_does_not_administer_the_cohort_is_not_told_who_came(cast):
    attend(cast, cast.member, 1)
    assert table(cast, cast.other_facilitator)[1][-4:] == [""] * 4


def test_what_is_for_the_writer_alone_is_told_as_written_and_no_more(cast):
    Response.objects.update(readers=Readers.SELF)
    assert row_of(cast, "member")[3] == _("Written")
    assert "CANARY" not in progress_csv(cast.organizer, cast.cohort).decode()


def test_who_does_not_administer_the_cohort_gets_no_progress(cast):
    assert table(cast, cast.other_facilitator)[1][2] == "0"


def test_the_day_of_joining_is_that_of_the_cohort(cast):
    Membership.objects.update(joined_at=datetime(2026, 5, 1, 16, 0, tzinfo=UTC))
    assert row_of(cast, "member")[1] == "2026-05-02"
    Cohort.objects.update(time_zone="America/New_York")
    cast.cohort.refresh_from_db()
    assert row_of(cast, "member")[1] == "2026-05-01"


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+81", "-さくら", "@SUM(A1)", "\t=1", "\r=1", "＝cmd", "＋1", "－1", "＠a", " =1", "　＝1", "−1"],
)
def test_no_cell_is_a_formula(cast, name):
    assert harmless(name) == f"'{name}"
    join(cast.cohort, make_user("evil"))
    User.objects.filter(email="evil@example.com").update(nickname=name)
    assert table(cast)[3][0] == f"'{name}"


@pytest.mark.parametrize("name", ["さくら", "a=b", 'さ"く",ら', "はな;子", "1-2", ""])
def test_what_is_no_formula_stays_as_it_is(name):
    assert harmless(name) == name


@pytest.mark.parametrize("members", [1, 3, 300])
def test_queries(client, cast, django_assert_num_queries, members):
    users = make_users(*(f"more{number}" for number in range(members))).values()
    Membership.objects.bulk_create(Membership(user=user, cohort=cast.cohort) for user in users)
    client.force_login(cast.organizer)
    with django_assert_num_queries(9):
        response = client.get(f"/admin/cohorts/cohort/{cast.cohort.pk}/progress.csv")
    assert len(response.content.splitlines()) == 1 + 2 + members + 1


def test_is_a_file_with_the_cohorts_name(client, cast):
    client.force_login(cast.organizer)
    response = client.get(f"/admin/cohorts/cohort/{cast.cohort.pk}/progress.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="ours-progress.csv"'


def test_facilitators_have_the_board_instead(reader, cast):
    assert reader.get(f"/admin/cohorts/cohort/{cast.cohort.pk}/progress.csv").status_code == 404
