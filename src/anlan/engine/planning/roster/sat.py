"""CP-SAT, imported when first used: it brings pandas along, for which a site's start need not wait."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def sat() -> Any:
    """The module `ortools.sat.python.cp_model`."""
    from ortools.sat.python import cp_model  # noqa: PLC0415

    return cp_model
