"""Serve the demo on this machine: SQLite, files as they lie here, mails in the terminal. `make run` calls it."""

import os
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Listens on 127.0.0.1 under the name that passkeys need.
HOST = "localhost"


def refuse_taken(port: int) -> None:
    """Stop with a sentence when something listens on the port already."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            sys.exit(f"Port {port} is taken. Another one: make run PORT={port + 1}")


def set_environment(port: int) -> None:
    """Demo settings, whatever a `.env` for production says; another DATABASE_URL of the shell is kept."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="hisho.demo",
        PRODUCTION="0",
        DEBUG="1",
        SECRET_KEY="development-only-" + "x" * 50,
        ALLOWED_HOSTS="localhost,127.0.0.1",
        BASE_URL=f"http://localhost:{port}",
        EMAIL_URL="consolemail://",
        REQUIRE_STAFF_MFA="0",
        TRUSTED_PROXY_COUNT="0",
        DJANGO_RUNSERVER_HIDE_WARNING="true",
    )
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{ROOT / 'db.sqlite3'}")
    sys.path.insert(0, str(ROOT))


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    refuse_taken(port)
    set_environment(port)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    print(f"\nhttp://localhost:{port}\n", flush=True)
    call_command("load_demo", force=True)
    print("\nCtrl-C stops it. Mails appear here.\n", flush=True)
    call_command("runserver", f"{HOST}:{port}", use_reloader=False)


if __name__ == "__main__":
    main()
