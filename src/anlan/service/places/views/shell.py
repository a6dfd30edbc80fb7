"""What the pages of places share: the tabs, and the county at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from anlan.service.places.queries import ledgers

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

TABS = (
    ("places:map", _("Map")),
    ("places:areas", _("Areas")),
    ("places:roads", _("Roads")),
    ("places:partition", _("Partition check")),
)


def shell(
    request: HttpRequest, template: str, context: dict[str, Any], *, here: str = "", status: int = 200
) -> HttpResponse:
    """Render a page of this app with its tabs; `here` is the tab where it is not the page's own name."""
    here = here or request.resolver_match.view_name
    shared = {"tabs": TABS, "ledgers": ledgers.LEDGERS.values(), "here": here}
    return render(request, f"places/{template}", shared | context, status=status)


def county6(request: HttpRequest) -> str:
    """Return the six digits of the county at hand, empty where none is imported."""
    return request.county.code[:6] if request.county else ""


def county_of(request: HttpRequest) -> str:
    """Return the six digits of the county at hand; 404 where there is none."""
    if request.county is None:
        raise Http404
    return county6(request)
