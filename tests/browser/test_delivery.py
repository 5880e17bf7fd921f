"""Words that wait on the device are sent from any page: every one of them, and never with more readers than chosen."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offline import count, wait_until
from tests.cast import prompt_of, write
from workbook.models import Readers, Response, Revision, Save

JOURNAL = """
  const { openJournal } = await import("/static/js/journal.js");
  const journal = await openJournal(Number(document.querySelector('meta[name="user"]').content));
"""
WRITE = f"async (entries) => {{ {JOURNAL} for (const entry of entries) await journal.write(entry); }}"
READ = f"async () => {{ {JOURNAL} return journal.unsent(); }}"
DELIVER = f"""async () => {{ {JOURNAL}
  const {{ deliver }} = await import("/static/js/delivery.js");
  return (await deliver(journal, "csrftoken")).map(({{ kind }}) => kind);
}}"""
FULL_DISK = """() => {
  IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""
REMOVE_FAILS_ONCE = """() => {
  const whole = IDBObjectStore.prototype.delete;
  IDBObjectStore.prototype.delete = function () {
    IDBObjectStore.prototype.delete = whole;
    throw new DOMException("gone", "InvalidStateError");
  };
}"""
# While the first save is under way, another tab writes on in the same place.
WRITES_MEANWHILE = f"""async (text) => {{ {JOURNAL}
  const send = window.fetch;
  window.fetch = async (...asked) => {{
    const answer = await send(...asked);
    if (String(asked[0]).includes("/response/")) {{
      window.fetch = send;
      const [entry] = await journal.unsent();
      await journal.write({{ ...entry, text }});
    }}
    return answer;
  }};
}}"""
KEEP = f"""async (versions) => {{ {JOURNAL}
  const {{ keepBoxes }} = await import("/static/js/keep.js");
  const boxes = [{{ prompt: 7, text: "at 0", version: 0 }}];
  await journal.keepWeek("/a-week/", {{ prompts: [7], sections: [{{ boxes }}] }});
  for (const version of versions) await keepBoxes(journal, {{ 7: {{ text: `at ${{version}}`, version }} }});
  return (await journal.week("/a-week/")).sections[0].boxes[0].text;
}}"""


@pytest.fixture
def prompt(cast):
    """A box with one text that the group reads."""
    prompt = prompt_of(cast.cohort, week=2)
    write(cast.membership, prompt, "はじめ", Readers.GROUP)
    return prompt


@pytest.fixture
def page(desk: Page, cast, sign_in) -> Page:
    """A page of the member without any box on it."""
    sign_in(desk, cast.member)
    desk.goto("/profile/")
    return desk


def entry_of(prompt, text, readers=Readers.GROUP, base_version=1, pending=None):
    url = f"/prompts/{prompt.pk}/response/"
    entry = {"prompt": prompt.pk, "slot": "", "url": url, "text": text, "readers": readers, "pending": pending}
    return {**entry, "base_version": base_version}


def pending_of(cast, text, readers=Readers.GROUP):
    """A save whose answer never came."""
    sent = {"operation_id": str(uuid4()), "base_version": 1, "text": text, "readers": readers}
    return {**sent, "user": cast.member.pk}


def arrive(cast, prompt, pending, text=None):
    """The save had reached the server all the same."""
    texts = (text or pending["text"], pending["readers"], [])
    save = Save(prompt.pk, cast.membership.pk, pending["operation_id"], pending["base_version"], *texts)
    assert Response.objects.write(save).accepted


def written(cast, prompt):
    return Response.objects.values_list("text", "readers").get(prompt=prompt, membership=cast.membership)


def branches(prompt):
    return list(Revision.objects.filter(response__prompt=prompt, version=None).values_list("text", flat=True))


def test_full_disk_does_not_stop_sending(page, cast, prompt):
    other = prompt_of(cast.cohort, week=2, position=2)
    first = entry_of(prompt, "いちばん新しい文", pending=pending_of(cast, "その前の文"))
    page.evaluate(WRITE, [first, entry_of(other, "もう一つの欄", base_version=0)])
    page.evaluate(FULL_DISK)
    assert page.evaluate(DELIVER) == []
    assert written(cast, prompt) == ("いちばん新しい文", "group")
    assert written(cast, other) == ("もう一つの欄", "group")
    assert branches(prompt) == []
    assert count(page, "unsent") == 0


def test_one_entry_does_not_stop_the_next(page, cast, prompt):
    other = prompt_of(cast.cohort, week=2, position=2)
    page.evaluate(WRITE, [entry_of(prompt, "一つめ"), entry_of(other, "二つめ", base_version=0)])
    page.evaluate(REMOVE_FAILS_ONCE)
    assert page.evaluate(DELIVER) == ["retry"]
    assert written(cast, other) == ("二つめ", "group")
    assert page.evaluate(DELIVER) == []
    assert written(cast, prompt) == ("一つめ", "group")
    assert count(page, "unsent") == 0


@pytest.mark.parametrize("chosen", ["group", "facilitators"])
def test_only_me_of_another_device_holds(page, cast, prompt, chosen):
    save = Save(prompt.pk, cast.membership.pk, uuid4(), 1, "はじめ", Readers.SELF, [])
    assert Response.objects.write(save).accepted
    page.evaluate(WRITE, [entry_of(prompt, "そのあと", chosen, pending=pending_of(cast, "トンネルで"))])
    assert page.evaluate(DELIVER) == []
    assert written(cast, prompt) == ("そのあと", "self")
    later = Revision.objects.filter(response__prompt=prompt, version__gt=1)
    assert set(later.values_list("readers", flat=True)) == {"self"}


def test_only_me_chosen_later_is_sent_first(page, cast, prompt):
    pending = pending_of(cast, "ひみつ")
    page.evaluate(WRITE, [entry_of(prompt, "ひみつのつづき", Readers.SELF, pending=pending)])
    assert page.evaluate(DELIVER) == []
    assert written(cast, prompt) == ("ひみつのつづき", "self")
    shared = Revision.objects.filter(response__prompt=prompt, readers="group")
    assert [revision.text for revision in shared] == ["はじめ"]
    assert Revision.objects.filter(operation_id=pending["operation_id"], readers="self").exists()


@pytest.mark.parametrize("text", ["ひみつ", "ひみつのつづき"])
def test_only_me_also_when_it_had_arrived_for_the_group(page, cast, prompt, text):
    pending = pending_of(cast, "ひみつ")
    arrive(cast, prompt, pending)
    page.evaluate(WRITE, [entry_of(prompt, text, Readers.SELF, pending=pending)])
    assert page.evaluate(DELIVER) == []
    assert written(cast, prompt) == (text, "self")
    assert branches(prompt) == []
    assert count(page, "unsent") == 0


def test_a_name_used_for_other_words_does_not_hold_up(page, cast, prompt):
    """The server keeps both; the member chooses in the box."""
    pending = pending_of(cast, "この端末の文")
    arrive(cast, prompt, pending, "同じ名前で別の文")
    page.evaluate(WRITE, [entry_of(prompt, "この端末の文", pending=pending)])
    assert page.evaluate(DELIVER) == ["conflict"]
    assert branches(prompt) == ["この端末の文"]
    assert page.evaluate(DELIVER) == ["conflict"]
    assert branches(prompt) == ["この端末の文"]


def test_what_another_tab_writes_meanwhile_is_left_alone(page, cast, prompt):
    page.evaluate(WRITE, [entry_of(prompt, "送っているあいだに")])
    page.evaluate(WRITES_MEANWHILE, "書き足した")
    assert page.evaluate(DELIVER) == ["open"]
    [entry] = page.evaluate(READ)
    assert (entry["text"], entry["pending"]["text"]) == ("書き足した", "送っているあいだに")
    assert written(cast, prompt) == ("送っているあいだに", "group")
    assert page.evaluate(DELIVER) == []
    assert written(cast, prompt) == ("書き足した", "group")


def test_an_old_answer_does_not_bring_back_old_words(page, prompt):
    assert page.evaluate(KEEP, [2, 3, 3, 1]) == "at 3"


@pytest.mark.parametrize("way", ["copy", "download"])
def test_words_that_nobody_takes_can_be_taken_along(new_page, cast, sign_in, way):
    """She is no member any more: her page is gone, her words are not."""
    page = new_page(viewport={"width": 360, "height": 740})
    sign_in(page, cast.removed)
    page.goto("/profile/")
    text = "<b>まだ送っていない</b>\n二行め"
    prompt = prompt_of(cast.cohort)
    page.evaluate(WRITE, [entry_of(prompt, text)])
    page.reload()
    stuck = page.locator("[data-unsent-line] [data-stuck]")
    expect(stuck.get_by_role("textbox")).to_have_value(text)
    expect(page.locator("[data-unsent-line] [data-waiting]")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    if way == "copy":
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        stuck.get_by_role("button", name="コピー").click()
        expect(stuck.locator("[data-copied]")).to_have_text("コピーしました")
        assert page.evaluate("navigator.clipboard.readText()") == text
    else:
        with page.expect_download() as download:
            stuck.get_by_role("button", name="ダウンロード").click()
        assert download.value.path().read_text(encoding="utf-8") == text
        assert download.value.suggested_filename == f"hisho-{prompt.pk}.txt"
    wait_until(page, lambda: count(page, "unsent") == 1)
