"""A word for the device that a text was written on, for the history."""

from django.http import HttpRequest

LABELS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


def device_label(request: HttpRequest) -> str:
    """The kind of device, from the browser's own words; empty if it is none that people know."""
    agent = request.headers.get("User-Agent", "")
    return next((label for sign, label in LABELS.items() if sign in agent), "")
