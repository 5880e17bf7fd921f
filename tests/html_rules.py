"""What every answer must keep to: headers, and HTML that a strict Content-Security-Policy admits."""

from html.parser import HTMLParser

from django.http import HttpResponseBase

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "worker-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
HEADERS = {
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
    "Referrer-Policy": {"same-origin", "strict-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
}
LOADING = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


class Inspector(HTMLParser):
    """Collects what a strict policy would block, and what is not our own."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "style" or "style" in attributes:
            self.faults.append(f"inline style at <{tag}>")
        if tag == "script" and "src" not in attributes and attributes.get("type") != "application/json":
            self.faults.append("inline script")
        self.faults += [f"{name}= at <{tag}>" for name in attributes if name.startswith("on")]
        self.faults += [f"{name}=javascript:" for name, value in attributes.items() if "javascript:" in value.lower()]
        source = attributes.get(LOADING.get(tag, ""), "/")
        if not source.startswith(("/", "data:image/", "./", "#")) or source.startswith("//"):
            self.faults.append(f"<{tag}> loads {source}")


def html_faults(text: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(text)
    return inspector.faults


def header_faults(response: HttpResponseBase) -> list[str]:
    """Every answer is private but the service worker, which is for all; every HTML page carries the policy."""
    stored, kind = response.get("Cache-Control", ""), response.get("Content-Type", "")
    is_for_all = stored == "no-cache" and kind.startswith("text/javascript")
    faults = [] if "no-store" in stored or is_for_all else ["may be stored by the browser"]
    faults += [f"{name} is {response.get(name)}" for name, good in HEADERS.items() if response.get(name) not in good]
    if is_html(response):
        faults += policy_faults(response.get("Content-Security-Policy", ""))
    return faults


def policy_faults(policy: str) -> list[str]:
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";") if " " in part.strip())
    faults = [f"policy: {name} is {directives.get(name)}" for name in POLICY if directives.get(name) != POLICY[name]]
    return faults + [f"policy allows {word}" for word in ("unsafe-", "http:", "*") if word in policy]


def is_html(response: HttpResponseBase) -> bool:
    return response.get("Content-Type", "").startswith("text/html") and not 300 <= response.status_code < 400
