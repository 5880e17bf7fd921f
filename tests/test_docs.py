"""What README and docs/ tell people to do works: their commands run, their pictures and pages are there."""

import re
import shlex

import pytest
from django.core.management import call_command, get_commands
from django.utils import timezone

from cohorts.models import Cohort, Invitation
from tests.project import ROOT, name_of, own_files, text_of

PAGES = [path for path in own_files(".md") if path.parent in (ROOT, ROOT / "docs")]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
MANAGE = re.compile(r"(?:^|\s)python manage\.py (.+)$")
QUOTED = re.compile(r"`(?:python )?manage\.py (\w+)[^`]*`")
TARGET = re.compile(r"^make (\w+)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def blocks_of(path) -> list[str]:
    return BLOCK.findall(text_of(path))


def commands_of(path) -> list[list[str]]:
    """Every `python manage.py …` of a page, as a list of its words."""
    lines = (line for block in blocks_of(path) for line in block.splitlines())
    return [shlex.split(found[1], comments=True) for line in lines if (found := MANAGE.search(line))]


@pytest.mark.django_db
@pytest.mark.parametrize("path", [path for path in PAGES if commands_of(path)], ids=name_of)
def test_commands_run(path, monkeypatch):
    """In the order of the page: what comes later may build on what came before."""
    monkeypatch.chdir(ROOT)
    for name, *arguments in commands_of(path):
        call_command(name, *arguments)


@pytest.mark.django_db
def test_the_guide_of_the_organizers_makes_an_organizer_and_a_cohort(monkeypatch):
    monkeypatch.chdir(ROOT)
    names = {name for name, *_arguments in commands_of(ROOT / "docs" / "organizers.md")}
    assert {"invite_organizer", "import_workbook", "export_workbook"} <= names
    for name, *arguments in commands_of(ROOT / "docs" / "organizers.md"):
        call_command(name, *arguments)
    assert Invitation.objects.get(role=Invitation.Role.ORGANIZER).expires_at > timezone.now()
    assert Cohort.objects.get().weeks.count() == 4


def test_commands_in_sentences_exist():
    said = {name for path in PAGES for name in QUOTED.findall(text_of(path))}
    assert said
    assert said <= set(get_commands())


def test_make_knows_every_target():
    known = set(re.findall(r"^(\w+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    said = {name for path in PAGES for block in blocks_of(path) for name in TARGET.findall(block)}
    said |= {name for path in PAGES for name in re.findall(r"`make (\w+)", text_of(path))}
    assert {"run", "test"} <= said <= known


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_pictures_and_pages_are_there(path):
    assert [link for link in LINK.findall(text_of(path)) if not (path.parent / link).exists()] == []


def test_every_picture_is_shown():
    shown = {(path.parent / link).resolve() for path in PAGES for link in LINK.findall(text_of(path))}
    assert set(own_files(".png")) - shown == {path for path in own_files(".png") if "static" in path.parts}
