"""How a board is arranged: its columns, and what the queue shows in which order."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from anlan.service.incidents.errors import Refused

COLUMN_LABELS = (("queue", _("Queue")), ("card", _("Incident")), ("units", _("Units")), ("map", _("Map")))
FIELD_LABELS = (
    ("number", _("Number")),
    ("type", _("Type")),
    ("waiting", _("Time waiting")),
    ("address", _("Address as said")),
    ("units", _("Units")),
    ("beat", _("Beat")),
    ("received", _("Received")),
)
SORT_LABELS = (
    ("urgency", _("The most urgent first")),
    ("waiting", _("Waiting longest first")),
    ("newest", _("The newest first")),
    ("unsent", _("Without a unit first")),
)
COLUMNS, FIELDS, SORTS = (
    tuple(name for name, _label in labels) for labels in (COLUMN_LABELS, FIELD_LABELS, SORT_LABELS)
)
NARROWEST, WIDEST = 0.4, 4.0


class Column(BaseModel):
    """One column: its share of the width, and whether it is shown."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    width: float = Field(ge=NARROWEST, le=WIDEST)
    shown: bool = True


class Arrangement(BaseModel):
    """The columns from left to right, the queue's fields and its order."""

    model_config = ConfigDict(extra="forbid", strict=True)
    columns: list[Column]
    fields: list[str]
    sort: str

    @field_validator("columns")
    @classmethod
    def _each_once(cls, columns: list[Column]) -> list[Column]:
        if sorted(column.name for column in columns) != sorted(COLUMNS):
            raise ValueError(f"each of {', '.join(COLUMNS)} once")
        if not any(column.shown for column in columns if column.name != "map"):
            raise ValueError("at least one of queue, card and units shown")
        return columns

    @field_validator("fields")
    @classmethod
    def _known(cls, names: list[str]) -> list[str]:
        if not set(names) <= set(FIELDS) or not {"number", "address"} & set(names):
            raise ValueError(f"some of {', '.join(FIELDS)}; number or address among them")
        return [name for name in FIELDS if name in names]

    @field_validator("sort")
    @classmethod
    def _sort(cls, sort: str) -> str:
        if sort not in SORTS:
            raise ValueError(f"one of {', '.join(SORTS)}")
        return sort


DEFAULT = Arrangement(
    columns=[
        Column(name="queue", width=1.05),
        Column(name="card", width=1.5),
        Column(name="units", width=0.6),
        Column(name="map", width=1.2, shown=False),
    ],
    fields=["number", "type", "waiting", "address", "units"],
    sort="urgency",
)


def arrangement_from(text: str | bytes) -> Arrangement:
    """Read an arrangement from JSON.

    Raises:
        Refused: it is none; the message names the part at fault.

    """
    try:
        return Arrangement.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "arrangement"
        facts = {"part": where, "mend": first["msg"]}
        raise Refused(gettext("The arrangement was not kept: %(part)s: %(mend)s.") % facts, where) from error


def arrangement_of(kept: Any) -> Arrangement:
    """Return a stored arrangement; the default where there is none or it is of an older kind."""
    try:
        return DEFAULT if kept is None else Arrangement.model_validate(kept)
    except ValidationError:
        return DEFAULT
