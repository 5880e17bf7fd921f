"""`make test` gives a few failures of the browser one second try, and says so."""

import sys

import pytest
from django.conf import settings

sys.path.insert(0, str(settings.BASE_DIR / "scripts"))

from test import run_twice, summary

PLAIN = ["-p", "no:django"]
LUCK = """
import pathlib, pytest

def tries(name):
    place = pathlib.Path(__file__).with_name(name)
    place.touch()
    with place.open("a") as file:
        file.write("x")
    return place.stat().st_size

def test_good():
    assert tries("good") == 1

@pytest.mark.parametrize("text", ["<i id=a>", "はな]"])
def test_lucky(text):
    assert tries("lucky" + text) == 2

@pytest.fixture
def late():
    yield
    assert tries("late") == 2

def test_late(late):
    pass
"""
LUCKY = ["test_it::test_late", "test_it::test_lucky[<i id=a>]", "test_it::test_lucky[\\u306f\\u306a]]"]
BAD = "def test_bad_{0}():\n    assert tries('bad{0}') == 3\n"


@pytest.fixture
def run(tmp_path):
    """`run(text)`: the tests of that text, twice where that may be."""

    def run(text, *workers):
        (tmp_path / "test_it.py").write_text(text, encoding="utf-8")
        return run_twice([*workers], *PLAIN, f"--rootdir={tmp_path}", str(tmp_path / "test_it.py"))

    return run


def tries(tmp_path):
    return {place.name: place.stat().st_size for place in tmp_path.iterdir() if place.is_file() and not place.suffix}


def test_what_failed_is_tried_once_more_and_named(run, tmp_path):
    assert run(LUCK, "-n", "2") == ((4, 0), LUCKY)
    assert tries(tmp_path) == {"good": 1, "lucky<i id=a>": 2, "luckyはな]": 2, "late": 2}


def test_what_fails_again_has_failed(run):
    text = LUCK.replace('"<i id=a>", ', "") + BAD.format(1)
    assert run(text) == ((3, 1), [LUCKY[0], LUCKY[2]])


def test_many_failures_are_not_tried_again(run, tmp_path):
    assert run(LUCK + BAD.format(1)) == ((1, 4), [])
    assert set(tries(tmp_path).values()) == {1}


def test_nothing_is_tried_again_where_something_was_skipped(run):
    text = LUCK + "def test_skipped():\n    pytest.skip('why')\n"
    (passed, failed), again = run(text)
    assert (passed, failed, again) == (1, 4, [])


def test_all_passed_at_once(run, tmp_path):
    assert run("def test_good():\n    pass\n") == ((1, 0), [])


def test_the_summary_names_it(capsys):
    results = {"browser": (4, 0)}
    assert summary(results, 1, LUCKY[:2]) == 0
    said = capsys.readouterr().out
    assert f"\n2 passed at the second try, which is worth a look: {LUCKY[0]}, {LUCKY[1]}\n" in said
    assert said.endswith("\n4 passed, 0 failed\n")
    assert summary(results, 1) == 0
    assert "second try" not in capsys.readouterr().out
