"""`make faults` runs every test of its folder once, and adds up what its parts measured."""

import sys

from django.conf import settings

sys.path.insert(0, str(settings.BASE_DIR / "scripts"))

import faults

PROPERTY = "<testsuites><testsuite><testcase><properties>{}</properties></testcase></testsuite></testsuites>"


def test_every_file_runs_once():
    files = [file for part in faults.parts() for file in part]
    assert sorted(files) == sorted(map(str, (settings.BASE_DIR / "tests" / "faults").glob("test_*.py")))
    assert all(faults.parts())


def report(folder, *rows):
    folder.mkdir()
    lines = "".join(f'<property name="{name}" value="{value}&#9;{goal}"/>' for name, value, goal in rows)
    (folder / "report.xml").write_text(PROPERTY.format(lines), encoding="utf-8")
    return folder / "report.xml"


def test_figures_of_both_parts_are_one_board(tmp_path, capsys):
    one = report(tmp_path / "one", ("saves", 6_000, "≥ 10,000"), ("wait, s", 1.5, "≤ 5"), ("lost", 0, "= 0"))
    other = report(tmp_path / "other", ("saves", 4_000, "≥ 10,000"), ("wait, s", 0.7, "≤ 5"), ("lost", 1, "= 0"))
    figures = faults.read_figures([one, other])
    assert {name: value for name, (value, _goal) in figures.items()} == {"saves": 10_000, "wait, s": 1.5, "lost": 1}
    assert faults.print_board(figures) == 1
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines() if "MISSED" in line] == ["lost"]
