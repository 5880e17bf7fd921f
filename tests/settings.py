"""Settings of the tests: production's, with a cheap password hasher and a key of their own."""

import os

os.environ["DEBUG"] = "0"
os.environ["PRODUCTION"] = "0"
os.environ["SECRET_KEY"] = "only-for-tests-" + "k" * 50
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["BASE_URL"] = "http://testserver"
os.environ["REQUIRE_STAFF_MFA"] = "0"
os.environ["EMAIL_URL"] = "memorymail://"

from hisho.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
