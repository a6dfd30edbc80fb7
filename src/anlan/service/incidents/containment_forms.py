"""The form that asks for a containment."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.models import ContainmentPlan
from anlan.service.incidents.queries.containment import Ask

DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}


class ContainmentForm(forms.Form):
    """Where, what, how long ago; how fast or how wide; and how much time units need."""

    client_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("What is enclosed"), choices=ContainmentPlan.Kind)
    minutes = forms.FloatField(
        label=_("Minutes since it left"), min_value=0, max_value=120, localize=False, required=False,
        help_text=_("fleeing car"), widget=forms.TextInput(attrs=DECIMAL | {"autofocus": True}),
    )  # fmt: skip
    factor = forms.FloatField(
        label=_("Times as fast as free traffic"), min_value=0.3, max_value=3, required=False, localize=False,
        help_text=_("fleeing car"), widget=forms.TextInput(attrs=DECIMAL),
    )  # fmt: skip
    radius_m = forms.FloatField(
        label=_("Radius (m)"), min_value=20, max_value=5000, required=False, localize=False,
        help_text=_("spill"), widget=forms.TextInput(attrs=DECIMAL),
    )  # fmt: skip
    delay_s = forms.FloatField(
        label=_("Seconds until units set out"), min_value=0, max_value=600, localize=False,
        widget=forms.TextInput(attrs=DECIMAL),
    )  # fmt: skip
    margin_s = forms.FloatField(
        label=_("Seconds to be there before the car"), min_value=0, max_value=600, localize=False,
        widget=forms.TextInput(attrs=DECIMAL),
    )  # fmt: skip
    lon = forms.FloatField(
        label=_("Longitude"), min_value=-180, max_value=180, localize=False,
        widget=forms.TextInput(attrs=DECIMAL),
    )  # fmt: skip
    lat = forms.FloatField(
        label=_("Latitude"), min_value=-90, max_value=90, localize=False,
        widget=forms.TextInput(attrs=DECIMAL),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start from the engine's own defaults."""
        usual = Ask("car", 0, 0)
        names = ("kind", "factor", "radius_m", "delay_s", "margin_s")
        initial = {name: getattr(usual, name) for name in names} | {"client_key": uuid.uuid4()}
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Ask for what the kind needs."""
        given = super().clean() or {}
        needed = ("minutes", "factor") if given.get("kind") == ContainmentPlan.Kind.CAR else ("radius_m",)
        for name in needed:
            if given.get(name) is None and name not in self.errors:
                self.add_error(name, forms.ValidationError(_("This field is required."), code="required"))
        return given

    def ask(self) -> Ask:
        """Return what is asked; what the kind does not need stays as usual."""
        given = self.cleaned_data
        usual = Ask(given["kind"], given["lon"], given["lat"])
        chosen = {name: given[name] for name in ("factor", "radius_m") if given[name] is not None}
        return Ask(
            usual.kind, usual.lon, usual.lat, passed_s=60 * (given["minutes"] or 0),
            delay_s=given["delay_s"], margin_s=given["margin_s"], **chosen,
        )  # fmt: skip
