"""What the pages share: the county and the day in an address."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING

from django.http import Http404

if TYPE_CHECKING:
    from django.http import HttpRequest


def county_of(request: HttpRequest) -> str:
    """Return the six digits of the county at hand; 404 where there is none."""
    if request.county is None:
        raise Http404
    return request.county.code[:6]


def parsed(day: str) -> Date:
    """Return the date in an address; 404 where it is none."""
    try:
        return Date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
