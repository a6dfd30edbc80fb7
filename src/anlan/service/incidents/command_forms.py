"""Forms of the watch commander: steps of the escalation plan, what may be overridden."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.models import EscalationStep, OverridePolicy
from anlan.service.staff.models import Agency, Role


class StepForm(forms.ModelForm):
    """What one level sets off."""

    roles = forms.MultipleChoiceField(
        label=_("Roles notified"), choices=Role, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = EscalationStep
        fields = ("instruction", "roles", "agencies", "cordon_m", "slowdown", "standby_units")

    def __init__(self, county: str, *args: Any, **kwargs: Any) -> None:
        """Offer the county's agencies."""
        super().__init__(*args, **kwargs)
        agencies = forms.ModelMultipleChoiceField(
            Agency.objects.in_county(county), label=_("Agencies notified"), required=False,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        self.fields["agencies"] = agencies


class OverridesForm(forms.Form):
    """Which rules may be overridden."""

    rules = forms.MultipleChoiceField(
        label=_("May be overridden with a written reason"), choices=OverridePolicy.Rule, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
