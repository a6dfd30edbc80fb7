"""Where: kernel density, with one bandwidth or each point's own; its peaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.density import (
    adaptive_surface,
    bandwidth_by_likelihood,
    hot_spots,
    mask_of,
    nodes,
    surface,
    to_metres,
)
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import AskForm, choice
from anlan.service.analysis.inputs import NothingToAnalyse
from anlan.service.analysis.method import Group, Method
from anlan.service.analysis.shading import contoured
from anlan.service.places.queries import resolve_many
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.analysis.inputs import Inputs, Located

LEAST, MOST_NODES, MARGIN = 20, 400, 3
KERNELS = [
    ("fixed", gettext_lazy("One bandwidth")),
    ("adaptive", gettext_lazy("Adaptive: narrow where dense")),
]


class Form(AskForm):
    """Kernel and bandwidth."""

    days = 91
    kernel = choice(gettext_lazy("Kernel"), KERNELS, "fixed")
    bandwidth = forms.IntegerField(
        label=gettext_lazy("Bandwidth (m)"), required=False, min_value=50, max_value=5000,
        help_text=gettext_lazy("Empty: chosen by likelihood cross-validation."),
    )  # fmt: skip


def run(inputs: Inputs, given: Mapping[str, Any]) -> Finding:
    """Draw the surface and tell its peaks."""
    points = inputs.points()
    if len(points.x) < LEAST:
        raise NothingToAnalyse(
            _("A density needs at least %(least)s incidents with a place.") % {"least": LEAST}
        )
    width, chosen = _bandwidth(points, given["bandwidth"])
    found, made = _surface(inputs, points, given["kernel"], width)
    spots = hot_spots(found, points.x, points.y, number=8)
    lon, lat = points.degrees([one.x for one in spots], [one.y for one in spots])
    beats = [
        place.beat_code for place in resolve_many(inputs.ground.county6, np.asarray(lon), np.asarray(lat))
    ]
    names = [inputs.ground.names.beat(code) if code else "" for code in beats]
    marks = [
        (float(a), float(b), str(place)) for place, (a, b) in enumerate(zip(lon, lat, strict=True), start=1)
    ]
    caption = _("Incidents per km², %(from)s – %(to)s") % {
        "from": inputs.question.start,
        "to": points.moment.max().astype("datetime64[D]"),
    }
    return Finding(
        _says(spots, names, len(points.x)),
        _limits(chosen, len(points.x)),
        [(_("Incidents with a place"), number(len(points.x))), (_("Bandwidth"), f"{number(width)} m")],
        {"peaks": _sheet(spots, names, lon, lat)},
        {
            "map": contoured(
                inputs.ground, points, made.x, made.y, made.density, caption, unit="/km²", marks=marks
            )
        },
    )


def _bandwidth(points: Located, asked: int | None) -> tuple[float, Any]:
    if asked:
        return float(asked), None
    chosen = bandwidth_by_likelihood(points.x, points.y)
    return float(chosen.bandwidth_m), chosen


def _surface(inputs: Inputs, points: Located, kernel: str, width: float) -> tuple[Any, Any]:
    """Return the surface in which peaks are sought, and the one that is drawn."""
    shape = _inside(inputs, points)
    bounds = _bounds(shape, points, MARGIN * width)
    side = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    step = max(width / 4, min(side / MOST_NODES, width / 2))
    mask = None if shape is None else mask_of(shape, *nodes(bounds, step))
    plain = surface(points.x, points.y, bandwidth_m=width, node_m=step, bounds=bounds, mask=mask)
    if kernel == "fixed":
        return plain, plain
    finer = min(step, width / 2)
    return plain, adaptive_surface(
        points.x, points.y, bandwidth_m=width, node_m=finer, bounds=bounds, mask=mask
    )


def _inside(inputs: Inputs, points: Located) -> Any:
    outline = inputs.ground.outline
    if outline is None:
        return None
    return shapely.transform(
        outline, lambda xy: np.column_stack(to_metres(xy[:, 0], xy[:, 1], points.origin))
    )


def _bounds(shape: Any, points: Located, margin: float) -> tuple[float, float, float, float]:
    around = (
        float(points.x.min()) - margin, float(points.y.min()) - margin,
        float(points.x.max()) + margin, float(points.y.max()) + margin,
    )  # fmt: skip
    if shape is None:
        return around
    west, south, east, north = shape.bounds
    return max(around[0], west), max(around[1], south), min(around[2], east), min(around[3], north)


def _says(spots: list[Any], names: list[str], total: int) -> list[str]:
    if not spots:
        return [_("No peak stands out.")]
    best = spots[0]
    text = _(
        "The densest place has %(count)s of %(total)s incidents within one bandwidth (%(share)s)%(beat)s."
    )
    beat = _(", in %(beat)s") % {"beat": names[0]} if names[0] else ""
    first = text % {
        "count": number(best.count),
        "total": number(total),
        "share": percent(best.share, 1),
        "beat": beat,
    }
    inside = sum(one.count for one in spots)
    other = _(
        "The %(peaks)s peaks together hold %(share)s of them; numbers on the map are rows of the table."
    )
    return [first, other % {"peaks": len(spots), "share": percent(min(inside / total, 1), 1)}]


def _limits(chosen: Any, total: int) -> list[str]:
    told = [
        _(
            "A density shows where incidents were, not why, and not where people pass: a busy "
            "street has more of everything."
        )
    ]
    if chosen is None:
        told.append(_("The bandwidth was set by hand."))
    elif chosen.at_limit == "low":
        told.append(
            _(
                "The likelihood wants the narrowest bandwidth tried: the points are probably "
                "snapped to shared places; set the bandwidth by hand."
            )
        )
    if chosen is not None and chosen.shared > 0.2:
        told.append(
            _("%(share)s of the incidents share their exact place with another.")
            % {"share": percent(chosen.shared)}
        )
    if total < 100:
        told.append(_("With fewer than a hundred incidents the lesser peaks may be chance."))
    return told


def _sheet(spots: list[Any], names: list[str], lon: Any, lat: Any) -> Sheet:
    columns = [
        Column("number", _("Number")), Column("beat", _("Beat")), Column("count", _("Incidents near")),
        Column("share", _("Share"), 1, percent=True), Column("density", _("Per km²"), 1),
        Column("lon", _("Longitude"), 5), Column("lat", _("Latitude"), 5),
    ]  # fmt: skip
    rows = [
        (
            place,
            names[place - 1],
            one.count,
            one.share,
            one.density,
            float(lon[place - 1]),
            float(lat[place - 1]),
        )
        for place, one in enumerate(spots, start=1)
    ]
    return Sheet.of(_("Peaks"), columns, rows)


METHOD = Method(
    "density", Group.WHERE, gettext_lazy("Density"),
    gettext_lazy("Where do incidents concentrate?"), Form, run, "density",
)  # fmt: skip
