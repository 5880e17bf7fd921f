"""Forms of joining."""

from django import forms


class SignupForm(forms.Form):
    """Sign-up: e-mail and nickname."""
