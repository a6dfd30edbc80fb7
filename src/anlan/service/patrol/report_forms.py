"""Which place reports are asked for, and what becomes of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.forms import TypeAhead
from anlan.service.patrol.domain.reports import LONGEST_OUTCOME
from anlan.service.patrol.models import PlaceReport

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ReportFilter(forms.Form):
    """State and kind; the open ones first."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), *PlaceReport.State.choices]
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all")), *PlaceReport.Kind.choices]
    )

    def narrowed(self, rows: QuerySet[PlaceReport]) -> QuerySet[PlaceReport]:
        """Return the rows that the filter leaves; a field that cannot be read narrows nothing."""
        self.is_valid()
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
        return rows.filter(**wanted)


class SettleForm(forms.Form):
    """What was done about it."""

    outcome = forms.CharField(label=_("What was done"), max_length=LONGEST_OUTCOME)


class IncidentForm(forms.Form):
    """What an incident made of the report is called and where it is, in words."""

    address = forms.CharField(label=_("Address"), max_length=300)

    def __init__(self, county: str, report: PlaceReport, data: Any = None) -> None:
        super().__init__(data, initial={"address": report.where})
        self.fields["type"] = TypeAhead(
            county, label=_("Incident type"), widget=forms.TextInput({"list": "types", "autocomplete": "off"})
        )
