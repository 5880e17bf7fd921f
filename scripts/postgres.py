"""A PostgreSQL for the tests: the one of DATABASE_URL, else a throw-away cluster, else a clear word.

    with database_url() as url: ...

The cluster listens on 127.0.0.1 only, on a free port, in a temporary directory that is removed at the end.
"""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NO_DURABILITY = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
# Tests roll back what they write: without a quick broom thousands of dead rows slow every later query down.
SWEEPING = "-c autovacuum_naptime=1s -c autovacuum_vacuum_threshold=500 -c autovacuum_vacuum_cost_delay=0"
# What is swept before a test has committed its rows counts as empty: whole tables would be read in loops within loops.
BY_INDEX = "-c enable_seqscan=off"
PLACES = [
    "/usr/lib/postgresql",
    "/usr/local/opt",
    "/opt/homebrew/opt",
    "/Applications/Postgres.app/Contents/Versions",
]
MISSING = "PostgreSQL is missing. Debian: sudo apt-get install postgresql; macOS: brew install postgresql@16"


def is_root() -> bool:
    return os.geteuid() == 0


def find_binaries() -> Path | None:
    """The directory with `initdb` and `pg_ctl`, of the newest version found."""
    on_path = shutil.which("initdb")
    if on_path and Path(on_path).resolve().with_name("pg_ctl").exists():
        return Path(on_path).resolve().parent
    found = [file.parent for place in PLACES for file in Path(place).glob("*/bin/initdb")]
    return max(found, key=lambda path: path.parts[-2].rpartition("@")[2].zfill(4), default=None)


def install_binaries() -> Path:
    """Install PostgreSQL where that is possible without asking; stops with the one command to run elsewhere."""
    if not (is_root() and shutil.which("apt-get")):
        sys.exit(MISSING)
    print("Installing PostgreSQL ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    subprocess.run(["apt-get", "install", "-qq", "-y", "postgresql"], check=True, env=environment)
    return find_binaries() or sys.exit(MISSING)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unprivileged() -> dict[str, str | int | list[str]]:
    """Arguments for `subprocess.run`: PostgreSQL refuses to run as root, so root becomes somebody else."""
    if not is_root():
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def run(*command: str | Path) -> None:
    """Run one of PostgreSQL's programs; its output is shown only when it fails."""
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(command, check=False, stdout=output, stderr=output, cwd="/", **unprivileged())
        if done.returncode:
            output.seek(0)
            sys.exit(f"{command[0]} failed:\n{output.read().decode()}")


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL server with its files under `home`; it can be stopped and started again on the same port."""

    binaries: Path
    home: Path
    port: int
    settings: str

    @property
    def url(self) -> str:
        return f"postgres://hisho@127.0.0.1:{self.port}/postgres"

    @property
    def data(self) -> Path:
        return self.home / "data"

    def create(self, *options: str) -> None:
        locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        users = ["-U", "hisho", "-A", "trust", "-E", "UTF8", f"--locale={locale}"]
        run(self.binaries / "initdb", "-D", self.data, *users, "-N", *options)

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {self.settings}"
        run(self.binaries / "pg_ctl", "-D", self.data, "-l", self.home / "log", "-o", options, "-w", "start")

    def stop(self, mode: str = "immediate") -> None:
        if (self.data / "postmaster.pid").exists():
            run(self.binaries / "pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def restart(self, mode: str) -> None:
        """`fast` ends what is under way, `immediate` is a crash."""
        self.stop(mode)
        self.start()


@contextlib.contextmanager
def cluster(settings: str, *options: str, home: Path | None = None) -> Iterator[Cluster]:
    """A new cluster in an empty directory, or in a temporary one; `options` are those of initdb. Stopped at the end."""
    place = home or Path(tempfile.mkdtemp(prefix="hisho-postgres-"))
    made = Cluster(find_binaries() or install_binaries(), place, free_port(), settings)
    try:
        if is_root():
            shutil.chown(place, unprivileged()["user"])
        made.create(*options)
        made.start()
        yield made
    finally:
        made.stop()
        if not home:
            shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def throw_away_cluster(settings: str = f"{NO_DURABILITY} {SWEEPING} {BY_INDEX}") -> Iterator[str]:
    """A new cluster; yields its address. Stopped and removed on the way out, also by Ctrl-C."""
    with cluster(settings) as made:
        yield made.url


@contextlib.contextmanager
def database_url() -> Iterator[str]:
    """The address of a PostgreSQL on which databases may be created."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgres://", "postgresql://")):
        yield given
        return
    with throw_away_cluster() as url:
        yield url


if __name__ == "__main__":
    with database_url() as address, contextlib.suppress(KeyboardInterrupt):
        print(address, flush=True)
        sys.stdin.read()
