"""Travel-time factors from a TOML file: a table per hour class (night, day, peak), a line per road class."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.roads import HourClass, edited

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def read_factors(path: Path) -> NDArray[np.float32]:
    """The default factors with those of the file in their place, shape (hour classes, road classes).

    Raises:
        ValueError: not TOML, an unknown hour or road class, or a factor that is no number above 0.
        OSError: the file cannot be read.

    """
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
    return edited(changes)


def _number(path: Path, name: str, factor: object) -> float:
    if isinstance(factor, bool) or not isinstance(factor, int | float):
        raise ValueError(f"{path.name}: {name} = {factor!r} is not a number")
    return float(factor)
