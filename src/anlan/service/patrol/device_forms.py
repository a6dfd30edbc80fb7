"""The form that registers a device."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.service.patrol.models import Device
from anlan.service.staff.models import Account, Unit


class DeviceForm(forms.Form):
    """What a device is, and whose; the domain says what cannot be."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Device.Kind)
    identifier = forms.CharField(
        label=_("Identifier"), max_length=80,
        help_text=_("OwnTracks: user/device, as in m21/phone. A tracker: as in Traccar. Else any name."),
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Unit.objects.none(), required=False,
        help_text=_("Who carries it. Leave empty for a Traccar server."),
    )  # fmt: skip
    area_code = forms.CharField(
        label=_("Area"), max_length=12, required=False,
        help_text=_("Of a Traccar server only: whose trackers it may report."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.visible_to(actor)
