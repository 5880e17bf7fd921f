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

PASSWORDS = [
    gettext_noop("Current Password"),
    gettext_noop("New Password"),
    gettext_noop("New Password (again)"),
    gettext_noop("Password (again)"),
    gettext_noop("Change Password"),
    gettext_noop("Set Password"),
    gettext_noop("Password successfully changed."),
    gettext_noop("Password successfully set."),
    gettext_noop("Please type your current password."),
    gettext_noop("Incorrect password."),
    gettext_noop("You must type the same password each time."),
    gettext_noop("This password is too common."),
    gettext_noop("The password is too similar to the %(verbose_name)s."),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
]

CODES = [
    gettext_noop("Authenticator code"),
    gettext_noop("Incorrect code."),
    gettext_noop("Too many failed login attempts. Try again later."),
    gettext_noop("Be patient, you are sending too many requests."),
    gettext_noop("Deactivate Authenticator App"),
    gettext_noop("You are about to deactivate authenticator app based authentication. Are you sure?"),
    gettext_noop("Deactivate"),
    gettext_noop("Signed out of all other sessions."),
    gettext_noop("The email address and/or password you specified are not correct."),
]

NOTICES = [
    gettext_noop("Your email has been changed from %(from_email)s to %(to_email)s."),
    gettext_noop("Your email has been confirmed."),
    gettext_noop("Email address %(deleted_email)s has been removed from your account."),
    gettext_noop("Your password has been changed."),
    gettext_noop("Your password has been set."),
    gettext_noop("Your password has been reset."),
    gettext_noop("A new set of Two-Factor Authentication recovery codes has been generated."),
    gettext_noop("Authenticator app activated."),
    gettext_noop("Authenticator app deactivated."),
    gettext_noop("A new security key has been added."),
    gettext_noop("A security key has been removed."),
    gettext_noop("Email Changed"),
    gettext_noop("Email Confirmation"),
    gettext_noop("Email Removed"),
    gettext_noop("Password Changed"),
    gettext_noop("Password Reset"),
    gettext_noop("Password Set"),
    gettext_noop("New Recovery Codes Generated"),
    gettext_noop("Authenticator App Activated"),
    gettext_noop("Authenticator App Deactivated"),
    gettext_noop("Security Key Added"),
    gettext_noop("Security Key Removed"),
]
