"""The plain form meets trouble: its page goes on from what was sent, so that nothing is replaced unseen."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.db.models import F
from django.urls import reverse

from tests.cast import prompt_of, write
from workbook.models import Readers, Response, Revision

LIMIT = 120


def sent(prompt, text, base, readers):
    fields = {"text": text, "base_version": base, "readers": readers, "operation_id": uuid4()}
    return {f"{name}-{prompt.pk}": str(value) for name, value in fields.items()}


def press(member, fields):
    return member.post(reverse("workbook:week_detail", args=["ours", 2]), fields)


class Shown:
    """One box of the page that came back: its markup, and what pressing Save there sends."""

    def __init__(self, answer, prompt):
        page = answer.content.decode()
        self.html = page[page.index(f'id="box-{prompt.pk}"') :].partition('data-status="">')[0].split("</select>")[0]
        self.is_unsaved = " data-unsaved" in self.html.split(">")[0]
        hidden = dict(re.findall(r'type="hidden" name="([a-z_]+)-\d+" value="([^"]*)"', self.html))
        self.text = unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", self.html, re.DOTALL)[1])
        self.readers = re.search(r'<option value="(\w+)" selected', self.html)[1]
        names = {"text": self.text, "readers": self.readers, **hidden}
        self.fields = {f"{name}-{prompt.pk}": value for name, value in names.items()}
        self.base = int(hidden["base_version"])
        versions = [tag for tag in re.findall(r"<input[^>]*>", self.html) if "data-version" in tag]
        (self.scripts_base,) = [int(re.search(r'value="(\d+)"', tag)[1]) for tag in versions]


def hurry(response):
    """The box takes no more in this minute."""
    rows = [Revision(response=response, sha256="", readers="self", text="") for _ in range(LIMIT)]
    return Revision.objects.bulk_create(rows)


def a_minute_passes(response):
    response.revisions.update(created_at=F("created_at") - timedelta(seconds=61))


def state(prompt):
    response = Response.objects.get(prompt=prompt)
    return response.text, response.readers, response.version


# It cannot be saved right now


def test_a_refused_text_goes_on_from_its_own_version_and_readers(member, writer):
    """Otherwise saving again would publish it, and put it over what the phone wrote."""
    writer.save("みんなへ", readers=Readers.GROUP)
    response = writer.save("電話で", readers=Readers.GROUP).response
    hurry(response)
    answer = press(member, sent(writer.prompt, "わたしだけの話", 1, "self"))
    box = Shown(answer, writer.prompt)
    assert (answer.status_code, box.is_unsaved) == (422, True)
    assert (box.text, box.readers, box.base, box.scripts_base) == ("わたしだけの話", "self", 1, 1)
    assert state(writer.prompt) == ("電話で", "group", 2)
    a_minute_passes(response)
    assert press(member, box.fields).status_code == 422
    assert state(writer.prompt) == ("電話で", "self", 3)
    branch = response.revisions.get(operation_id=box.fields[f"operation_id-{writer.prompt.pk}"])
    assert (branch.text, branch.readers, branch.version) == ("わたしだけの話", "self", None)


def test_refused_readers_alone_stay_chosen(member, writer):
    response = writer.save("みんなへ", readers=Readers.GROUP).response
    hurry(response)
    answer = press(member, sent(writer.prompt, "みんなへ", 1, "self"))
    box = Shown(answer, writer.prompt)
    assert (answer.status_code, box.is_unsaved, box.readers) == (422, True, "self")
    assert state(writer.prompt) == ("みんなへ", "group", 1)
    a_minute_passes(response)
    assert press(member, box.fields).status_code == 302
    assert state(writer.prompt) == ("みんなへ", "self", 2)


def take_no_words(execute, sql, params, many, context):
    """A database that can be read, and refuses to write."""
    if sql.startswith("INSERT"):
        raise OperationalError("locked")
    return execute(sql, params, many, context)


def test_a_database_that_takes_no_words_refuses_like_that(member, writer):
    writer.save("みんなへ", readers=Readers.GROUP)
    writer.save("電話で", readers=Readers.GROUP)
    fields = sent(writer.prompt, "わたしだけの話", 1, "self")
    with connection.execute_wrapper(take_no_words):
        answer = press(member, fields)
    box = Shown(answer, writer.prompt)
    assert (answer.status_code, box.is_unsaved, box.text, box.readers, box.base) == (
        422,
        True,
        "わたしだけの話",
        "self",
        1,
    )
    assert state(writer.prompt) == ("電話で", "group", 2)


def test_boxes_that_nobody_touched_are_not_called_unsaved(member, writer, cast):
    """Browsers send line ends as CRLF; and an old page sends what stood in the box then."""
    lines, old = (prompt_of(cast.cohort, week=2, kind=kind) for kind in ("session_notes", "action"))
    write(cast.membership, lines, "一行め\n二行め")
    write(cast.membership, old, "もとの文")
    newer = {"operation_id": str(uuid4()), "base_version": 1, "text": "電話の文", "readers": "facilitators"}
    url = reverse("workbook:response_save", args=[old.pk])
    assert member.post(url, newer, content_type="application/json").status_code == 200
    hurry(writer.save("はじめ").response)
    untouched = sent(lines, "一行め\r\n二行め", 1, "facilitators") | sent(old, "もとの文", 1, "facilitators")
    answer = press(member, untouched | sent(writer.prompt, "つぎ", 1, "facilitators"))
    boxes = [Shown(answer, prompt) for prompt in (writer.prompt, lines, old)]
    assert [(box.is_unsaved, box.text) for box in boxes] == [
        (True, "つぎ"),
        (False, "一行め\n二行め"),
        (False, "電話の文"),
    ]


def test_a_text_that_says_no_version_goes_on_from_none(member, writer):
    writer.save("電話で")
    box = Shown(press(member, sent(writer.prompt, "机で", "", "facilitators")), writer.prompt)
    assert (box.base, box.text) == (0, "机で")
    assert press(member, box.fields).status_code == 422
    assert state(writer.prompt) == ("電話で", "facilitators", 1)


# Another device came first


@pytest.fixture
def conflict(member, writer):
    """The page after a save on version 1, when the phone had made version 2."""
    writer.save("はじめ")
    writer.save("電話で")
    answer = press(member, sent(writer.prompt, "机で", 1, "facilitators"))
    assert answer.status_code == 422
    return Shown(answer, writer.prompt)


def test_saving_again_settles_it_as_the_page_says(member, writer, conflict):
    assert (conflict.is_unsaved, conflict.text, conflict.base) == (True, "机で", 2)
    assert press(member, conflict.fields).status_code == 302
    assert state(writer.prompt) == ("机で", "facilitators", 3)
    texts = Revision.objects.filter(response__prompt=writer.prompt).order_by("pk").values_list("text", "version")
    assert list(texts) == [("はじめ", 1), ("電話で", 2), ("机で", None), ("机で", 3)]


def test_the_script_meets_the_other_text_before_it_saves(member, writer, conflict):
    """It saves by itself what is called unsaved: nobody has chosen by then."""
    assert conflict.scripts_base == 1
    body = {"operation_id": str(uuid4()), "base_version": conflict.scripts_base, "text": conflict.text}
    url = reverse("workbook:response_save", args=[writer.prompt.pk])
    answer = member.post(url, body | {"readers": conflict.readers}, content_type="application/json")
    assert (answer.status_code, answer.json()["text"], answer.json()["version"]) == (409, "電話で", 2)
    assert state(writer.prompt) == ("電話で", "facilitators", 2)


def test_what_came_after_the_conflict_is_met_too(member, writer, conflict):
    writer.save("電話でさらに")
    again = press(member, conflict.fields)
    assert (again.status_code, Shown(again, writer.prompt).base) == (422, 3)
    assert "電話でさらに" in Shown(again, writer.prompt).html
    assert state(writer.prompt) == ("電話でさらに", "facilitators", 3)


def test_a_conflict_never_offers_wider_readers_than_were_sent(member, writer):
    writer.save("はじめ")
    writer.save("電話で")
    fields = sent(writer.prompt, "机で", 1, "self")
    press(member, fields)
    writer.version = 3
    writer.save("みんなへ", readers=Readers.GROUP)
    box = Shown(press(member, fields), writer.prompt)  # the page was loaded again
    assert (box.readers, box.base, box.scripts_base) == ("self", 4, 1)
    assert press(member, box.fields).status_code == 302
    assert state(writer.prompt) == ("机で", "self", 5)
