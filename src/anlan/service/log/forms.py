"""The log's filter."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.service.inputs import day
from anlan.service.log.verbs import Verb


class Filter(forms.Form):
    """Every field may stay empty."""

    verb = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("everything")), *Verb.choices])
    actor = forms.CharField(label=_("Who (account)"), required=False, max_length=80)
    record_type = forms.CharField(label=_("Record type"), required=False, max_length=40)
    record_id = forms.CharField(label=_("Record"), required=False, max_length=64)
    day = forms.DateField(label=_("Day"), required=False, widget=day())
    area = forms.RegexField(
        label=_("Area code"),
        required=False,
        regex=r"^\d{2,12}$",
        error_messages={"invalid": _("Give the first 2 to 12 digits of a division code.")},
    )
