"""What OSM's tags mean for a police car: may it drive here, which way, how fast, does this barrier stop it.

Keys and values as the OSM wiki defines them. Default speeds, and four fifths of a posted limit as the speed
that is driven freely, are those of OSRM's car profile.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KMH = {
    "motorway": 90, "motorway_link": 45, "trunk": 85, "trunk_link": 40, "primary": 65, "primary_link": 30,
    "secondary": 55, "secondary_link": 25, "tertiary": 40, "tertiary_link": 20, "unclassified": 25,
    "residential": 25, "living_street": 10, "service": 15, "track": 15, "pedestrian": 10, "busway": 40,
    "other": 15,
}  # fmt: skip
ALIASES = {"road": "unclassified", "bus_guideway": "", "minor": "unclassified"}
LIMIT_SHARE = 0.8
UNITS = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
ZONES = {"urban": 50.0, "rural": 90.0, "trunk": 100.0, "motorway": 120.0, "living_street": 15.0, "walk": 5.0}
STOPPING = frozenset({
    "block", "bollard", "chain", "cycle_barrier", "debris", "fence", "full-height_turnstile", "guard_rail",
    "hedge", "horse_stile", "jersey_barrier", "kissing_gate", "log", "motorcycle_barrier", "planter", "rock",
    "spikes", "stile", "turnstile", "wall", "wedge",
})  # fmt: skip
YES = frozenset({"yes", "true", "1"})
BACKWARD = frozenset({"-1", "reverse"})
ACCESS_KEYS = ("emergency", "motorcar", "motor_vehicle", "vehicle", "access")


@dataclass(frozen=True)
class Profile:
    """Who drives: road classes left out, values of access that keep the driver out, and which turns bind him.

    `vehicles` are the kinds whose turn restrictions (`restriction:motorcar`) bind the driver; one that
    excepts any of `exempt` does not.
    """

    name: str
    without: frozenset[str]
    refused: frozenset[str]
    vehicles: frozenset[str]
    exempt: frozenset[str]


# A police car under way to a call may enter private ground, pedestrian streets and busways; it keeps to the
# direction of one-way streets, because a plan must not rest on driving against traffic.
# Where buses may turn it may too: it drives on their roads.
CARS = frozenset({"motorcar", "motor_vehicle", "vehicle"})
EMERGENCY = Profile(
    "emergency",
    frozenset(),
    frozenset({"no"}),
    CARS | {"emergency"},
    CARS | {"emergency", "psv", "bus"},
)
CAR = Profile(
    "car",
    frozenset({"pedestrian", "busway", "track"}),
    frozenset({"no", "private", "permit", "agricultural", "forestry", "military", "emergency"}),
    CARS,
    CARS,
)
PROFILES = {profile.name: profile for profile in (EMERGENCY, CAR)}


def road_class(tags: Mapping[str, str], profile: Profile) -> str | None:
    """The road class of a way, None where this driver may not or cannot use it."""
    highway = tags.get("highway", "")
    name = ALIASES.get(highway, highway)
    if tags.get("area") == "yes":
        return None
    allowed = _access(tags)
    if name not in KMH or name == "other":
        # Paths are too narrow for a car unless somebody says that cars or emergency vehicles go there.
        explicit = highway in {"path", "footway", "cycleway", "bridleway"} and allowed in {
            "yes",
            "designated",
        }
        return "other" if explicit and _says_car(tags) else None
    return None if name in profile.without or allowed in profile.refused else name


def _access(tags: Mapping[str, str]) -> str:
    return next((tags[key] for key in ACCESS_KEYS if key in tags), "yes")


def _says_car(tags: Mapping[str, str]) -> bool:
    return any(tags.get(key) in {"yes", "designated"} for key in ("emergency", "motorcar", "motor_vehicle"))


def directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether one may drive along the way's direction, and against it."""
    oneway = tags.get("oneway:emergency") or tags.get("oneway:motor_vehicle") or tags.get("oneway", "")
    if oneway in BACKWARD:
        return False, True
    if oneway in {"reversible", "alternating"}:
        # Open one way at a time, and nobody knows which: not to be relied on.
        return False, False
    implied = is_roundabout(tags) or tags.get("highway", "").startswith("motorway")
    return True, not (oneway in YES or (implied and oneway not in {"no", "false", "0"}))


def is_roundabout(tags: Mapping[str, str]) -> bool:
    """Whether a way is part of a roundabout."""
    return tags.get("junction") in {"roundabout", "circular"}


def signal(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether one meets a traffic light at a node along its way's direction, and against it."""
    if tags.get("highway") != "traffic_signals":
        return False, False
    side = tags.get("traffic_signals:direction") or tags.get("direction", "")
    return side != "backward", side != "forward"


def speed_mps(tags: Mapping[str, str], name: str, *, forward: bool) -> float:
    """Free-flow speed in m/s: four fifths of the posted limit, else the default of the class."""
    way = "forward" if forward else "backward"
    limit = parse_limit(tags.get(f"maxspeed:{way}", "")) or parse_limit(tags.get("maxspeed", ""))
    return max(5.0, KMH[name] if limit is None else limit * LIMIT_SHARE) / 3.6


def parse_limit(text: str) -> float | None:
    """A posted limit in km/h: ``50``, ``30 mph``, ``CN:urban``, ``DE:zone30``; the lowest of a list.

    None where it cannot be read; ``none`` (no limit) is read as 130 km/h.
    """
    limits = [_one_limit(part.strip().lower()) for part in re.split(r"[;|,]", text)]
    known = [limit for limit in limits if limit is not None]
    return min(known) if known else None


def _one_limit(text: str) -> float | None:
    if text == "none":
        return 130.0
    zone = text.rpartition(":")[2]
    if zone in ZONES:
        return ZONES[zone]
    match = re.fullmatch(r"(?:zone:?)?(\d+(?:\.\d+)?)\s*([a-z/]*)", zone)
    if not match or match[2] not in UNITS:
        return None
    limit = float(match[1]) * UNITS[match[2]]
    return limit if 0 < limit <= 250 else None


def stops(tags: Mapping[str, str]) -> bool:
    """Whether a barrier at a node stops a car: bollards and blocks do, gates are opened for the police."""
    if tags.get("barrier") not in STOPPING:
        return False
    return not any(tags.get(key) in {"yes", "designated", "permissive"} for key in ACCESS_KEYS)
