"""Forms about roads: a closure by street, by points or drawn on the map."""

from __future__ import annotations

import hashlib
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import shapely
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.geo.roads.streets import (
    called,
    edges_between,
    edges_inside,
    edges_named,
    shape_of,
    streets,
)
from anlan.service.inputs import MOMENT, moment
from anlan.service.places.models import Area, Beat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.engine.geo.roads import RoadGraph

MOST_POINTS = 500
LEAST = {"point": 1, "line": 2, "area": 3}
TOWNSHIP = 9


def street_input() -> forms.TextInput:
    """Return the input of a street's name, with suggestions."""
    attrs = {
        "list": "street-names", "autocomplete": "off", "hx-get": reverse_lazy("places:streets"),
        "hx-trigger": "input changed delay:200ms", "hx-target": "#street-names", "hx-swap": "innerHTML",
    }  # fmt: skip
    return forms.TextInput(attrs=attrs)


class ClosureForm(forms.Form):
    """A closure: what for, from when to when, closed or slowed, and where."""

    name = forms.CharField(
        label=gettext_lazy("What for"), max_length=120,
        help_text=gettext_lazy("As the units will read it: burst water main, market, flood."),
    )  # fmt: skip
    slowdown = forms.FloatField(
        label=gettext_lazy("Slowed, times as long"), required=False, min_value=1.05, max_value=20,
        localize=False, widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        help_text=gettext_lazy("Empty: closed, nobody gets through. 2: it takes twice as long."),
    )  # fmt: skip
    starts_at = forms.DateTimeField(label=gettext_lazy("From"), input_formats=[MOMENT], widget=moment())
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Until"), input_formats=[MOMENT], widget=moment(), required=False,
        help_text=gettext_lazy("Empty: until somebody ends it."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("What the points are"), initial="line", required=False,
        choices=[
            ("line", gettext_lazy("A line along the road, or a barrier across it")),
            ("area", gettext_lazy("The border of an area")),
            ("point", gettext_lazy("Single points, each on a road")),
        ],
    )  # fmt: skip
    points = forms.CharField(
        label=gettext_lazy("Points"), required=False, max_length=40_000, strip=True,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "font-monospace"}),
        help_text=gettext_lazy("A line each: longitude, latitude. A click on the map adds one."),
    )  # fmt: skip
    street = forms.CharField(
        label=gettext_lazy("Street"), required=False, max_length=120, widget=street_input()
    )
    crossing = forms.CharField(
        label=gettext_lazy("from the crossing with"), required=False, max_length=120, widget=street_input()
    )
    other_crossing = forms.CharField(
        label=gettext_lazy("to the crossing with"), required=False, max_length=120, widget=street_input()
    )
    within = forms.ChoiceField(label=gettext_lazy("only in"), required=False)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, county6: str, graph: RoadGraph, *args: Any, **kwargs: Any) -> None:
        """Offer the county's townships and beats; start now."""
        kwargs.setdefault("initial", {}).setdefault("starts_at", timezone.localtime())
        super().__init__(*args, **kwargs)
        self.county6, self.graph = county6, graph
        self.shape: shapely.Geometry | None = None
        self.fields["name"].required = "save" in self.data  # what it cuts off may be asked before
        towns = Area.objects.in_county(county6).filter(level=TOWNSHIP).defer("geometry").order_by("code")
        beats = Beat.objects.in_county(county6).defer("geometry").order_by("code")
        rows = [(row.code, row.label) for row in (*towns, *beats)]
        self.fields["within"].choices = [("", _("the whole street")), *rows]

    def clean(self) -> dict[str, Any]:
        """Check the times, and make the shape of street or points."""
        found = super().clean() or self.cleaned_data
        begin, end = found.get("starts_at"), found.get("ends_at")
        if begin and end and end <= begin:
            self.add_error("ends_at", _("The end lies before the begin."))
        by_street, by_points = bool(found.get("street")), bool(found.get("points"))
        if by_street and by_points:
            self.add_error("street", _("Choose a street or give points, not both."))
        elif not by_street and not by_points and not {"street", "points"} & self.errors.keys():
            self.add_error("street", _("Choose a street, or give points."))
        elif by_street:
            self.shape = self._street(found)
        elif by_points:
            self.shape = self._drawn(found.get("kind") or "line", found["points"])
        return found

    def _drawn(self, kind: str, text: str) -> shapely.Geometry | None:
        try:
            return drawn(kind, text)
        except ValidationError as problem:
            self.add_error("points", problem)
            return None

    def _street(self, found: dict[str, Any]) -> shapely.Geometry | None:
        """Return the course of the street, as far as it is wanted."""
        names = {field: found.get(field, "") for field in ("street", "crossing", "other_crossing")}
        known = {field: self._known(field, name) for field, name in names.items() if name}
        if None in known.values() or "within" in self.errors:
            return None
        if len(known) == 2:
            lacks = "other_crossing" if "crossing" in known else "crossing"
            self.add_error(lacks, _("A stretch lies between two crossings: name both, or neither."))
            return None
        try:
            edges = edges_between(self.graph, *known.values()) if len(known) > 1 else None
        except ValueError:
            told = _("%(street)s does not lead from %(crossing)s to %(other)s.")
            words = {"street": known["street"], "crossing": known["crossing"]}
            self.add_error("crossing", told % (words | {"other": known["other_crossing"]}))
            return None
        return self._inside(edges_named(self.graph, known["street"]) if edges is None else edges, found)

    def _inside(self, edges: Any, found: dict[str, Any]) -> shapely.Geometry | None:
        if code := found.get("within"):
            place = Area.objects.filter(code=code).first() or Beat.objects.filter(code=code).first()
            if place is None or place.shape is None:
                self.add_error("within", _("It has no outline; leave it out."))
                return None
            edges = edges_inside(self.graph, edges, place.shape)
        if not len(edges):
            self.add_error("within", _("The street does not lead through it."))
            return None
        return shape_of(self.graph, edges)

    def _known(self, field: str, name: str) -> str | None:
        street = called(self.graph, name)
        if street is None:
            near = get_close_matches(name, streets(self.graph), n=3, cutoff=0.6)
            told = _("No street is called “%(name)s”.") % {"name": name}
            hint = " " + _("Do you mean %(names)s?") % {"names": ", ".join(near)} if near else ""
            self.add_error(field, told + hint)
        return street

    def facts(self) -> dict[str, Any]:
        """Return what `add_closure` asks for."""
        found = {name: self.cleaned_data[name] for name in ("name", "starts_at", "ends_at", "slowdown")}
        return found | {"shape": self.shape}

    def digest(self) -> str:
        """Return what tells whether somebody has seen what this very closure does."""
        facts = (shapely.to_wkb(self.shape), *(self.cleaned_data[name] for name in ("starts_at", "slowdown")))
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def drawn(kind: str, text: str) -> shapely.Geometry:
    """Return the shape of points in a text, a line each.

    Raises:
        ValidationError: names the row that is wrong, or says what is missing.

    """
    points = [_point(number, row) for number, row in enumerate(text.splitlines(), start=1) if row.strip()]
    if len(points) > MOST_POINTS:
        raise ValidationError(_("At most %(most)s points.") % {"most": MOST_POINTS})
    if len(set(points)) < LEAST[kind]:
        told = {"line": _("A line needs two points or more."), "area": _("An area needs three or more.")}
        raise ValidationError(told.get(kind, _("Give a point.")))
    return _shape(kind, points)


def _shape(kind: str, points: Sequence[tuple[float, float]]) -> shapely.Geometry:
    if kind == "line":
        return shapely.LineString(points)
    if kind == "point":
        return shapely.Point(points[0]) if len(points) == 1 else shapely.MultiPoint(points)
    area = shapely.Polygon(points)
    if not area.is_valid or not area.area > 0:
        raise ValidationError(_("The border crosses itself. Give its corners in order, once around."))
    return area


def _point(number: int, row: str) -> tuple[float, float]:
    told = _("Row %(row)s: write longitude, latitude, as in 105.01, 30.02.") % {"row": number}
    parts = [part for part in re.split(r"[,，;；\s]+", row.strip()) if part]
    try:
        lon, lat = map(float, parts)
    except ValueError:
        raise ValidationError(told) from None
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise ValidationError(told)
    return lon, lat
