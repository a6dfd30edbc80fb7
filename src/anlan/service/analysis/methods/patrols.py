"""Whether patrols go where residents report harm, how much they explore, and what follows their visits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.audit import Disparity, Feedback, disparity, exploration, feedback_test
from anlan.gateway.report.plots import Bars
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import AskForm
from anlan.service.analysis.inputs import NothingToAnalyse, some
from anlan.service.analysis.method import Group, Method
from anlan.service.analysis.shading import graded
from anlan.service.analysis.visits import called, visits
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from anlan.service.analysis.inputs import Inputs

LEAST_VISITS, DRAWS, SEED, SHOWN = 100, 500, 1, 20


class Form(AskForm):
    """A quarter: patrols need weeks to show a pattern."""

    days = 91
    least = 15


def run(inputs: Inputs, _given: Mapping[str, Any]) -> Finding:
    """Hold check-ins against the incidents that residents report, by beat."""
    cube, asked, ground = some(inputs.cube()), inputs.question, inputs.ground
    beats, harm = cube.cells.tolist(), cube.dense()
    seen = visits(ground, beats, asked.start, asked.end)
    if seen.sum() < LEAST_VISITS:
        text = _("Units checked in %(count)s times in these beats and days; this needs %(least)s.")
        raise NothingToAnalyse(text % {"count": int(seen.sum()), "least": LEAST_VISITS})
    wanted = called(ground, beats, asked.start, asked.end)
    told = wanted.any(axis=0)
    explored = exploration(seen[:, told], wanted[:, told]).share if told.any() else None
    spread = disparity(seen, harm, draws=DRAWS, seed=SEED)
    effects = _effect(inputs.cube(source="officer").dense(), seen), _effect(harm, seen)
    labels = [ground.names.beat(code) for code in beats]
    return Finding(
        _says(spread, explored, *effects), _limits(),
        [(_("Visits"), number(int(seen.sum()))), (_("Would have to move"), percent(spread.moved))],
        {"beats": _sheet(beats, labels, seen, spread)},
        {
            "ratio": _bars(labels, spread),
            "map": graded(
                ground, "beat", dict(zip(beats, seen.sum(axis=1).tolist(), strict=True)), _("Visits by beat")
            ),
        },
    )  # fmt: skip


def _effect(counts: NDArray[Any], seen: NDArray[Any]) -> Feedback | None:
    try:
        return feedback_test(counts, seen > 0, permutations=DRAWS, seed=SEED)
    except ValueError:  # nothing to tell: never or always visited where incidents are
        return None


def _says(
    spread: Disparity, explored: float | None, found: Feedback | None, reported: Feedback | None
) -> list[str]:
    low, high = spread.moved_interval
    text = _("To match reported harm, %(share)s of the visits would have to be elsewhere (%(range)s).")
    said = [text % {"share": percent(spread.moved), "range": f"{percent(low)} … {percent(high)}"}]
    if explored is not None:
        text = _("On days with published colours, %(share)s of the visits went to beats that were green.")
        said.append(text % {"share": percent(explored)})
    if found is not None:
        text = _("The day after a visit officers find %(ratio)s times as much (%(range)s, p %(p)s).")
        said.append(text % _figures(found))
    if reported is not None:
        text = _("The day after a visit residents report %(ratio)s times as much (%(range)s, p %(p)s).")
        said.append(text % _figures(reported))
    return said


def _figures(effect: Feedback) -> dict[str, str]:
    between = f"{number(effect.low, 2)} … {number(effect.high, 2)}"
    return {"ratio": number(effect.ratio, 2), "range": between, "p": number(effect.p, 3)}


def _limits() -> list[str]:
    return [
        _("Visits are counted, not minutes; a beat without places to check in at has none."),
        _("More visits than harm need not be wrong: a station, a school or a market may ask for them."),
        _("A rise after visits may also mean that patrols were sent where trouble was rising."),
    ]


def _sheet(beats: list[str], labels: list[str], seen: NDArray[Any], spread: Disparity) -> Sheet:
    columns = [
        Column("code", _("Code"), shown=False), Column("name", _("Beat")), Column("visits", _("Visits")),
        Column("patrol", _("Share of visits"), 1, percent=True),
        Column("harm", _("Share of reported harm"), 1, percent=True), Column("ratio", _("Ratio"), 2),
        Column("low", _("From"), 2), Column("high", _("To"), 2),
    ]  # fmt: skip
    parts = (spread.patrol, spread.harm, spread.ratio, spread.ratio_low, spread.ratio_high)
    rows = zip(beats, labels, seen.sum(axis=1).tolist(), *(part.tolist() for part in parts), strict=True)
    return Sheet.of(_("Visits against reported harm, by beat"), columns, list(rows))


def _bars(labels: list[str], spread: Disparity) -> Bars:
    order = sorted(range(len(labels)), key=lambda i: -spread.harm[i])[:SHOWN]
    pick = lambda part: [float(part[i]) if part[i] == part[i] else None for i in order]  # noqa: E731
    return Bars(
        _("Share of visits over share of harm; 1 is even"), [labels[i] for i in order],
        pick(spread.ratio), "", pick(spread.ratio_low), pick(spread.ratio_high),
    )  # fmt: skip


METHOD = Method(
    "patrols", Group.TRUST, gettext_lazy("Patrol against harm"),
    gettext_lazy("Do patrols go where residents report harm, and what follows their visits?"),
    Form, run, "audit",
)  # fmt: skip
