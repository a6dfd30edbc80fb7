"""What a trial is designed from, and how it is started and ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.planning.trials import Kind
from anlan.service.analysis import taxonomy
from anlan.service.analysis.forms import area_choices
from anlan.service.inputs import day
from anlan.service.places.models import Grid
from anlan.service.planning.trials import words
from anlan.service.planning.trials.ask import TrialAsk, next_monday

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.service.analysis.ground import Ground

NAME_LENGTH = 60
LONGEST_WEEKS = 104
YEARS = range(2000, 2200)
MANY_LEFT_OUT = 500


def day_field(label: Any, help_text: Any = "") -> forms.DateField:
    """Return a field of a day."""
    return forms.DateField(label=label, widget=day(), help_text=help_text)


class TrialForm(forms.Form):
    """The design of a trial; what is known against a default stands under its field."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)
    types = forms.MultipleChoiceField(
        label=gettext_lazy("Types"), required=False, widget=forms.SelectMultiple({"size": 6}),
        help_text=gettext_lazy("What is to become less. None chosen: all types. ∗ is a whole category."),
    )  # fmt: skip
    area = forms.ChoiceField(label=gettext_lazy("Area"), required=False)
    places = forms.IntegerField(
        label=gettext_lazy("Hot spots at most"), initial=40, min_value=2, max_value=200,
        help_text=gettext_lazy("The busiest grids apart from each other; half are patrolled at a time."),
    )  # fmt: skip
    least = forms.FloatField(
        label=gettext_lazy("Least incidents a week"), initial=0.5, min_value=0, max_value=1000,
        help_text=gettext_lazy("A quieter grid takes no part."),
    )  # fmt: skip
    rings = forms.TypedChoiceField(
        label=gettext_lazy("Rings around each place"), coerce=int, initial=1,
        choices=[(0, gettext_lazy("none")), (1, "1"), (2, "2")],
        help_text=gettext_lazy("Where trouble may move to. Rings of two places never touch."),
    )  # fmt: skip
    ring_m = forms.FloatField(
        label=gettext_lazy("Width of a ring (m)"), initial=150, min_value=20, max_value=2000
    )
    first = day_field(gettext_lazy("First day"), gettext_lazy("Can still be moved when it is started."))
    weeks = forms.IntegerField(label=gettext_lazy("Weeks"), initial=26, min_value=2, max_value=LONGEST_WEEKS)
    coin = forms.ChoiceField(label=gettext_lazy("How often a coin is tossed"), choices=words.COINS)
    kind = forms.ChoiceField(label=gettext_lazy("What a coin decides"), choices=words.KINDS)
    hold = forms.IntegerField(
        label=gettext_lazy("Periods that a coin holds"), initial=1, min_value=1, max_value=60
    )
    washout = forms.IntegerField(
        label=gettext_lazy("First periods of a hold left out"), initial=0, min_value=0, max_value=59
    )
    looks = forms.CharField(
        label=gettext_lazy("Looks after weeks"), required=False, initial="6, 13", max_length=200
    )
    effect = forms.FloatField(
        label=gettext_lazy("Effect looked for (% fewer)"), initial=15, min_value=1, max_value=95
    )
    power = forms.FloatField(
        label=gettext_lazy("Power wanted (%)"), initial=80, min_value=10, max_value=99,
        help_text=gettext_lazy("Chance to find the effect if it is there."),
    )  # fmt: skip
    dose_min = forms.FloatField(
        label=gettext_lazy("Minutes that count as a patrol"), initial=10, min_value=1, max_value=600
    )
    left_out = forms.CharField(
        label=gettext_lazy("Places left out"), required=False, max_length=40_000,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("One a line: the grid's code, then why."),
    )  # fmt: skip

    def __init__(self, ground: Ground, today: Date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.ground, self.today = ground, today
        self.fields["types"].choices = taxonomy.choices(ground.county6)
        self.fields["area"].choices = area_choices(ground)
        self.fields["first"].initial = next_monday(today)
        for name, codes in SOURCES.items():
            self.fields[name].help_text = words.sources(*codes)

    def clean_name(self) -> str:
        """Take the name as one line."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_first(self) -> Date:
        """Refuse a day that has passed, or lies beyond any plan."""
        first: Date = self.cleaned_data["first"]
        if first < self.today or first.year not in YEARS:
            raise forms.ValidationError(_("Choose today or a later day, up to the year 2199."))
        return first

    def clean_looks(self) -> tuple[int, ...]:
        """Read weeks by comma, rising."""
        parts = [part.strip() for part in self.cleaned_data["looks"].replace("，", ",").split(",")]
        told = _("Whole weeks by comma, rising: 6, 13.")
        if any(not (part.isascii() and part.isdigit() and len(part) < 4) for part in parts if part):
            raise forms.ValidationError(told)
        weeks = [int(part) for part in parts if part]
        if weeks != sorted(set(weeks)) or 0 in weeks:
            raise forms.ValidationError(told)
        return tuple(weeks)

    def clean_left_out(self) -> dict[str, str]:
        """Read a code and a reason a line; every code must be a grid of the county."""
        rows = [line.split(maxsplit=1) for line in self.cleaned_data["left_out"].splitlines() if line.strip()]
        if len(rows) > MANY_LEFT_OUT:
            raise forms.ValidationError(_("At most 500 places; choose an area instead."))
        codes = {row[0] for row in rows}
        known = set(
            Grid.objects.in_county(self.ground.county6).filter(code__in=codes).values_list("code", flat=True)
        )
        for line, row in enumerate(rows, 1):
            if row[0] not in known:
                told = _("Line %(line)s: there is no grid with the code %(code)s in this county.")
                raise forms.ValidationError(told % {"line": line, "code": row[0][:40]})
            if len(row) < 2:
                told = _("Line %(line)s: say why %(code)s is left out.")
                raise forms.ValidationError(told % {"line": line, "code": row[0]})
        return {row[0]: row[1].strip()[:120] for row in rows}

    def clean(self) -> dict[str, Any]:
        """Hold the parts against each other, as the engine does."""
        given = super().clean() or {}
        if self.errors:
            return given
        per_week = 7 if given["coin"] == "day" else 1
        if given["looks"] and given["looks"][-1] >= given["weeks"]:
            self.add_error(
                "looks", _("The last of them must lie before the end; the end is always looked at.")
            )
        if given["kind"] != "parallel" and given["hold"] > given["weeks"] * per_week:
            self.add_error("hold", _("A coin holds longer than the trial lasts."))
            return given
        held = given["weeks"] * per_week if given["kind"] == "parallel" else given["hold"]
        if given["washout"] >= held:
            self.add_error("washout", _("Nothing would be left to count."))
        return given

    def ask(self) -> TrialAsk:
        """Return what a valid form asks for."""
        given = dict(self.cleaned_data)
        given["effect"], given["power"] = -given["effect"] / 100, given["power"] / 100
        given["types"], given["kind"] = tuple(given["types"]), Kind(given["kind"])
        if given["kind"] == "parallel":
            given["hold"] = 1
        return TrialAsk(**given)


SOURCES = {
    "effect": ("planned_effect",),
    "looks": ("review_after_weeks",),
    "coin": ("days_between_coins",),
    "dose_min": ("stop_minutes_least", "stop_minutes"),
}


class StartForm(forms.Form):
    """When the coins begin to count, and a number that nobody could know when the secret was drawn."""

    first = day_field(gettext_lazy("First day"))
    beacon = forms.CharField(
        label=gettext_lazy("Number drawn in public"), required=False, max_length=80,
        help_text=gettext_lazy(
            "Such as tonight's lottery numbers: drawn after the hash was shown, so nobody chose the coins."
        ),
    )  # fmt: skip


class EndForm(forms.Form):
    """Why a trial ends."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
