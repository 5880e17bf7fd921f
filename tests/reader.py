"""A facilitator at the reading pages, without a browser: what she sends, and what happens to words meanwhile."""

import re
from typing import Any
from uuid import uuid4

from cohorts.models import User
from workbook.models import Draft, DraftSave, Feedback, Readers, Response, Revision, Save
from workbook.shown import sign


def rewrite(response: Response, text: str, readers: str = Readers.FACILITATORS) -> Response:
    response.refresh_from_db()
    save = Save(response.prompt_id, response.membership_id, uuid4(), response.version, text, readers, [])
    return Response.objects.write(save).row


def revision_of(response: Response) -> Revision:
    return Revision.objects.get(response=response, version=response.version)


def comment(response: Response, author: User, text: str = "いいですね") -> Feedback:
    return Feedback.objects.answer(revision_of(response), author, text, uuid4())


def begin(response: Response, author: User, text: str) -> Draft:
    """Write a comment without sending it."""
    return Draft.objects.write(DraftSave(response.pk, author.pk, uuid4(), 0, text)).row


def shown(response: Response, nickname: str = "facilitator") -> str:
    """What the page puts into its hidden field."""
    return sign(User.objects.get(nickname=nickname), response.pk, revision_of(response).pk)


def answers(*pairs: tuple[Response, str], version: int = 0) -> dict[str, Any]:
    """What one page sends; its drafts stood at this version when it was made."""
    data = {"deed": str(uuid4())}
    for response, text in pairs:
        data[f"answer-{response.pk}-shown"] = shown(response)
        data[f"answer-{response.pk}-text"] = text
        data[f"answer-{response.pk}-version"] = str(version)
    return data


def told(response: Any) -> list[str]:
    """The messages of a page."""
    return [str(message) for message in response.context["messages"]]


def regions(body: str) -> list[str]:
    """The names of the parts that keep themselves up to date."""
    return re.findall('data-live="([^"]+)"', body)
