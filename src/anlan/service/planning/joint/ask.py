"""What a planner asks of a plan of joint command, as the JSON that is kept with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

WEEK = 7
MOST_SECONDS = 300


@dataclass(frozen=True)
class PinLine:
    """Exactly so many of a force at a task (its code) in a shift of a day."""

    date: Date
    shift: str
    force: str
    task: str
    people: int


@dataclass(frozen=True)
class JointAsk:
    """A week's plan: each day's alert level, whether patrols are in it, what is pinned, how long to try."""

    first: Date
    levels: tuple[str, ...]
    patrols: bool = True
    pins: tuple[PinLine, ...] = ()
    seconds: int = 60

    @property
    def dates(self) -> list[Date]:
        """Its days."""
        return [self.first + timedelta(days=at) for at in range(len(self.levels))]

    @property
    def about(self) -> str:
        """What its job is about."""
        return self.first.isoformat()


ASK: TypeAdapter[JointAsk] = TypeAdapter(JointAsk)


def plain(ask: JointAsk) -> dict[str, Any]:
    """Return an ask as JSON."""
    return dict(ASK.dump_python(ask, mode="json"))


def parsed(body: Mapping[str, Any]) -> JointAsk:
    """Return the ask of stored JSON.

    Raises:
        ValueError: names the field that is wrong.

    """
    try:
        return ASK.validate_python(body)
    except ValidationError as problem:
        first = problem.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from problem
