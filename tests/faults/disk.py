"""A small disk and a ballast file that fills it."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SIZE = "160m"
GIVEN = "SMALL_DISK"
"""Names an empty file system of that size, for those who may not mount one themselves."""


@dataclass(frozen=True)
class SmallDisk:
    """`fill()` takes all the room that is left, `free()` gives it back."""

    folder: Path

    def fill(self) -> None:
        with contextlib.suppress(OSError), self.ballast.open("ab", buffering=0) as file:
            while True:
                file.write(b"\0" * 65_536)
        with contextlib.suppress(OSError), self.ballast.open("ab", buffering=0) as file:
            while True:
                file.write(b"\0")

    def free(self) -> None:
        self.ballast.unlink(missing_ok=True)

    @property
    def ballast(self) -> Path:
        return self.folder / "ballast"


@contextlib.contextmanager
def make_small_disk() -> Iterator[Path]:
    """An empty folder on a small file system of its own; what is left there is removed."""
    if given := os.environ.get(GIVEN):
        with tempfile.TemporaryDirectory(dir=given) as folder:
            yield Path(folder)
        return
    if os.geteuid() or not sys.platform.startswith("linux"):
        command = f"mkdir -p /tmp/small && sudo mount -t tmpfs -o size={SIZE},mode=1777 tmpfs /tmp/small"
        pytest.fail(f"A full disk needs a small one. Once: {command}; then: export {GIVEN}=/tmp/small")
    with tempfile.TemporaryDirectory(prefix="hisho-disk-") as folder:
        Path(folder).chmod(0o755)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", folder], check=True)
        try:
            inner = Path(folder) / "home"
            inner.mkdir()
            yield inner
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
