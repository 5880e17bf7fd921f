"""Settings as `startproject` writes them, with the project's database, models, language and key."""

from pathlib import Path

from hisho import settings as project

BACKEND = "django.contrib.auth.backends.ModelBackend"

SECRET_KEY = project.SECRET_KEY
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
ROOT_URLCONF = f"{__package__}.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "cohorts.User"
AUTHENTICATION_BACKENDS = [BACKEND]
LOGIN_URL = "/login/"

# All apps of the project, so that its models are complete; they cost nothing per request.
ACCOUNT_APPS = {"allauth.account": f"{__package__}.apps.BareAccountConfig"}
INSTALLED_APPS = [ACCOUNT_APPS.get(app, app) for app in project.INSTALLED_APPS]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).resolve().parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Connections stay open as in the project; all else about them is as Django has it by default.
DATABASES = {"default": {**project.env.db("DATABASE_URL", default="sqlite://:memory:"), "CONN_MAX_AGE": 60}}

LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
STATIC_URL = "static/"

PAGES = {"ROOT_URLCONF", "MIDDLEWARE", "TEMPLATES", "AUTHENTICATION_BACKENDS", "LOGIN_URL"}
"""What makes the difference when both projects are tried in one process."""
