"""The county at hand, without which there is nothing to show."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, render

from anlan.service.incidents.models import Incident

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


def with_county(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Pass the six-digit code of the county at hand to the view; say what to do where there is none."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        county = getattr(request, "county", None)
        if county is None:
            return render(request, "incidents/no_county.html", status=200)
        return view(request, county.code[:6], *args, **kwargs)

    return inner


def visible_incident(request: HttpRequest, pk: int) -> Incident:
    """Return the incident if the reader may see it, else raise Http404."""
    visible = Incident.objects.visible_to(request.user).select_related("type", "taken_by", "duplicate_of")
    return get_object_or_404(visible, pk=pk)
