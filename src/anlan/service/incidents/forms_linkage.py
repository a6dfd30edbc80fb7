"""Forms of linkage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.models import Linkage
from anlan.service.incidents.queries.linkage import partners

if TYPE_CHECKING:
    from django.db.models import QuerySet


class LinkageFilter(forms.Form):
    """What the ledger of linkages can be narrowed by; what cannot be read narrows nothing."""

    agency = forms.ModelChoiceField(label=_("Agency"), queryset=None, required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("any")), *Linkage.Status.choices]
    )
    overdue = forms.BooleanField(label=_("Overdue only"), required=False)

    def __init__(self, county: str, *args: Any, **kwargs: Any) -> None:
        """Offer the county's partners."""
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = partners(county)

    def narrow(self, rows: QuerySet[Linkage]) -> QuerySet[Linkage]:
        """Return the rows that the filter leaves."""
        self.is_valid()
        asked = self.cleaned_data
        given = {name: asked[name] for name in ("agency", "status") if asked.get(name)}
        rows = rows.filter(**given)
        return rows.exclude(overdue_at=None) if asked.get("overdue") else rows
