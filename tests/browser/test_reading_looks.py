"""The reading pages with all that can stand on them: no accessibility finding, nothing wider than the screen."""

from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from cohorts.models import Membership
from tests.browser.test_axe import RULES, fits
from tests.cast import join, make_user, prompt_of, write
from tests.reader import begin, comment, rewrite
from workbook.models import Note, NoteSave, Readers, Reading

LONG = "帰りの電車で、今日のことを思い返していた。" * 15
WIDTHS = (320, 360, 768, 1280, 1920)


@pytest.fixture
def busy(cast):
    """Comments, changes, drafts of two facilitators, notes, a text that was closed, a long word, a promise."""
    second = make_user("second")
    join(cast.cohort, second, "facilitator")
    colleague = Membership.objects.get(user=cast.colleague)
    closed = write(colleague, cast.shared.prompt, "ことば")
    begin(closed, cast.facilitator, "もう送れないことば")
    rewrite(closed, "自分だけ", Readers.SELF)
    comment(cast.shared, cast.facilitator, "- すてき\n- です\n\n> 引用")
    comment(cast.shared, second, "w" * 300)
    Reading.objects.note(second, {cast.shared.pk: 1})
    rewrite(cast.shared, f"{LONG}\n\n# 見出し\n\n| a | b |\n|---|---|\n| {'w' * 200} | い |")
    begin(cast.shared, second, "書いています")
    begin(cast.group, cast.facilitator, "書きかけ")
    write(cast.membership, prompt_of(cast.cohort, kind="summary"), "w" * 300)
    cast.group.settle("done")
    for author in (cast.facilitator, second):
        Note.objects.write(NoteSave(cast.membership.pk, author.pk, uuid4(), 0, f"メモ{'w' * 200}"))
    return cast


def pages_of(cast):
    member, prompt = cast.membership.pk, cast.shared.prompt_id
    return [
        reverse("admin:workbook_response_read", args=[member, 1]),
        reverse("admin:workbook_response_person", args=[member]),
        reverse("admin:workbook_response_question", args=[prompt]),
        reverse("admin:workbook_response_question", args=[cast.private.prompt_id]),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_findings(new_page, busy, sign_in, scheme):
    page = new_page(viewport={"width": 360, "height": 800}, color_scheme=scheme)
    sign_in(page, busy.facilitator)
    findings = {}

    def look(name):
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            found = Axe().run(page, options=RULES).response["violations"]
            if found:
                findings[name, width] = [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found]
        if wide := [width for width in WIDTHS if not fits(page, width)]:
            findings[name, "wide"] = wide

    for path in pages_of(busy):
        page.goto(path)
        page.locator("form[data-ready]").wait_for()
        look(path)
        page.evaluate("document.querySelectorAll('#content details').forEach((each) => { each.open = true; })")
        look(f"{path} unfolded")
        page.keyboard.press("?")
        look(f"{path} with its keys")
    assert findings == {}
