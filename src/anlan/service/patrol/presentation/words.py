"""Figures and findings in words; every sentence of a briefing is made here."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING, Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from anlan.service.patrol.presentation.names import Names

DASH = "–"
MOST_DAYS = 500  # what 499 replicas can tell


def day(iso: str) -> str:
    """Return an ISO date as the reader's language writes it."""
    return formats.date_format(Date.fromisoformat(iso), "DATE_FORMAT")


def span(first: str, last: str) -> str:
    """Return ISO dates from first to last."""
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def place(spot: dict[str, Any]) -> str:
    """Return latitude and longitude."""
    return f"{spot['lat']:.5f}, {spot['lon']:.5f}"


def listed(given: list[str]) -> str:
    """Return words one after another."""
    return _(", ").join(given)


def expected_label(body: dict[str, Any]) -> str:
    """Return what the expectation is of."""
    return {
        "day": _("Expected today"),
        "week": _("Expected this week"),
        "half-month": _("Expected this half-month"),
        "month": _("Expected this month"),
    }[body["period"]]


def verdict_labels(body: dict[str, Any]) -> list[str]:
    """Return the headings of the last forecast and what came."""
    if body["period"] == "day":
        return [_("Yesterday expected"), _("Yesterday came")]
    return [_("Last time expected"), _("Last time came")]


def recurrence(days: float) -> str:
    """Return a recurrence interval; the longest that the replicas can tell is "at least"."""
    text = ngettext("%(days)s day", "%(days)s days", round(days)) % {"days": number(days)}
    return _("%(interval)s or more") % {"interval": text} if days >= MOST_DAYS else text


def level(row: dict[str, Any]) -> str:
    """Return how much is expected of a beat, with the interval where one was made."""
    mean = number(row["expected"], 1)
    return mean if row["low"] is None else f"{mean} ({limits(row)})"


def limits(row: dict[str, Any]) -> str:
    """Return an interval of counts, a dash where none was made."""
    return DASH if row["low"] is None else f"{number(row['low'])}–{number(row['high'])}"


def number(value: float | None, decimals: int = 0) -> str:
    """Return a number with thousands grouped, a dash for None."""
    if value is None:
        return DASH
    return formats.number_format(round(value, decimals), decimals, use_l10n=True, force_grouping=True)


def signed_percent(share: float | None) -> str:
    """Return a change (0.12) as +12 %, a dash for None."""
    if share is None:
        return DASH
    text = number(abs(share) * 100, 0 if abs(share) >= 0.1 else 1)
    return f"{'+' if share > 0 else '−' if share < 0 else '±'}{text} %"


def percent(share: float | None, decimals: int = 0) -> str:
    """Return a share as percent, a dash for None."""
    return DASH if share is None else f"{number(share * 100, decimals)} %"


def interval(change: dict[str, Any]) -> str:
    """Return the exact 95 % interval of a change."""
    if change["low"] is None:
        return DASH
    high = "∞" if change["high"] is None else signed_percent(change["high"])
    return f"{signed_percent(change['low'])} … {high}"


def band(hours: list[int] | None) -> str:
    """Return a band of hours as 22–02 h."""
    return "" if not hours else _("%(start)02d–%(end)02d h") % {"start": hours[0], "end": hours[1] or 24}


def reason(row: dict[str, Any], names: Names) -> str:
    """Return why a beat has its colour, in words."""
    alert = row["alert"]
    if alert["colour"] == "unknown":
        return unknown(alert["why"])
    if alert["colour"] == "green":
        return _("Nothing unusual.")
    days = alert["window_days"]
    told = ngettext(
        "%(stream)s: %(observed)s in the last day, expected %(expected)s",
        "%(stream)s: %(observed)s in the last %(days)d days, expected %(expected)s",
        days,
    ) % {
        "stream": names.stream(alert["stream"]),
        "observed": number(alert["observed"]),
        "days": days,
        "expected": number(alert["expected"], 1),
    }
    return "; ".join(part for part in (told, *_details(row, names)) if part)


def _details(row: dict[str, Any], names: Names) -> list[str]:
    parts = []
    if row["alert"].get("held"):
        parts.append(_("held from the days before, falling slowly"))
    if not row["alert"]["stream"] and row["types"]:
        parts.append(
            ", ".join(
                _("%(type)s %(observed)s (expected %(expected)s)")
                % {
                    "type": names.type(t["type"]),
                    "observed": number(t["observed"]),
                    "expected": number(t["expected"], 1),
                }
                for t in row["types"]
            )
        )
    if row["hours"]:
        parts.append(_("mostly %(band)s") % {"band": band(row["hours"])})
    if row["near_repeats"]:
        found = ngettext("%(count)s near repeat", "%(count)s near repeats", row["near_repeats"])
        parts.append(found % {"count": number(row["near_repeats"])})
    return parts


def unknown(why: str) -> str:
    """Return why a colour could not be told."""
    return {
        "history": _("Too little history to tell."),
        "silent": _("No data in the last days: the colour cannot be told."),
        "sparse": _("Too few incidents here to tell a change."),
    }.get(why, "")


def note(given: dict[str, Any]) -> str:
    """Return a remark on the data in words."""
    figures = given["figures"]
    if given["code"] == "missing_days":
        text = _(
            "%(missing)s of the last %(of)s days have no data at all. "
            "They count as missing, not as quiet days: changes compare rates per day with data."
        )
        return text % figures
    if given["code"] == "short_history":
        return _("The history holds %(days)s days; without two years there is no seasonal pattern.") % figures
    if given["code"] == "default_address":
        share = {"share": percent(figures["share"], 1)}
        text = _(
            "%(share)s of points sit on a few shared spots (default addresses); hot spots leave them out."
        )
        return text % share
    if given["code"] == "midnight":
        share = {"share": percent(figures["share"], 1)}
        return _("%(share)s of times say exactly midnight: the hour 00 is too high.") % share
    return {
        "no_yesterday": _("The day before has no data; yesterday's forecast cannot be checked."),
        "no_hours": _("Incidents carry only their day: there is no rhythm by hour and no split by shift."),
        "no_points": _("Incidents carry no places: there are no hot spots and near repeats."),
    }.get(given["code"], given["code"])
