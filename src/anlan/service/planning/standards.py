"""A county's standards of deployment: read, with the engine's defaults where none were set."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError

from anlan.engine.geo import codes
from anlan.engine.planning.standards import Standards
from anlan.service.planning.models import CountyStandards

STANDARDS: TypeAdapter[Standards] = TypeAdapter(Standards)


def standards_of(county6: str) -> Standards:
    """Return the county's standards."""
    row = CountyStandards.objects.filter(area_code=codes.normalise(county6)).first()
    return Standards() if row is None else STANDARDS.validate_python(row.body)


def plain(standards: Standards) -> dict[str, Any]:
    """Return standards as JSON."""
    return dict(STANDARDS.dump_python(standards, mode="json"))


def parsed(body: dict[str, Any]) -> Standards:
    """Return the standards of plain data.

    Raises:
        ValueError: names the field that is wrong.

    """
    try:
        return STANDARDS.validate_python(body)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(map(str, first["loc"]))
        told = str(first["msg"]).removeprefix("Value error, ")
        raise ValueError(f"{where}: {told}" if where else told) from problem
