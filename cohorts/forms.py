"""Forms of joining and of one's own settings."""

import unicodedata
from typing import Any

from allauth.account import forms as account_forms
from allauth.core import context
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from . import joining
from .models import User
from .names import validate_nickname


class NicknameField(forms.CharField):
    """The name used in the salon: one line, 1 to 30 characters."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "nickname"}
        defaults = {
            "label": _("Nickname"),
            "help_text": _("The name you are called by in the salon."),
            "max_length": 30,
            "widget": forms.TextInput(attrs=attrs),
            "validators": [validate_nickname],
            "error_messages": {
                "required": _("Please enter your nickname."),
                "max_length": _("Please keep the nickname within %(limit_value)d characters."),
            },
        }
        super().__init__(**{**defaults, **kwargs})


class SignupForm(account_forms.SignupForm):
    """Sign-up asks for the e-mail address and the nickname, nothing more.

    The address of an e-mail invitation is locked: a disabled field takes its value from the invitation,
    whatever the browser sends.
    """

    nickname = NicknameField()
    field_order = ["email", "nickname"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = joining.remembered(context.request)
        self.fields["email"].label = _("E-mail address")
        if self.invitation:
            self.initial.setdefault("nickname", self.invitation.nickname)
        if self.invitation and self.invitation.email:
            self.initial["email"] = self.invitation.email
            self.fields["email"].disabled = True
            self.fields["email"].widget.attrs["readonly"] = True
            self.fields["email"].help_text = _("The invitation was sent to this address.")


class LoginForm(account_forms.LoginForm):
    """Sign-in by password, for those who have set one; the code by e-mail is the usual way."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")

    def _setup_password_field(self) -> None:
        """Keep the field, which allauth drops when sign-up asks for no password."""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in; allauth then sets the members' session age, so that the staff's must be set again."""
        response = super().login(request, redirect_url)
        if request.user.is_authenticated:
            joining.limit_staff_session(request, request.user)
        return response


class TypedAddressField(forms.EmailField):
    """An address as it is typed on a phone: signs in full width are understood."""

    widget = forms.TextInput(attrs={"autocomplete": "email", "inputmode": "email", "autocapitalize": "none"})

    def to_python(self, value: str | None) -> str:
        return super().to_python(unicodedata.normalize("NFKC", value or ""))


class CodeForm(forms.Form):
    """Address and code of an invitation, typed because its link does not open."""

    email = TypedAddressField(
        label=_("E-mail address"),
        help_text=_("The one to which the invitation was mailed."),
        error_messages={"required": _("Please enter your e-mail address.")},
    )
    typed = forms.CharField(
        label=_("Code of the invitation"),
        max_length=40,
        help_text=_("Eight letters and digits from the mail, like “ACDE-3479”."),
        error_messages={"required": _("Please enter the code.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def refuse(self) -> None:
        """Say the same of an unknown address, a wrong code and an invitation that is used up."""
        self.add_error(None, _("Address and code do not fit together, or the invitation is no longer open."))


class OneRule:
    """The rules for a new password in one line, in place of Django's list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _(
            "At least 12 characters; no common words, and nothing like your name or e-mail address."
        )


class ChangePasswordForm(OneRule, account_forms.ChangePasswordForm):
    """Another password; the one of today proves who asks."""


class SetPasswordForm(OneRule, account_forms.SetPasswordForm):
    """The first password of somebody who signed in by code."""


class ResetPasswordKeyForm(OneRule, account_forms.ResetPasswordKeyForm):
    """A new password by a mailed link."""


MAILS = ["mails_begins", "mails_session", "mails_summary", "mails_feedback"]


class ProfileForm(forms.ModelForm):
    """Nickname, and which mails one gets.

    The page carries how each switch stood when it was opened: a switch that was not touched there stays as it is
    by now, because a mail's own link may have turned it meanwhile.
    """

    nickname = NicknameField()

    class Meta:
        model = User
        fields = ["nickname", *MAILS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in MAILS:
            self.fields[name].show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        """What was entered, without the switches that were left alone. A form that does not say sets them all."""
        data = super().clean()
        told = [name for name in MAILS if self[name].html_initial_name in self.data]
        for name in told:
            if name not in self.changed_data:
                del data[name]
        return data

    def save(self, commit: bool = True) -> User:
        """Nothing else of the row is written: it may have changed since it was read."""
        if commit:
            self.instance.save(update_fields=list(self.cleaned_data))
        return self.instance
