"""Which day's adherence is asked for, and of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.service.inputs import day
from anlan.service.places.models import Beat
from anlan.service.staff.models import Team

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.service.staff.models import Account

YEARS = range(1900, 2200)


class DoneForm(forms.Form):
    """A day, a team, a beat."""

    day = forms.DateField(label=gettext_lazy("Day"), required=False, widget=day())
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    beat = forms.ChoiceField(label=gettext_lazy("Beat"), required=False)

    def __init__(self, county6: str, account: Account, default: Date, given: Any) -> None:
        data = given.copy()
        data.setdefault("day", default.isoformat())
        super().__init__(data, label_suffix="")
        self.default = default
        for name, model in (("team", Team), ("beat", Beat)):
            rows = model.objects.in_county(county6).visible_to(account).order_by("code")
            rows = rows.defer("geometry") if model is Beat else rows
            self.fields[name].choices = [("", _("all")), *((row.code, row.label) for row in rows)]

    def clean_day(self) -> Date:
        """Take the default where no day is given."""
        day: Date = self.cleaned_data["day"] or self.default
        if day.year not in YEARS:
            raise forms.ValidationError(_("A year from 1900 to 2199."))
        return day
