"""A joint problem from plain data, as `dataclasses.asdict` or a form gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from anlan.engine.planning.joint.forces import Force, Office, Task
from anlan.engine.planning.joint.problem import JointProblem, Pin
from anlan.engine.planning.joint.tasks import Checkpoint, Patrol, Standby
from anlan.engine.planning.shifts import Shift

Plain = Mapping[str, Any]
LISTS: Mapping[str, type] = {"shifts": Shift, "checkpoints": Checkpoint, "patrols": Patrol, "pins": Pin}


def joint_problem(data: Plain) -> JointProblem:
    """Build the problem; what is left out keeps its default.

    Raises:
        ValueError: a field is unknown, missing or out of range; the message names it and whose it is.

    """
    found: dict[str, Any] = {}
    for name, value in data.items():
        if name == "forces":
            found[name] = [_force(one) for one in value]
        elif name in LISTS:
            found[name] = [_made(LISTS[name], one) for one in value]
        elif name == "standby" and value is not None:
            found[name] = _made(Standby, value)
        else:
            found[name] = value
    return _made(JointProblem, found)


def _force(data: Plain) -> Force:
    parts = dict(data)
    if "tasks" in parts:
        parts["tasks"] = [_task(str(name), str(data.get("code", ""))) for name in parts["tasks"]]
    if "offices" in parts:
        parts["offices"] = [_made(Office, one) for one in parts["offices"]]
    return _made(Force, parts)


def _task(name: str, code: str) -> Task:
    if name not in set(Task):
        raise ValueError(f"tasks of {code}: {name!r}; expected {', '.join(Task)}")
    return Task(name)


def _made[T](kind: type[T], data: Plain) -> T:
    known = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    for name in data:
        if name not in known:
            raise ValueError(f"{kind.__name__.lower()} {data.get('code', '')}: no field {name!r}")
    try:
        return kind(**data)
    except TypeError as error:
        raise ValueError(f"{kind.__name__.lower()} {data.get('code', '')}: {error}") from None
