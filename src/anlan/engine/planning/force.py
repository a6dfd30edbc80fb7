"""How many go on patrol for an alert colour: the deployment level, and its whole people per beat."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

COLOURS = ("red", "orange", "yellow", "green")
LEVELS: Mapping[str, Fraction] = {
    "red": Fraction(4, 5),
    "orange": Fraction(3, 5),
    "yellow": Fraction(2, 5),
    "green": Fraction(1, 5),
}
# A beat without enough data is not quiet, it is unknown: it is staffed as the level above the lowest.
UNKNOWN_AS = "yellow"


class ForceBasis(StrEnum):
    """Where the strengths of the beats come from; "none": nobody is known, so zeros say nothing."""

    TEAMS = "teams"
    CREWS = "crews"
    NONE = "none"


@dataclass(frozen=True)
class Group:
    """People who serve one beat or, without one, the places whose area code begins with `area_prefix`."""

    people: int
    area_prefix: str
    beat_code: str = ""


@dataclass(frozen=True, eq=False)
class Cells:
    """Where people are needed, (n,): area code, beat ("" = none) and expected incidents of each cell."""

    area_codes: Sequence[str]
    beat_codes: Sequence[str]
    weight: NDArray[np.float64]


@dataclass(frozen=True)
class BeatForce:
    """One beat's force: of its `strength`, `on_patrol` go out and the rest are held in reserve."""

    beat_code: str
    colour: str
    share: float
    strength: int
    on_patrol: int

    @property
    def reserve(self) -> int:
        """Who stays available."""
        return self.strength - self.on_patrol


def strengths(groups: Iterable[Group], cells: Cells, beat_codes: Sequence[str]) -> NDArray[np.int64]:
    """Strength of each beat, (B,): every group's people on its beats by expected incidents, whole people.

    A group without a beat that is listed serves the beats of its area's cells; where nothing is expected
    there, each cell counts the same; an area without cells stands for the whole county, and a county without
    cells for equal parts. The sum of all people is split by largest remainder once, so that it adds up.

    Raises:
        ValueError: there are people and no beats.

    """
    place = {beat: row for row, beat in enumerate(beat_codes)}
    parts = _parts(cells, place)
    exact, total = np.zeros(len(beat_codes)), 0
    for group in groups:
        row = place.get(group.beat_code)
        share = _share(parts, group.area_prefix, len(beat_codes)) if row is None else _only(row, len(exact))
        exact += group.people * share
        total += group.people
    return apportion([float(quota) for quota in exact], total)


def _parts(cells: Cells, place: Mapping[str, int]) -> list[tuple[str, int, float, int]]:
    """Return (area code, beat's row, expected incidents, cells) of each area's part of a beat."""
    sums: dict[tuple[str, int], tuple[float, int]] = {}
    for area, beat, weight in zip(cells.area_codes, cells.beat_codes, cells.weight, strict=True):
        if beat in place:
            key = (str(area), place[beat])
            before, count = sums.get(key, (0.0, 0))
            sums[key] = (before + float(weight), count + 1)
    return [(*key, *held) for key, held in sums.items()]


def _share(parts: list[tuple[str, int, float, int]], prefix: str, beats: int) -> NDArray[np.float64]:
    mine = [part for part in parts if part[0].startswith(prefix)] or parts
    expected = sum(part[2] for part in mine)
    share = np.zeros(beats)
    for _area, row, weight, count in mine:
        share[row] += weight if expected else count
    return share / share.sum() if mine else np.full(beats, 1 / max(beats, 1))


def _only(row: int, beats: int) -> NDArray[np.float64]:
    share = np.zeros(beats)
    share[row] = 1.0
    return share


def force_per_colour(
    beat_codes: Sequence[str],
    colours: Sequence[str],
    strengths: ArrayLike,
    *,
    levels: Mapping[str, float | Fraction] = LEVELS,
) -> list[BeatForce]:
    """Force on patrol per beat: the colour's share of its strength, in whole people.

    The county's total is the rounded sum of all shares; it is split by largest remainder (Hamilton's method),
    so that it adds up and no beat is a whole person off its share. Colour "unknown" is staffed as yellow.

    Raises:
        ValueError: lengths differ, a strength is negative, a colour has no level, or a level is not in 0-1.

    """
    strength = np.asarray(strengths, np.int64)
    if not len(beat_codes) == len(colours) == len(strength):
        raise ValueError("beat_codes, colours, strengths: different lengths")
    if (strength < 0).any():
        raise ValueError(f"strengths: beat {beat_codes[int(np.argmin(strength))]} has a negative one")
    share = [_level(colour, levels) for colour in colours]
    exact = [part * int(people) for part, people in zip(share, strength, strict=True)]
    people = apportion(exact, round(sum(exact)))
    rows = zip(beat_codes, colours, share, strength, people, strict=True)
    return [
        BeatForce(beat, colour, float(part), int(full), int(out)) for beat, colour, part, full, out in rows
    ]


def _level(colour: str, levels: Mapping[str, float | Fraction]) -> Fraction:
    name = UNKNOWN_AS if colour == "unknown" else colour
    if name not in levels:
        raise ValueError(f"colour {colour!r}: expected one of {', '.join(levels)}")
    share = Fraction(levels[name]).limit_denominator(10_000)
    if not 0 <= share <= 1:
        raise ValueError(f"level of {name}: must be from 0 to 1, not {float(share)}")
    return share


def apportion(exact: Sequence[Fraction | float], total: int) -> NDArray[np.int64]:
    """Whole numbers that add up to `total`, each its quota rounded down or up (largest remainder).

    Of equal remainders the first is rounded up.

    Raises:
        ValueError: `total` is farther from the sum of the quotas than rounding explains.

    """
    quotas = [Fraction(quota) for quota in exact]
    whole = [quota.numerator // quota.denominator for quota in quotas]
    left = total - sum(whole)
    if not 0 <= left <= len(quotas):
        raise ValueError(f"total {total}: the quotas sum to {float(sum(quotas)):g}")
    order = sorted(range(len(quotas)), key=lambda row: whole[row] - quotas[row])
    for row in order[:left]:
        whole[row] += 1
    return np.asarray(whole, np.int64)
