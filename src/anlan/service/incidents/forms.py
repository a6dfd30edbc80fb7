"""The call form, the type form and the ledger's filter."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.models import Category, Incident, IncidentType, Priority
from anlan.service.incidents.queries import find_type
from anlan.service.incidents.script_field import ScriptField
from anlan.service.inputs import day, moment
from anlan.service.staff.models import Capability

if TYPE_CHECKING:
    from django.http import QueryDict

LONGEST_RING = timedelta(hours=1)


class TypeAhead(forms.CharField):
    """An incident type by code or name in either language; cleans to the county's `IncidentType`."""

    def __init__(self, county: str, **kwargs: Any) -> None:
        """Look types up in the county's taxonomy."""
        super().__init__(**kwargs)
        self.county = county

    def clean(self, value: str) -> IncidentType:
        """Return the type, or say that there is none of that name."""
        said = super().clean(value)
        kind = find_type(self.county, said)
        if kind is None:
            raise forms.ValidationError(_("There is no incident type “%(said)s”.") % {"said": said})
        return kind


class CallForm(forms.Form):
    """What the call-taker writes: the address first, as said; the pin apart from it."""

    client_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    rang_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    answered_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    address = forms.CharField(
        label=_("Address as the caller says it"),
        max_length=300,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off", "class": "form-control-lg"}),
    )
    type = forms.CharField(label=_("What is happening"))
    priority = forms.TypedChoiceField(
        label=_("Priority"), coerce=int, empty_value=None, required=False,
        choices=[("", _("as type and answers say")), *Priority.choices],
    )  # fmt: skip
    details = forms.CharField(
        label=_("Details"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    callback = forms.CharField(
        label=_("Callback number"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=_("How it came"), choices=Incident.Channel, initial=Incident.Channel.PHONE
    )
    lon = forms.FloatField(
        label=_("Longitude"), required=False, min_value=-180, max_value=180, localize=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    lat = forms.FloatField(
        label=_("Latitude"), required=False, min_value=-90, max_value=90, localize=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip

    due_at = forms.DateTimeField(
        label=_("Becomes live at"), required=False, help_text=_("empty: now"),
        widget=moment(),
    )  # fmt: skip

    def __init__(self, county: str, *args: Any, **kwargs: Any) -> None:
        """Offer the county's types; the call counts as answered when the form was opened."""
        given = {"client_key": uuid.uuid4(), "answered_at": timezone.now().isoformat()}
        kwargs["initial"] = given | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        attrs = {"autocomplete": "off"}
        self.fields["type"] = TypeAhead(
            county, label=_("What is happening"), widget=forms.TextInput(attrs=attrs)
        )

    def facts(self) -> dict[str, Any]:
        """Return what `take_call` asks for."""
        facts = {name: value for name, value in self.cleaned_data.items() if name != "due_at"}
        facts["client_key"] = facts["client_key"] or uuid.uuid4()
        telephone = facts["channel"] == Incident.Channel.PHONE
        return facts | (moments(facts["rang_at"], facts["answered_at"]) if telephone else moments(None, None))


class QuickForm(CallForm):
    """The same form read for a call that makes no incident of its own: nothing is required."""

    def __init__(self, county: str, data: QueryDict) -> None:
        """Read what was posted."""
        super().__init__(county, data)
        self.fields["address"].required = self.fields["type"].required = False
        self.fields["type"] = forms.CharField(required=False)


def moments(rang: datetime | None, answered: datetime | None) -> dict[str, datetime | None]:
    """Return when a call rang and was answered, None for what cannot be: in the future, or hours ago."""
    now = timezone.now()
    if answered is not None and not now - LONGEST_RING <= answered <= now:
        answered = None
    if rang is not None and not (now - LONGEST_RING <= rang <= (answered or now)):
        rang = None
    return {"rang_at": rang, "answered_at": answered}


class AmendForm(forms.Form):
    """Corrections: only what was changed against what the form showed is passed on."""

    address = forms.CharField(
        label=_("Address as the caller says it"), max_length=300, show_hidden_initial=True
    )
    type = forms.CharField(label=_("Type"))
    priority = forms.TypedChoiceField(
        label=_("Priority"), coerce=int, choices=Priority.choices, show_hidden_initial=True
    )
    details = forms.CharField(
        label=_("Details"), required=False, max_length=4000, show_hidden_initial=True,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    lon = forms.FloatField(
        label=_("Longitude"), required=False, min_value=-180, max_value=180, show_hidden_initial=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    lat = forms.FloatField(
        label=_("Latitude"), required=False, min_value=-90, max_value=90, show_hidden_initial=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip

    def __init__(self, incident: Incident, *args: Any, **kwargs: Any) -> None:
        """Show the incident as it is."""
        now = {name: getattr(incident, name) for name in ("address", "priority", "details", "lon", "lat")}
        super().__init__(
            *args, initial=now | {"type": f"{incident.type.code} {incident.type.label}"}, **kwargs
        )
        attrs = {"list": "types", "autocomplete": "off"}
        self.fields["type"] = TypeAhead(
            incident.county, label=_("Type"), widget=forms.TextInput(attrs=attrs), show_hidden_initial=True
        )

    def changes(self) -> dict[str, Any]:
        """Return what was changed; a pin is changed as a whole."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data}
        if "lon" in changed or "lat" in changed:
            changed |= {"lon": self.cleaned_data["lon"], "lat": self.cleaned_data["lat"]}
        return changed


class TypeForm(forms.ModelForm):
    """One entry of the county's taxonomy."""

    capabilities = forms.MultipleChoiceField(
        label=_("Capabilities asked for"), choices=Capability, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    questions = ScriptField(
        label=_("Questions to ask"), required=False, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "A question starts with ?, each answer below it with -; the English follows |; = 1 to = 4 is the "
            "priority that the answer asks for. Ask about the event and the place, never who somebody is."
        ),
    )  # fmt: skip

    class Meta:
        model = IncidentType
        fields = (
            "name",
            "name_en",
            "category",
            "priority",
            "source",
            "capabilities",
            "units_needed",
            "questions",
            "active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show the questions in use."""
        super().__init__(*args, **kwargs)
        field = self.fields["questions"]
        field.kind = self.instance
        self.initial["questions"] = field.written()


class LedgerFilter(forms.Form):
    """What the ledger can be narrowed by."""

    q = forms.CharField(label=_("Number or address"), required=False, max_length=80)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("any")), *Incident.Status.choices]
    )
    category = forms.ChoiceField(
        label=_("Category"), required=False, choices=[("", _("any")), *Category.choices]
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"), required=False, coerce=int, empty_value=None,
        choices=[("", _("any")), *Priority.choices],
    )  # fmt: skip
    since = forms.DateField(label=_("From"), required=False, widget=day())
    until = forms.DateField(label=_("Until"), required=False, widget=day())
