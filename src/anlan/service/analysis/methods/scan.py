"""Clusters in space and time: Kulldorff's scan, looking for what is alive now or looking back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.density import to_metres
from anlan.engine.analysis.scan import Cluster, Search, space_time_scan
from anlan.gateway.report.plots import MapPicture
from anlan.service.analysis.adjacency import centres
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import LEVELS, AskForm, choice, whole
from anlan.service.analysis.inputs import some
from anlan.service.analysis.method import Group, Method
from anlan.service.analysis.methods.local import beats_of
from anlan.service.analysis.shading import NOWHERE, outline
from anlan.service.tags import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.analysis.inputs import Inputs

LEVEL = 0.05
LOOKS = [
    ("prospective", gettext_lazy("Clusters alive on the last day")),
    ("retrospective", gettext_lazy("All clusters of the period")),
]
DRAWS = [("99", "99"), ("999", "999")]


class Form(AskForm):
    """What cylinders to try."""

    days = 182
    least = 14
    cells = choice(gettext_lazy("Cells"), LEVELS[::-1], "grid")
    look = choice(gettext_lazy("Looking for"), LOOKS, "prospective")
    radius = whole(gettext_lazy("Greatest radius (m)"), 1000, 100, 10000)
    longest = whole(gettext_lazy("Longest cluster (days)"), 14, 1, 60)
    replicas = choice(gettext_lazy("Random replicas"), DRAWS, "999")


def run(inputs: Inputs, given: Mapping[str, Any]) -> Finding:
    """Scan for cylinders with more incidents than places and days have in all."""
    level = given["cells"]
    cube = some(inputs.cube(level))
    lon, lat = centres(inputs, level)
    origin = float(np.median(lon)), float(np.median(lat))
    x, y = to_metres(lon, lat, origin)
    search = Search(
        prospective=given["look"] == "prospective", max_radius_m=float(given["radius"]),
        max_days=min(given["longest"], inputs.question.days // 2), replicas=int(given["replicas"]),
    )  # fmt: skip
    found = space_time_scan(cube.dense(), x, y, search=search)
    sure = [one for one in found if one.p <= LEVEL]
    codes, beats = cube.cells.tolist(), beats_of(inputs, level)
    days = [inputs.question.start + timedelta(days=place) for place in range(inputs.question.days)]
    names = [beats[codes[one.cells[0]]] for one in found]
    circles = [
        (float(lon[one.cells[0]]), float(lat[one.cells[0]]), max(one.radius_m, 100.0), str(place))
        for place, one in enumerate(found, start=1)
        if one.p <= LEVEL
    ] or [
        (float(lon[one.cells[0]]), float(lat[one.cells[0]]), max(one.radius_m, 100.0), str(place))
        for place, one in enumerate(found[:5], start=1)
    ]  # fmt: skip
    return Finding(
        _says(found, sure, names, days),
        _limits(search, sure),
        [
            (_("Incidents"), number(cube.total)), (_("Clusters, p ≤ 0.05"), number(len(sure))),
            (_("Random replicas"), number(search.replicas)),
        ],
        {"clusters": _sheet(found, names, days)},
        {
            "map": MapPicture(
                _("Clusters beyond chance") if sure else _("The strongest clusters; none is beyond chance"),
                NOWHERE, {}, [], circles=circles, outline=outline(inputs.ground),
            )
        },
    )  # fmt: skip


def _says(found: list[Cluster], sure: list[Cluster], names: list[str], days: list[Any]) -> list[str]:
    if not found:
        return [_("No place and time has more than its share.")]
    told = _(
        "%(beat)s, %(from)s – %(to)s: %(observed)s incidents where %(expected)s were to be expected "
        "(%(ratio)s times; p = %(p)s)%(recurrence)s."
    )
    said = (
        []
        if sure
        else [_("No cluster is beyond chance; the strongest are shown so that they can be judged.")]
    )
    for place, one in enumerate(found[: max(min(len(sure), 5), 1)]):
        recurrence = ""
        if np.isfinite(one.recurrence_days):
            recurrence = _("; as strong by chance once in %(days)s days") % {
                "days": number(one.recurrence_days)
            }
        facts = {
            "beat": names[place] or _("Outside all beats"), "from": days[one.start], "to": days[one.end],
            "observed": number(one.observed), "expected": number(one.expected, 1),
            "ratio": number(one.ratio, 1), "p": number(one.p, 3), "recurrence": recurrence,
        }  # fmt: skip
        said.append(told % facts)
    return said


def _limits(search: Search, sure: list[Cluster]) -> list[str]:
    told = [
        _(
            "The scan tells where there is more than elsewhere and than before, not that there "
            "is more everywhere."
        ),
        _(
            "Clusters are circles over cell centres: their edges are rough, and long thin ones "
            "are found in pieces."
        ),
        _(
            "A cluster says nothing of its cause: a market day, a default address or a change in "
            "recording makes one too."
        ),
    ]
    if search.prospective:
        told.append(_("The recurrence interval assumes the same scan every day."))
    if not sure:
        told.append(
            _("Nothing found is not nothing there: small clusters drown in %(replicas)s replicas' chance.")
            % {"replicas": number(search.replicas)}
        )
    return told


def _sheet(found: list[Cluster], names: list[str], days: list[Any]) -> Sheet:
    columns = [
        Column(
            "number"
        , _("Number")), Column("beat", _("Beat")), Column("start", _("From")), Column("end", _("To")),
        Column("radius_m", _("Radius (m)")), Column("cells", _("Cells")), Column("observed", _("Observed")),
        Column("expected", _("Expected"), 1), Column("ratio", _("Ratio"), 1), Column("llr", _(
            "Log likelihood ratio"
        ), 1),
        Column("p", "p", 3), Column("recurrence_days", _("Recurrence (days)")),
    ]  # fmt: skip
    rows = [
        (
            place, names[place - 1], days[one.start], days[one.end], float(one.radius_m), len(one.cells),
            int(one.observed), float(one.expected), float(one.ratio), float(one.llr), float(one.p),
            float(one.recurrence_days),
        )
        for place, one in enumerate(found, start=1)
    ]  # fmt: skip
    return Sheet.of(_("Clusters, the most likely first"), columns, rows)


METHOD = Method(
    "scan", Group.WHERE, gettext_lazy("Clusters in space and time"),
    gettext_lazy("Where and when did incidents cluster, and how rare is that by chance?"), Form, run, "scan",
    heavy=True,
)  # fmt: skip
