"""Reading a workbook's page: every dialect gives the same weeks, and nobody's words come in."""

import time
import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest

from workbook.importer import bundled, read
from workbook.models import Section
from workbook.planned import PlannedPrompt, WorkbookError

KINDS = Section.Kind.values

# A look-alike of a member's page: same shape, invented words.
PAGE = (Path(__file__).parent / "page.md").read_text(encoding="utf-8")
WORDS_IN_PAGE = 5


def plan(text, encoding="utf-8"):
    return read(text.encode(encoding)).weeks


def undented(page):
    return page.replace("\n  ", "\n")


def test_look_alike_page():
    workbook = read(PAGE.encode())
    assert workbook.counts == {"weeks": 2, "questions": 4, "prompts": 10, "left_out_lines": WORDS_IN_PAGE}
    first, second = workbook.weeks
    assert (first.number, first.theme) == (1, "なぜ“土”が先なのか？")
    assert first.aim == "よい花は「見えない準備」から咲くことを知り、土の手入れが習慣になる"
    assert [section.kind for section in first.sections] == KINDS
    reflection, notes, summary, action = first.sections
    assert (reflection.heading, reflection.due, reflection.output, reflection.subtitle) == (
        "自分の考え",
        "当日までにアウトプット",
        "",
        "思考の棚卸し",
    )
    assert (notes.heading, notes.output, notes.subtitle) == (
        "グループセッションでの気づき",
        "アウトプット",
        "フィルターの共有",
    )
    assert summary.prompts == (PlannedPrompt(),)
    assert (action.heading, action.output, action.subtitle) == ("あなたは何をする？", "最終アウトプット", "行動へ")
    assert (second.sections[0].due, second.sections[0].output) == ("できるだけ当日までにやる", "アウトプット")
    assert [prompt.text for prompt in second.sections[0].prompts] == [
        "水をあげすぎたことは？",
        "反対に、足りなかったことは？",
    ]


def test_no_word_of_a_member_comes_in():
    said = repr(plan(PAGE))
    for word in ("におい", "水やりの話", "ミミズ", "毎朝", "落ち葉", "notion"):
        assert word not in said


def test_bundled_workbook_is_complete():
    workbook = bundled()
    assert workbook.counts == {"weeks": 4, "questions": 8, "prompts": 20, "left_out_lines": 0}
    assert len(list(workbook.sections)) == 16
    dues = [week.sections[0].due for week in workbook.weeks]
    assert dues == ["当日までにアウトプット"] + ["できるだけ当日までにやる"] * 3


def details(page):
    lines = [f"<details>\n<summary>{line[2:]}</summary>\n" if line.startswith("# 第") else line for line in page]
    return "\n".join(lines).replace("\n---\n<details>", "\n</details>\n---\n<details>") + "\n</details>\n"


DIALECTS = {
    "crlf and bom": lambda page: "\ufeff" + page.replace("\n", "\r\n"),
    "cr": lambda page: page.replace("\n", "\r"),
    "no indent": undented,
    "four spaces": lambda page: page.replace("\n  ", "\n    "),
    "tabs": lambda page: page.replace("\n  ", "\n\t"),
    "no front matter": lambda page: page[page.index("# 庭") :],
    "details per week": lambda page: details(page.split("\n")),
    "bold in summaries": lambda page: details(page.split("\n")).replace("<summary>", "<summary><strong>"),
    "headings in bullets": lambda page: page.replace("## ", "- ## ").replace("\n# 第", "\n- # 第"),
    "bullets as toggles": lambda page: page.replace("  ## ", "    - ").replace("\n# 第", "\n- 第"),
    "bold labels": lambda page: "\n".join(
        f"**{line.strip('# ')}**" if line.startswith(("# 第", "  ## ")) else line for line in page.split("\n")
    ),
    "bold headings": lambda page: "\n".join(
        f"  ## **{line.strip('# ')}**" if line.startswith("  ## ") else line for line in page.split("\n")
    ),
    "deeper levels": lambda page: page.replace("# 第", "### 第").replace("## ", "#### "),
    "full-width digits": lambda page: page.replace("第1週目", "第１週").replace("第2週目", "第２週目"),
    "kanji": lambda page: page.replace("第1週目", "第一週").replace("第2週目", "第二週目"),
    "kai": lambda page: page.replace("第1週目", "第1回").replace("第2週目", "第２回目"),
    "english": lambda page: page.replace("第1週目", "Week 1").replace("第2週目：", "week2: "),
    "no separator": lambda page: page.replace("週目：", "週目 "),
    "emoji": lambda page: page.replace("# 第", "# 🌱 第").replace("## まとめ", "## 💡まとめ"),
    "bullets for questions": lambda page: page.replace("  1. ", "  - "),
    "to-dos for questions": lambda page: page.replace("  1. ", "  - [ ]  "),
    "full-width numbers": lambda page: page.replace("  1. ", "  １．"),
    "numbers go on": lambda page: page.replace("1. それ", "2. それ").replace("1. 反対", "2. 反対"),
    "blank lines everywhere": lambda page: page[page.index("# 庭") :].replace("\n", "\n\n"),
    "dividers with spaces": lambda page: page[page.index("# 庭") :].replace("---", "* * *"),
    "collapsible comments": lambda page: page.replace("  ## ", "<!-- collapsible: start -->\n  ## "),
    "weeks in another order": lambda page: "\n".join(
        [page[page.index("# 第2") :], "---", page[page.index("# 第1") : page.index("---\n# 第2")]]
    ),
}


