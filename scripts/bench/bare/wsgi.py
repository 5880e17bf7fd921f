"""WSGI entry point of the bare project."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = f"{__package__}.settings"

application = get_wsgi_application()
