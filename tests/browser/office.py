"""What the tests of reading pages share: opening one, writing a comment, looking into the database."""

import json
import re
from uuid import uuid4

from django.urls import reverse

from workbook.models import Draft, DraftSave, Feedback, Readers, Response, Save

DRAFT = re.compile("^下書きを保存しました。まだ送っていません。?$")
SENT = re.compile("送りました")
LATER = "まだ送れていません"
ELSEWHERE = "ここの文章は、新しい下書きです"


def week_of(cast, number=1):
    return reverse("admin:workbook_response_read", args=[cast.membership.pk, number])


def question_of(cast):
    """The page of all answers to the question that the shared text answers."""
    return reverse("admin:workbook_response_question", args=[cast.shared.prompt_id])


def open_page(page, url):
    page.goto(url)
    page.locator("form[data-ready]").wait_for()
    return page


def another(reading, url):
    return open_page(reading.context.new_page(), url)


def field(page, response):
    return page.locator(f'[data-box="answer-{response.pk}"] textarea').first


def status(page, response):
    return page.locator(f'[data-box="answer-{response.pk}"] [data-status]')


def send_button(page, response):
    return page.locator(f'[data-box="answer-{response.pk}"] [data-send]')


def entry_of(page, response):
    return page.locator(f'[data-entry]:has([data-box="answer-{response.pk}"])')


def draft_of(response, author):
    return Draft.objects.filter(response=response, author=author).values_list("text", flat=True).first()


def comments(response):
    rows = Feedback.objects.filter(revision__response=response).order_by("pk")
    return list(rows.values_list("author__nickname", "text"))


def cut(page, pattern="**/draft/", *, deliver=False):
    """From now on nothing sent there is answered; with `deliver` it still arrives."""

    def fail(route):
        if deliver:
            route.fetch()
        route.abort("internetdisconnected")

    page.route(pattern, fail)


def save_elsewhere(response, author, text):
    """Her other device saves the draft."""
    now = Draft.objects.filter(response=response, author=author).first()
    Draft.objects.write(DraftSave(response.pk, author.pk, uuid4(), now.version if now else 0, text))


def compose(page, text):
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    return session


def texts_in(route):
    return json.loads(route.request.post_data)["text"]


def aside(page, response):
    return entry_of(page, response).locator(".aside")


def make_private(response):
    now = Response.objects.get(pk=response.pk)
    Response.objects.write(Save(now.prompt_id, now.membership_id, uuid4(), now.version, now.text, Readers.SELF, []))
