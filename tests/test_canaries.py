"""Nothing strays through the side doors of the desk: what a search counts, tags, live answers, the records."""

import re
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from tests.access import Row, ask, expected_of, read_table, status_of, text_of
from tests.desk import begin
from tests.html_rules import header_faults
from tests.reader import regions, rewrite
from tests.world import all_rows, facilitates, tokens_in
from workbook.models import (
    AccessRecord,
    Draft,
    DraftRevision,
    DraftSave,
    Feedback,
    Note,
    NoteRevision,
    Readers,
    Response,
    Revision,
)

pytestmark = pytest.mark.django_db
LIVE_PAGES = ("week_board", "response_read", "response_person", "response_question")
LIVE = [row for row in read_table() if row.method == "GET" and row.page.split()[0].endswith(LIVE_PAGES)]
SEARCH = Row("GET", "admin:workbook_response_search", {})
READERS = ("facilitator", "second facilitator", "promoted", "other facilitator", "on both sides")
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|nonce-[\w+/=-]+')


@pytest.fixture(autouse=True)
def undone(world, time_machine):
    """Whatever a test does to the world. The clock stands: that somebody ceases to write is told, too."""
    time_machine.move_to(timezone.now(), tick=False)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def get(world, people):
    """`get(role, row, body)`: ask as this person, with headers."""

    def get(role, row, body=(), **headers):
        return ask(row, world, people[role].session_key, dict(body), **headers)

    return get


@pytest.fixture
def poll(get):
    """As a page's own script asks, knowing these tags."""
    return lambda role, row, *tags: get(role, row, x_live="1", **({"if_none_match": ", ".join(tags)} if tags else {}))


def of_readers():
    return [(role, row) for row in LIVE for role in READERS if expected_of(row, role) == "200"]


# What the pages tell while they are open


@pytest.mark.parametrize("row", LIVE, ids=str)
def test_live_answers_keep_to_the_table(row, poll, people):
    """The regions alone, for whom they are; one's own tag saves the way, all others' together do not."""
    found = {role: poll(role, row) for role in people}
    tags = {role: answer["ETag"] for role, answer in found.items() if "ETag" in answer}
    for role, answer in found.items():
        assert status_of(answer) == expected_of(row, role), role
        assert tokens_in(text_of(answer)) <= people[role].allowed, role
        assert header_faults(answer) == []
        assert ("ETag" in answer) == (answer.status_code == 200), role
        others = [tag for other, tag in tags.items() if other != role]
        assert status_of(poll(role, row, *others)) == expected_of(row, role), role
    for role, tag in tags.items():
        again = poll(role, row, *tags.values())
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
        assert b"<html" not in found[role].content
        assert regions(found[role].content.decode())
    assert len(set(tags.values())) == len(tags)


@pytest.mark.parametrize("row", LIVE, ids=str)
def test_a_tag_is_for_the_page_s_own_script(row, get, poll):
    """Another request for the same address, with the tag, gets the page."""
    for role in READERS:
        if expected_of(row, role) == "200":
            assert get(role, row, if_none_match=poll(role, row)["ETag"]).status_code == 200


def private_deeds(world):
    """All that happens to words which the readers of these pages must not read."""
    for response in Response.objects.filter(membership=world.cast.membership, readers=Readers.SELF):
        for text in ("CANARY-private-longer", "CANARY-private"):
            rewrite(response, text, Readers.SELF)
    authors = [world.more["second facilitator"], world.more["former facilitator"]]
    for draft in Draft.objects.filter(author__in=authors):
        save = DraftSave(draft.response_id, draft.author_id, uuid4(), draft.version, "CANARY-draft-goes-on")
        assert Draft.objects.write(save).accepted


def test_private_words_change_no_tag_and_no_page(world, poll):
    private_deeds(world)
    watched = [(role, row) for role, row in of_readers() if role != "second facilitator"]
    before = [poll(role, row) for role, row in watched]
    private_deeds(world)
    for (role, row), answer in zip(watched, before, strict=True):
        assert poll(role, row, answer["ETag"]).status_code == 304, f"{role}: {row}"
        assert poll(role, row).content == answer.content, f"{role}: {row}"


