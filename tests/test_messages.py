"""The Japanese catalogue is whole."""

import subprocess
import sys

from django.conf import settings


def test_nothing_missing_doubtful_or_uncompiled():
    command = [sys.executable, settings.BASE_DIR / "scripts" / "messages.py", "--check"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=settings.BASE_DIR)
    assert done.returncode == 0, done.stdout + done.stderr
