"""The box for what organizers write in Markdown."""

from typing import Any

from django import forms
from django.forms.widgets import Script
from django.template.loader import render_to_string
from django.urls import reverse
from markdownx.widgets import MarkdownxWidget


class PreviewWidget(MarkdownxWidget):
    """markdownx's box without its script, which takes Tab away and breaks Japanese conversion.

    A button shows the preview through the site's own guarded view.
    """

    template_name = "admin/workbook/markdown_widget.html"

    class Media:
        extend = False
        js = [Script("js/admin/preview.js", type="module")]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        context = forms.Textarea.get_context(self, name, value, {"rows": 4, **(attrs or {})})
        context["widget"]["preview_url"] = reverse("workbook:preview")
        return context

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> str:
        return render_to_string(self.template_name, self.get_context(name, value, attrs))