def test_open_words_change_both(world, poll):
    """Or else nothing would be shown by the test before."""
    page = next(row for row in LIVE if row.page == "admin:workbook_response_person {membership.pk}")
    before = poll("facilitator", page)
    rewrite(world.cast.shared, "CANARY-open-later")
    after = poll("facilitator", page, before["ETag"])
    assert after.status_code == 200
    assert "CANARY-open-later" in tokens_in(text_of(after)) - tokens_in(text_of(before))


def test_who_answers_is_told_and_never_what(world, poll):
    """Somebody begins a comment: its page is another one, without a word of it."""
    page = next(row for row in LIVE if row.page == "admin:workbook_response_person {membership.pk}")
    before = poll("facilitator", page)
    begin(world.cast.shared, world.more["promoted"], "CANARY-begun-by-another")
    after = poll("facilitator", page, before["ETag"])
    assert after.status_code == 200
    assert "promoted" in text_of(after).partition("CANARY-ours-member-shared")[2]
    assert "CANARY-begun-by-another" not in text_of(after)


def test_text_made_private_goes_from_an_open_page(world, get, poll):
    """With the next question of the page, which still has the tag of before."""
    response, rows = world.cast.shared, [row for role, row in of_readers() if role == "facilitator"]
    before = [poll("facilitator", row) for row in rows]
    shown = [response.text in tokens_in(text_of(answer)) for answer in before]
    assert sum(shown) == 2
    rewrite(response, response.text, Readers.SELF)
    for row, answer, was_shown in zip(rows, before, shown, strict=True):
        now = poll("facilitator", row, answer["ETag"])
        assert now.status_code == 200 or not was_shown
        assert tokens_in(text_of(now)) & {response.text, "CANARY-feedback-on-shared"} == set()
    assert found(get("facilitator", SEARCH, {"q": "ours-member-shared"})) == 0


@pytest.mark.parametrize("row", [row for row in LIVE if expected_of(row, "facilitator") == "200"], ids=str)
def test_who_ceases_to_facilitate_gets_nothing_more(row, world, poll):
    tag = poll("facilitator", row)["ETag"]
    place = world.cast.cohort.memberships.get(user=world.cast.facilitator)
    place.close()
    assert status_of(poll("facilitator", row, tag)) == "404"
    assert poll("second facilitator", row).status_code == 200


# What a search tells


def found(answer):
    return answer.context["findings"].page.paginator.count


def all_tokens():
    models = (Response, Revision, Feedback, Draft, DraftRevision, Note, NoteRevision)
    return sorted({token for model in models for row in all_rows(model) for token in tokens_in(row.text)})


def open_words(user, words):
    """How many texts the search may find, by the rules in plain words."""
    texts = (row for row in all_rows(Response) if words in row.text and row.membership.role == "member")
    return sum(facilitates(user, row.membership.cohort) and row.readers != "self" for row in texts)


@pytest.mark.parametrize("role", READERS)
def test_what_may_not_be_read_is_not_even_counted(role, world, people, get):
    """Its page is to the letter that of a word which nobody ever wrote."""
    nothing = plain(get(role, SEARCH, {"q": "zzz-nobody-wrote-this"}), "zzz-nobody-wrote-this")
    records, counted = AccessRecord.objects.count(), 0
    tokens = all_tokens()
    for words in (token.removeprefix("CANARY-") for token in tokens):
        answer = get(role, SEARCH, {"q": words})
        assert found(answer) == open_words(world.roles()[role], words), words
        if found(answer):
            counted += 1
            hits = re.sub("</?mark>", "", answer.content.decode())
            assert tokens_in(hits) <= people[role].allowed
        else:
            assert plain(answer, words) == nothing, words
    assert counted >= 2
    assert len(tokens) > 60
    told = AccessRecord.objects.filter(deed=AccessRecord.Deed.SEARCH)[: AccessRecord.objects.count() - records]
    assert {facilitates(world.roles()[role], record.membership.cohort) for record in told} == {True}


def plain(answer, words):
    return FORM_TOKEN.sub("", answer.content.decode()).replace(words, "")


