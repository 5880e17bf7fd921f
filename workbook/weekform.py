"""A week's boxes as one form, for browsers without JavaScript."""

from typing import Any

from cohorts.models import User

from .forms import ResponseForm
from .models import Prompt, Response, Save
from .worksheet import Box


class WeekForm:
    """The boxes of one week that the user may write in, with her words. Two queries; empty if there are none."""

    def __init__(self, user: User, slug: str, number: int) -> None:
        writable = Prompt.objects.writable_by(user).filter(section__week__cohort__slug=slug)
        prompts = list(writable.filter(section__week__number=number).order_by("pk"))
        self.questions = [prompt.text for prompt in prompts]
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
        sent = [box for box in self.boxes.values() if f"text-{box.prompt.pk}" in data]
        saves = [self._save_of(box, data, device) for box in sent]
        changed = [save for save in saves if save]
        current = {box.prompt.pk: box.response for box in sent}
        for save, saved in zip(changed, Response.objects.write_together(changed, current), strict=True):
            box = self.boxes[save.prompt_id]
            box.fill(saved.response)
            if not saved.accepted:
                box.text, box.other = save.text, saved.response.text
        return bool(self.boxes) and not any(box.is_unsaved for box in sent)

    def keep(self, data: Any, reason: str) -> bool:
        """Put what was typed into the boxes again, with the reason why it is not saved. Always False."""
        for box in self.boxes.values():
            typed = data.get(f"text-{box.prompt.pk}", box.text)
            if typed != box.text:
                box.text, box.errors = typed, [reason]
        return False

    def _save_of(self, box: Box, data: Any, device: str) -> Save | None:
        """What is to be saved of a box; None if it is unchanged, or cannot be and says so."""
        form = ResponseForm.from_page(data, box.prompt.pk)
        if not form.is_valid():
            box.text = data[f"text-{box.prompt.pk}"]
            box.version = form.cleaned_data.get("base_version", box.version)
            box.readers = form.cleaned_data.get("readers", box.readers)
            box.errors = [message for messages in form.errors.values() for message in messages]
            return None
        sent, base = (form.cleaned_data["text"], form.cleaned_data["readers"]), form.cleaned_data["base_version"]
        if sent == (box.text, box.readers):
            return None
        if box.response and box.version != base and box.response.held(base, *sent):
            return None  # an old page; this box was not touched on it
        return form.save_of(box.prompt.pk, self.membership_id, self.questions, device)
