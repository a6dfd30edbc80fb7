"""Forms of webhooks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.domain.outbox import TOLD
from anlan.service.incidents.models import Endpoint
from anlan.service.incidents.queries.linkage import partners
from anlan.service.log.verbs import Verb


class EndpointForm(forms.Form):
    """One webhook of an agency; the agency is chosen once."""

    agency = forms.ModelChoiceField(label=_("Agency"), queryset=None)
    url = forms.CharField(
        label=_("Address"), max_length=500, widget=forms.URLInput(attrs={"placeholder": "https://…"})
    )
    events = forms.MultipleChoiceField(
        label=_("Told of"),
        choices=[(str(verb), Verb(verb).label) for verb in TOLD],
        widget=forms.CheckboxSelectMultiple,
    )
    form = forms.ChoiceField(label=_("Form"), choices=Endpoint.Form)
    active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, county: str, endpoint: Endpoint | None, *args: Any, **kwargs: Any) -> None:
        """Offer the county's partners; show the endpoint as it is."""
        now: dict[str, Any] = {"active": True, "events": [str(verb) for verb in TOLD]}
        if endpoint is not None:
            now = {name: getattr(endpoint, name) for name in ("url", "events", "form", "active")}
        super().__init__(*args, initial=now, **kwargs)
        self.fields["agency"].queryset = partners(county)
        if endpoint is not None:
            del self.fields["agency"]

    def values(self) -> dict[str, Any]:
        """Return what the domain stores."""
        return {name: value for name, value in self.cleaned_data.items() if name != "agency"}
