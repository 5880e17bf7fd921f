"""Every text of the corpus comes back to the letter: by autosave and by the plain form, from the page, the database,
the answer to a page that was away, and the downloaded page.
"""

import json
import uuid
from dataclasses import dataclass

import pytest

from .corpus import CASES, as_kept, is_refused, mended
from .ledger import digest, rows
from .pages import fields_on, form_of, words_in
from .server import Person, Site
from .writer import Line

FORM = "application/x-www-form-urlencoded"
WEEKS = [1, 2]
PLACES = [("reflection", 1), ("reflection", 2), ("session_notes", 1), ("summary", 1), ("action", 1)]
GROUP = len(PLACES)
HELD = "SELECT prompt_id, text FROM workbook_response WHERE membership_id = {}"


@dataclass
class Desk:
    """One member with all boxes of two weeks: autosave writes into the first, the plain form into the second."""

    site: Site
    person: Person

    def __post_init__(self):
        self.line = Line(self.site.port, self.person)
        self.paths = list(self.site.weeks)
        self.auto, self.plain = self.site.weeks.values()

    def get(self, path):
        status, body = self.line.insist("GET", path)
        assert status == 200, path
        return body

    def boxes(self, path):
        return {int(prompt): box for prompt, box in json.loads(self.get(f"{path}responses/"))["boxes"].items()}

    def autosave(self, prompt, text, base):
        """As the page sends it: JSON.stringify writes lone halves as escapes, and everything else as it is."""
        save = {"operation_id": str(uuid.uuid4()), "base_version": base, "text": text, "readers": "facilitators"}
        save |= {"user": self.person.user, "sha256": "" if is_refused(text) else digest(as_kept(text))}
        body = json.dumps(save, ensure_ascii=any("\ud800" <= sign <= "\udfff" for sign in text)).encode()
        status, answer = self.line.insist("POST", self.site.save_path(prompt), body, "application/json")
        return status, json.loads(answer)

    def save_all(self, texts):
        """The same texts into the boxes of both weeks."""
        bases = {prompt: box["version"] for prompt, box in self.boxes(self.paths[0]).items()}
        for prompt, text in zip(self.auto, texts, strict=False):
            status, answer = self.autosave(prompt, text, bases[prompt])
            assert (status, answer["sha256"]) == (200, digest(as_kept(text)))
        form = form_of(self.get(self.paths[1]), dict(zip(self.plain, texts, strict=False)))
        assert self.line.insist("POST", self.paths[1], form, FORM)[0] == 302

    def everywhere(self, count):
        """What the boxes hold, by where it is read: each a list of the first week's texts, then the second's."""
        prompts = [*self.auto[:count], *self.plain[:count]]
        held = dict(rows(self.site.database, HELD.format(self.person.membership)))
        pages = fields_on(self.get(self.paths[0])) | fields_on(self.get(self.paths[1]))
        answers = self.boxes(self.paths[0]) | self.boxes(self.paths[1])
        self.get(f"/cohorts/{self.site.slug}/words/")
        words = words_in(self.get(f"/cohorts/{self.site.slug}/words/download/").decode())
        return {
            "database": [held[prompt] for prompt in prompts],
            "page": [pages[prompt] for prompt in prompts],
            "answer": [answers[prompt]["text"] for prompt in prompts],
            "download": [words.get((week, *place), "") for week in WEEKS for place in PLACES[:count]],
        }


@pytest.fixture(params=["postgresql", "sqlite"])
def desk(request):
    here = request.getfixturevalue(f"on_{request.param}")
    desk = Desk(here, here.members[1])
    yield desk
    desk.line.close()


def test_every_text_comes_back(desk, figure, scale):
    chosen = list(CASES.items())[:: scale(5, 1)]
    wrong = []
    for start in range(0, len(chosen), GROUP):
        group = chosen[start : start + GROUP]
        texts = [mended(text) if is_refused(text) else text for _name, text in group]
        desk.save_all(texts)
        expected = [as_kept(text) for text in texts]
        for where, found in desk.everywhere(len(texts)).items():
            pairs = zip([*group, *group], expected * 2, found, strict=True)
            wrong += [(where, case[0], text[:80], got[:80]) for case, text, got in pairs if text != got]
    kind = desk.site.database.partition(":")[0]
    figure(f"texts of the corpus on {kind}, by two ways to four places", len(chosen), "≥ 300")
    figure("texts of the corpus changed on the way", len({name for _where, name, *_texts in wrong}), "= 0")
    assert wrong == []


def test_what_no_database_holds_is_refused_in_words(desk):
    refused = [text for text in CASES.values() if is_refused(text)]
    prompt = desk.auto[0]
    before = desk.boxes(desk.paths[0])[prompt]
    for text in refused:
        status, answer = desk.autosave(prompt, text, before["version"])
        assert (status, answer["error"], list(answer["fields"])) == (422, "invalid", ["text"])
        assert "保存できない" in answer["message"], answer
    form = form_of(desk.get(desk.paths[1]), {desk.plain[0]: "NUL\0の前後"})
    status, page = desk.line.insist("POST", desk.paths[1], form, FORM)
    assert status == 422
    assert "NUL" in fields_on(page)[desk.plain[0]]
    assert desk.boxes(desk.paths[0])[prompt] == before


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"text"', b"{", b"\xff\xfe", b'{"text": "\xed\xa0\xbd"}', b"[" * 100_000, b"{}", b"\0"],
)
def test_what_no_page_sends_is_refused_too(desk, body):
    status, answer = desk.line.insist("POST", desk.site.save_path(desk.auto[0]), body, "application/json")
    assert status == 422
    assert json.loads(answer)["message"]


def test_too_long_a_text_is_refused_and_nothing_is_cut(desk):
    before = desk.boxes(desk.paths[0])[desk.auto[0]]
    for length, expected in [(100_001, 422), (300_000, 422), (1_000_000, 413)]:
        assert desk.autosave(desk.auto[0], "あ" * length, before["version"])[0] == expected
    assert desk.boxes(desk.paths[0])[desk.auto[0]] == before


def test_the_corpus_is_large_and_distinct():
    assert len(CASES) >= 300
    assert len(set(CASES.values())) == len(CASES)
