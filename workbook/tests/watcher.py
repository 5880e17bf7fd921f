"""An open page of a session's room, without a browser: it asks, and holds what it was given."""

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.reader import rewrite
from workbook.models import Readers, Response, Room, Week

SCRIPT = {"Accept": "application/json"}


class Watcher:
    """One person's page. `texts` are the cards that it holds, by id and version; `state` is the last answer."""

    def __init__(self, user, cohort, number=1):
        self.user, self.place = user, [cohort.slug, number]
        self.client = Client(raise_request_exception=False)
        self.client.force_login(user)
        self.state, self.tag, self.texts = {}, "", {}

    def url(self, name="room_state"):
        return reverse(f"workbook:{name}", args=self.place)

    def poll(self, **query):
        """Ask once more, as the page does; its status."""
        have = ",".join(f"{key}.{version}" for key, version in self.texts)
        headers = {**SCRIPT, **({"If-None-Match": self.tag} if self.tag else {})}
        return self.take(self.client.get(self.url(), {"have": have, **query}, headers=headers)).status_code

    def take(self, answer):
        if answer.status_code == 200:
            self.state, self.tag = answer.json(), answer["ETag"]
            cards = {(card["id"], card["version"]): card.get("html") for card in self.state.get("cards", [])}
            self.texts = {card: html or self.texts[card] for card, html in cards.items()}
        elif answer.status_code != 304:
            self.state, self.tag, self.texts = {}, "", {}
        return answer

    def steer(self, deed, value=""):
        return self.client.post(self.url("room_steer"), {"deed": deed, "value": value}, headers=SCRIPT)

    def attend(self, present="1", **more):
        return self.client.post(self.url("room_attend"), {"present": present, **more}, headers=SCRIPT)

    @property
    def shown(self):
        """The texts on the page, in order, without their paragraphs."""
        return [plain(self.texts[card["id"], card["version"]]) for card in self.state.get("cards", [])]

    @property
    def names(self):
        return [card["name"] for card in self.state["cards"]]

    @property
    def ids(self):
        return [card["id"] for card in self.state["cards"]]


def plain(html):
    return html.removeprefix("<p>").removesuffix("</p>\n")


def share(response: Response) -> Response:
    return rewrite(response, response.text, Readers.GROUP)


def unshare(response: Response, readers: str = Readers.FACILITATORS) -> Response:
    return rewrite(response, response.text, readers)


def hold_today(cohort, number: int = 1) -> None:
    """The session begins now."""
    Week.objects.filter(cohort=cohort, number=number).update(session_at=timezone.now())


def room_of(cohort, number=1) -> Room:
    return Room.objects.get(week__cohort=cohort, week__number=number)
