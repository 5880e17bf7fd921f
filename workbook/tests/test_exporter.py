"""Writing the page: reading it again gives the same, whatever the words look like."""

from random import Random

import pytest

from tests.cast import make_week, prompt_of, write
from workbook import exporter
from workbook.importer import BUNDLED, bundled, read
from workbook.models import Prompt, Response, Section, Week
from workbook.planned import PlannedPrompt, PlannedSection, PlannedWeek

SEEDS = 40
PAGES_PER_SEED = 10

LINES = [
    *(
        "種をまく",
        "　字下げ",
        "  二字",
        "\t深い",
        "おわりの空白  ",
        "1. 数える",
        "- 点",
        "- ",
        "-",
        "・",
        "> 引用",
        ">",
        ">>",
    ),
    *(
        "---",
        "***",
        "_ _ _",
        "----- ",
        "\\---",
        "\\\\---",
        "\\",
        "\\o/",
        "# 見出し",
        "## まとめ",
        "### 問い",
        "#",
        "#札",
    ),
    *(
        "# 第1週目：にせ",
        "  # 第２週",
        "- 第1週目：にせ",
        "**第一週**",
        "Week 1: x",
        "**まとめ**",
        "- まとめ",
        "- ## まとめ",
    ),
    *("\\# 見出し", "\\## まとめ", "```", "~~~ js", "````", "<details>", "</details>", "<summary>第1週目：x</summary>"),
    *(
        "<aside>",
        "<!-- 隠す -->",
        "<!-- reflection -->",
        "問い",
        "1.",
        "- [ ] ",
        "- [x]  済",
        "[ ]",
        "①はじめ",
        "😊",
        "葛󠄀",
        "a: b",
        "|a|b|",
    ),
]
SIGNS = [
    *(
        "種",
        "　",
        " ",
        "※",
        "/",
        "／",
        "(",
        ")",
        "（",
        "）",
        "\\",
        "*",
        "**",
        "_",
        "__",
        "<",
        ">",
        "#",
        "-",
        "：",
        ":",
        "1. ",
        "①",
    ),
    *(
        "問い",
        "まとめ",
        "自分の考え",
        "第1週",
        "week 1",
        "<!-- action -->",
        "[ ] ",
        "- ",
        "・",
        "`",
        "{",
        "}",
        "😊",
        "が",
        "Ａ",
        "?",
    ),
]


def one_line(random, limit, least=0):
    """A value as a form leaves it: no white space around it."""
    while True:
        text = "".join(random.choices(SIGNS, k=random.randint(1, 6))).strip()[:limit].strip()
        if len(text) >= least:
            return text if random.random() < 0.8 or least else ""


def lines(random):
    return "\n".join(random.choices([*LINES, "", ""], k=random.randint(0, 6))).strip()


def make_section(random, kind):
    heading = one_line(random, 100, 1) if random.random() < 0.5 else str(exporter.QUESTIONS_HEADING)
    texts = [one_line(random, 300) for _prompt in range(random.randint(0, 3))]
    return PlannedSection(
        kind,
        heading,
        *(one_line(random, 60) for _part in range(3)),
        tuple(PlannedPrompt(text, lines(random)) for text in texts),
    )


def make_weeks(random):
    numbers = sorted(random.sample(range(1, 100), random.randint(1, 4)))
    for number in numbers:
        kinds = [kind for kind in Section.Kind.values if random.random() < 0.8] or ["summary"]
        sections = tuple(make_section(random, kind) for kind in kinds)
        yield PlannedWeek(number, one_line(random, 200, 1), lines(random), sections)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_reading_what_was_written_gives_the_same(seed):
    random = Random(seed)
    for _page in range(PAGES_PER_SEED):
        weeks = tuple(make_weeks(random))
        page = exporter.write_plan(weeks, one_line(random, 60))
        found = read(page.encode())
        assert found.weeks == weeks, page
        assert found.left_out == 0, page


def test_bundled_workbook_is_written_as_it_stands():
    page = exporter.write_plan(bundled().weeks, "案件獲得よりも重要な「関係性の種まき」")
    assert page == BUNDLED.read_text(encoding="utf-8")


def test_dividers_never_touch_a_text():
    page = exporter.write_plan(bundled().weeks).split("\n")
    dividers = [place for place, line in enumerate(page) if line == "---"]
    assert len(dividers) == 3
    assert all(page[place - 1] == page[place + 1] == "" for place in dividers)
    assert "\r" not in "".join(page)


def test_a_stored_plan_survives(cast):
    week = cast.cohort.weeks.first()
    week.aim = "ねらい\r\n\r\n---\r\nつづき"
    week.save()
    notes = Section.objects.get(week=week, kind="session_notes")
    notes.prompts.update(text="きこえた声は？", hint="短く\r\n一つでも")
    Prompt.objects.create(section=notes, position=2, text="残った言葉は？")
    Section.objects.filter(week=week, kind="action").update(heading="やってみること", due="今週中/来週", position=9)
    weeks = cast.cohort.weeks.with_prompts()
    found = read(exporter.write(weeks, "第2回 冬").encode())
    assert found.weeks == tuple(map(PlannedWeek.of, weeks))
    assert found.left_out == 0
    assert found.weeks[0].aim == "ねらい\n\n---\nつづき"


def test_writing_takes_three_queries(cast, django_assert_num_queries):
    for cohort in (cast.cohort, cast.other):
        with django_assert_num_queries(3):
            exporter.write(cohort.weeks.with_prompts())
    Week.objects.filter(cohort=cast.other, number__gt=1)
    make_week(cast.other, 5, cast.other.weeks.last().session_at)
    with django_assert_num_queries(3):
        exporter.write(cast.other.weeks.with_prompts())


TEXT = """　はじめに
---
## まとめ
### 小見出し
# 第3週目：にせもの
```
とじない
<details>
- [ ] やること
\\---

おわり"""


def test_words_stand_under_their_questions(cast):
    write(cast.membership, prompt_of(cast.cohort, week=2), TEXT)
    write(cast.membership, prompt_of(cast.cohort, week=2, kind="summary"), "\n> 引用から\nはじまる\n")
    weeks = cast.cohort.weeks.with_prompts()
    page = exporter.write_words(weeks, Response.objects.filter(membership=cast.membership), "わたし")
    assert page.startswith("# わたし\n\n# 第1週目：テーマ1\n")
    assert "### うれしかった一言は？\n\nCANARY-ours-member-private\n\n### それはなぜ？" in page
    assert (
        "\n　はじめに\n\\---\n\\## まとめ\n### 小見出し\n\\# 第3週目：にせもの\n\\```\nとじない\n\\<details>\n" in page
    )
    assert "- [ ] やること\n\\\\---\n\nおわり\n" in page
    assert "## まとめ\n\n\n\\> 引用から\nはじまる\n\n\n## あなた" in page
    assert "stranger" not in page
    found = read(page.encode())
    assert found.weeks == tuple(map(PlannedWeek.of, weeks))
    words = "\n".join(response.text for response in Response.objects.filter(membership=cast.membership))
    assert found.left_out == sum(1 for line in words.split("\n") if line.strip())


def test_words_of_nobody_are_the_bare_page(cast):
    weeks = cast.cohort.weeks.with_prompts()
    assert read(exporter.write_words(weeks, []).encode()).left_out == 0
