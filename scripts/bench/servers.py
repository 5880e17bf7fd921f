"""The servers under measurement: PostgreSQL, two gunicorns, and the processor time that their processes took."""

import contextlib
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
from postgres import throw_away_cluster

ROOT = Path(__file__).resolve().parent.parent.parent
WORKERS, THREADS = 2, 4
NUMBERS = count(1)
SHARED_MEMORY = Path("/dev/shm")
PATIENCE = 30
"""Seconds until a server must answer, and until it must have stopped."""


@contextlib.contextmanager
def database() -> Iterator[tuple[str, bool]]:
    """A database of its own: its address, and whether the server writes durably (fsync).

    On the server of DATABASE_URL, if that is PostgreSQL, else on a throw-away one with PostgreSQL's own settings.
    """
    given = os.environ.get("DATABASE_URL", "")
    server = contextlib.nullcontext(given) if given.startswith("postgres") else throw_away_cluster("")
    with server as url:
        name = f"hisho_bench_{os.getpid()}_{next(NUMBERS)}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
            durable = connection.execute("SHOW fsync").fetchone() == ("on",)
            try:
                yield urlsplit(url)._replace(path=f"/{name}").geturl(), durable
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def find_postmaster(url: str) -> psutil.Process | None:
    """PostgreSQL's first process; None if the server is on another machine."""
    with psycopg.connect(url) as connection:
        backend = connection.info.backend_pid
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(backend)
            return process.parent() if "postgres" in process.name() else None
    return None


def environment(url: str, port: int, static: Path) -> dict[str, str]:
    """Production's settings, as far as they go without TLS."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")]),
        "DATABASE_URL": url,
        "DEBUG": "0",
        "PRODUCTION": "0",
        "SECRET_KEY": "only-for-measuring-" + "k" * 50,
        "SECRET_KEY_FALLBACKS": "",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "BASE_URL": f"http://localhost:{port}",
        "STATIC_ROOT": str(static),
        "REQUIRE_STAFF_MFA": "0",
        "TRUSTED_PROXY_COUNT": "0",
        "CONN_MAX_AGE": "60",
        "EMAIL_URL": "memorymail://",
        "DEFAULT_FROM_EMAIL": "Hisho <hisho@example.com>",
        "ADMINS": "",
        "LOG_LEVEL": "INFO",
    }


@contextlib.contextmanager
def gunicorn(application: str, port: int, env: dict[str, str], log: Path) -> Iterator[psutil.Process]:
    """A gunicorn as in the image; stopped on the way out, with all its workers."""
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--chdir", str(ROOT)]
    command += ["--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)]
    command += ["--no-control-socket", "--keep-alive", "600", "--timeout", "60", "--access-logfile", str(log)]
    command += ["--worker-tmp-dir", str(SHARED_MEMORY)] if SHARED_MEMORY.is_dir() else []
    with running(command, port, env, log) as process:
        yield process


@contextlib.contextmanager
def running(command: list[str], port: int, env: dict[str, str], log: Path) -> Iterator[psutil.Process]:
    """A server that this command starts, once it answers; what it says goes to `log` with the ending `.err`."""
    with log.with_suffix(".err").open("wb") as errors:
        server = subprocess.Popen(command, env=env, cwd=ROOT, stdout=errors, stderr=errors, start_new_session=True)
    try:
        _wait_until_it_answers(server, port, log.with_suffix(".err"))
        yield psutil.Process(server.pid)
    except SystemExit:
        print(f"{' '.join(command)} wrote:\n{log.with_suffix('.err').read_text()[-4000:]}", file=sys.stderr)
        raise
    finally:
        _stop(server)


def _wait_until_it_answers(server: subprocess.Popen, port: int, errors: Path) -> None:
    for _attempt in range(PATIENCE * 10):
        if server.poll() is not None:
            break
        if answers(port):
            return
        time.sleep(0.1)
    sys.exit(f"gunicorn does not answer:\n{errors.read_text()[-4000:]}")


def answers(port: int) -> bool:
    """Whether a worker says anything at all."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", "/nothing/")
        return connection.getresponse().status > 0
    return False


def _stop(server: subprocess.Popen) -> None:
    family = []
    with contextlib.suppress(psutil.NoSuchProcess):
        family = psutil.Process(server.pid).children(recursive=True)
    server.terminate()
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    for process in psutil.wait_procs(family, timeout=5)[1]:
        process.kill()


def cpu_seconds(roots: list[psutil.Process]) -> float:
    """Processor time of these processes and all below them, of those that have ended meanwhile too."""
    total = 0.0
    for root in roots:
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                total += sum(process.cpu_times()[:4])
    return total
