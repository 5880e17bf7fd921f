"""Browsers inside other apps. They share nothing with the person's own browser: neither sign-in nor kept words."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest

LINE = re.compile(r"\bLine/")
# Facebook and Messenger, Instagram, Threads, X, TikTok, KakaoTalk, WeChat, Yahoo! JAPAN, Google's app; on Android
# every WebView. An iPhone's WebView without a name looks like a page on the home screen, so it is let be.
OTHERS = re.compile(
    r"\bFBA[NV]/|FB_IAB/|\bInstagram |\bBarcelona |\bTwitter for |TwitterAndroid|musical_ly|BytedanceWebview"
    r"|KAKAOTALK|MicroMessenger/|YJApp-|\bGSA/|Android.*; wv\)"
)


@dataclass(frozen=True)
class WayOut:
    """How the same page opens in the person's own browser: a link to press, and the address to copy."""

    address: str
    link: str = ""


def way_out(request: HttpRequest) -> WayOut | None:
    """The way from an app's own browser to the person's; None if she is there already."""
    user_agent = request.headers.get("User-Agent", "")
    address = request.build_absolute_uri()
    if LINE.search(user_agent):
        return WayOut(address, with_parameter(address, "openExternalBrowser=1"))
    if not OTHERS.search(user_agent):
        return None
    return WayOut(address, as_intent(address) if "Android" in user_agent else "")


def with_parameter(address: str, parameter: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, parameter]))))


def as_intent(address: str) -> str:
    """The address as Android hands it to the default browser."""
    parts = urlsplit(address)
    return f"intent:{urlunsplit(parts._replace(scheme=''))}#Intent;scheme={parts.scheme};end"
