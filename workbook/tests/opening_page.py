"""What tests of the opening page share: the page's fields as a browser would send them."""

from html.parser import HTMLParser

ADD, PREVIEW = "/admin/cohorts/cohort/add/", "/admin/cohorts/cohort/preview/"
REFUSED = f"{ADD}?refused"
FIRST = "2026-12-02T21:00"


class Fields(HTMLParser):
    """Collects what the forms of a page would send; buttons send nothing by themselves."""

    def __init__(self, html):
        super().__init__()
        self.data, self.area, self.select = {}, None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        is_sent = given.get("type") not in {"file", "radio"} or "checked" in given
        name, value = given.get("name"), given.get("value") or ""
        if tag == "input" and name and given.get("type") == "checkbox":
            self.data.setdefault(name, [])
            self.data[name] += [value] if "checked" in given else []
        elif tag == "input" and name and is_sent:
            self.data[name] = value
        elif tag == "textarea":
            self.area = name
            self.data[name] = ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given and self.select:
            self.data[self.select] = value

    def handle_data(self, data):
        if self.area:
            self.data[self.area] += data

    def handle_endtag(self, tag):
        self.area = None if tag == "textarea" else self.area
        self.select = None if tag == "select" else self.select


def fields_of(response):
    """What the page would send if a button were pressed now."""
    data = Fields(response.content.decode()).data
    return {name: value.removeprefix("\n") if isinstance(value, str) else value for name, value in data.items()}


def typed(client, **changes):
    """The page with these changes typed, and looked at once; gives what it would send then."""
    data = {**fields_of(client.get(ADD)), **changes}
    return fields_of(client.post(ADD, {**data, "check": ""}, follow=True))


def press(client, data, **changes):
    """Press the button that opens."""
    return client.post(ADD, {**data, **changes, "open": ""})


def refused(client, data, **changes):
    """Press it in vain; gives the page that says why."""
    response = press(client, data, **changes)
    assert response.status_code == 302
    assert response["Location"] == REFUSED
    return client.get(REFUSED)
