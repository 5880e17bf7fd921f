"""Pages that were opened before a deploy go on saving: what they send is answered as they know it.

Each file in `contracts/` is one request as a page of that contract sends it, and what the page relies on in the answer.
A file that has landed is never changed; a new contract gets a folder of its own.
"""

import json
from pathlib import Path
from uuid import UUID

import pytest
from django.urls import reverse

from tests.cast import QUESTIONS, prompt_of
from workbook.models import Response, Save

FILES = sorted((Path(__file__).parent / "contracts").glob("*/*.json"))


@pytest.fixture
def prompt(cast):
    return prompt_of(cast.cohort, week=2)


def body_of(sent, cast) -> str | bytes:
    if isinstance(sent, str):
        return sent
    if "many" in sent:
        return b"x" * sent["many"]
    user = sent.get("user", "").strip("{}")
    return json.dumps(sent | ({"user": getattr(cast, user).pk} if user else {}))


def write_before(saves, cast, prompt):
    for save in saves:
        values = save | {"operation_id": UUID(save["operation_id"])}
        Response.objects.write(Save(prompt.pk, cast.membership.pk, **values, questions=QUESTIONS))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_page_is_answered_as_it_knows_it(path, client, cast, prompt):
    case = json.loads(path.read_text(encoding="utf-8"))
    write_before(case["before"], cast, prompt)
    if case["who"]:
        client.force_login(getattr(cast, case["who"]))
    url = reverse("workbook:response_save", args=[prompt.pk])
    answer = client.post(url, body_of(case["sent"], cast), content_type="application/json")
    told = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (case["status"], "application/json")
    assert {name: told.get(name) for name in case["answer"]} == case["answer"]
    assert [name for name in case["tells"] if not told.get(name)] == []


def test_there_are_pages_of_every_contract():
    numbers = [path.parent.name for path in FILES]
    assert (numbers.count("1"), numbers.count("2")) == (18, 22)
    assert set(numbers) == {"1", "2"}
