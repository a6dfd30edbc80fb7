"""Every figure of a county's standards: its name, its unit, its bounds, and where its default comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anlan.engine.planning.posts import Model
from anlan.service.incidents.models import Priority
from anlan.service.planning.models import Level

if TYPE_CHECKING:
    from collections.abc import Mapping

Text = str | Promise
MINUTES, PERCENT = 60.0, 0.01
ASSUMED = _("assumption")
ISSUE = _("the practice asked for")


@dataclass(frozen=True)
class Item:
    """One figure. `path` leads to it in the plain standards; shown × `factor` is what is stored."""

    path: tuple[str | int, ...]
    label: Text
    unit: Text
    low: float
    high: float
    source: Text
    factor: float = 1.0
    whole: bool = False
    optional: bool = False

    @property
    def name(self) -> str:
        """The field's name in the form."""
        return "-".join(map(str, self.path))

    def shown(self, plain: Mapping[str, Any]) -> float | int | None:
        """Return the number as the form shows it."""
        value: Any = plain
        for key in self.path:
            value = value[key]
        if value is None:
            return None
        number = round(value / self.factor, 6)
        return int(number) if number == int(number) else number

    def put(self, plain: dict[str, Any], number: float | None) -> None:
        """Write a number of the form where it belongs; one that is shown alike stays to the bit."""
        place: Any = plain
        for key in self.path[:-1]:
            place = place[key]
        if number == self.shown(plain):
            return
        stored = None if number is None else number * self.factor
        place[self.path[-1]] = round(stored) if self.whole and stored is not None else stored


@dataclass(frozen=True)
class Group:
    """Figures that belong together, and what is said above them."""

    code: str
    title: Text
    about: Text
    items: tuple[Item, ...]


MODELS: dict[str, Text] = {
    Model.DOUBLE_STANDARD: _("double standard: two cars in the response ring"),
    Model.MCLP: _("most demand with one car in the response ring"),
    Model.MEXCLP: _("the same, cars busy part of the time"),
    Model.P_MEDIAN: _("least mean travel time"),
}
MODEL_SOURCE = _("Gendreau, Laporte and Semet 1997; Church and ReVelle 1974; Daskin 1983; Hakimi 1964")

