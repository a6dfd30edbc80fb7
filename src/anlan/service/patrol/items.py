"""What a phone sends: one action each, checked field by field before anything is done."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)

from anlan.service.incidents.errors import Refused

MOST_ITEMS, MOST_FIXES = 100, 500
YEARS = range(1970, 2100)


def sane(text: str) -> str:
    """Return the text without NUL, which PostgreSQL refuses; refuse halves of letters."""
    text.encode()
    return text.replace("\x00", "")


def sane_time(moment: datetime) -> datetime:
    """Refuse years in which no phone has been."""
    if moment.year not in YEARS:
        raise ValueError(f"a year from {YEARS.start} to {YEARS.stop - 1}")
    return moment


Text = Annotated[str, AfterValidator(sane)]
Code = Annotated[Text, Field(max_length=40)]
Moment = Annotated[AwareDatetime, AfterValidator(sane_time)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Id = Annotated[int, Field(gt=0, lt=2**53, strict=True)]


class Strict(BaseModel):
    """What is not known is refused, so that a slip of the pen is not lost in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Strict):
    """An action that needs no more to be said."""


class CheckInData(Strict):
    """A check-in at a place."""

    place: Code
    method: Literal["button", "code", "position", "picture"] = "button"
    lon: Number | None = None
    lat: Number | None = None
    code: Annotated[Text, Field(max_length=200)] = ""
    picture: Text = ""
    confirmed: bool = False


class AdvanceData(Strict):
    """An answer to an assignment."""

    assignment: Id
    status: Annotated[Text, Field(max_length=12)]


class MoveData(Strict):
    """An answer to an order to stand by."""

    move: Id
    status: Literal["accepted", "arrived"]


class StayData(Strict):
    """The begin of a stay."""

    place: Code
    planned_s: Annotated[int, Field(ge=0, le=86_400)] | None = None


class StayEndData(Strict):
    """The end of the stay that began under a key."""

    stay: uuid.UUID


class ReportData(Strict):
    """A problem of a place."""

    kind: Annotated[Text, Field(max_length=8)]
    words: Text = ""
    where: Text = ""
    lon: Number | None = None
    lat: Number | None = None
    picture: Text = ""


class EntryData(Strict):
    """A line of the shift log."""

    text: Text


class EmergencyData(Strict):
    """An officer's call for help; where the phone was, if it knows."""

    lon: Number | None = None
    lat: Number | None = None


class BackupData(Strict):
    """A call for one more unit at an assignment."""

    assignment: Id


class TrackData(Strict):
    """Fixes: milliseconds since 1970, longitude, latitude."""

    fixes: Annotated[list[tuple[Number, Number, Number]], Field(max_length=MOST_FIXES)]


DATA: dict[str, type[Strict]] = {
    "on": Nothing, "off": Nothing, "check-in": CheckInData, "advance": AdvanceData, "stay": StayData,
    "stay-end": StayEndData, "report": ReportData, "entry": EntryData, "track": TrackData,
    "emergency": EmergencyData, "backup": BackupData, "move": MoveData,
}  # fmt: skip


class Item(Strict):
    """One action: its key, its kind, of which unit, when, and what belongs to the kind."""

    key: uuid.UUID
    kind: Annotated[Text, Field(max_length=16)]
    unit: Id
    at: Moment
    data: dict[str, Any] = Field(default_factory=dict)


class Batch(Strict):
    """What comes at once: whose phone, its clock, actions in the order in which they were done."""

    account: Id
    sent_at: Moment
    items: Annotated[list[dict[str, Any]], Field(max_length=MOST_ITEMS)]


def batch_of(body: bytes) -> Batch:
    """Read a batch.

    Raises:
        Refused: it is none; the field is named.

    """
    return checked(Batch, body)


def item_of(given: dict[str, Any]) -> tuple[Item, Any]:
    """Read an action and what belongs to its kind.

    Raises:
        Refused: a field is missing, unknown or no good.

    """
    item = checked(Item, given)
    if item.kind not in DATA:
        raise Refused(_("This kind of action is not known here; reload the page."), "kind")
    return item, checked(DATA[item.kind], item.data)


def checked[M: BaseModel](model: type[M], given: bytes | dict[str, Any]) -> M:
    """Return what is given as the model, or refuse it by the first field that is no good."""
    try:
        return model.model_validate_json(given) if isinstance(given, bytes) else model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        raise Refused(
            _("%(field)s cannot be read: %(why)s.") % {"field": field, "why": first["msg"]}, field
        ) from error
    except UnicodeError as error:
        raise Refused(_("The text has letters that cannot be read."), "body") from error
