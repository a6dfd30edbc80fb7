"""Sheets of printed codes: for each patrol point, line and post its name and its code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.gateway.qr import qr_svg
from anlan.gateway.report import Drawn, Report, Section
from anlan.service.patrol.place_codes import payload
from anlan.service.places.models import Beat, PatrolLine, PatrolPoint, StandbyPost

if TYPE_CHECKING:
    from anlan.service.places.models import Area
    from anlan.service.staff.models import Account

KINDS = (PatrolPoint, PatrolLine, StandbyPost)


def places_with_codes(county6: str, account: Account, beat: str) -> list[Any]:
    """Return the places of a beat that the reader may see."""
    found: list[Any] = []
    for kind in KINDS:
        rows = kind.objects.in_county(county6).visible_to(account).filter(beat_code=beat, active=True)
        found += rows.exclude(beat_code="").defer("geometry").order_by("code")
    return found


def beats_with_places(county6: str, account: Account) -> list[tuple[Beat, int]]:
    """Return the beats that have any, with how many."""
    counts: dict[str, int] = {}
    for kind in KINDS:
        rows = kind.objects.in_county(county6).visible_to(account).filter(active=True)
        for code in rows.values_list("beat_code", flat=True):
            counts[code] = counts.get(code, 0) + 1
    beats = Beat.objects.in_county(county6).visible_to(account).filter(code__in=counts).defer("geometry")
    return [(beat, counts[beat.code]) for beat in beats.order_by("code")]


def code_sheet(county: Area, beat: str, places: list[Any]) -> Report:
    """Return the sheets as a report, a part for each place."""
    known = Beat.objects.filter(code=beat).defer("geometry").first()
    sections = [
        Section(
            place.code,
            place.label,
            [place.code],
            pictures=[Drawn(qr_svg(payload(place.code)), _("Scan to check in"))],
        )
        for place in places
    ]
    title = _("Codes of patrol places: %(beat)s") % {"beat": known.label if known else beat}
    facts = [(_("Places"), str(len(places)))]
    footer = _("Anlan · fix each code at its place; it holds no address and no name")
    return Report(title, county.label, get_language() or "en", facts, sections, footer)
