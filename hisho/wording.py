"""Texts of Django and of the sign-in package that this site words anew.

Named here, they stand in the project's own catalogue (`locale/`), and that one wins over the packages' catalogues.
Django's Japanese is a tool's Japanese: “このフィールドは必須です。”, “結果 11”. Nothing here is imported by anybody.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

FORMS = [
    gettext_noop(":"),
    gettext_noop(":?.!"),
    gettext_noop("This field is required."),
]

LISTS = [
    gettext_noop("Add %(name)s"),
    gettext_noop("0 of %(cnt)s selected"),
    gettext_noop("%(sel)s of %(cnt)s selected"),
    gettext_noop(" By %(filter_title)s "),
    gettext_noop("All"),
    gettext_noop("Action:"),
    gettext_noop("Show all"),
    gettext_noop("Skip to main content"),
    ngettext_lazy("%(counter)s result", "%(counter)s results"),
]
