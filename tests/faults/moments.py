"""What a page said at each moment, against what the database held at that moment.

    said = moments_of(await page.evaluate("moments"))
    held = history(site, person)                # with the moments of PostgreSQL's commits
    assert false_claims(said, held) == []
    assert longest_silence(said, held) <= 12

PostgreSQL must keep the moments of its commits (`track_commit_timestamp`); of SQLite's none are known.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from .corpus import mended
from .ledger import rows
from .server import Person, Site

SAVED, IDLE, TYPING = "保存しました", "自動で保存", "入力中…"
WAITING, UNSENT = "この端末に保存済み・送信待ち", "送信できていません（書き続けて大丈夫です）"
CLOCK = 0.002
"""The page knows the time by milliseconds, cut off."""
WHEN = "extract(epoch FROM pg_xact_commit_timestamp(revision.xmin))::float"
COMMITS = f"""
    SELECT response.prompt_id, revision.text, revision.version,
           {WHEN}
    FROM workbook_revision revision JOIN workbook_response response ON response.id = revision.response_id
    WHERE response.membership_id = {{}} ORDER BY revision.id
"""


@dataclass(frozen=True)
class Moment:
    """From `at` on the page said `line`, over these texts of its boxes."""

    at: float
    line: str
    texts: dict[int, str]

    @property
    def is_claim(self) -> bool:
        """The page says, or lets believe, that the server has everything."""
        return self.line.startswith(SAVED) or self.line == IDLE


def moments_of(raw: list[dict]) -> list[Moment]:
    """Whole snapshots of what the sampler wrote down."""
    texts: dict[int, str] = {}
    found = []
    for entry in raw:
        texts = texts | {int(prompt): text for prompt, text in entry["texts"].items()}
        found.append(Moment(entry["at"] / 1000, entry["line"], texts))
    return found


class History:
    """The texts of each box, with the moments of their commits; and the other sides of conflicts."""

    def __init__(self, found: list[tuple[int, str, int | None, float]]) -> None:
        self.texts: dict[int, list[tuple[float, str]]] = defaultdict(list)
        self.branches = [row for row in found if row[2] is None]
        for prompt, text, version, committed in found:
            if version is not None:
                self.texts[prompt].append((committed, text))

    def head(self, prompt: int, at: float = float("inf")) -> str:
        """What the server held in this box at that moment."""
        return next((text for committed, text in reversed(self.texts[prompt]) if committed <= at + CLOCK), "")


def history(site: Site, person: Person) -> History:
    sql = COMMITS if site.database.startswith("postgres") else COMMITS.replace(WHEN, "0.0")
    return History(rows(site.database, sql.format(person.membership)))


def false_claims(said: list[Moment], held: History) -> list[str]:
    """Where the page said “saved” over a text that the server did not hold then."""
    return [
        f"at {moment.at:.3f} “{moment.line}” over {text[-30:]!r}, held {held.head(prompt, moment.at)[-30:]!r}"
        for moment in said
        if moment.is_claim
        for prompt, text in moment.texts.items()
        if mended(text) != held.head(prompt, moment.at)
    ]


def longest_silence(said: list[Moment], held: History) -> float:
    """For how long at most a change was not held and the line said no more than that she is writing."""
    return max((silence for moment, end in spans(said) for silence in silences(moment, end, said, held)), default=0.0)


def spans(said: list[Moment]) -> Iterator[tuple[Moment, float]]:
    """The stretches in which the line said 入力中…, with their ends."""
    for moment, following in pairwise(said):
        if moment.line == TYPING:
            yield moment, following.at


def silences(moment: Moment, end: float, said: list[Moment], held: History) -> Iterator[float]:
    """For each box: seconds from the oldest change that the server did not hold at the end of the stretch."""
    for prompt in moment.texts:
        head, oldest = held.head(prompt, end), None
        for earlier in reversed([each for each in said if each.at <= moment.at]):
            if mended(earlier.texts.get(prompt, "")) == head:
                break
            oldest = earlier.at
        yield end - oldest if oldest else 0.0


def last_key_to_confirmed(said: list[Moment]) -> list[float]:
    """Seconds from each last change of the texts to the “saved” that followed it."""
    found, changed = [], None
    for before, moment in pairwise(said):
        if moment.texts != before.texts:
            changed = moment.at
        if changed and moment.line.startswith(SAVED):
            found.append(moment.at - changed)
            changed = None
    return found