RINGS = Group(
    "rings",
    _("Rings and standby posts"),
    _("Within what a car must be there, and how posts are chosen."),
    (
        Item(("rings", "ring_s"), _("Response ring"), _("min"), 0.5, 120, ISSUE, MINUTES),
        Item(("rings", "support_s"), _("Support ring"), _("min"), 0.5, 240, ISSUE, MINUTES),
        Item(("rings", "alpha"), _("Demand owed a car in the response ring"), "%", 0, 100, ASSUMED, PERCENT),
        Item(
            ("busy",),
            _("Share of its time that a car is busy"),
            "%",
            0,
            95,
            _("assumption; counts only where posts are chosen for cars busy part of the time"),
            PERCENT,
        ),
        Item(("cap",), _("Cars at one post at most"), _("cars"), 1, 20, ASSUMED, whole=True),
        Item(
            ("move_price",),
            _("Price of a car that changes its post between two shifts"),
            _("expected incidents covered"),
            0,
            1000,
            ASSUMED,
        ),
    ),
)
COLOURS: dict[str, Text] = {
    "red": _("Red"),
    "orange": _("Orange"),
    "yellow": _("Yellow"),
    "green": _("Green"),
}
LEVELS = Group(
    "levels",
    _("Share of the force on patrol"),
    _("By the alert colour of a beat; a beat without a colour counts as yellow."),
    tuple(Item(("levels", colour), label, "%", 0, 100, ISSUE, PERCENT) for colour, label in COLOURS.items()),
)
TARGETS = Group(
    "targets",
    _("Targets of a beat's shift"),
    _("How many units a beat needs follows from these; an empty one is left out."),
    (
        Item(
            ("targets", "wait_chance"),
            _("Chance that a call waits, at most"),
            "%",
            0.1,
            99.9,
            ASSUMED,
            PERCENT,
            optional=True,
        ),
        Item(
            ("targets", "response_s"),
            _("Mean response to the most urgent calls, at most"),
            _("min"),
            0.5,
            240,
            _("the response ring"),
            MINUTES,
            optional=True,
        ),
        Item(
            ("targets", "within_share"),
            _("Urgent calls answered in time, at least"),
            "%",
            0.1,
            99.9,
            ASSUMED,
            PERCENT,
            optional=True,
        ),
        Item(("targets", "within_s"), _("In time is"), _("min"), 0.5, 480, _("the support ring"), MINUTES),
        Item(
            ("targets", "visible"),
            _("Share of a shift free for visible patrol, at least"),
            "%",
            0.1,
            99.9,
            _("“rule of 60”: McCabe, ICMA 2013"),
            PERCENT,
            optional=True,
        ),
        Item(("targets", "least"), _("Units in a beat, at least"), _("units"), 0, 100, ASSUMED, whole=True),
        Item(
            ("targets", "plan_for"),
            _("Must hold on this share of days like it"),
            "%",
            0.1,
            99.9,
            ASSUMED,
            PERCENT,
            optional=True,
        ),
    ),
)
WORK = Group(
    "work",
    _("What a call takes"),
    _("Recorded times take the place of the minutes on scene once a priority has 30 in half a year."),
    (
        *(
            Item(("work", "on_scene_min", row), label, _("min on scene"), 0.5, 720, ASSUMED)
            for row, (_value, label) in enumerate(Priority.choices)
        ),
        Item(("work", "dispatch_s"), _("From the call to the order"), _("s"), 0, 3600, ASSUMED),
        Item(("work", "turnout_s"), _("From the order to setting off"), _("s"), 0, 3600, ASSUMED),
        Item(
            ("work", "away"), _("Share of a shift for the unit's own business"), "%", 0, 80, ASSUMED, PERCENT
        ),
        Item(("work", "crew"), _("People in a car"), _("people"), 1, 20, ASSUMED, whole=True),
        Item(("work", "meal_min"), _("Meal in each shift"), _("min"), 0, 120, ASSUMED),
    ),
)
KOPER = _("Koper 1995: 10 to 15 minutes; not replicated elsewhere")
STOPS = Group(
    "stops",
    _("Stops on patrol"),
    _("At patrol points, and at hot spots between calls."),
    (
        Item(("stops", "point_min"), _("At a patrol point"), _("min"), 0, 60, ASSUMED),
        Item(("stops", "minutes"), _("At a hot spot"), _("min"), 1, 60, KOPER),
        Item(("stops", "longest_min"), _("At a hot spot, at most"), _("min"), 1, 120, KOPER),
        Item(
            ("stops", "per_beat"),
            _("Hot spots in each beat and shift"),
            _("spots"),
            0,
            50,
            ASSUMED,
            whole=True,
        ),
        Item(
            ("stops", "most"),
            _("Stops at one spot in a shift, at most"),
            _("stops"),
            1,
            12,
            ASSUMED,
            whole=True,
        ),
        Item(
            ("stops", "gap_min"),
            _("Between two stops at one spot, at least"),
            _("min"),
            0,
            720,
            _("Koper 1995: about every two hours"),
        ),
        Item(
            ("stops", "varied"),
            _("What a route may give up so as not to be predictable"),
            _("% of its worth"),
            0,
            20,
            ASSUMED,
            PERCENT,
        ),
    ),
)
SIGNATURES = Group(
    "signatures",
    _("Signatures under a plan"),
    _("How many different people must sign, by the plan's level."),
    tuple(
        Item(("signatures", level), label, _("signatures"), 1, 5, ISSUE, whole=True)
        for level, label in Level.choices
    ),
)
DUTY_ROOM = Group(
    "duty_room",
    _("The duty room"),
    _("These hold for the board at once, not only for plans made from now on."),
    (
        *(
            Item(
                ("duty_room", "wait_min", row),
                label,
                _("min without a unit, then overdue"),
                0.5,
                1440,
                ASSUMED,
            )
            for row, (_value, label) in enumerate(Priority.choices)
        ),
        Item(
            ("duty_room", "rest_s"),
            _("A crew whose rest is due counts as farther away by"),
            _("s"),
            0,
            3600,
            ASSUMED,
        ),
        Item(
            ("duty_room", "check_in_min"),
            _("Crews on scene check in every, where no run card says"),
            _("min, empty: never"),
            1,
            600,
            ASSUMED,
            whole=True,
            optional=True,
        ),
    ),
)
GROUPS = (RINGS, LEVELS, TARGETS, WORK, STOPS, SIGNATURES, DUTY_ROOM)
ITEMS = tuple(item for group in GROUPS for item in group.items)
