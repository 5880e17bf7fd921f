"""Every kind of page, in both themes and at three widths: no accessibility finding, nothing wider than the screen."""

import pytest
from django.urls import reverse

from tests.browser.axe import findings, findings_in_both, fits
from tests.cast import prompt_of, write
from workbook.models import AccessRecord, Attendance, Feedback, Readers


def member_pages(cast):
    return [
        "/",
        "/cohorts/ours/",
        "/cohorts/ours/weeks/1/",
        "/cohorts/ours/weeks/4/",
        "/cohorts/ours/words/",
        "/cohorts/ours/words/readers/",
        "/profile/",
    ]


def account_pages(cast):
    names = ["account_email", "account_set_password", "mfa_index", "mfa_list_webauthn", "usersessions_list"]
    return [reverse(name) for name in names]


def anonymous_pages(cast):
    return ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/privacy/"]


def facilitator_pages(cast):
    reading = [
        reverse("admin:workbook_response_read", args=[cast.membership.pk, 1]),
        reverse("admin:workbook_response_person", args=[cast.membership.pk]),
        *(reverse("admin:workbook_response_question", args=[one.prompt_id]) for one in (cast.shared, cast.private)),
    ]
    boards = [reverse("admin:workbook_week_board", args=[week.pk]) for week in cast.cohort.weeks.all()[:3]]
    search = reverse("admin:workbook_response_search")
    searches = [search, f"{search}?q=CANARY", f"{search}?q=x"]
    return ["/admin/", reverse("admin:workbook_response_changelist"), *reading, *boards, *searches]


def organizer_pages(cast):
    week = cast.cohort.weeks.first()
    names = ["cohort_changelist", "cohort_add", "invitation_changelist", "invitation_add", "membership_changelist"]
    return [
        "/admin/",
        *(reverse(f"admin:cohorts_{name}") for name in names),
        reverse("admin:cohorts_cohort_change", args=[cast.cohort.pk]),
        reverse("admin:cohorts_cohort_editor", args=[cast.cohort.pk]),
        reverse("admin:workbook_week_change", args=[week.pk]),
        reverse("admin:workbook_privacypage_changelist"),
    ]


PAGES = {
    "anonymous": anonymous_pages,
    "member": member_pages,
    "member's account": account_pages,
    "facilitator": facilitator_pages,
    "organizer": organizer_pages,
}


@pytest.fixture
def told(cast):
    """The cast with a comment, a second member's text shared with the group, and one who came to the session."""
    Feedback.objects.create(revision=cast.shared.revisions.first(), author=cast.facilitator, text="- すてき\n- です")
    colleague = cast.cohort.memberships.get(user=cast.colleague)
    AccessRecord.objects.record_reading(cast.facilitator, [cast.membership], cast.cohort.weeks.first())
    write(colleague, prompt_of(cast.cohort), "みんなへ\n\n> 引用\n\n# 見出し", Readers.GROUP)
    first = cast.cohort.weeks.first()
    Attendance.objects.create(week=first, membership=cast.membership, noted_by=cast.member)
    return cast


@pytest.mark.parametrize("who", PAGES)
def test_no_findings(new_page, told, sign_in, who):
    page = new_page(viewport={"width": 360, "height": 800})
    if who != "anonymous":
        sign_in(page, getattr(told, who.split("'")[0]))
    found = {}
    for path in PAGES[who](told):
        page.goto(path)
        broken = findings_in_both(page)
        wide = [width for width in (320, 768, 1280) if not fits(page, width)]
        if broken or wide:
            found[path] = broken, wide
        page.set_viewport_size({"width": 360, "height": 800})
    assert found == {}


def test_error_page(browser, live_server, told):
    """Outside the watched pages: the browser reports every 404 in its console."""
    page = browser.new_page(base_url=live_server.url, locale="ja-JP")
    page.goto("/no-such-page/")
    assert page.get_by_role("heading", level=1).inner_text() == "ページが見つかりません"
    assert findings(page) == []
    page.close()
