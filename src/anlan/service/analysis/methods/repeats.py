"""Whether one incident draws another near it soon after: Knox's table, and where that happens now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.knox import Knox, knox
from anlan.engine.analysis.repeats import Chain, chains, raised, shared_places
from anlan.gateway.report.plots import Heat, MapPicture
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import AskForm, choice, whole
from anlan.service.analysis.inputs import Located, NothingToAnalyse
from anlan.service.analysis.method import Group, Method
from anlan.service.analysis.shading import NOWHERE, outline
from anlan.service.places.queries import resolve_many
from anlan.service.tags import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.analysis.inputs import Inputs

LEAST, LEVEL, CLEAR, MOST = 30, 0.05, 1.2, 12
DRAWS = [("99", "99"), ("999", "999")]


class Form(AskForm):
    """Bands of distance and time."""

    days = 182
    least = 14
    metres = whole(gettext_lazy("Width of a distance band (m)"), 100, 25, 1000)
    rings = whole(gettext_lazy("Distance bands"), 6, 2, 12)
    window = whole(gettext_lazy("Days of a time band"), 7, 1, 30)
    spans = whole(gettext_lazy("Time bands"), 4, 2, 12)
    permutations = choice(gettext_lazy("Random draws"), DRAWS, "999")


def run(inputs: Inputs, given: Mapping[str, Any]) -> Finding:
    """Count near pairs and the clusters that are alive."""
    points = inputs.points()
    day = points.moment.astype("datetime64[D]").astype(np.int64)
    kept = ~shared_places(points.x, points.y)
    if kept.sum() < LEAST:
        raise NothingToAnalyse(
            _("Near repeats need at least %(least)s incidents with a place.") % {"least": LEAST}
        )
    rings = given["metres"] * np.arange(1, given["rings"] + 1)
    spans = given["window"] * np.arange(1, given["spans"] + 1)
    table = knox(
        points.x[kept], points.y[kept], day[kept], rings, spans, permutations=int(given["permutations"])
    )
    reach, soon = _reach(table)
    kinds = points.frame["type"].to_numpy().astype(str)
    alive = chains(
        points.x[kept], points.y[kept], day[kept], kinds[kept], metres=float(reach), days=int(soon)
    )[:MOST] if reach else []  # fmt: skip
    rows, numbered = _far(rings), list(enumerate(alive, start=1))
    return Finding(
        _says(table, reach, soon, alive),
        _limits(int((~kept).sum()), bool(inputs.question.types)),
        [
            (_("Incidents with a place"), number(int(kept.sum()))),
            (_("At default addresses, left out"), number(int((~kept).sum()))),
            (_("Clusters alive"), number(len(alive))),
        ],
        {"knox": _sheet(table, rows, spans), "clusters": _alive(inputs, points, alive, int(soon))},
        {
            "knox": Heat(
                _("Pairs over expected, by distance and days (1 = chance)"), rows, _when(spans),
                np.round(np.nan_to_num(table.ratio), 2).tolist(),
            ),
            "map": MapPicture(
                _("Clusters of one type, alive on the last day"), NOWHERE, {}, [],
                circles=[(*_place(points, one), max(reach / 2, 60.0), str(i)) for i, one in numbered],
                outline=outline(inputs.ground),
            ),
        },
    )  # fmt: skip


def _far(rings: np.ndarray) -> list[str]:
    return [f"≤ {number(ring)} m" for ring in rings.tolist()]


def _when(spans: np.ndarray) -> list[str]:
    return [_("≤ %(days)s days") % {"days": span} for span in spans.tolist()]


def _sure(table: Knox) -> np.ndarray:
    return np.asarray((table.p <= LEVEL) & (table.ratio >= CLEAR))


def _reach(table: Knox) -> tuple[int, int]:
    """Return the metres and days up to which every band from the first on has more pairs than chance."""
    risk = raised(table, level=LEVEL, least_ratio=CLEAR, least=0)
    return (int(risk.metres), risk.days) if risk else (0, 0)


def _says(table: Knox, reach: int, soon: int, alive: list[Chain]) -> list[str]:
    first = float(table.ratio[0, 0])
    facts = {
        "ratio": number(first, 2),
        "p": number(float(table.p[0, 0]), 3),
        "metres": number(reach),
        "days": soon,
    }
    if not reach:
        return [
            _(
                "No near repeats worth acting on: the nearest band holds %(ratio)s times the "
                "pairs that chance gives (p = %(p)s); 1.2 times would be."
            )
            % facts
        ]
    told = _(
        "An incident is followed by others near it more often than by chance, up to %(metres)s m "
        "and %(days)s days: "
        "%(ratio)s times in the nearest band (p = %(p)s)."
    )
    said = [told % facts]
    if alive:
        more = _(
            "%(count)s clusters of one type are alive; watch their circles for %(days)s days "
            "after the last incident."
        )
        said.append(more % {"count": number(len(alive)), "days": soon})
    return said


def _limits(left: int, chosen: bool) -> list[str]:
    told = [
        _("A hot spot whose level changes makes near pairs too: look at the season and at reporting first."),
        _("Places are as exact as the addresses; snapped points make the nearest band too full."),
    ]
    if not chosen:
        told.append(_("All types are held together here: choose one to see whether it repeats itself."))
    if left:
        told.append(_("%(count)s incidents at default addresses were left out.") % {"count": number(left)})
    return told


def _place(points: Located, one: Chain) -> tuple[float, float]:
    lon, lat = points.degrees(one.x, one.y)
    return float(lon), float(lat)


def _sheet(table: Knox, rows: list[str], spans: np.ndarray) -> Sheet:
    columns = [
        Column("distance", _("Distance")), Column("days", _("Days")), Column("observed", _("Pairs")),
        Column("expected", _("Expected"), 1), Column("ratio", _("Ratio"), 2), Column("p", "p", 3),
        Column("clear", _("Beyond chance")),
    ]  # fmt: skip
    sure, when = _sure(table), _when(spans)
    cells = [
        (
            rows[i], when[j], int(table.observed[i, j]), float(table.expected[i, j]),
            float(table.ratio[i, j]), float(table.p[i, j]), _("yes") if sure[i, j] else "",
        )
        for i in range(len(rows))
        for j in range(len(when))
    ]  # fmt: skip
    return Sheet.of(_("Knox's table"), columns, cells)


def _alive(inputs: Inputs, points: Located, alive: list[Chain], soon: int) -> Sheet:
    columns = [
        Column("number", _("Number")), Column("type", _("Type")), Column("beat", _("Beat")),
        Column("count", _("Incidents")), Column("last", _("Last")), Column("until", _("Watch until")),
        Column("lon", _("Longitude"), 5), Column("lat", _("Latitude"), 5),
    ]  # fmt: skip
    names, where = inputs.ground.names, [_place(points, one) for one in alive]
    found = resolve_many(
        inputs.ground.county6, np.array([lon for lon, _lat in where]), np.array([lat for _lon, lat in where])
    ) if where else []  # fmt: skip
    rows = [
        (
            i, names.type(one.type), names.beat(found[i - 1].beat_code) if found[i - 1].beat_code else (
                ""
            ), one.count,
            one.last, str(np.datetime64(one.last) + np.timedelta64(soon, "D")), *where[i - 1],
        )
        for i, one in enumerate(alive, start=1)
    ]  # fmt: skip
    return Sheet.of(_("Clusters alive on the last day"), columns, rows)


METHOD = Method(
    "repeats", Group.NEXT, gettext_lazy("Near repeats"),
    gettext_lazy("Does one incident draw others near it soon after, and where now?"), Form, run, "knox",
    heavy=True,
)  # fmt: skip
