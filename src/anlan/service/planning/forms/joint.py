"""What a week's plan of joint command is asked with: first day, levels, pins."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.service.patrol.evidence import NoData
from anlan.service.planning.forms import roster_lines as lines
from anlan.service.planning.forms.trials import day_field
from anlan.service.planning.joint.ask import MOST_SECONDS, WEEK, JointAsk, PinLine
from anlan.service.planning.joint.gather import gather
from anlan.service.planning.models import Level

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date as Date  # noqa: N812 fields are called date

YEARS = range(2000, 2200)


class WeekForm(forms.Form):
    """Which week."""

    first = day_field(gettext_lazy("First day of the week"))

    def clean_first(self) -> Date:
        """Refuse a year that no plan is for."""
        first: Date = self.cleaned_data["first"]
        if first.year not in YEARS:
            raise forms.ValidationError(_("A year from 2000 to 2199."))
        return first


class JointForm(WeekForm):
    """A week: the alert level of each day, and what is fixed beforehand."""

    first = forms.DateField(widget=forms.HiddenInput)
    patrols = forms.BooleanField(
        label=gettext_lazy("Man the patrols too"), required=False,
        help_text=gettext_lazy(
            "People needed by beat and shift, as the newest deployment plan of each day has them."
        ),
    )  # fmt: skip
    pins = forms.CharField(
        label=gettext_lazy("Fixed beforehand"), required=False, max_length=20_000, strip=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "One a line: day, shift, force, task, people; 0 keeps the force away. The task is the code of a"
            " checkpoint or beat, or standby. Such as: 2026-05-01 night guards CP-03 2"
        ),
    )  # fmt: skip
    seconds = forms.IntegerField(
        label=gettext_lazy("Search for at most (seconds)"), min_value=1, max_value=MOST_SECONDS,
        help_text=gettext_lazy("It ends sooner where the best is proved; you may stop it."),
    )  # fmt: skip

    def __init__(
        self, county6: str, ask: JointAsk, forces: Sequence[str], shifts: Sequence[str], *args: Any
    ) -> None:
        """`forces`, `shifts`: the codes that a pin may name."""
        super().__init__(*args, initial=_initial(ask), label_suffix="")
        self.county6, self.forces, self.shifts = county6, forces, shifts
        for number in range(WEEK):
            day = ask.first + timedelta(days=number)
            label = f"{WEEKDAYS[day.weekday()]} {date_format(day, 'm-d')}"
            self.fields[f"level_{number}"] = forms.ChoiceField(label=label, choices=Level.choices)

    @property
    def level_fields(self) -> list[Any]:
        """The levels of the days."""
        return [self[f"level_{number}"] for number in range(WEEK)]

    def clean(self) -> dict[str, Any]:
        """Read the pins and see whether there is something to plan."""
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        days = [given["first"] + timedelta(days=at) for at in range(WEEK)]
        try:
            given["pins"] = pins(given["pins"], days, self.shifts, self.forces)
            gather(self.county6, self.ask())
        except forms.ValidationError as problem:
            self.add_error("pins", problem)
        except NoData as problem:
            self.add_error(None, str(problem))
        return given

    def ask(self) -> JointAsk:
        """Return what is asked for."""
        given = self.cleaned_data
        levels = tuple(given[f"level_{number}"] for number in range(WEEK))
        return JointAsk(given["first"], levels, given["patrols"], given["pins"], given["seconds"])


def _initial(ask: JointAsk) -> Mapping[str, Any]:
    found = {f"level_{number}": level for number, level in enumerate(ask.levels)}
    texts = [f"{pin.date.isoformat()} {pin.shift} {pin.force} {pin.task} {pin.people}" for pin in ask.pins]
    return {
        "first": ask.first, "patrols": ask.patrols, "seconds": ask.seconds, "pins": "\n".join(texts),
    } | found  # fmt: skip


def pins(
    text: str, days: Sequence[Date], shifts: Sequence[str], forces: Sequence[str]
) -> tuple[PinLine, ...]:
    """Read a day, a shift, a force, a task and a number a line; the last of the same place counts.

    Raises:
        ValidationError: names the line and what is wrong with it.

    """
    by_text, found = {day.isoformat(): day for day in days}, dict[tuple[str, ...], PinLine]()
    for line, parts in lines.parts(text):
        people = lines.count(parts[-1]) if len(parts) == 5 else None
        if people is None:
            told = _("Line %(line)s: day, shift, force, task and a number of people, five in all.")
            raise forms.ValidationError(told % {"line": line})
        for word, known, told in (
            (parts[0], by_text, _("Line %(line)s: %(word)s is not a day of this week (%(known)s).")),
            (parts[1], shifts, _("Line %(line)s: there is no shift %(word)s (%(known)s).")),
            (parts[2], forces, _("Line %(line)s: there is no force %(word)s (%(known)s).")),
        ):
            if word not in known:
                shown = {"line": line, "word": word[:30], "known": ", ".join(known)}
                raise forms.ValidationError(told % shown)
        found[tuple(parts[:4])] = PinLine(by_text[parts[0]], parts[1], parts[2], parts[3], people)
    return tuple(found.values())
