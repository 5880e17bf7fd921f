"""The real server as the image starts it, on a durable database, filled and with everybody signed in.

with postgresql() as cluster, site(cluster.url, folder, members=10) as here:
    here.people[1].cookies, here.save_path(here.prompts[0])
    here.kill_a_worker(); here.reload(); cluster.restart("immediate")
    with frozen(cluster.url): ...
"""

import contextlib
import json
import random
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from bench.client import CSRF
from bench.servers import ROOT, SHARED_MEMORY, environment, find_postmaster, running
from postgres import Cluster, cluster, free_port

WHOLE = 3
LEADS = 2


@dataclass(frozen=True)
class Person:
    """Somebody of the cohort, signed in."""

    name: str
    user: int
    membership: int
    session: str

    @property
    def cookies(self) -> dict[str, str]:
        return {"sessionid": self.session, "csrftoken": CSRF}


@dataclass
class Site:
    """A running server.

    `weeks`: the prompts of each opened week, by its path. `boxes`: new ones, each handed out once; those of the first
    WHOLE members are not among them, for tests that need all boxes of somebody.
    """

    port: int
    database: str
    master: psutil.Process
    log: Path
    slug: str
    weeks: dict[str, list[int]]
    people: list[Person]
    boxes: Iterator[tuple[Person, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.boxes = ((member, prompt) for prompt in self.prompts for member in self.members[WHOLE:])

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def facilitators(self) -> list[Person]:
        return self.people[:LEADS]

    @property
    def members(self) -> list[Person]:
        return self.people[LEADS:]

    @property
    def prompts(self) -> list[int]:
        return [prompt for prompts in self.weeks.values() for prompt in prompts]

    @staticmethod
    def save_path(prompt: int) -> str:
        return f"/prompts/{prompt}/response/"

    def kill_a_worker(self, dice: random.Random = random) -> None:
        """`kill -9`; the master starts another one."""
        with contextlib.suppress(psutil.NoSuchProcess, IndexError):
            dice.choice(self.master.children()).kill()

    def reload(self) -> None:
        """What a deploy does: new workers take over, the old ones finish what they have begun."""
        self.master.send_signal(signal.SIGHUP)


def image_command(port: int) -> list[str]:
    """The command of the image, on a port of this machine."""
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    values = dict(re.findall(r"\b([A-Z_]+)=(\w+)", image))
    line = json.loads(re.search(r"^CMD (\[.*\])$", image, re.M)[1])[-1].removeprefix("exec ")
    words = [values.get(word.removeprefix("$"), word) for word in shlex.split(line)]
    words[words.index("--bind") + 1] = f"127.0.0.1:{port}"
    if not SHARED_MEMORY.is_dir():  # macOS
        place = words.index("--worker-tmp-dir")
        del words[place : place + 2]
    return [sys.executable, "-m", *words]


@contextlib.contextmanager
def site(
    database: str, folder: Path, *, members: int = 10, static: Path | None = None, **settings: str
) -> Iterator[Site]:
    """A new server on an empty database. `static` may hold collected files; `settings` go over those of production."""
    port = free_port()
    env = environment(database, port, static or folder / "static")
    env |= {"DJANGO_SETTINGS_MODULE": "hisho.settings", "SAVES_PER_MINUTE": "1000000", **settings}
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # Playwright's thread needs it, the server must not have it
    command = [sys.executable, "-m", "tests.faults.fill", str(members)]
    filled = subprocess.run(command, check=True, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    found = json.loads(filled.stdout)
    found["people"] = [Person(**person) for person in found["people"]]
    log = folder / "gunicorn"
    with running(image_command(port), port, env, log) as master:
        yield Site(port, database, master, log.with_suffix(".err"), **found)


def postgresql(*options: str, home: Path | None = None) -> contextlib.AbstractContextManager[Cluster]:
    """A cluster that writes durably, as PostgreSQL does by itself."""
    return cluster("", *options, home=home)


def sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'hisho.sqlite3'}"


@contextlib.contextmanager
def frozen(database: str) -> Iterator[None]:
    """PostgreSQL neither answers nor closes anything, as on a machine that hangs."""
    root = find_postmaster(database)
    family = [root, *root.children(recursive=True)]
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.suspend()
    try:
        yield
    finally:
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()
