"""A briefing as sections, in the order in which a commander reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from anlan.gateway.report import MapPart, Report, Section
from anlan.gateway.report.plots import PRINT
from anlan.service.patrol.models import Colour
from anlan.service.patrol.presentation import bodies, suggestions, words
from anlan.service.patrol.presentation.changes import changes, comparison
from anlan.service.patrol.presentation.colours import by_beat, colours
from anlan.service.patrol.presentation.names import Names
from anlan.service.patrol.presentation.outlook import expected, rhythm
from anlan.service.patrol.presentation.shapes import shapes_of
from anlan.service.patrol.presentation.summary import summary
from anlan.service.patrol.presentation.where import where
from anlan.service.patrol.presentation.words import day, number, signed_percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.gateway.report.plots import Ink
    from anlan.service.patrol.models import Briefing, BriefingText
    from anlan.service.places.models import Area


def report_of(
    briefing: Briefing,
    area: Area,
    texts: Mapping[str, BriefingText],
    *,
    posts: list[Any] | None = None,
    ink: Ink = PRINT,
) -> Report:
    """Return the briefing as a report in the active language.

    Args:
        briefing: the version to show.
        area: what it is about, or the area of the beat.
        texts: the analyst's words by suggestion.
        posts: (lon, lat) of the plan's posts.
        ink: of the pictures, for paper or page.

    """
    body = bodies.read(briefing.body)
    names, beats = Names(area.code[:6]), shapes_of(area.code[:6], body["beats"])
    sections = [
        summary(body, names),
        suggestions.section(suggestions.suggested(body, texts, names)),
        colours(body, names),
        changes(body, names, beats, ink),
        where(body, names),
        rhythm(body, names),
        expected(body, names, area.code[:6], ink),
        notes(body),
    ]
    if beats["features"]:
        sections.insert(3, picture(body, beats, posts or []))
    label = names.beat(briefing.beat_code) if briefing.beat_code else area.label
    return Report(
        title(briefing.period, label), subtitle(briefing, body), get_language() or "en", facts(body),
        [part for part in sections if part], footer(body),
    )  # fmt: skip


def title(period: str, label: str) -> str:
    """Return what the briefing is called."""
    return {
        "day": _("Daily briefing: %(area)s"),
        "week": _("Weekly briefing: %(area)s"),
        "half-month": _("Half-month briefing: %(area)s"),
        "month": _("Monthly briefing: %(area)s"),
    }[period] % {"area": label}


def subtitle(briefing: Briefing, body: dict[str, Any]) -> str:
    """Return which days, which version, how far it is."""
    state = _("published") if briefing.published_at else _("signed") if briefing.signed_at else _("draft")
    figures = {
        "date": day(body["date"]), "version": briefing.version, "state": state, "last": day(body["last_day"]),
        "told": words.span(body["start"], body["end"]), "coming": words.span(body["date"], body["until"]),
    }  # fmt: skip
    if body["period"] == "day":
        text = _("%(date)s · version %(version)s, %(state)s · incidents reported by residents up to %(last)s")
    else:
        text = _(
            "%(told)s, outlook %(coming)s · version %(version)s, %(state)s · incidents reported by residents"
        )
    return text % figures


def facts(body: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the figures under the title."""
    found = [(words.expected_label(body), number(body["expected_total"]))]
    if body["verdict"]:
        came = number(body["verdict"]["observed"]), number(body["verdict"]["expected"])
        label = (
            _("Yesterday: came / expected") if body["period"] == "day" else _("Last time: came / expected")
        )
        found.append((label, "{} / {}".format(*came)))
    year = comparison(body, "last_year")
    if year is not None:
        label = _("Last %(days)s days against last year") % {"days": year["window_days"]}
        found.append((label, signed_percent(year["total"]["change"])))
    shown = list(by_beat(body).values())
    raised = [shown.count(colour) for colour in ("red", "orange", "yellow")]
    found.append((_("Red / orange / yellow beats"), "{} / {} / {}".format(*raised)))
    return found


def picture(body: dict[str, Any], beats: dict[str, Any], posts: list[Any]) -> Section:
    """Return the map section."""
    marks = [(spot["lon"], spot["lat"], str(i + 1)) for i, spot in enumerate(body["hot_spots"])]
    legend = [
        (colour, str(Colour(colour).label)) for colour in ("red", "orange", "yellow", "green", "unknown")
    ]
    caption = _("Numbers: hot spots of the last 90 days.")
    if posts:
        caption += " " + _("Blue squares: standby posts of the plan.")
    heading = _("The county today") if body["period"] == "day" else _("Worst colours of the period")
    return Section("map", heading, map=MapPart(beats, by_beat(body), marks, posts, legend, caption))


def notes(body: dict[str, Any]) -> Section:
    """Return remarks on the data."""
    officers = ngettext(
        "%(count)s incident of the last 28 days was found by officers; it is not learned from.",
        "%(count)s incidents of the last 28 days were found by officers; they are not learned from.",
        body["officer_found"],
    ) % {"count": number(body["officer_found"])}
    history = _("Made from %(count)s incidents of %(days)s days with data since %(first)s.") % {
        "count": number(body["incidents"]),
        "days": number(body["exposed_days"]),
        "first": day(body["first_day"]),
    }
    return Section("notes", _("About the data"), bullets=[history, officers, *map(words.note, body["notes"])])


def footer(body: dict[str, Any]) -> str:
    """Return what stands at the foot of each page."""
    return _("Anlan · places and hours, never people · methods: %(methods)s") % {
        "methods": ", ".join(sorted(body["methods"].values()))
    }
