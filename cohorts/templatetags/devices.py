"""Naming devices as people do."""

from django import template

register = template.Library()

# Order matters: browsers name their forebears too.
DEVICES = ["iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux"]
BROWSERS = {"Line/": "LINE", "Edg": "Edge", "Firefox": "Firefox", "FxiOS": "Firefox", "Chrome": "Chrome"}
BROWSERS |= {"CriOS": "Chrome", "Safari": "Safari"}


@register.filter
def device(user_agent: str) -> str:
    """A browser's long name for itself, in short: `iPhone ・ Safari`. Empty if nothing is known."""
    machine = next((name for name in DEVICES if name in user_agent), "").replace("Macintosh", "Mac")
    browser = next((name for sign, name in BROWSERS.items() if sign in user_agent), "")
    return " ・ ".join(filter(None, [machine, browser]))
