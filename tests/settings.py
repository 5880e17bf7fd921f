"""Settings of the tests: production's, with a cheap password hasher and a key of their own."""

import os
import tempfile

# Every variable that a `.env` of this machine might set otherwise.
os.environ.update(
    DEBUG="0",
    PRODUCTION="0",
    SECRET_KEY="only-for-tests-" + "k" * 50,
    SECRET_KEY_FALLBACKS="",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    BASE_URL="http://testserver",
    REQUIRE_STAFF_MFA="0",
    TRUSTED_PROXY_COUNT="0",
    EMAIL_URL="memorymail://",
    DEFAULT_FROM_EMAIL="Hisho <hisho@example.com>",
    ADMINS="",
    LOG_LEVEL="WARNING",
)

from hisho.settings import *  # noqa: F403

# SQLite in memory knows no parallel connections, which some tests are about.
if "sqlite" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": f"{tempfile.gettempdir()}/hisho-tests-{os.getpid()}.sqlite3"}  # noqa: F405

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
