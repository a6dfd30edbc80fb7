"""What a method is asked: the fields that all share; each method adds its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.service.analysis import taxonomy
from anlan.service.analysis.inputs import Question
from anlan.service.inputs import day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

    from anlan.service.analysis.ground import Ground

LONGEST_DAYS = 3660
YEARS = range(1900, 2200)
SHARED = ("start", "end", "types", "area")


class AskForm(forms.Form):
    """Days, types and area; what is not given has its default, so that a short address says enough."""

    days: ClassVar[int] = 28
    """Length of the period where none is given."""
    least: ClassVar[int] = 1
    """The shortest period that can be answered."""

    start = forms.DateField(label=gettext_lazy("First day"), widget=day())
    end = forms.DateField(label=gettext_lazy("Last day"), widget=day())
    area = forms.ChoiceField(label=gettext_lazy("Area"), required=False)
    types = forms.MultipleChoiceField(
        label=gettext_lazy("Types"), required=False, widget=forms.SelectMultiple({"size": 6}),
        help_text=gettext_lazy("None chosen: all types. ∗ is a whole category."),
    )  # fmt: skip

    def __init__(self, ground: Ground, given: QueryDict | Mapping[str, Any]) -> None:
        self.ground = ground
        super().__init__(self._completed(given), label_suffix="")
        self.fields["types"].choices = taxonomy.choices(ground.county6)
        self.fields["area"].choices = area_choices(ground)
        self.order_fields(
            [*SHARED[:2], "area", *(name for name in self.fields if name not in SHARED), "types"]
        )

    def _completed(self, given: QueryDict | Mapping[str, Any]) -> dict[str, Any]:
        """Return what was given with the defaults of the rest."""
        read = getattr(given, "getlist", lambda name: [given[name]])
        data: dict[str, Any] = {}
        _first, last = self.ground.day_range()
        defaults = {"start": last - timedelta(days=self.days - 1), "end": last, "types": [], "area": ""}
        for name, made in self.base_fields.items():
            if name not in given:
                data[name] = defaults.get(name, made.initial)
            elif isinstance(made, forms.MultipleChoiceField):
                found = read(name)
                data[name] = found[0] if len(found) == 1 and isinstance(found[0], list | tuple) else found
            else:
                data[name] = read(name)[-1]
        return data

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it starts, or is too short or too long."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("start"), cleaned.get("end")
        if end and end.year not in YEARS:
            self.add_error("end", _("A year from 1900 to 2199."))
        if start and end:
            days = (end - start).days + 1
            if days < 1:
                self.add_error("end", _("The last day is before the first."))
            elif days < self.least:
                told = _("This needs at least %(least)s days; these are %(days)s.")
                self.add_error("end", told % {"least": self.least, "days": days})
            elif days > LONGEST_DAYS:
                self.add_error("end", _("At most ten years at once."))
        return cleaned

    @property
    def period(self) -> str:
        """The days of a valid form, as they are written."""
        return f"{self.cleaned_data['start']} – {self.cleaned_data['end']}"

    def question(self) -> Question:
        """Return the question of a valid form."""
        given = self.cleaned_data
        return Question(
            given["start"], given["end"] + timedelta(days=1), tuple(given["types"]), given["area"]
        )

    def parameters(self) -> dict[str, Any]:
        """Return the method's own parameters of a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name not in SHARED}


class MorningForm(AskForm):
    """A question about one morning: the day after the last one, judged by `back` days before it."""

    start = None
    back: ClassVar[int] = 1096
    """How many days the answer looks back."""

    @property
    def period(self) -> str:
        """The last day of a valid form."""
        return f"{self.cleaned_data['end']}"

    def question(self) -> Question:
        """Return the question of a valid form."""
        given = self.cleaned_data
        end = given["end"] + timedelta(days=1)
        return Question(end - timedelta(days=self.back), end, tuple(given["types"]), given["area"])


def area_choices(ground: Ground) -> list[Any]:
    """Return what may be asked about: all of the reader's areas, their townships, their beats."""
    everything = _("The whole county") if ground.whole else _("All of my areas")
    towns = [(area.code[:9], area.label) for area in ground.townships]
    beats = [(beat.code, beat.label) for beat in ground.beats]
    groups = ((_("Townships"), towns), (_("Beats"), beats))
    return [("", everything), *((name, found) for name, found in groups if found)]


def choice(
    label: Any, choices: list[tuple[str, Any]], initial: str, help_text: Any = ""
) -> forms.ChoiceField:
    """Return a field of a few named choices."""
    return forms.ChoiceField(label=label, choices=choices, initial=initial, help_text=help_text)


def whole(label: Any, initial: int, low: int, high: int, help_text: Any = "") -> forms.IntegerField:
    """Return a field of a whole number between two limits."""
    return forms.IntegerField(
        label=label, initial=initial, min_value=low, max_value=high, help_text=help_text
    )


LEVELS = [("beat", gettext_lazy("Beats")), ("grid", gettext_lazy("Grids"))]
