"""A small disk and a ballast file that fills it."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import smalldisk


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
    if given := os.environ.get(smalldisk.GIVEN):
        with tempfile.TemporaryDirectory(dir=given) as folder:
            Path(folder).chmod(0o755)  # root's PostgreSQL runs as somebody else
            yield Path(folder)
        return
    if not smalldisk.may_mount():
        pytest.fail(smalldisk.MISSING)
    with tempfile.TemporaryDirectory(prefix="hisho-disk-") as folder:
        Path(folder).chmod(0o755)
        smalldisk.mount(Path(folder))
        try:
            inner = Path(folder) / "home"
            inner.mkdir()
            yield inner
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
