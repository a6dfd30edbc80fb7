"""Forms of feeds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.forms import TypeAhead
from anlan.service.incidents.models import Feed


class FeedForm(forms.Form):
    """One feed; code and kind are chosen once."""

    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("part of its address here"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Feed.Kind)
    name = forms.CharField(label=_("Name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    window_minutes = forms.IntegerField(
        label=_("Repeats within (minutes)"), min_value=1, max_value=1440, initial=30,
        help_text=_("a device's next alarm joins its open incident for so long"),
    )  # fmt: skip
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, county: str, feed: Feed | None, *args: Any, **kwargs: Any) -> None:
        """Offer the county's types; show the feed as it is."""
        now = {} if feed is None else {name: getattr(feed, name) for name in SHOWN} | {"type": feed.type.code}
        super().__init__(*args, initial=now, **kwargs)
        self.fields["type"] = TypeAhead(
            county,
            label=_("Incident type"),
            help_text=_("where a device or a message names none"),
            widget=forms.TextInput(attrs={"list": "types", "autocomplete": "off"}),
        )
        if feed is not None:
            del self.fields["code"], self.fields["kind"]

    def clean_code(self) -> str:
        """Refuse a code that another feed has."""
        code: str = self.cleaned_data["code"]
        if Feed.objects.filter(code=code).exists():
            raise forms.ValidationError(_("Another feed has this code."))
        return code


SHOWN = ("name", "name_en", "window_minutes", "active")


class EidoForm(forms.Form):
    """A file, and the type where the file's own is none of the county's."""

    file = forms.FileField(label=_("EIDO-JSON file"))

    def __init__(self, county: str, *args: Any, **kwargs: Any) -> None:
        """Offer the county's types."""
        super().__init__(*args, **kwargs)
        self.fields["type"] = TypeAhead(
            county,
            label=_("Incident type"),
            help_text=_("where the file's own type is none of ours"),
            widget=forms.TextInput(attrs={"list": "types", "autocomplete": "off"}),
        )
