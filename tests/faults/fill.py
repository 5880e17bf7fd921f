"""Fills an empty database with a cohort and signs everybody in; says in JSON who they are. Run in a server's settings.

python -m tests.faults.fill MEMBERS
"""

import json
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command


def fill(members: int) -> dict[str, object]:
    """A cohort in its second week: its boxes by week, its people with their sessions."""
    from bench.fill import sign_in
    from bench.people import OUR_BACKEND

    from tests.cast import join, make_cohort, make_users
    from workbook.models import Prompt

    cohort = make_cohort("faults")
    leads = ["facilitator", "second"]
    users = make_users(*leads, *[f"member{number}" for number in range(1, members + 1)])
    roles = {name: "facilitator" if name in leads else "member" for name in users}
    memberships = {user: join(cohort, user, roles[name]) for name, user in users.items()}
    sessions = sign_in(list(users.values()), OUR_BACKEND)
    weeks = [week for week in cohort.weeks.order_by("number") if week.is_open]
    return {
        "slug": cohort.slug,
        "weeks": {
            week.get_absolute_url(): list(
                Prompt.objects.filter(section__week=week).in_order().values_list("pk", flat=True)
            )
            for week in weeks
        },
        "people": [
            {"name": name, "user": user.pk, "membership": memberships[user].pk, "session": sessions[user.pk]}
            for name, user in users.items()
        ],
    }


if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        call_command("collectstatic", verbosity=0, interactive=False)
    print(json.dumps(fill(int(sys.argv[1]))))
