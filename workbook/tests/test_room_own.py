"""A member's side of the session's room: her own boxes and nothing else of anybody's."""

import pytest
from django.urls import reverse
from django.utils.translation import gettext

from cohorts.models import Membership
from tests.cast import prompt_of, write
from tests.reader import comment
from workbook.models import Feedback, Readers, Section
from workbook.tests.watcher import Watcher, hold_today

pytestmark = pytest.mark.django_db
OWN = ["CANARY-ours-member-private", "CANARY-ours-member-shared", "CANARY-ours-member-group"]


@pytest.fixture
def address(cast):
    return reverse("workbook:room", args=[cast.cohort.slug, 1])


@pytest.fixture
def page(client, cast, address):
    """The room's page as this person gets it."""

    def get(user):
        client.force_login(user)
        return client.get(address).content.decode()

    return get


def test_own_boxes_of_the_week_can_be_written(page, cast):
    html = page(cast.member)
    assert all(f"{text}</textarea>" in html for text in OWN)
    assert html.count("data-box ") == 5
    assert f'action="{prompt_of(cast.cohort).section.week.get_absolute_url()}"' in html
    assert f'data-page="{prompt_of(cast.cohort).section.week.get_absolute_url()}"' in html


def test_other_questions_shared_texts_are_not_in_the_page(page, cast):
    colleague = Membership.objects.get(user=cast.colleague)
    write(colleague, prompt_of(cast.cohort), "問い1への一言", Readers.GROUP)
    write(colleague, prompt_of(cast.cohort, kind=Section.Kind.SUMMARY), "まとめの一言", Readers.GROUP)
    html = page(cast.member)
    assert "問い1への一言" in html
    assert "まとめの一言" not in html


def test_a_comment_waits_for_the_worksheet(page, client, cast):
    comment(cast.shared, cast.facilitator, "すてきです")
    assert "すてきです" not in page(cast.member)
    assert Feedback.objects.get().seen_at is None
    client.get(prompt_of(cast.cohort).section.week.get_absolute_url())
    assert Feedback.objects.get().seen_at is not None


def test_nobody_else_has_boxes_there(page, cast):
    assert "<textarea" not in page(cast.facilitator)
    cast.cohort.finish()
    assert "<textarea" not in page(cast.member)
    assert "data-share" not in page(cast.member)
    assert " data-attend>" not in page(cast.member)


def test_who_is_here_is_said_without_who_is_not(page, client, cast, address):
    hold_today(cast.cohort)
    client.force_login(cast.colleague)
    client.post(f"{address}attend/", {"present": "1"})
    html = page(cast.member)
    here = html[html.index("data-here-panel") : html.index("data-here-line")]
    assert "<li>colleague</li>" in here
    assert "<li>facilitator</li>" not in here
    assert '<button name="present" value="1" aria-pressed="false" data-me>' in here


def test_without_names_it_is_said_where_the_names_stand(page, client, cast, address):
    """The same text, shown to the same people, stands with its name in the week's sheet."""
    write(Membership.objects.get(user=cast.colleague), prompt_of(cast.cohort), "問い1への一言", Readers.GROUP)
    Watcher(cast.facilitator, cast.cohort).steer("names", "0")
    html = page(cast.member)
    stage = html[html.index("data-stage") : html.index("data-announce")]
    assert "問い1への一言" in stage
    assert "colleague" not in stage
    sheet = client.get(prompt_of(cast.cohort).section.week.get_absolute_url()).content.decode()
    voices = sheet[sheet.index('class="voices"') :]
    assert "問い1への一言" in voices
    assert "colleague" in voices
    mine = "No names on this screen. The sheet of the week shows the group your name, too. Press again to take it back."
    theirs = "Only this screen is without names: on the sheet of the week the members read the same texts with names."
    assert gettext(mine) in stage
    assert gettext(theirs) in page(cast.facilitator)
