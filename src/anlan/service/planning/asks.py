"""What a planner asks for, as the JSON that is stored with the plan, and back."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError

from anlan.engine.planning.deployment import Ask

ASK: TypeAdapter[Ask] = TypeAdapter(Ask)
MOST = 20_000


def plain(ask: Ask) -> dict[str, Any]:
    """Return an ask as JSON, what is empty left out."""
    return {name: value for name, value in ASK.dump_python(ask, mode="json").items() if value}


def parsed(body: Any) -> Ask:
    """Return the ask of JSON that a page or a stored plan gives.

    Raises:
        ValueError: names the field that is wrong.

    """
    try:
        ask = ASK.validate_python(body)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where}: {first['msg']}") from problem
    if ask.level not in {"", "I", "II", "III", "IV"}:
        raise ValueError(f"level: expected I, II, III or IV, not {ask.level!r}")
    for shift, count in ask.cars.items():
        if not 0 <= count <= MOST:
            raise ValueError(f"cars.{shift}: from 0 to {MOST}, not {count}")
    for shift, posts in ask.posts.items():
        for code, count in posts.items():
            if not 0 <= count <= MOST:
                raise ValueError(f"posts.{shift}.{code}: from 0 to {MOST}, not {count}")
    return ask