def of_seed(weeks):
    """The weeks without the emoji that some dialects put into a heading."""
    return repr(weeks).replace("💡", "")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_gives_the_same_weeks(dialect):
    page = DIALECTS[dialect](PAGE)
    assert of_seed(plan(page)) == of_seed(plan(PAGE))
    assert read(page.encode()).left_out == WORDS_IN_PAGE


def test_shift_jis():
    page = PAGE.replace("🌱", "")
    assert plan(page, "cp932") == plan(page)


def test_decomposed_kana_are_composed():
    assert plan(unicodedata.normalize("NFD", PAGE)) == plan(PAGE)


def week(body, head="# 第1週目：庭"):
    return plan(f"{head}\n{body}")[0]


def test_sections_in_another_order_are_sorted():
    sections = week(
        "## まとめ\n## あなたは何をする?\n## 自分の考え\n## 問い\n1. なに？\n## グループセッション"
    ).sections
    assert [section.kind for section in sections] == KINDS
    assert sections[0].prompts == (PlannedPrompt("なに？"),)


def test_a_missing_section_stays_missing():
    sections = week("## 自分の考え\n## まとめ").sections
    assert [section.kind for section in sections] == ["reflection", "summary"]
    assert sections[0].prompts == (PlannedPrompt(),)


def test_questions_without_a_reflection_make_one():
    reflection = week("## 問い\n- なに？\n- なぜ？\n## まとめ").sections[0]
    assert (reflection.kind, reflection.heading, len(reflection.prompts)) == ("reflection", "自分の考え", 2)


def test_hints_stand_right_under_what_they_explain():
    page = """ねらい
## 問い
1. ひとつめ？
   > 思いつくまま
   >
   > - 三つまで
2. ふたつめ？

3. みっつめ？

> 空行のあとでも
## 自分の考え
わたしのことば
> だれかのことば
## まとめ
> 一言で
わたしのまとめ
"""
    reflection, summary = week(page).sections
    assert [prompt.hint for prompt in reflection.prompts] == ["思いつくまま\n\n- 三つまで", "", "空行のあとでも"]
    assert summary.prompts == (PlannedPrompt("", "一言で"),)
    assert read(f"# 第1週目：庭\n{page}".encode()).left_out == 3


def test_a_hint_under_the_heading_is_the_first_prompts():
    reflection = week("## 問い\n1. a？\n2. b？\n## 自分の考え\n> 正解はありません").sections[0]
    assert [prompt.hint for prompt in reflection.prompts] == ["正解はありません", ""]


def test_an_answer_under_a_question_is_no_question():
    page = "## 問い\n1. なに？\n   - わたしの答え\n- これも\n2. なぜ？\nつぶやき\n## 自分の考え"
    assert [prompt.text for prompt in week(page).sections[0].prompts] == ["なに？", "なぜ？"]
    assert read(f"# 第1週目：庭\n{page}".encode()).left_out == 3


def test_aim_of_several_lines():
    assert week("  一行目\n\n  - 二行目\n    - 三行目\n  ## まとめ").aim == "一行目\n\n- 二行目\n  - 三行目"
    assert week("<aside>\n💡 ねらい\n</aside>\n---\n## まとめ").aim == "💡 ねらい"


def test_an_unknown_heading_ends_the_aim():
    found = read("# 第1週目：庭\nねらい\n## わたしのメモ\nひみつ\n## まとめ\n### メモ\n第1週の振り返り".encode())
    assert found.weeks[0].aim == "ねらい"
    assert found.left_out == 4


def test_a_members_heading_about_a_week_is_hers():
    found = read(
        "# 第1週目：庭\n## まとめ\n## 第1週の振り返り\n### 第1回セッション\n## まとめてみると\n- まとめ".encode()
    )
    assert (len(found.weeks), found.left_out) == (1, 4)