@pytest.mark.parametrize("role", READERS)
def test_many_hits_are_counted_by_the_same_rule(role, world, get):
    """Also in one cohort; one that is not hers is no choice."""
    user, cohort = world.roles()[role], world.cast.cohort
    assert found(get(role, SEARCH, {"q": "CANARY"})) == open_words(user, "CANARY") > 1
    answer = get(role, SEARCH, {"q": "CANARY", "cohort": cohort.pk})
    if facilitates(user, cohort):
        assert found(answer) == open_words(user, "CANARY-ours")
    else:
        assert answer.context["findings"] is None


# What the records tell


def test_the_records_tell_who_and_never_a_word(world, people, get):
    """After everybody has read, searched and answered all she may."""
    records = Row("GET", "workbook:readings {cohort.slug}", {})
    silent = plain(get("demoted", records), "")
    for role, row in of_readers():
        get(role, row)
    for role in READERS:
        get(role, SEARCH, {"q": "ours-member-shared"})
    for role in people:
        answer = get(role, records)
        assert tokens_in(text_of(answer)) == set(), role
        assert "ours-member" not in text_of(answer), role
    page = text_of(get("member", records))
    assert [name for name in ("facilitator", "second_facilitator", "promoted") if name not in page] == []
    assert "other_facilitator" not in page
    assert plain(get("demoted", records), "") == silent


# What the room of a session tells


ROOMS = {
    "workbook:room%s {cohort.slug} 1": "CANARY-ours-member-group",
    "workbook:room%s {other.slug} 1": "CANARY-theirs-stranger-group",
}
"""Each asks the question to which this was shared with the group."""


def rooms(name):
    """The rows of the table, each with the one text that it may show of others."""
    rows = {row.page: row for row in read_table() if row.method == "GET"}
    return [(rows[page % name], token) for page, token in ROOMS.items()]


def own_tokens(user):
    return {row.text for row in all_rows(Response) if user and row.membership.user_id == user.pk}


def test_room_shows_what_is_shared_and_one_s_own_words(world, people, get):
    """Not even to facilitators what they could read elsewhere: what stands here is shown to everybody."""
    shown = set()
    for row, shared in rooms("") + rooms("_state"):
        for role in people:
            answer = get(role, row)
            is_open = expected_of(row, role) == "200"
            assert status_of(answer) == expected_of(row, role), f"{role}: {row}"
            found = tokens_in(text_of(answer))
            own = own_tokens(world.roles()[role]) if row.page.startswith("workbook:room ") else set()
            assert found - own <= ({shared} if is_open else set()), f"{role}: {row}"
            assert (shared in found) == is_open, f"{role}: {row}"
            shown |= found - own
    assert shown == set(ROOMS.values())


def test_private_words_change_nothing_in_a_room(world, get):
    """Nor do words for the facilitators; what the group may read does."""
    watched = [(role, row) for row, _shared in rooms("_state") for role in ("member", "stranger", *READERS)]
    watched = [(role, row) for role, row in watched if expected_of(row, role) == "200"]
    private_deeds(world)
    before = [get(role, row)["ETag"] for role, row in watched]
    private_deeds(world)
    rewrite(world.cast.shared, "CANARY-for-facilitators-longer")
    tags = [get(role, row)["ETag"] for role, row in watched]
    assert tags == before
    assert len(set(tags)) == len(tags)
    rewrite(world.cast.group, "CANARY-for-the-group-longer", Readers.GROUP)
    for (role, row), tag in zip(watched, before, strict=True):
        assert (get(role, row)["ETag"] != tag) == ("cohort" in row.page), f"{role}: {row}"


def test_text_made_private_goes_from_every_room(world, people, get):
    response, [(row, _shared), _other] = world.cast.group, rooms("_state")
    for readers in (Readers.FACILITATORS, Readers.SELF):
        before = {role: get(role, row) for role in people if expected_of(row, role) == "200"}
        assert {response.text in text_of(answer) for answer in before.values()} == {True}
        rewrite(response, response.text, readers)
        for role, answer in before.items():
            now = get(role, row, if_none_match=answer["ETag"])
            assert now.status_code == 200, role
            assert response.text not in text_of(now), role
            assert now.json()["cards"] == []
        rewrite(response, response.text, Readers.GROUP)
