"""How many wrote, week by week and section by section: bars, and the same numbers for a table."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cohorts.models import Membership, User
from workbook.models import Response, Section, Week

BAR, STEP, BETWEEN, LEFT, TOP, HEIGHT, FOOT = 11, 13, 11, 39, 12, 110, 45
"""The drawing's measures, in its own units: on a phone they are pixels."""


def count_writers(user: User, sections: Iterable[Section]) -> Counter[int]:
    """How many members of today have written each section, by its id: all of its boxes. One query.

    The sections come with their prompts.
    """
    boxes = {section.pk: len(section.prompts.all()) for section in sections}
    written = Response.objects.progress_for(user).filter(
        prompt__section__in=boxes,
        membership__left_at=None,
        membership__role=Membership.Role.MEMBER,
        written=True,
    )
    pairs = Counter(written.order_by().values_list("prompt__section", "membership"))
    return Counter(section for (section, _member), n in pairs.items() if n == boxes[section])


@dataclass(frozen=True)
class Bar:
    """One section of one week, at its place in the drawing.

    A week may lack a section that others have, or be still to come: then there is nothing to show.
    """

    number: int
    x: int
    is_there: bool
    written: int
    members: int

    @property
    def share(self) -> float:
        return self.written / self.members if self.members else 0

    @property
    def percent(self) -> int:
        return round(100 * self.share)

    @property
    def height(self) -> int:
        return round(HEIGHT * self.share)

    @property
    def y(self) -> int:
        return TOP + HEIGHT - self.height

    @property
    def middle(self) -> int:
        return self.x + BAR // 2


class Chart:
    """All weeks of a cohort, however many; a section keeps its place and its number through all of them."""

    bar, top, plot, left = BAR, TOP, HEIGHT, LEFT
    half, floor = TOP + HEIGHT // 2, TOP + HEIGHT
    numerals, labels, height = TOP + HEIGHT + 16, TOP + HEIGHT + 37, TOP + HEIGHT + FOOT

    def __init__(self, weeks: list[Week], writers: Counter[int], members: int) -> None:
        """The weeks come with their sections and prompts; `writers` by section, of so many `members`."""
        self.weeks, self.members, self.writers = weeks, members, writers
        self.by_kind = [{section.kind: section for section in week.sections.all()} for week in weeks]
        self.kinds = list(dict.fromkeys(kind for sections in self.by_kind for kind in sections))
        self.groups = [self._bars(place) for place in range(len(weeks))]

    @property
    def group_width(self) -> int:
        return STEP * len(self.kinds) + BETWEEN

    @property
    def width(self) -> int:
        return LEFT + self.group_width * len(self.weeks)

    @property
    def columns(self) -> list[tuple[Week, int, list[Bar]]]:
        """Each week with the middle of its group and its bars."""
        middles = [LEFT + self.group_width * place + self.group_width // 2 for place in range(len(self.weeks))]
        return list(zip(self.weeks, middles, self.groups, strict=True))

    @property
    def rows(self) -> list[tuple[int, str, list[Bar]]]:
        """Each section's number, heading and bars, week by week."""
        bars = zip(*self.groups, strict=True)
        return [(row[0].number, self._heading(kind), list(row)) for kind, row in zip(self.kinds, bars, strict=True)]

    def _heading(self, kind: str) -> str:
        return next(sections[kind].heading for sections in self.by_kind if kind in sections)

    def _bars(self, place: int) -> list[Bar]:
        week, by_kind = self.weeks[place], self.by_kind[place]
        start = LEFT + self.group_width * place + BETWEEN // 2
        return [
            self._bar(number, start + STEP * (number - 1), by_kind.get(kind) if week.is_open else None)
            for number, kind in enumerate(self.kinds, start=1)
        ]

    def _bar(self, number: int, x: int, section: Section | None) -> Bar:
        return Bar(number, x, section is not None, self.writers[section.pk] if section else 0, self.members)


STRIP_BAR, STRIP_STEP, STRIP_TOP, STRIP_HEIGHT = 26, 58, 20, 44


@dataclass(frozen=True)
class Column:
    """How many members have begun one week, at its place in the small drawing."""

    week: Week
    x: int
    count: int
    members: int

    @property
    def middle(self) -> int:
        return self.x + STRIP_BAR // 2

    @property
    def height(self) -> int:
        """A single writer is seen too."""
        share = self.count / self.members if self.members else 0
        return max(round(STRIP_HEIGHT * share), 3 if self.count else 0)

    @property
    def y(self) -> int:
        return STRIP_TOP + STRIP_HEIGHT - self.height


class Strip:
    """How many members have written anything, week by week, however many weeks; small, for a list of cohorts."""

    bar, top, plot = STRIP_BAR, STRIP_TOP, STRIP_HEIGHT
    floor = STRIP_TOP + STRIP_HEIGHT
    names, height = floor + 19, floor + 26

    def __init__(self, weeks: list[Week], counts: Counter[int], members: int) -> None:
        """`counts` by week, of so many `members`."""
        middle = (STRIP_STEP - STRIP_BAR) // 2
        self.members = members
        self.columns = [
            Column(week, STRIP_STEP * place + middle, counts[week.pk], members) for place, week in enumerate(weeks)
        ]

    @property
    def width(self) -> int:
        return STRIP_STEP * len(self.columns)
