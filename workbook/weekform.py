"""A week's boxes as one form, for browsers without JavaScript."""

from typing import Any

from django.db.models import F

from cohorts.models import User

from .forms import ResponseForm
from .models import Prompt, Readers, Response, Saved
from .worksheet import Box


class WeekForm:
    """The boxes of one week that the user may write in, with her words. Two queries; empty if there are none."""

    def __init__(self, user: User, slug: str, number: int) -> None:
        writable = Prompt.objects.writable_by(user).filter(section__week__cohort__slug=slug)
        asked = writable.filter(section__week__number=number).annotate(former=F("former_wordings__text"))
        prompts = list(asked.order_by("pk"))  # one more than once if it was reworded more than once
        self.questions = list({text for prompt in prompts for text in (prompt.text, prompt.former) if text})
        self.membership_id = prompts[0].membership_id if prompts else None
        self.boxes = {prompt.pk: Box(prompt) for prompt in prompts}
        mine = Response.objects.filter(prompt__in=self.boxes, membership=self.membership_id)
        for response in mine.with_hurry():
            self.boxes[response.prompt_id].fill(response)

    def save(self, data: Any, device: str) -> bool:
        """Save every changed box, each on its own, by the same verb as autosave.

        Returns:
            Whether there are boxes and all are saved. Otherwise they hold what was typed and say what is wrong.
        """
        changed = self._changed(data)
        where = (self.membership_id, self.questions, device)
        saves = [form.save_of(box.prompt.pk, *where) for box, form in changed]
        current = {box.prompt.pk: box.response for box, _form in changed}
        for (box, form), saved in zip(changed, Response.objects.write_together(saves, current), strict=True):
            box.fill(saved.row)
            if not saved.accepted:
                self._confront(box, form, saved)
        return bool(self.boxes) and not any(box.is_unsaved for box in self.boxes.values())

    def keep(self, data: Any, reason: str) -> bool:
        """Put what was typed into the boxes again, with the reason why it is not saved. Always False."""
        for box, form in self._changed(data):
            self._refuse(box, form, [reason])
        return False

    def _changed(self, data: Any) -> list[tuple[Box, ResponseForm]]:
        """Every box that is to be saved, with what was sent; those with something wrong say so instead."""
        changed = []
        for box in self.boxes.values():
            if f"text-{box.prompt.pk}" not in data:
                continue
            form = ResponseForm.from_page(data, box.prompt.pk)
            if not form.is_valid():
                self._refuse(box, form, [message for messages in form.errors.values() for message in messages])
            elif self._is_changed(box, form):
                changed.append((box, form))
        return changed

    @staticmethod
    def _is_changed(box: Box, form: ResponseForm) -> bool:
        """Whether the member changed the box on her page, which may be an old one."""
        sent, base = (form.cleaned_data["text"], form.cleaned_data["readers"]), form.cleaned_data["base_version"]
        if sent == (box.text, box.readers):
            return False
        return not (box.response and box.version != base and box.response.held(base, *sent))

    @staticmethod
    def _refuse(box: Box, form: ResponseForm, reasons: list[str]) -> None:
        """Leave the box as it was sent, on the version it was sent with: the next try meets what came meanwhile."""
        box.text = form.data["text"]
        box.version = form.cleaned_data.get("base_version", 0)
        box.readers = form.cleaned_data.get("readers", box.readers)
        box.errors = reasons

    @staticmethod
    def _confront(box: Box, form: ResponseForm, saved: Saved) -> None:
        """Show the sent text beside the other one."""
        sent = form.cleaned_data
        box.text, box.other, box.sent_version = sent["text"], saved.row.text, sent["base_version"]
        box.readers = Readers.narrower(sent["readers"], saved.row.readers)
