"""Static files under names that carry their hash; a page's scripts in one file."""

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'^import (?:\{ ([^}]+) \} from )?"(\.{1,2}/[\w./-]+)";\n', re.M)
COMMENT = re.compile(r"^[ \t]*//.*\n", re.M)
EXPORT = re.compile(r"^export ((?:async )?function|class|const) (\w+)", re.M)

Modules = dict[str, str]


def imports(name: str, source: str) -> list[str]:
    """The names of the modules that one module imports, in order."""
    return [normpath(join(dirname(name), path)) for _, path in IMPORT.findall(source)]


def bundle(entry: str, modules: Modules) -> str:
    """One module with everything that it imports inside, each in a scope of its own.

    Raises:
        ValueError: a module imports or exports in another form than ours, or something that is not there.
    """
    order = list(dict.fromkeys(in_order(entry, modules)))
    places = {name: f"module{number}" for number, name in enumerate(order)}
    return "\n".join(scope(name, modules[name], places) for name in order)


def in_order(name: str, modules: Modules, above: tuple[str, ...] = ()) -> Iterator[str]:
    """A module after everything that it imports."""
    if name not in modules or name in above:
        raise ValueError(f"{name} is not there, or imports itself: {above}")
    for imported in imports(name, modules[name]):
        yield from in_order(imported, modules, (*above, name))
    yield name


def scope(name: str, source: str, places: dict[str, str]) -> str:
    """The module as a function that is called at once and gives what it exports. Comments stay behind."""
    found = iter(imports(name, source))
    body = IMPORT.sub(lambda match: taken(match[1], places[next(found)]), COMMENT.sub("", source))
    exported = [match[1] for match in EXPORT.findall(body)]
    body = EXPORT.sub(r"\1 \2", body)
    if re.search(r"^(?:import|export)\b", body, re.M) or "import(" in body:
        raise ValueError(f"{name} imports or exports in a form that is not bundled")
    return f"const {places[name]} = (() => {{\n{body}\nreturn {{ {', '.join(exported)} }};\n}})();"


def taken(names: str | None, place: str) -> str:
    """What stands in place of an import."""
    return f"const {{ {names.replace(' as ', ': ')} }} = {place};\n" if names else ""


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Names with hashes, so that they may be kept for ever, and scripts with all their imports inside.

    A page that was loaded before a deploy holds all that it needs and never asks for a module that is gone.
    """

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        names = [name for name in paths if name.startswith("js/") and name.endswith(".js")]
        modules = {name: Path(self.path(name)).read_text(encoding="utf-8") for name in names}
        bundles = InMemoryStorage()
        for name in modules:
            bundles.save(name, ContentFile(bundle(name, modules).encode()))
            paths[name] = (bundles, name)
        yield from super().post_process(paths, *args, **options)

    def only_imported(self, modules: Modules) -> set[str]:
        """The modules of which another one takes something: no page loads them by themselves."""
        found = ((name, IMPORT.findall(source)) for name, source in modules.items())
        return {normpath(join(dirname(name), path)) for name, lines in found for names, path in lines if names}
