"""Fills the database of DATABASE_URL with a salon, looks at its organizers' pages, and prints what it found as JSON.

`bench.py` starts this for a young salon and for one that has run for years: `python -m bench.salon 5000`.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from .client import Ask

MEMBERS = 20
WATCHED = {"workbook_response", "workbook_attendance", "cohorts_membership"}
"""Tables that grow with every cohort: no page may read them from end to end."""


def paths() -> dict[str, str]:
    """The organizers' pages by name; those of one cohort are the same one's."""
    from django.urls import reverse

    from cohorts.models import Cohort

    cohort = Cohort.objects.get(slug="bench-1")
    week = cohort.weeks.get(number=2)
    lists = {"people": "membership", "invitations": "invitation", "mails": "mail", "cohorts": "cohort"}
    found = {"start": reverse("admin:index"), "start, second page": f"{reverse('admin:index')}?page=2&finished=2"}
    found |= {name: reverse(f"admin:cohorts_{model}_changelist") for name, model in lists.items()}
    found |= {f"{name} of one": f"{found[name]}?cohort={cohort.pk}" for name in lists if name != "cohorts"}
    found |= {"open": reverse("admin:cohorts_cohort_add"), "invite": reverse("admin:cohorts_invitation_add")}
    found["closed"] = reverse("admin:cohorts_cohort_closed")
    of_one = ["change", "dates", "editor", "reminders", "progress", "finish", "delete", "history"]
    found |= {name: reverse(f"admin:cohorts_cohort_{name}", args=[cohort.pk]) for name in of_one}
    found["week"] = reverse("admin:workbook_week_change", args=[week.pk])
    found["all weeks"] = reverse("admin:workbook_week_changelist")
    return found


def scans(statement: str, values: Any) -> set[str]:
    """The watched tables that PostgreSQL would read from end to end for this statement."""
    from django.db import connection

    if not statement.startswith("SELECT"):
        return set()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", values)
        plan = cursor.fetchone()[0]
    nodes = _nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    return {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"} & WATCHED


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)


def look(path: str, session: str) -> dict[str, Any]:
    """One page inside this process: how many queries, and which of them read a watched table from end to end."""
    from django.db import connection
    from django.test import Client

    from . import inside

    statements: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    client = Client(SERVER_NAME="localhost")
    inside.send(client, Ask(path, session))
    with connection.execute_wrapper(note):
        inside.send(client, Ask(path, session))
    queries = [one for one in statements if not inside.TRANSACTION.match(one[0])]
    return {"queries": len(queries), "scans": sorted({table for one in queries for table in scans(*one)})}


def prepare(cohorts: int) -> dict[str, Any]:
    """Tables and rows in the database of DATABASE_URL, and what each page asks of it."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)

    from .crowd import crowd
    from .fill import sign_in
    from .people import OUR_BACKEND

    began = time.monotonic()
    organizer = crowd(cohorts, MEMBERS)
    seconds = time.monotonic() - began
    session = sign_in([organizer], OUR_BACKEND)[organizer.pk]
    pages = paths()
    looks = {name: look(path, session) for name, path in pages.items()}
    return {"session": session, "paths": pages, "looks": looks, "seconds": round(seconds)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cohorts", type=int)
    json.dump(prepare(parser.parse_args().cohorts), sys.stdout)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hisho.settings")
    main()
