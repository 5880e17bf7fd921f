"""Keep the Japanese catalogue, on machines without gettext too. `make messages` calls it.

messages.py                  take new texts in, drop unused ones, compile
messages.py --merge FILE...  the same, with the translations of these PO files
messages.py --check          change nothing; exit 1 when something is missing, doubtful or not compiled
"""

import argparse
import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ["cohorts", "hisho", "workbook", "templates"]
PO = ROOT / "locale" / "ja" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"], None),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sdrfi]|%[sdrfi]|\{\w*\}")
NOISE = "POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Report-Msgid-Bugs-To|Generated-By"
NOISY = re.compile(rf'^"({NOISE}):[^\n]*\n', re.M)
DAY = datetime(2026, 1, 1, tzinfo=UTC)


def sources() -> Iterator[tuple[Path, str]]:
    """Files that may hold texts, with what Babel's Python extractor shall read of them."""
    from django.utils.translation.template import templatize

    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            parts = path.relative_to(ROOT).parts
            if "tests" in parts or "migrations" in parts:
                continue
            if path.suffix == ".py":
                yield path, path.read_text(encoding="utf-8")
            elif "templates" in parts and path.suffix in {".html", ".txt"}:
                yield path, templatize(path.read_text(encoding="utf-8"), origin=str(path))


def extracted() -> Catalog:
    """All msgids of the project, without translations."""
    catalog = Catalog(locale="ja", fuzzy=False)
    for _path, text in sources():
        found = extract("python", io.BytesIO(text.encode()), KEYWORDS, options={"encoding": "utf-8"})
        for _line, message, _comments, context in found:
            catalog.add(message, context=context)
    return catalog


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="ja")


def key(message: Message) -> tuple[str, str]:
    """What tells two entries apart: the context and the singular."""
    return message.context or "", message.id if isinstance(message.id, str) else message.id[0]


def translations(catalogs: list[Catalog]) -> dict[tuple[str, str], Message]:
    """The translated entries; later catalogues win."""
    entries = (message for catalog in catalogs for message in catalog if message.id)
    return {key(message): message for message in entries if any(strings(message))}


def strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def filled(template: Catalog, known: dict[tuple[str, str], Message]) -> Catalog:
    """The template's entries with the known translations, as many forms as the entry needs."""
    result = Catalog(locale="ja", fuzzy=False, project="Hisho", version="ja", header_comment="# Hisho in Japanese.")
    for message in template:
        if not message.id:
            continue
        found = known.get(key(message))
        text = strings(found)[0] if found else ""
        flags = found.flags & {"fuzzy"} if found else set()
        string = text if isinstance(message.id, str) else (text,)
        result.add(message.id, string, context=message.context, flags=message.flags | flags)
    return result


def po_text(catalog: Catalog) -> str:
    buffer = io.BytesIO()
    write_po(buffer, catalog, sort_output=True, no_location=True, ignore_obsolete=True, width=110)
    return NOISY.sub("", buffer.getvalue().decode())


def mo_bytes(catalog: Catalog) -> bytes:
    catalog.creation_date = catalog.revision_date = DAY
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def update(parts: list[Path]) -> list[str]:
    """Rewrite both files; returns what is left to translate."""
    catalogs = [read(path) for path in [PO, *parts] if path.exists()]
    catalog = filled(extracted(), translations(catalogs))
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_text(po_text(catalog), encoding="utf-8")
    PO.with_suffix(".mo").write_bytes(mo_bytes(read(PO)))
    return faults(catalog)


def faults(catalog: Catalog) -> list[str]:
    """What is wrong with single entries."""
    found = []
    for message in catalog:
        if not message.id:
            continue
        name = repr(key(message)[1])
        if not all(strings(message)):
            found.append(f"not translated: {name}")
        elif message.fuzzy:
            found.append(f"fuzzy: {name}")
        elif placeholders(message.id) != placeholders(message.string):
            found.append(f"placeholders differ: {name}")
    return found


def placeholders(text: str | tuple[str, ...]) -> set[str]:
    """The placeholders of a text; of a plural entry, those of its last form."""
    return set(PLACEHOLDER.findall(text if isinstance(text, str) else text[-1]))


def check() -> list[str]:
    """What is wrong with the files as they are."""
    if not PO.exists():
        return ["there is no catalogue"]
    catalog, template = read(PO), extracted()
    ours, theirs = ({key(m) for m in c if m.id} for c in (template, catalog))
    found = [f"not in the catalogue: {name!r}" for _context, name in sorted(ours - theirs)]
    found += [f"no longer used: {name!r}" for _context, name in sorted(theirs - ours)]
    compiled = PO.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != mo_bytes(catalog):
        found.append("django.mo is not what django.po compiles to")
    return found + faults(catalog)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--merge", nargs="+", type=Path, default=[], metavar="FILE")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.path.insert(0, str(ROOT))
    found = check() if options.check else update(options.merge)
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{len(found)} to mend" if found else "The catalogue is complete.")
    return int(bool(found and options.check))


if __name__ == "__main__":
    sys.exit(main())
