"""What every template may use, and the navigation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from anlan.service import live_day
from anlan.service.staff.access import STAFF
from anlan.service.staff.queries import counties_for

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True)
class Link:
    """A page of the navigation: its URL name, what it is called, who may open it, what it is for."""

    name: str
    label: Any
    permission: str
    about: Any
    main: bool = True


NAVIGATION = (
    Link("patrol:duty", _("Duty"), "patrol.duty", _("Your unit's task, patrol points and check-ins")),
    Link("incidents:inbox", _("Inbox"), "incidents.inbox", _("What your agency is asked to do")),
    Link("incidents:board", _("Board"), "incidents.view", _("Open incidents, units, the map: live")),
    Link("incidents:list", _("Incidents"), "incidents.view", _("Every incident, searchable")),
    Link(
        "patrol:briefing", _("Briefing"), "patrol.view_briefing", _("What rose, where and when; the colours")
    ),
    Link(
        "analysis:index", _("Analysis"), "analysis.work", _("What changed, where, when, what next, how sure")
    ),
    Link(
        "planning:index",
        _("Planning"),
        "planning.view",
        _("Who stands where and when: plans, rosters, trials"),
    ),
    Link("places:map", _("Places"), "places.view", _("Areas, grids, beats, posts, the partition check")),
    Link("log:index", _("Log"), "log.read", _("Who did what and when, sealed and searchable")),
    Link("incidents:watch", _("Watch"), "incidents.view", _("Who commands, handover, standby"), main=False),
    Link(
        "incidents:escalation",
        _("Escalation plan"),
        "incidents.view",
        _("What levels IV to I set off"),
        main=False,
    ),
    Link("incidents:replay", _("Replay"), "incidents.review", _("A night again on the map"), main=False),
    Link(
        "incidents:intervals", _("Intervals"), "incidents.review", _("How long each stage takes"), main=False
    ),
    Link(
        "patrol:reports",
        _("Place reports"),
        "patrol.view_report",
        _("Problems of places that crews saw"),
        main=False,
    ),
    Link(
        "patrol:shifts",
        _("Shifts"),
        "patrol.read_shift",
        _("What crews did and wrote, shift by shift"),
        main=False,
    ),
    Link(
        "patrol:codes", _("Place codes"), "patrol.print_codes", _("Codes to print for check-ins"), main=False
    ),
    Link("incidents:history", _("History"), "incidents.view", _("What is stored of the past"), main=False),
    Link("staff:units", _("Units"), "staff.view_units", _("Units, crews and who is on duty"), main=False),
    Link(
        "patrol:devices",
        _("Devices"),
        "patrol.manage_devices",
        _("Phones and trackers that report positions"),
        main=False,
    ),
    Link("staff:teams", _("Teams"), "staff.view_units", _("Squads, community teams, guards"), main=False),
    Link("staff:agencies", _("Agencies"), "staff.view_units", _("Who sends units"), main=False),
    Link("incidents:feeds", _("Feeds"), "incidents.feeds", _("Who sends alarms here"), main=False),
    Link("incidents:webhooks", _("Webhooks"), "incidents.webhooks", _("Partner systems told"), main=False),
    Link("staff:accounts", _("Accounts"), "staff.manage", _("Who signs in, as what, where"), main=False),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the pages that the reader may open, in order, with the one at hand marked."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    links = [
        (url, link) for link in NAVIGATION if user.has_perm(link.permission) and (url := address(link.name))
    ]
    here = max((url for url, _link in links if request.path.startswith(url)), key=len, default="")
    return [{"url": url, "link": link, "here": url == here} for url, link in links]


def address(name: str) -> str:
    """Return the URL of a name, empty while no page bears it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def day_speeds(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the speeds of the demo's live day with the one in force; none for strangers or without one."""
    user = getattr(request, "user", None)
    now = live_day.speed() if user is not None and user.has_perm(STAFF) else None
    return [] if now is None else [{"value": value, "here": value == now} for value in live_day.SPEEDS]


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site-wide template variables."""
    return {
        "demo": settings.DEMO,
        "live_day": SimpleLazyObject(lambda: day_speeds(request)),
        "county": getattr(request, "county", None),
        "counties": SimpleLazyObject(lambda: list(counties_for(getattr(request, "user", None)))),
        "navigation": SimpleLazyObject(lambda: navigation(request)),
    }