def test_code_hides_headings():
    page = "# 第1週目：庭\n## まとめ\n```\n# 第1週目：にせもの\n## あなたは何をする？\n```\n## 自分の考え"
    found = read(page.encode())
    assert [section.kind for section in found.weeks[0].sections] == ["reflection", "summary"]
    assert found.left_out == 4
    assert len(plan(page.replace("```\n##", "##").replace("にせもの", "x").replace("第1週目：x", "第2週目：x"))) == 2


def test_glued_dividers_are_never_headings():
    for section in ("自分の考え", "グループセッション", "まとめ", "あなたは何をする？"):
        found = read(f"# 第1週目：庭\n## {section}\nことば\n---\n# 第2週目：畑\n## {section}".encode())
        assert (len(found.weeks), found.left_out) == (2, 1)


def test_a_divider_at_the_top_is_no_front_matter():
    assert len(plan("---\n# 第1週目：庭\n## まとめ\n---\n# 第2週目：畑\n## まとめ")) == 2


def test_weeks_may_have_any_numbers():
    assert [
        week.number for week in plan("".join(f"# 第{n}週目：x\n## まとめ\n" for n in ("7", "十二", "二十", "3")))
    ] == [
        3,
        7,
        12,
        20,
    ]


def test_heading_words_are_taken_apart():
    for words, parts in {
        "自分の考え※当日まで／アウトプット（棚卸し）": ("自分の考え", "当日まで", "アウトプット", "棚卸し"),
        "自分の考え※ 12/3まで/ 提案(仮)": ("自分の考え", "12/3まで", "提案", "仮"),
        "自分の考え(仮)/ 案": ("自分の考え(仮)", "", "案", ""),
        "自分の考え": ("自分の考え", "", "", ""),
        "感じたこと\\/思ったこと※ 夜まで <!-- reflection -->": ("感じたこと/思ったこと", "夜まで", "", ""),
    }.items():
        section = week(f"## {words}").sections[0]
        assert (section.heading, section.due, section.output, section.subtitle) == parts
        assert section.kind == "reflection"


def test_lines_are_counted_that_hold_text():
    with pytest.raises(WorkbookError, match=r"\b2\D"):
        read("庭のこと\n\n　\nことば\n".encode())


BAD = {
    "empty": (b"", None),
    "blank": ("\n　\n".encode(), None),
    "no week": ("# 庭\n## まとめ\nことば".encode(), None),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", 2),
    "control sign": ("# 第1週目：庭\nあ\x1bい".encode(), 2),
    "no encoding": ("# 第1週目：庭\n".encode() + b"\xff\xfe\xfd", 2),
    "utf-16": ("# 第1週目：庭".encode("utf-16"), 1),
    "zip": (b"PK\x03\x04" + b"\x00" * 20, None),
    "html": (b"\n<!DOCTYPE html>\n<html></html>", 2),
    "too large": (b"# \n" * 1_666_667, None),
    "two week 2s": ("# 第1週目：a\n## まとめ\n# 第2週目：b\n## まとめ\n# 第２週：c\n## まとめ".encode(), 5),
    "week 0": ("# 第0週：a\n## まとめ".encode(), 1),
    "no theme": ("\n# 第1週目\n## まとめ".encode(), 2),
    "no section": ("# 第1週目：庭\n## まとめ\n# 第2週目：畑\nことば".encode(), 3),
    "long theme": (("# 第1週目：" + "庭" * 201 + "\n## まとめ").encode(), 1),
    "long question": (("# 第1週目：庭\n## 問い\n1. " + "な" * 301).encode(), 3),
    "long heading": (("# 第1週目：庭\n## まとめ(" + "な" * 101 + ")").encode(), 2),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_pages_get_one_sentence_that_names_the_line(case):
    data, line = BAD[case]
    with pytest.raises(WorkbookError) as caught:
        read(data)
    sentence = str(caught.value)
    assert sentence
    assert "\n" not in sentence
    assert caught.value.line == line
    assert line is None or str(line) in sentence


@pytest.mark.parametrize("piece", ["<", "(", "\\", "#", "`", "**", "> ", "* ", "※/", "# 第1週：", "<!--", "<summary>"])
def test_hostile_lines_cost_little(piece):
    for before in ("", "# 第1週目：a\n## 問い\n", "# 第1週目：a\n## 問い\n1. ", "# 第1週目：a\n## まとめ※"):
        data = (before + piece * (200_000 // len(piece.encode()))).encode()
        started = time.process_time()
        with suppress(WorkbookError):
            read(data)
        assert time.process_time() - started < 2
