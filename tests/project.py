"""The project's own files, for the tests that read them."""

import ast
import subprocess
from pathlib import Path

from django.conf import settings

ROOT = settings.BASE_DIR
BINARY = {".mo", ".png", ".jpg", ".webp", ".ico", ".woff2"}


def own_files(*suffixes: str) -> list[Path]:
    """All files that belong to the project (not what git ignores), with one of the endings."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.split("\0")
    paths = [ROOT / name for name in names if name]
    return sorted(path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes))


def own_code() -> list[Path]:
    """Python files; migrations are generated and left out."""
    return [path for path in own_files(".py") if "migrations" not in path.parts]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def long_functions(path: Path, limit: int) -> list[str]:
    functions = (node for node in ast.walk(ast.parse(text_of(path))) if isinstance(node, ast.FunctionDef))
    return [f"{name_of(path)}: {node.name}" for node in functions if node.end_lineno - node.lineno >= limit]


def too_long(paths: list[Path], limit: int) -> list[str]:
    return [name_of(path) for path in paths if len(text_of(path).splitlines()) > limit]
