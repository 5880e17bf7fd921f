"""Settings of `make run`: what DEBUG makes easy, but with the site's own error pages instead of Django's."""

from hisho.settings import *  # noqa: F403

DEBUG = False
WHITENOISE_AUTOREFRESH = True
