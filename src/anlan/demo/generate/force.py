"""Who serves: agencies, teams with their strengths, and the units that are dispatched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.demo.generate import names
from anlan.demo.generate.land import Character

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.demo.generate.incidents import Town
    from anlan.demo.generate.places import Places
    from anlan.demo.generate.scale import Scale

COUNTY12 = f"{names.COUNTY6}000000"
COUNTY_AGENCIES = (
    ("bureau", "县公安局", "County Police Bureau", "police"),
    ("traffic", "交通警察大队", "Traffic Police", "police"),
    ("fire", "消防救援大队", "Fire and Rescue", "fire"),
    ("medical", "急救中心", "Ambulance Service", "medical"),
    ("city", "城市管理局", "City Management", "city"),
    ("water", "自来水公司", "Water Company", "water"),
    ("power", "供电公司", "Power Company", "power"),
    ("gas", "燃气公司", "Gas Company", "gas"),
    ("neighbour", "邻县指挥中心", "Neighbouring County", "neighbour"),
    ("community", "社区治理办公室", "Community Office", "community"),
)
SPECIAL_SQUADS = (
    # agency, code, Chinese, English, share of the officers
    ("bureau", "swat", "特巡警大队", "Special Patrol Squad", 0.10),
    ("bureau", "detectives", "刑事侦查大队", "Investigation Squad", 0.09),
    ("bureau", "centre", "指挥中心", "Command Centre", 0.04),
    ("traffic", "traffic", "交警勤务中队", "Traffic Squad", 0.12),
)
SERVICES = (
    # letter, agency, vehicle, capabilities, crew, how many in the full county
    ("T", "traffic", "bike", ("traffic",), 1, 5),
    ("A", "bureau", "car", ("patrol", "armed"), 4, 3),
    ("D", "bureau", "car", ("investigation",), 2, 3),
    ("F", "fire", "car", ("fire", "rescue"), 6, 6),
    ("M", "medical", "car", ("medical", "rescue"), 3, 8),
    ("C", "city", "car", ("city",), 2, 4),
)


@dataclass(frozen=True)
class AgencyRow:
    """An agency."""

    code: str
    name: str
    name_en: str
    kind: str
    area_code: str


@dataclass(frozen=True)
class TeamRow:
    """A team with the number of its people."""

    code: str
    name: str
    name_en: str
    kind: str
    agency: str
    area_code: str
    strength: int


@dataclass(frozen=True)
class UnitRow:
    """A unit, and where it waits."""

    call_sign: str
    agency: str
    team: str
    area_code: str
    beat_code: str
    vehicle: str
    capabilities: tuple[str, ...]
    crew_size: int
    lon: float
    lat: float


@dataclass(frozen=True)
class Force:
    """Everybody who serves."""

    agencies: tuple[AgencyRow, ...]
    teams: tuple[TeamRow, ...]
    units: tuple[UnitRow, ...]


def muster(town: Town, places: Places, scale: Scale, rng: np.random.Generator) -> Force:
    """Make the agencies, teams and units of the county."""
    people = np.bincount(town.divisions.townships.cell, town.divisions.population)
    teams = (
        *squads(town, people, scale.officers),
        *community(town, people, scale),
        *guards(town, scale, rng),
    )
    return Force(tuple(agencies(town)), teams, tuple(units(town, places, scale)))


def agencies(town: Town) -> list[AgencyRow]:
    """The county's services and a police station a township."""
    county = [
        AgencyRow(code, names.COUNTY[0][:-1] + name if code == "bureau" else name, english, kind, COUNTY12)
        for code, name, english, kind in COUNTY_AGENCIES
    ]
    townships = town.divisions.townships
    return county + [
        AgencyRow(
            station(code),
            f"{bare(name)}派出所",
            f"{english.rsplit(' ', 1)[0]} Police Station",
            "police",
            str(code),
        )
        for code, (name, english) in zip(townships.code, townships.name, strict=True)
    ]


def station(township: str) -> str:
    """Code of a township's police station."""
    return f"station-{township[6:9]}"


def bare(name: str) -> str:
    """A township's name without its kind."""
    return name.removesuffix("街道").removesuffix("镇").removesuffix("乡")


