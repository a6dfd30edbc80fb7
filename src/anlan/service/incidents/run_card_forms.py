"""The form of a type's run cards: one row a priority, one column a capability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.domain.run_cards import LONGEST_MIN, MOST
from anlan.service.incidents.models import Priority
from anlan.service.staff.models import Capability

if TYPE_CHECKING:
    from anlan.service.incidents.models import RunCard


class RunCardForm(forms.Form):
    """One card; with no units in all there is no card, and the type's own needs hold."""

    units = forms.IntegerField(label=_("Units in all"), required=False, min_value=1, max_value=MOST)
    check_in_min = forms.IntegerField(
        label=_("Check-in every (min)"), required=False, min_value=0, max_value=LONGEST_MIN
    )

    def __init__(self, priority: int, row: RunCard | None, data: Any = None) -> None:
        """Show the card as it is."""
        initial: dict[str, Any] = (
            {} if row is None else {"units": row.units, "check_in_min": row.check_in_min}
        )
        initial |= {} if row is None else dict(row.capabilities)
        super().__init__(data, prefix=f"p{priority}", initial=initial)
        self.priority, self.priority_label = priority, Priority(priority).label
        for name, label in Capability.choices:
            self.fields[name] = forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST)
        self.order_fields([*Capability.values, "units", "check_in_min"])
        for name, field in self.fields.items():
            field.widget.attrs |= {
                "class": "form-control form-control-sm",
                "aria-label": (f"{self.priority_label}: {field.label}"),
                "inputmode": "numeric",
                "data-name": name,
            }

    def clean(self) -> dict[str, Any]:
        """Ask for the number of units wherever something else of a card is filled in."""
        cleaned = super().clean() or {}
        filled = any(cleaned.values()) or cleaned.get("check_in_min") == 0
        if not cleaned.get("units") and filled:
            self.add_error("units", _("Say how many units in all."))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """Return what `save_run_card` asks for."""
        given = self.cleaned_data
        return {
            "capabilities": {name: given[name] for name in Capability.values if given.get(name)},
            "units": given["units"],
            "check_in_min": given["check_in_min"],
        }
