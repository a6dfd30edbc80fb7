"""What the pages of planning share: the tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

TABS: tuple[tuple[str, Any], ...] = (
    ("planning:index", _("Plans")),
    ("planning:rosters", _("Rosters")),
    ("planning:joints", _("Joint command")),
    ("planning:trials", _("Trials")),
    ("planning:done", _("Done")),
    ("planning:calendars", _("Calendars")),
    ("planning:standards", _("Standards")),
)


def shell(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a page of this app with its tabs; the one whose address begins the request's is marked."""
    urls = [(reverse(name), label) for name, label in TABS]
    here = max((url for url, _label in urls if request.path.startswith(url)), key=len, default="")
    tabs = [{"url": url, "label": label, "here": url == here} for url, label in urls]
    return render(request, f"planning/{template}", {"planning_tabs": tabs} | context, status=status)
