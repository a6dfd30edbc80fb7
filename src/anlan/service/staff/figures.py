"""What the home page counts: a figure beside each link, inside the reader's areas of the county at hand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.html import format_html_join

from anlan.service.incidents.models import Incident
from anlan.service.patrol.models import BeatAlert, Colour
from anlan.service.patrol.queries import colours_briefing
from anlan.service.staff.models import Unit
from anlan.service.tags import colour_badge, number

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from anlan.service.places.models import Area
    from anlan.service.staff.models import Account


def home_figures(reader: Account, county: Area) -> dict[str, Any]:
    """Return the figure to show beside each link, by URL name; no entry where there is nothing to say."""
    code = county.code[:6]
    incidents = Incident.objects.visible_to(reader).in_county(code)
    on_duty = Unit.objects.visible_to(reader).in_county(code).filter(on_duty=True)
    figures = {
        "incidents:board": number(incidents.exclude(status=Incident.Status.CLOSED).count()),
        "staff:units": number(on_duty.count()),
        "patrol:briefing": colours_today(reader, code),
    }
    return {name: figure for name, figure in figures.items() if figure}


def colours_today(reader: Account, county: str) -> SafeString:
    """Return how many beats have each colour today, as badges; empty where no briefing was made."""
    made = colours_briefing(county, timezone.localdate())
    alerts = BeatAlert.objects.visible_to(reader).filter(briefing=made)
    counts = Counter(alerts.values_list("colour", flat=True))
    shown = [(colour_badge(colour, counts[colour]),) for colour in Colour.values if counts[colour]]
    return format_html_join(" ", "{}", shown)
