"""A small disk that a test may fill: mounted by root, or in a namespace of one's own, or given by SMALL_DISK."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SIZE = "160m"
GIVEN = "SMALL_DISK"
"""Names an empty file system of that size, for those who can mount none in any way."""
MISSING = (
    "A full disk needs a small one, and nobody may mount here. Once: mkdir -p /tmp/small && "
    f"sudo mount -t tmpfs -o size={SIZE},mode=1777 tmpfs /tmp/small; then: export {GIVEN}=/tmp/small"
)
INSIDE = f"""mount -t tmpfs -o size={SIZE},mode=1777 tmpfs "$0" && exec unshare -U --map-user="$1" --map-group="$2" \
    sh -c 'shift 2; exec "$@"' - "$@" """


def mount(folder: Path) -> None:
    """As root on Linux."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=1777", "tmpfs", folder], check=True)


def may_mount() -> bool:
    return os.geteuid() == 0 and sys.platform.startswith("linux")


def around(command: list[str], folder: Path) -> tuple[list[str], dict[str, str]]:
    """The command in a namespace of its own with a small disk at `folder`, and what its environment needs for that.

    Unchanged where it is not needed or not allowed; the tests then mount for themselves, or say what is missing.
    """
    if may_mount() or GIVEN in os.environ or not shutil.which("unshare"):
        return command, {}
    if subprocess.run(["unshare", "-Urm", "true"], check=False, capture_output=True).returncode:
        return command, {}
    folder.mkdir(exist_ok=True)
    people = [str(os.getuid()), str(os.getgid())]
    return ["unshare", "-Urm", "sh", "-c", INSIDE, str(folder), *people, *command], {GIVEN: str(folder)}
