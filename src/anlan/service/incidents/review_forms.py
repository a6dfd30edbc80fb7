"""Which night to replay, and which intervals to report."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.queries.interval_report import GROUPS, MEASURES
from anlan.service.inputs import MOMENT, day, moment

LONGEST = timedelta(hours=24)
FORMATS = [MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


class ReplayForm(forms.Form):
    """From when until when, at most a day."""

    since = forms.DateTimeField(label=_("From"), input_formats=FORMATS, widget=moment())
    until = forms.DateTimeField(label=_("Until"), input_formats=FORMATS, widget=moment())

    @staticmethod
    def usual() -> dict[str, Any]:
        """Return the last twelve hours, to the minute."""
        now = timezone.localtime().replace(second=0, microsecond=0)
        return {"since": now - timedelta(hours=12), "until": now}

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the begin, and more than a day."""
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until <= since:
            self.add_error("until", _("The end lies before the begin."))
        elif since and until and until - since > LONGEST:
            self.add_error("until", _("At most 24 hours can be replayed at once."))
        return given


class IntervalForm(forms.Form):
    """Which measure, grouped how, over which days."""

    measure = forms.ChoiceField(label=_("Interval"), choices=list(MEASURES.items()))
    by = forms.ChoiceField(label=_("Grouped"), choices=list(GROUPS.items()))
    since = forms.DateField(label=_("From"), widget=day())
    until = forms.DateField(label=_("Until"), widget=day())

    @staticmethod
    def usual() -> dict[str, Any]:
        """Return the last 28 days."""
        today = timezone.localdate()
        return {"measure": "response", "by": "beat", "since": today - timedelta(days=27), "until": today}

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the begin."""
        given = super().clean() or {}
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", _("The end lies before the begin."))
        return given
