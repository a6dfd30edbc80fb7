"""What the findings call for: where to patrol at which hours, which places to warn, which rises to look into.

Each suggestion is about a place and hours, names the finding it rests on, and is only a draft: an analyst
edits, signs and publishes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.engine.analysis.briefing.model import Suggestion

if TYPE_CHECKING:
    from anlan.engine.analysis.briefing.model import (
        BeatColour,
        ClusterPlace,
        Comparison,
        Place,
        RepeatWarning,
    )
    from anlan.engine.analysis.comparison import Change

RAISED = ("red", "orange")
MOST = {"patrol": 4, "warning": 2, "repeat": 2, "cluster": 2, "rise": 2}


def suggestions(
    colours: list[BeatColour],
    spots: list[Place],
    near: tuple[list[Place], list[RepeatWarning]],
    alive: list[ClusterPlace],
    change: Comparison | None,
) -> list[Suggestion]:
    """Return at most twelve suggestions, the most pressing first; `near`: chains and warnings.

    Without a raised beat the patrols go to the hot spots, at their own hours.
    """
    raised = sorted(
        (row for row in colours if row.alert.colour in RAISED),
        key=lambda row: (RAISED.index(row.alert.colour), row.alert.p or 0.0),
    )
    patrols = [_patrol(row) for row in raised] or [_spot(i, spot) for i, spot in enumerate(spots)]
    rises = [] if change is None else sorted(filter(rose, change.types), key=lambda row: -(row.low or 0.0))
    chains, warned = near
    found = patrols[: MOST["patrol"]]
    found += [_warning(i, row) for i, row in enumerate(warned)][: MOST["warning"]]
    found += [_repeat(i, row) for i, row in enumerate(chains)][: MOST["repeat"]]
    found += [_cluster(i, row) for i, row in enumerate(alive)][: MOST["cluster"]]
    return found + [_rise(row) for row in rises][: MOST["rise"]]


def rose(change: Change) -> bool:
    """Tell whether a change is a clear rise."""
    return change.clear and (change.low or 0.0) > 0


def _patrol(row: BeatColour) -> Suggestion:
    alert = row.alert
    kind = row.types[0].type if row.types else ""
    figures = {"colour": alert.colour, "observed": alert.observed, "expected": alert.expected}
    return Suggestion(
        f"patrol:{alert.beat_code}", "patrol", alert.beat_code, row.hours, alert.stream, kind, "colours",
        figures | {"days": alert.window_days, "near": row.near_repeats},
    )  # fmt: skip


def _spot(index: int, spot: Place) -> Suggestion:
    figures = {
        "number": index + 1, "count": spot.count, "share": spot.share, "cell_code": spot.cell_code
    }  # fmt: skip
    return Suggestion(f"spot:{index + 1}", "spot", spot.beat_code, spot.hours, "", "", "where", figures)


def _warning(index: int, row: RepeatWarning) -> Suggestion:
    figures = {
        "count": row.count, "last": row.last, "until": row.until, "radius_m": row.radius_m,
        "ratio": row.ratio, "cell_code": row.cell_code,
    }  # fmt: skip
    return Suggestion(f"warning:{index + 1}", "warning", row.beat_code, None, "", row.type, "where", figures)


def _repeat(index: int, row: Place) -> Suggestion:
    figures = {"count": row.count, "last": row.last, "cell_code": row.cell_code}
    return Suggestion(
        f"repeat:{index + 1}", "repeat", row.beat_code, row.hours, "", row.type, "where", figures
    )


def _cluster(index: int, row: ClusterPlace) -> Suggestion:
    figures = {
        "observed": row.observed, "expected": row.expected, "start": row.start, "end": row.end,
        "radius_m": row.radius_m, "recurrence_days": row.recurrence_days, "cell_code": row.cell_code,
    }  # fmt: skip
    return Suggestion(f"cluster:{index + 1}", "cluster", row.beat_code, None, "", row.type, "where", figures)


def _rise(change: Change) -> Suggestion:
    figures = {
        "observed": change.observed, "baseline": change.baseline, "change": change.change,
        "low": change.low, "high": change.high,
    }  # fmt: skip
    return Suggestion(f"rise:{change.key}", "rise", "", None, "", change.key, "changes", figures)