def shared_out(total: int, weight: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers by weight that add up to the total (largest remainders)."""
    exact = total * weight / weight.sum()
    whole = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: total - whole.sum()]] += 1
    return whole


def squads(town: Town, people: NDArray[np.float64], officers: int) -> list[TeamRow]:
    """Squads of the county's services and one a station: all the officers."""
    special = np.array([share for *_, share in SPECIAL_SQUADS])
    rest = 1 - special.sum()
    stations = rest * (0.3 / len(people) + 0.7 * people / people.sum())
    strength = shared_out(officers, np.concatenate((special, stations)))
    rows = [
        TeamRow(f"squad-{code}", name, english, "squad", agency, COUNTY12, int(count))
        for (agency, code, name, english, _), count in zip(SPECIAL_SQUADS, strength, strict=False)
    ]
    townships = town.divisions.townships
    for index, count in enumerate(strength[len(special) :]):
        code, (name, english) = str(townships.code[index]), townships.name[index]
        rows.append(
            TeamRow(
                f"squad-{code[6:9]}",
                f"{bare(name)}派出所民警",
                f"{english.rsplit(' ', 1)[0]} Station Squad",
                "squad",
                station(code),
                code,
                int(count),
            )
        )
    return rows


def community(town: Town, people: NDArray[np.float64], scale: Scale) -> list[TeamRow]:
    """Community teams, at least one in every other township, more where more people live."""
    townships, rows = town.divisions.townships, list[TeamRow]()
    for index, count in enumerate(shared_out(scale.community_teams, people)):
        name, english = townships.name[index]
        rows += [
            TeamRow(
                f"community-{townships.code[index][6:9]}-{number + 1}",
                f"{bare(name)}社区巡防{number + 1}队",
                f"{english.rsplit(' ', 1)[0]} Community Team {number + 1}",
                "community",
                "community",
                str(townships.code[index]),
                6,
            )
            for number in range(count)
        ]
    return rows


def guards(town: Town, scale: Scale, rng: np.random.Generator) -> list[TeamRow]:
    """Guard posts, spread over the villages and communities as shops and homes are."""
    villages = town.divisions.villages
    weight = np.bincount(villages.cell, town.sites.weight["shops"] + town.sites.weight["home"], len(villages))
    rows: list[TeamRow] = []
    for index, count in enumerate(shared_out(scale.guard_posts, weight)):
        name, english = villages.name[index]
        rows += [
            TeamRow(
                f"guards-{villages.code[index][6:]}-{number + 1}",
                f"{name}保安{number + 1}岗",
                f"{english} Guards {number + 1}",
                "guards",
                "community",
                str(villages.code[index]),
                int(rng.integers(2, 5)),
            )
            for number in range(count)
        ]
    return rows


def units(town: Town, places: Places, scale: Scale) -> list[UnitRow]:
    """A car a beat, foot and motorcycle patrols in the core, and the services' units by the busiest posts."""
    beats, rows = town.divisions.beats, []
    for index, (code, parent) in enumerate(zip(beats.code, beats.parent, strict=True)):
        post = places.posts[2 * index].shape
        rows.append(
            UnitRow(
                f"P{101 + index}",
                station(parent),
                f"squad-{parent[6:9]}",
                str(parent),
                str(code),
                "car",
                ("patrol",),
                2,
                post.x,
                post.y,
            )
        )
        if town.divisions.character[np.argmax(town.divisions.townships.code == parent)] == Character.URBAN:
            second = places.posts[2 * index + 1].shape
            vehicle = ("bike", "foot")[index % 2]
            rows.append(
                UnitRow(
                    f"{'B' if vehicle == 'bike' else 'W'}{101 + index}",
                    station(parent),
                    f"squad-{parent[6:9]}",
                    str(parent),
                    str(code),
                    vehicle,
                    ("patrol",),
                    2,
                    second.x,
                    second.y,
                )
            )
    return rows + service_units(town, places, scale)


def service_units(town: Town, places: Places, scale: Scale) -> list[UnitRow]:
    """Units of the county's services, spread over the beats in order of load."""
    beats = town.divisions.beats
    load = np.bincount(beats.cell, town.sites.weight["home"])
    order = np.argsort(-load, kind="stable")
    rows = []
    teams = {"traffic": "squad-traffic", "A": "squad-swat", "D": "squad-detectives"}
    for letter, agency, vehicle, capabilities, crew, full in SERVICES:
        for number in range(max(1, round(full * scale.share))):
            post = places.posts[2 * order[(number * 3) % len(order)] + number % 2].shape
            team = teams.get(agency, teams.get(letter, ""))
            rows.append(
                UnitRow(
                    f"{letter}{201 + number}",
                    agency,
                    team,
                    COUNTY12,
                    "",
                    vehicle,
                    capabilities,
                    crew,
                    post.x,
                    post.y,
                )
            )
    return rows
