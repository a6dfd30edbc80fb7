"""Forms of the `staff` app."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from anlan.service.staff.models import AREA_CODE_HELP, Account, Agency, Capability, Role, Team, Unit


class PostingForm(forms.Form):
    """A role in an area, for an agency."""

    role = forms.ChoiceField(label=_("Role"), choices=Role)
    area_code = forms.CharField(label=_("Area"), max_length=12, help_text=AREA_CODE_HELP)
    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.none(), required=False)

    def __init__(self, *args: Any, actor: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.visible_to(actor)


class AccountForm(PostingForm):
    """A new account with its first posting."""

    username = forms.CharField(label=_("User name"), max_length=150)
    display_name = forms.CharField(label=_("Display name"), max_length=80, required=False)
    password = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters; hand it over in person."),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", "–"), *settings.LANGUAGES], required=False
    )
    field_order = ("username", "display_name", "password", "language", "role", "area_code", "agency")

    def clean_password(self) -> str:
        """Refuse short and common passwords."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class PasswordForm(forms.Form):
    """A colleague's new password; the domain says whether it is good enough."""

    password = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters; hand it over in person."),
    )


class AgencyForm(forms.ModelForm):
    """An agency."""

    class Meta:
        model = Agency
        fields: ClassVar = ["code", "name", "name_en", "kind", "area_code"]


class TeamForm(forms.ModelForm):
    """A team."""

    class Meta:
        model = Team
        fields: ClassVar = ["code", "name", "name_en", "kind", "agency", "area_code", "strength"]


class UnitForm(forms.ModelForm):
    """A unit."""

    capabilities = forms.MultipleChoiceField(
        label=_("Capabilities"), choices=Capability, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Unit
        fields: ClassVar = [
            "call_sign", "agency", "team", "area_code", "beat_code", "vehicle", "capabilities", "crew_size",
            "post_lon", "post_lat",
        ]  # fmt: skip


def bind(form_class: type[forms.ModelForm], actor: Account, *args: Any, **kwargs: Any) -> forms.ModelForm:
    """Return the form with its choices limited to what the actor may see."""
    form = form_class(*args, **kwargs)
    for name in ("agency", "team"):
        if name in form.fields:
            form.fields[name].queryset = form.fields[name].queryset.visible_to(actor)
    return form
