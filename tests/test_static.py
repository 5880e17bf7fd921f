"""The scripts of a page in one file: everything inside, nothing mixed up."""

import json
import re

import pytest
from django.conf import settings
from django.core.management import call_command

from hisho.static import HashedStorage, bundle, imports, in_order

SHARED = "const LEAST = 2;\nexport function twice(x) {\n  return LEAST * x;\n}\n"
OTHER = 'import { twice } from "./shared.js";\n\nconst LEAST = 3;\nexport const three = twice(LEAST);\n'
ENTRY = 'import { three } from "./other.js";\nimport { twice } from "./shared.js";\n\nshow(three + twice(1));\n'
MODULES = {"js/shared.js": SHARED, "js/other.js": OTHER, "js/entry.js": ENTRY}


def own_modules():
    folder = settings.BASE_DIR / "static"
    return {str(path.relative_to(folder)): path.read_text() for path in folder.glob("js/**/*.js")}


def test_imports_are_found():
    source = 'import { a, b } from "./more/x.js";\nimport "./y.js";\n'
    assert imports("js/admin/preview.js", source) == ["js/admin/more/x.js", "js/admin/y.js"]


def test_imports_from_the_folder_above_are_found():
    source = 'import { a } from "../x.js";\nimport "../more/y.js";\n'
    assert imports("js/admin/page.js", source) == ["js/x.js", "js/more/y.js"]


def test_bare_import_runs_the_module():
    text = bundle("js/entry.js", {"js/entry.js": 'import "./seen.js";\nshow();\n', "js/seen.js": "look();\n"})
    assert text.index("look()") < text.index("show()")
    assert "import" not in text


def test_bundle_keeps_scopes_apart_and_order():
    text = bundle("js/entry.js", MODULES)
    assert "import" not in text
    assert text.index("function twice") < text.index("const three") < text.index("show(")
    assert text.count("function twice") == 1
    assert "const module1 = (() => {\nconst { twice } = module0;\n" in text
    assert "return { three };" in text


def test_comments_of_a_line_of_their_own_stay_behind():
    source = '// Why.\nshow("http://x"); // now\n  // And why\n  // that.\nhide();\n'
    text = bundle("js/entry.js", {"js/entry.js": source})
    assert 'show("http://x"); // now\nhide();\n' in text
    assert "hy" not in text


def test_no_text_of_ours_goes_over_several_lines():
    """Else a line of it might be taken for a comment."""
    lines = ((name, line) for name, text in own_modules().items() for line in text.splitlines())
    odd = [(name, line) for name, line in lines if line.count("`") % 2 and not line.lstrip().startswith("//")]
    assert odd == []


@pytest.mark.parametrize(
    "source",
    [
        "export default 3;\n",
        "export { a };\n",
        'import a from "./shared.js";\n',
        'import { gone } from "./gone.js";\n',
        'import { itself } from "./entry.js";\n',
        'const a = () => import("./shared.js");\n',
    ],
)
def test_other_forms_are_refused(source):
    with pytest.raises(ValueError, match="js/"):
        bundle("js/entry.js", {**MODULES, "js/entry.js": source})


def test_collected_entries_ask_for_nothing_more(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]  # without the admin's
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "hisho.static.HashedStorage"},
    }
    call_command("collectstatic", verbosity=0, interactive=False)
    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    modules = own_modules()
    for entry in modules:
        text = (tmp_path / names[entry]).read_text()
        assert not imports(entry, text), entry
        here = set(text.splitlines())
        for name in in_order(entry, modules):
            lines = modules[name].splitlines()
            own = [line for line in lines if not line.lstrip().startswith(("import ", "export ", "//"))]
            assert not set(own) - here, (entry, name)


def test_modules_that_pages_load_themselves_are_entries():
    """Of an entry nobody takes anything; another one may run it."""
    page = 'import "./entry.js";\nimport { twice } from "./shared.js";\n'
    modules = {**MODULES, "js/page.js": page, "js/more/deep.js": 'import { a } from "./own.js";\n'}
    assert HashedStorage().only_imported(modules) == {"js/shared.js", "js/other.js", "js/more/own.js"}


def test_colours_alone_depend_on_the_scheme():
    """And stand in one file: a page looked at in both schemes need not be opened in both."""
    folder = settings.BASE_DIR / "static"
    texts = {path.name: path.read_text() for pattern in ("css/**/*.css", "js/**/*.js") for path in folder.glob(pattern)}
    assert [name for name, text in texts.items() if "prefers-color-scheme" in text or "matchMedia" in text] == []
    lines = {line for text in texts.values() for line in text.splitlines() if "light-dark" in line}
    assert lines
    assert [line for line in lines if not re.fullmatch(r"  --[\w-]+: light-dark\(#\w{6}, #\w{6}\);", line)] == []
    assert {name for name, text in texts.items() if "light-dark" in text} == {"tokens.css"}
