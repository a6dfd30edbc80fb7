"""The form of a county's standards: figures by group, shifts by row."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.planning.standards import Standards
from anlan.service.planning.standard_items import GROUPS, ITEMS, MODEL_SOURCE, MODELS
from anlan.service.planning.standards import parsed, plain

if TYPE_CHECKING:
    from anlan.service.planning.standard_items import Item

MOST_SHIFTS, MINUTE, HOURS = 8, 60, 24


def field_of(item: Item) -> forms.Field:
    """Return the field of a figure, its unit in the label; required unless it may be left out."""
    kind = forms.IntegerField if item.whole else forms.FloatField
    label = format_lazy("{} ({})", item.label, item.unit)
    attrs = {"step": "1" if item.whole else "any", "inputmode": "decimal", "class": "figure-input"}
    options = {} if item.whole else {"localize": False}
    return kind(
        label=label, min_value=item.low, max_value=item.high, required=not item.optional,
        widget=forms.NumberInput(attrs=attrs), **options,
    )  # fmt: skip


class ShiftForm(forms.Form):
    """One shift: an empty code leaves the row out."""

    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=20, required=False,
        error_messages={"invalid": gettext_lazy("Letters, digits, hyphens: day, night, a-shift.")},
    )  # fmt: skip
    begins = forms.TimeField(
        label=gettext_lazy("Begins"), required=False, input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    hours = forms.FloatField(
        label=gettext_lazy("Length (h)"), min_value=0.25, max_value=24, required=False, localize=False,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )  # fmt: skip
    share = forms.FloatField(
        label=gettext_lazy("Share of a day's people (%)"), min_value=0, max_value=100, required=False,
        localize=False, widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A shift has a begin and a length."""
        found = super().clean() or self.cleaned_data
        if found.get("code"):
            for name in ("begins", "hours"):
                if found.get(name) is None and name not in self.errors:
                    self.add_error(name, _("A shift needs it."))
        return found


class ShiftSet(forms.BaseFormSet):
    """The shifts of a day, each code once; their shares add up to 100 %, or none is given."""

    default_error_messages: ClassVar = {
        **forms.BaseFormSet.default_error_messages,
        "missing_management_form": gettext_lazy("The page came back cut short. Load it again."),
    }

    def clean(self) -> None:
        """Check the rows against each other."""
        if any(self.errors) or not self.management_form.is_valid():
            return
        rows = self.kept()
        codes = [row["code"] for row in rows]
        if not rows:
            raise ValidationError(_("A day needs a shift."))
        for code in codes:
            if codes.count(code) > 1:
                raise ValidationError(_("The code %(code)s stands twice.") % {"code": code})
        shares = [row["share"] for row in rows if row["share"] is not None]
        if shares and (len(shares) != len(rows) or abs(sum(shares) - 100) > 0.01):
            raise ValidationError(
                _("Shares of people: one for each shift, 100 %% together, not %(sum)s %%; or none at all.")
                % {"sum": round(sum(shares), 2)}
            )

    def kept(self) -> list[dict[str, Any]]:
        """Return the rows that have a code."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("code")]

    def shifts(self) -> list[dict[str, Any]]:
        """Return the shifts as plain data."""
        return [
            {
                "code": row["code"],
                "start_min": row["begins"].hour * MINUTE + row["begins"].minute,
                "minutes": round(row["hours"] * MINUTE),
            }
            for row in self.kept()
        ]

    def shares(self) -> list[float]:
        """Return the shares of people; empty for alike."""
        return [row["share"] / 100 for row in self.kept() if row["share"] is not None]


class StandardsForm(forms.Form):
    """All figures of the standards but the shifts, which are a set of rows beside it."""

    model = forms.ChoiceField(label=gettext_lazy("How posts are chosen"), choices=list(MODELS.items()))

    def __init__(self, now: Standards, *args: Any, **kwargs: Any) -> None:
        """Show the standards in force."""
        super().__init__(*args, **kwargs)
        self.now = plain(now)
        self.fields["model"].initial = self.now["model"]
        for item in ITEMS:
            self.fields[item.name] = field_of(item)
            self.fields[item.name].initial = item.shown(self.now)
        shifts = forms.formset_factory(
            ShiftForm, formset=ShiftSet, extra=2, max_num=MOST_SHIFTS, absolute_max=MOST_SHIFTS
        )
        data = args[0] if args else kwargs.get("data")
        self.shifts: ShiftSet = shifts(data, prefix="shift", initial=self._shift_rows())

    def _shift_rows(self) -> list[dict[str, Any]]:
        shares = self.now["force_shares"] or [None] * len(self.now["shifts"])
        return [
            {
                "code": shift["code"],
                "begins": f"{shift['start_min'] // MINUTE:02}:{shift['start_min'] % MINUTE:02}",
                "hours": f"{round(shift['minutes'] / MINUTE, 4):g}",
                "share": None if share is None else f"{round(100 * share, 4):g}",
            }
            for shift, share in zip(self.now["shifts"], shares, strict=True)
        ]

    def is_valid(self) -> bool:
        """Whether figures and shifts are right, each by itself and together."""
        return all([super().is_valid(), self.shifts.is_valid()]) and self._made() is not None

    def clean(self) -> dict[str, Any]:
        """Check figures that bound each other."""
        found = super().clean() or self.cleaned_data
        self._no_less(found, "rings-support_s", "rings-ring_s", _("Not below the response ring."))
        self._no_less(found, "stops-longest_min", "stops-minutes", _("Not below the usual minutes."))
        return found

    def _no_less(self, found: dict[str, Any], name: str, least: str, said: str) -> None:
        value, bound = found.get(name), found.get(least)
        if value is not None and bound is not None and value < bound:
            self.add_error(name, said)

    def _made(self) -> Standards | None:
        try:
            return self.standards
        except ValueError as problem:  # what the checks above do not know
            self.add_error(None, str(problem))
            return None

    @cached_property
    def standards(self) -> Standards:
        """The standards that the form says."""
        body = copy.deepcopy(self.now)
        body["model"] = self.cleaned_data["model"]
        for item in ITEMS:
            item.put(body, self.cleaned_data[item.name])
        body["shifts"], body["force_shares"] = self.shifts.shifts(), self.shifts.shares()
        return parsed(body)

    def groups(self) -> list[dict[str, Any]]:
        """Return the figures by group, each with its default and its source."""
        default = plain(Standards())
        return [
            {"group": group, "rows": [self._row(item, default) for item in group.items]} for group in GROUPS
        ]

    def _row(self, item: Item, default: dict[str, Any]) -> dict[str, Any]:
        usual = item.shown(default)
        return {
            "field": self[item.name],
            "item": item,
            "default": usual,
            "own": item.shown(self.now) != usual,
        }

    @property
    def model_row(self) -> dict[str, Any]:
        """The choice of model with its default and source."""
        default = plain(Standards())["model"]
        return {"field": self["model"], "default": MODELS[default], "source": MODEL_SOURCE}


def uncovered(standards: Standards) -> list[int]:
    """Return the clock hours that no shift touches."""
    touched = {hour for shift in standards.shifts for hour in shift.hours()}
    return [hour for hour in range(HOURS) if hour not in touched]
