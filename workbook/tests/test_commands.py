"""The commands: a cohort from a file and back, one sentence when it cannot be."""

import json
import subprocess
import sys
from datetime import datetime
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command

from cohorts.models import Cohort, Invitation
from workbook.importer import BUNDLED, bundled, read
from workbook.models import Week

PAGE = Path(__file__).parent / "page.md"


def import_workbook(file, *arguments, slug="winter", name="冬", first="2026-12-02T21:00"):
    out = StringIO()
    options = ["--name", name, "--slug", slug, "--first-session", first, *arguments]
    call_command("import_workbook", str(file), *options, stdout=out)
    return out.getvalue()


def test_import_prints_counts(db):
    assert json.loads(import_workbook(PAGE, "--json")) == {
        "weeks": 2,
        "questions": 4,
        "prompts": 10,
        "left_out_lines": 5,
    }
    first = Week.objects.get(number=1)
    assert first.session_at == datetime(2026, 12, 2, 21, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert (first.cohort.slug, first.cohort.name) == ("winter", "冬")


def test_summary_says_how_many_lines_were_left_out(db):
    out = import_workbook(PAGE)
    assert "冬" in out
    assert "5" in out.splitlines()[1]
    assert len(import_workbook(BUNDLED, slug="other").splitlines()) == 1


def test_options_reach_the_cohort(cast):
    import_workbook(
        BUNDLED,
        *("--meeting-url", "https://zoom.example.com/j/9", "--time-zone", "Europe/Berlin"),
        *("--facilitator", "facilitator@example.com", "--facilitator", "new@example.com"),
    )
    cohort = Cohort.objects.get(slug="winter")
    week = cohort.weeks.first()
    assert week.session_at == datetime(2026, 12, 2, 21, tzinfo=ZoneInfo("Europe/Berlin"))
    assert week.meeting_url == "https://zoom.example.com/j/9"
    assert cohort.memberships.get().user == cast.facilitator
    assert Invitation.objects.get(cohort=cohort).email == "new@example.com"


@pytest.mark.django_db(transaction=True)
def test_mails_on_the_console_do_not_mix_with_the_counts(settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    options = ["--name", "冬", "--slug", "winter", "--first-session", "2026-12-02T21:00", "--json"]
    call_command("import_workbook", str(BUNDLED), *options, "--facilitator", "new@example.com")
    captured = capsys.readouterr()
    assert json.loads(captured.out)["weeks"] == 4
    assert "new@example.com" in captured.err


def test_a_moment_may_name_its_own_zone(db):
    import_workbook(BUNDLED, first="2026-12-02T12:00+00:00")
    assert Week.objects.get(number=1).session_at == datetime(2026, 12, 2, 21, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "ours"},
        {"slug": "no slug"},
        {"name": "名" * 61},
        {"first": "next Wednesday"},
        {"first": "0001-01-01T00:00"},
        {"first": "9999-12-31T23:59"},
        {"first": "0001-01-01T00:00+14:00"},
        {"arguments": ["--time-zone", "Asia/Nowhere"]},
        {"arguments": ["--facilitator", "nobody"]},
        {"arguments": ["--meeting-url", "zoom"]},
        {"file": "/nowhere/page.md"},
        {"file": "/"},
        {"file": project.BASE_DIR / "static" / "img" / "icon.svg"},
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_there(cast, wrong):
    options = {"file": BUNDLED, **wrong}
    with pytest.raises(CommandError) as caught:
        import_workbook(options.pop("file"), *options.pop("arguments", ()), **options)
    assert len(str(caught.value).splitlines()) == 1
    assert Cohort.objects.count() == 2
    assert not Invitation.objects.exists()


def test_bad_page_ends_with_status_one(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# 第2週目：a\n## まとめ\n# 第2週目：b\n## まとめ\n", encoding="utf-8")
    command = [sys.executable, "manage.py", "import_workbook", str(page), "--name", "x", "--slug", "x"]
    done = subprocess.run(
        [*command, "--first-session", "2026-12-02T21:00", "--settings", "tests.settings"],
        cwd=project.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "3" in done.stderr


def test_export_gives_the_file_back(db, tmp_path, capsys):
    import_workbook(BUNDLED)
    call_command("export_workbook", "winter")
    page = capsys.readouterr().out
    assert page == BUNDLED.read_text(encoding="utf-8").replace("案件獲得よりも重要な「関係性の種まき」", "冬")
    call_command("export_workbook", "winter", "--output", str(tmp_path / "page.md"))
    assert (tmp_path / "page.md").read_bytes() == page.encode()
    assert read(page.encode()) == bundled()


def test_exported_words_are_nobodys(cast, capsys):
    call_command("export_workbook", "ours")
    assert "CANARY" not in capsys.readouterr().out


def test_export_says_what_is_wrong(cast):
    with pytest.raises(CommandError):
        call_command("export_workbook", "unknown")
    with pytest.raises(CommandError):
        call_command("export_workbook", "ours", "--output", "/nowhere/page.md")
    cast.cohort.mark_deleted()
    with pytest.raises(CommandError):
        call_command("export_workbook", "ours")
