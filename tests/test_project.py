"""The shape of the code and the manners of its texts."""

import re

from tests.project import BINARY, ROOT, long_functions, name_of, own_code, own_files, text_of, too_long

TEMPLATES = [path for path in own_files(".html", ".txt") if "templates" in path.relative_to(ROOT).parts]
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
# Written so that this file does not hold what it looks for.
FOREIGN = re.compile(
    r"/wor[k]/|\bshare[d]/|\bissue[s]? (show|#?\d)|\bAI agent[s]?\b|\bclaud[e]\b|\bllm[s]?\b|/roo[t]/|\.pyen[v]",
    re.IGNORECASE,
)


def test_files_and_functions_are_short():
    assert too_long(own_code(), 400) == []
    assert too_long(own_files(".js"), 150) == []
    assert too_long(TEMPLATES, 120) == []
    assert [function for path in own_code() for function in long_functions(path, 50)] == []


def test_every_text_is_utf8_with_plain_line_ends():
    contents = {name_of(path): path.read_bytes() for path in own_files() if path.suffix not in BINARY}
    assert [name for name, data in contents.items() if data.decode("utf-8", "replace").encode() != data] == []
    assert [name for name, data in contents.items() if b"\r\n" in data or data.startswith(b"\xef\xbb\xbf")] == []


def test_the_project_speaks_of_itself_alone():
    texts = {name_of(path): text_of(path) for path in own_files() if path.suffix not in BINARY}
    assert [f"{name}: {found[0]}" for name, text in texts.items() if (found := FOREIGN.search(text))] == []


def test_commands_in_the_documents_exist():
    documents = own_files(".md")
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.M))
    named = {target for path in documents for target in re.findall(r"`?\bmake ([a-z]+)\b(?=`|\n| PORT)", text_of(path))}
    assert {"run", "test"} <= targets
    assert named <= targets


def test_templates_extend_first_and_name_their_ends():
    for path in PAGES:
        text, name = text_of(path), name_of(path)
        assert "{% extends" not in text or text.startswith("{% extends"), name
        opened, closed = (re.findall(rf"{{% {tag} (\w+)", text) for tag in ("block", "endblock"))
        assert sorted(opened) == sorted(closed), name


def test_nothing_is_declared_safe():
    """Only the Markdown renderer, after the sanitizer, says that HTML is safe; plain-text mails need no escapes."""
    assert [name_of(path) for path in TEMPLATES if re.search(r"\|\s*safe\b|safeseq", text_of(path))] == []
    assert [name_of(path) for path in PAGES if re.search(r"autoescape\s+off", text_of(path))] == []
    declaring = re.compile(r"\bmark_safe\b|\bSafeString\(|\b__html__\b|is_safe\s*=\s*True")
    assert {name_of(path) for path in own_code() if declaring.search(text_of(path))} <= {"workbook/markdown.py"}


def test_templates_hold_no_inline_script_or_style():
    script = r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|javascript:"
    inline = re.compile(rf"<style\b|\sstyle\s*=|\son[a-z]+\s*=|{script}")
    assert [f"{name_of(path)}: {found[0]}" for path in PAGES if (found := inline.search(text_of(path)))] == []
