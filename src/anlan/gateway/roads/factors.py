"""Travel-time factors in a TOML file: a table per hour class (night, day, peak), a line per road class.

A line `traffic_light` gives the seconds waited at each.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.roads import CLASSES, HourClass, default_factors, default_waits, edited

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LIGHT = "traffic_light"


def read_factors(path: Path) -> NDArray[np.float32]:
    """The default factors with those of the file in their place, shape (hour classes, road classes).

    Raises:
        ValueError: not TOML, an unknown hour or road class, or a factor that is no number above 0.
        OSError: the file cannot be read.

    """
    changes = _changes(path)
    _waits(path, changes)
    return edited({key: factor for key, factor in changes.items() if key[1] != LIGHT})


def read_waits(path: Path) -> NDArray[np.float32]:
    """The default waits at traffic lights with those of the file in their place, shape (hour classes,).

    Raises:
        ValueError, OSError: see `read_factors`; or a wait that is below 0.

    """
    return _waits(path, _changes(path))


def write_factors(path: Path, factors: NDArray[np.float32], waits: NDArray[np.float32] | None = None) -> None:
    """Write factors, as far as they differ from the defaults, and waits, so that `read_factors` gives them.

    Raises:
        OSError: the file cannot be written.

    """
    lines = []
    for hour in HourClass:
        own = np.flatnonzero(factors[hour] != default_factors()[hour])
        lines += [f"[{hour.name.lower()}]", *(f"{CLASSES[kind]} = {factors[hour, kind]:.4g}" for kind in own)]
        lines += [] if waits is None else [f"{LIGHT} = {waits[hour]:.4g}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _waits(path: Path, changes: dict[tuple[HourClass, str], float]) -> NDArray[np.float32]:
    waits = default_waits()
    for (hour, name), seconds in changes.items():
        if name == LIGHT:
            if not 0 <= seconds < np.inf:
                raise ValueError(f"{path.name}: {LIGHT} = {seconds:g}: must be 0 or more")
            waits[hour] = seconds
    return waits


def _changes(path: Path) -> dict[tuple[HourClass, str], float]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name}: not a TOML file in UTF-8 ({error})") from None
    hours = {hour.name.lower(): hour for hour in HourClass}
    changes: dict[tuple[HourClass, str], float] = {}
    for table, lines in tables.items():
        if table not in hours or not isinstance(lines, dict):
            raise ValueError(f"{path.name}: [{table}] is not one of [{'], ['.join(hours)}]")
        changes |= {(hours[table], name): _number(path, name, factor) for name, factor in lines.items()}
    return changes


def _number(path: Path, name: str, factor: object) -> float:
    if isinstance(factor, bool) or not isinstance(factor, int | float):
        raise ValueError(f"{path.name}: {name} = {factor!r} is not a number")
    return float(factor)
