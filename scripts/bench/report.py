"""The tables at the end: what was measured, and which goals are reached."""

from dataclasses import dataclass, field

from .measure import Result
from .wire import Weight

KIB = 1024
FIRST_VIEW, REQUESTS, SCRIPTS, SECOND_VIEW, HTML = 60 * KIB, 10, 25 * KIB, 10 * KIB, 12 * KIB


@dataclass
class Goals:
    """Counts what is reached."""

    reached: int = 0
    missed: list[str] = field(default_factory=list)

    def check(self, name: str, value: float, goal: float | None) -> str:
        """“reached” or “NOT reached”; empty without a goal."""
        if goal is None:
            return ""
        if value <= goal:
            self.reached += 1
            return "reached"
        self.missed.append(name)
        return "NOT reached"


def print_table(head: list[str], rows: list[list[str]]) -> None:
    """The first column to the left, the others to the right."""
    table = [head, *rows]
    widths = [max(len(row[place]) for row in table) for place in range(len(head))]
    for row in table:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
    print()


def ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f}"


def print_queries(counts: dict[str, list[tuple[int, int]]], results: list[Result], goals: Goals) -> None:
    rows = []
    for result in results:
        page = result.page
        ours, bare = counts[page.name]
        verdict = goals.check(f"queries of {page.name}", ours[0], page.queries)
        goal = f"<= {page.queries}" if page.queries else ""
        sizes = [f"{len(side.last.text.encode()):,}" for side in (result.ours, result.bare)]
        wire = f"{len(result.ours.last.body):,}"
        rows.append([page.name, *map(said, (ours, bare)), goal, verdict, sizes[0], wire, sizes[1]])
    head = ["queries and bytes of the answer", "ours", "bare", "goal", "", "ours plain", "ours sent", "bare plain"]
    print_table(head, rows)


def said(count: tuple[int, int]) -> str:
    """`6 +2`: six queries, and two statements around them."""
    return f"{count[0]} +{count[1]}" if count[1] else str(count[0])


def print_times(results: list[Result], goals: Goals) -> None:
    rows = []
    for result in results:
        page, ours, bare = result.page, result.ours, result.bare
        verdict = goals.check(f"processor time of {page.name}", result.ratio, page.goal)
        goal = f"<= {page.goal:g}" + (f" ({page.aim:g})" if page.aim else "") if page.goal else ""
        cpu = [ms(result.our_cpu), ms(result.bare_cpu), f"{result.ratio:.2f}", goal, verdict]
        latency = [f"{ms(side.p50)} / {ms(side.p95)}" for side in (ours, bare)]
        rows.append([page.name, *cpu, *latency, f"{result.wobble:.2f}"])
    head = ["processor ms per request", "ours", "bare", "ratio", "goal (aim)", ""]
    print_table([*head, "ours p50 / p95", "bare p50 / p95", "wobble"], rows)


def print_weight(weight: Weight, goals: Goals) -> None:
    lines = [
        ("first view, everything", weight.total, FIRST_VIEW),
        ("first view, requests", weight.requests, REQUESTS),
        ("first view, JavaScript", weight.scripts, SCRIPTS),
        ("second view", weight.again, SECOND_VIEW),
        ("HTML", weight.html, HTML),
    ]
    rows = [[name, f"{value:,}", f"<= {goal:,}", goals.check(name, value, goal)] for name, value, goal in lines]
    print_table(["worksheet on the wire, bytes", "ours", "goal", ""], rows)


def print_summary(goals: Goals) -> None:
    for name in goals.missed:
        print(f"not reached: {name}")
    print(f"{goals.reached} goals reached, {len(goals.missed)} not reached")
