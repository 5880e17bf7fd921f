"""The demo shows the site as members see it."""

import os
import subprocess
import sys

from django.conf import settings

ASK = """
import run
run.set_environment(8000)
import django
django.setup()
from django.conf import settings
from django.test import Client
page = Client(headers={"host": "localhost"}).get("/invitations/").content.decode()
style = Client(headers={"host": "localhost"}).get("/static/css/hisho.css").status_code
print("technical" if "DEBUG" in page else "own", "ページが見つかりません" in page, style)
"""


def test_pages_that_are_missing_are_our_own():
    path = os.pathsep.join([str(settings.BASE_DIR / "scripts"), str(settings.BASE_DIR)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "DATABASE_URL": "sqlite://:memory:"}
    done = subprocess.run(
        [sys.executable, "-c", ASK], check=False, capture_output=True, text=True, cwd=settings.BASE_DIR, env=environment
    )
    assert done.stdout.strip() == "own True 200", done.stderr
