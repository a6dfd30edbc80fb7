"""What rose and fell, and when incidents happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.briefing.model import Comparison
from anlan.engine.analysis.comparison import Change, compare_each
from anlan.engine.analysis.rhythm import Rhythm, rhythm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from anlan.engine.analysis.briefing.model import Evidence
    from anlan.engine.analysis.briefing.periods import Span, Window

TYPES_SHOWN, STREAMS, YEAR = 15, 5, 364


def comparison(evidence: Evidence, exposed: NDArray[np.bool_], window: Window) -> Comparison:
    """Return the changes of a window by category, type and beat; `exposed` (T,) as the cube's days."""
    days = evidence.days
    now, then = within(days.periods, window.span), within(days.periods, window.against)
    open_now, open_then = int(exposed[now].sum()), int(exposed[then].sum())

    def changes(keys: Iterable[Any], rows: NDArray[Any]) -> list[Change]:
        counts = rows[:, now].sum(axis=1), rows[:, then].sum(axis=1)
        return compare_each([str(key) for key in keys], *counts, open_now, open_then)

    by_type, by_beat = days.by_type(), days.dense()
    grouped = days.regroup_types(evidence.categories)
    both = by_type[:, now].sum(axis=1) + by_type[:, then].sum(axis=1)
    busiest = np.argsort(-both, kind="stable")[:TYPES_SHOWN]
    return Comparison(
        window.span.days, window.baseline,
        window.span.first.isoformat(), window.span.last.isoformat(),
        window.against.first.isoformat(), window.against.last.isoformat(),
        changes([""], by_beat.sum(axis=0, keepdims=True))[0],
        changes(grouped.types, grouped.by_type()),
        changes(days.types[busiest], by_type[busiest]),
        changes(days.cells, by_beat),
    )  # fmt: skip


def within(periods: NDArray[Any], span: Span) -> slice:
    """Return the part of a daily cube's periods that lies in the span."""
    days = periods.astype("datetime64[D]")
    return slice(*(int(np.searchsorted(days, np.datetime64(day, "D"))) for day in (span.first, span.end)))


def rhythms(evidence: Evidence, exposed: NDArray[np.bool_], days: int) -> list[Rhythm]:
    """Return the hour × weekday tables of all incidents and the main categories over the last `days` days."""
    hours = evidence.hours
    if hours is None:
        return []
    start = max(
        hours.periods[-1].astype("datetime64[D]") - np.timedelta64(days - 1, "D"),
        hours.periods[0].astype("datetime64[D]"),
    )
    late = hours.select(start=start)
    open_days = exposed[-(len(late.periods) // 24) :]
    kinds = main_categories(evidence)
    by_kind = {kind: [code for code, name in evidence.categories.items() if name == kind] for kind in kinds}
    return [rhythm(late, open_days)] + [
        rhythm(late, open_days, key=kind, types=by_kind[kind]) for kind in kinds
    ]


def main_categories(evidence: Evidence) -> list[str]:
    """Return the categories with at least one incident per beat in ten days, busiest first, at most five."""
    grouped = evidence.days.regroup_types(evidence.categories)
    totals = grouped.by_type()[:, -YEAR:].sum(axis=1)
    order = np.argsort(-totals, kind="stable")[:STREAMS]
    return [str(grouped.types[i]) for i in order if totals[i] >= 0.1 * YEAR * len(evidence.days.cells)]
