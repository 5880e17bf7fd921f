"""Members without a browser: each polls and saves over a connection of her own, as her page would."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from django.conf import settings
from django.test import Client
from django.urls import reverse

from cohorts.models import User
from workbook.models import Prompt, Week

TOKEN = "c" * 32
PATIENCE = 30


class Guest:
    """One member at the session. `held` is what the server confirmed, by prompt: version and text."""

    def __init__(self, port: int, user: User, week: Week) -> None:
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.user, self.port = user, port
        self.state_path = reverse("workbook:room_state", args=[week.cohort.slug, week.number])
        self.headers = {
            "Host": f"localhost:{port}",
            "Origin": f"http://localhost:{port}",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/json",
        }
        self.held: dict[int, tuple[int, str]] = {}
        self.tag = ""
        self.state: dict = {}

    def ask(self, method: str, path: str, body: dict | None = None) -> tuple[int, dict, str]:
        """Status, JSON and ETag of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        known = {"If-None-Match": self.tag} if method == "GET" and self.tag else {}
        connection.request(method, path, json.dumps(body) if body else None, self.headers | known)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text or b"{}"), answer.headers.get("ETag", "")

    def poll(self, only: str = "") -> dict:
        """The state by now: what came, or what she has if nothing is new."""
        status, state, tag = self.ask("GET", self.state_path + (f"?only={only}" if only else ""))
        assert status in (200, 304), status
        if status == 200:
            self.state, self.tag = state, tag
        return self.state

    def write(self, prompt: Prompt, text: str, readers: str = "facilitators") -> None:
        """Save until it is confirmed; the same operation as often as it is sent."""
        base = self.held.get(prompt.pk, (0, ""))[0]
        save = {
            "operation_id": str(uuid4()),
            "base_version": base,
            "text": text,
            "readers": readers,
            "user": self.user.pk,
            "sha256": "",
            "contract": 2,
        }
        for _attempt in range(PATIENCE):
            status, answer, _tag = self.ask("POST", reverse("workbook:response_save", args=[prompt.pk]), save)
            if status == 200:
                self.held[prompt.pk] = answer["version"], text
                return
            assert status in (429, 503), (status, answer)
        raise TimeoutError(text)


def all_at_once(deeds: list) -> list:
    """Every deed in a thread of its own; what one of them raises is raised here."""
    with ThreadPoolExecutor(len(deeds)) as pool:
        return [each.result() for each in [pool.submit(deed) for deed in deeds]]
