"""The chart of the board: how many wrote, week by week and section by section."""

import re

from cohorts.models import Membership
from tests.cast import HEADINGS, join, make_cohort, prompt_of, write
from workbook.admin.board import Board
from workbook.models import Prompt, Readers, Section

KINDS = list(HEADINGS)


def board(cast, week=1):
    return Board(cast.facilitator, cast.cohort.weeks.get(number=week).pk)


def address(cast):
    return f"/admin/workbook/week/{cast.cohort.weeks.get(number=1).pk}/board/"


def test_counts_members_of_today_who_filled_every_box(cast):
    for prompt in Prompt.objects.filter(section__week__cohort=cast.cohort, section__week__number=2):
        write(cast.membership, prompt, "ことば", Readers.SELF)
    write(Membership.objects.get(user=cast.colleague), prompt_of(cast.cohort, 2), "ことば")
    write(Membership.objects.get(user=cast.removed), prompt_of(cast.cohort, 1, KINDS[3]), "ことば")
    chart = board(cast).chart
    assert chart.members == 2
    assert [[bar.written for bar in bars] for bars in chart.groups] == [[1, 0, 0, 1], [1, 1, 1, 1]] + 2 * [[0] * 4]
    assert [bar.percent for bar in chart.groups[1]] == [50] * 4
    assert [bar.is_there for bars in chart.groups for bar in bars] == [True] * 8 + [False] * 8


def test_drawing_and_table_say_the_same(reader, cast):
    body = reader.get(address(cast)).content.decode()
    drawing = body[body.index('<svg class="chart"') :]
    assert 'role="img"' in drawing
    assert re.findall(r'<rect class="bar"[^>]*height="(\d+)"', drawing) == ["55", "55"]
    assert drawing.count('<rect class="track"') == 8
    assert re.findall(r"<td>(\d+)%", drawing) == ["50", "0", "0", "0", "0", "0", "50", "0"]


def test_any_number_of_weeks_and_sections(cast):
    """Seven weeks, some of them with two sections; a section keeps its number."""
    cohort = make_cohort("long", weeks=7)
    join(cohort, cast.facilitator, "facilitator")
    short = Section.objects.filter(week__cohort=cohort, week__number__in=[1, 3], kind__in=KINDS[1:3])
    Prompt.objects.filter(section__in=short).delete()
    short.delete()
    chart = Board(cast.facilitator, cohort.weeks.get(number=3).pk).chart
    assert [[bar.number for bar in bars] for bars in chart.groups] == [[1, 2, 3, 4]] * 7
    assert {heading: number for number, heading, _bars in chart.rows}["あなたは何をする？"] == 2
    assert [bar.is_there for bar in chart.groups[0]] == [True, True, False, False]
    assert {bar.percent for bars in chart.groups for bar in bars} == {0}
    assert max(bar.x for bars in chart.groups for bar in bars) + chart.bar < chart.width
