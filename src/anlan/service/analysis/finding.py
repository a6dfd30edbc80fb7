"""What a method found: words first, then figures, pictures, tables, and what to doubt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from anlan.gateway.report.plots import Heat, MapPicture
from anlan.service.tags import EMPTY, number

if TYPE_CHECKING:
    from anlan.gateway.report.plots import Chart

    Picture = Chart | Heat | MapPicture


@dataclass(frozen=True)
class Column:
    """A column of a table: its name in files, its heading on screens, how its numbers are written.

    `percent` writes a share 0.25 as 25 %; `decimals` are those of a number; what is not `shown` (codes) is in
    files only.
    """

    name: str
    heading: str
    decimals: int = 0
    percent: bool = False
    shown: bool = True


@dataclass(frozen=True)
class Sheet:
    """A table: numbers as numbers in `frame`, whose columns are those of `columns`, in that order.

    `colours` gives each row a colour of the four, shown as a badge before its second column.
    """

    caption: str
    columns: list[Column]
    frame: pl.DataFrame
    colours: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse a frame with other columns than said."""
        if self.frame.columns != [one.name for one in self.columns]:
            raise ValueError(f"frame: {self.frame.columns}, expected {[one.name for one in self.columns]}")

    @classmethod
    def of(
        cls, caption: str, columns: list[Column], rows: list[Any], colours: list[str] | None = None
    ) -> Sheet:
        """Return a table of rows in the order of the columns."""
        values = list(zip(*rows, strict=True)) or [()] * len(columns)
        frame = pl.DataFrame(
            [pl.Series(one.name, part, strict=False) for one, part in zip(columns, values, strict=True)]
        )
        return cls(caption, columns, frame, colours or [])

    @property
    def headings(self) -> list[str]:
        """The headings in the reader's language."""
        return [one.heading for one in self.columns]

    def shown(self) -> Sheet:
        """Return the table with the columns that are shown."""
        kept = [one for one in self.columns if one.shown]
        return Sheet(self.caption, kept, self.frame.select([one.name for one in kept]), self.colours)

    @property
    def numeric(self) -> list[int]:
        """Which columns hold numbers."""
        return [place for place, kind in enumerate(self.frame.dtypes) if kind.is_numeric()]

    def texts(self, rows: int) -> list[list[str]]:
        """Return the first rows as the reader sees them."""
        return [
            [written(value, one) for value, one in zip(row, self.columns, strict=True)]
            for row in self.frame.head(rows).iter_rows()
        ]


def written(value: Any, column: Column) -> str:
    """Return a value as the reader sees it, a dash for none."""
    if value is None or value != value:  # noqa: PLR0124  NaN
        return EMPTY
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        factor, tail = (100, " %") if column.percent else (1, "")
        return f"{number(value * factor, column.decimals)}{tail}"
    return str(value)


@dataclass(frozen=True)
class Finding:
    """A method's answer.

    `says`: what it means in words, the most important first; `limits`: what to doubt; `facts`: label and
    figure; `sheets`, `pictures`: by stable name, the first of each is the main one.
    """

    says: list[str]
    limits: list[str]
    facts: list[tuple[str, str]]
    sheets: dict[str, Sheet]
    pictures: dict[str, Picture] = field(default_factory=dict)

    @property
    def maps(self) -> dict[str, MapPicture]:
        """The maps among the pictures."""
        return {name: one for name, one in self.pictures.items() if isinstance(one, MapPicture)}
