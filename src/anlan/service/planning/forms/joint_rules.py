"""The forms of a county's forces and of what it has to man."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.planning.joint import TASKS, Task
from anlan.service.planning.forms import roster_lines as lines
from anlan.service.planning.joint.rules import (
    LEVELS,
    RING_NUMBERS,
    ForceRule,
    OfficeRule,
    PointNeed,
    Rules,
    StandbyNeed,
)
from anlan.service.planning.models import Level
from anlan.service.planning.presentation.figures import shift_name
from anlan.service.planning.standard_items import COLOURS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anlan.engine.planning.shifts import Shift

MOST_FORCES, PEOPLE, FACTOR = 12, 9999, 5
TASK_NAMES = {
    Task.PATROL: gettext_lazy("Patrol"),
    Task.CHECKPOINT: gettext_lazy("Checkpoints"),
    Task.STANDBY: gettext_lazy("Standby"),
}
RING_NAMES = {1: gettext_lazy("inner"), 2: gettext_lazy("middle"), 3: gettext_lazy("outer")}


def people(label: Any, *, least: int = 0, required: bool = True, help_text: Any = "") -> forms.IntegerField:
    """Return a field of a number of people."""
    return forms.IntegerField(
        label=label, min_value=least, max_value=PEOPLE, required=required, help_text=help_text
    )


def choices(label: Any, of: Sequence[tuple[Any, Any]], help_text: Any = "") -> forms.MultipleChoiceField:
    """Return boxes to tick."""
    return forms.MultipleChoiceField(
        label=label, choices=of, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


class ForceForm(forms.Form):
    """One force; an empty code leaves it out."""

    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=20, required=False,
        error_messages={"invalid": gettext_lazy("Letters, digits, hyphens: special, guards, office.")},
        help_text=gettext_lazy("Empty it to take the force away."),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60, required=False)
    members = people(
        gettext_lazy("People available on a day"), required=False,
        help_text=gettext_lazy("Not counted where the force has office groups."),
    )  # fmt: skip
    most = people(
        gettext_lazy("Of them in one shift at most"), required=False, help_text=gettext_lazy("Empty: all.")
    )
    police = forms.BooleanField(label=gettext_lazy("Police: others may stand beside them"), required=False)
    armed = forms.BooleanField(label=gettext_lazy("Armed"), required=False)
    alone = forms.BooleanField(label=gettext_lazy("May stand without police"), required=False)
    beside = people(gettext_lazy("Else beside each officer at most"), least=1, required=False)
    group = people(gettext_lazy("Smallest group at a task"), least=1, required=False)
    max_hours = forms.FloatField(
        label=gettext_lazy("Hours of each in a week at most"), min_value=0, max_value=168, required=False
    )
    muster_min = forms.FloatField(
        label=gettext_lazy("Ready for standby within (min)"), min_value=0, max_value=1440, required=False
    )
    tasks = choices(gettext_lazy("Tasks"), [(str(task), TASK_NAMES[task]) for task in TASKS])
    shifts = choices(gettext_lazy("Only in these shifts"), [], gettext_lazy("None ticked: all."))
    colours = choices(
        gettext_lazy("Patrols only in beats of these colours"), list(COLOURS.items()),
        gettext_lazy("None ticked: all."),
    )  # fmt: skip
    off = choices(gettext_lazy("Days off"), [(str(day), name) for day, name in WEEKDAYS.items()])
    beats = forms.CharField(
        label=gettext_lazy("Only in these beats"), required=False, max_length=2000,
        help_text=gettext_lazy("Codes, or how they begin, by comma. Empty: all."),
    )  # fmt: skip
    offices = forms.CharField(
        label=gettext_lazy("Office groups"), required=False, max_length=4000, strip=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "They come out together on some days. One a line: code, people, turns a week, days between two"
            " turns. Such as: finance 6 2 1"
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, shifts: Sequence[Shift] = (), **kwargs: Any) -> None:
        """`shifts`: those of the county, to be ticked."""
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["shifts"].choices = [(one.code, shift_name(vars(one))) for one in shifts]

    def clean_beats(self) -> tuple[str, ...]:
        """Read codes by comma."""
        given = self.cleaned_data["beats"].replace("，", ",").split(",")
        return tuple(dict.fromkeys(code for part in given if (code := part.strip())))

    def clean_offices(self) -> tuple[OfficeRule, ...]:
        """Read a code and up to three numbers a line."""
        found = [_office(line, parts) for line, parts in lines.parts(self.cleaned_data["offices"])]
        return tuple(found)

    def clean(self) -> dict[str, Any]:
        """A force that is kept has a name, people and a task."""
        given = super().clean() or self.cleaned_data
        if not given.get("code"):
            return given
        for name in ("name", "beside", "group", "max_hours", "muster_min"):
            if given.get(name) in {None, ""} and name not in self.errors:
                self.add_error(name, _("A force needs it."))
        if given.get("members") is None and not given.get("offices") and not self.errors:
            self.add_error("members", _("A force needs people, or office groups."))
        if not given.get("tasks") and "tasks" not in self.errors:
            self.add_error("tasks", _("Tick a task at least."))
        return given

    def rule(self) -> ForceRule:
        """Return the force."""
        given = self.cleaned_data
        taken = {name: given[name] for name in (
            "code", "name", "police", "armed", "alone", "beside", "group", "most", "max_hours", "muster_min",
            "beats", "offices",
        )}  # fmt: skip
        return ForceRule(
            **taken, members=given["members"] or 0, tasks=tuple(Task(one) for one in given["tasks"]),
            shifts=tuple(given["shifts"]), colours=tuple(given["colours"]),
            off=tuple(int(day) for day in given["off"]),
        )  # fmt: skip


def _office(line: int, parts: Sequence[str]) -> OfficeRule:
    """Return the office group of a line.

    Raises:
        ValidationError: the line is not a code and numbers in range.

    """
    numbers = [lines.count(part) for part in parts[1:]]
    told = _("Line %(line)s: a code, people (1 or more), turns a week (0 to 7), days between (0 to 6).")
    wrong = not 1 <= len(numbers) <= 3 or len(parts[0]) > 20
    people_, turns, apart = [*numbers, *(2, 1)[len(numbers) - 1 :]] if not wrong else (None, None, None)
    if people_ is None or turns is None or apart is None or not (people_ and turns <= 7 and apart < 7):
        raise ValidationError(told % {"line": line})
    return OfficeRule(parts[0], people_, turns, apart)


def initial_of(force: ForceRule) -> dict[str, Any]:
    """Return a force as its form shows it."""
    return {
        **{name: getattr(force, name) for name in (
            "code", "name", "members", "police", "armed", "alone", "beside", "group", "most", "shifts",
            "colours",
        )},
        "max_hours": f"{force.max_hours:g}",
        "muster_min": f"{force.muster_min:g}",
        "tasks": [str(task) for task in force.tasks],
        "off": [str(day) for day in force.off],
        "beats": ", ".join(force.beats),
        "offices": "\n".join(f"{one.code} {one.people} {one.turns} {one.apart}" for one in force.offices),
    }  # fmt: skip


BLANK = initial_of(ForceRule("", ""))


class ForceSet(forms.BaseFormSet):
    """The forces, each code once."""

    default_error_messages: ClassVar = {
        "missing_management_form": gettext_lazy("The page came back cut short. Load it again."),
    }

    def clean(self) -> None:
        """Check the forces against each other."""
        if any(self.errors) or not self.management_form.is_valid():
            return
        rules = self.rules()
        if not rules:
            raise ValidationError(_("State a force at least."))
        offices = [one.code for rule in rules for one in rule.offices]
        _once([rule.code for rule in rules], _("The code %(code)s stands twice."))
        _once(offices, _("The office group %(code)s stands twice."))

    def rules(self) -> tuple[ForceRule, ...]:
        """Return the forces that are kept."""
        return tuple(form.rule() for form in self.forms if form.cleaned_data.get("code"))


def _once(codes: Sequence[str], told: str) -> None:
    for code in codes:
        if codes.count(code) > 1:
            raise ValidationError(told % {"code": code})


class NeedsForm(forms.Form):
    """What has to be manned, and how much more one thing counts than the next."""

    standby_armed = people(gettext_lazy("Of them armed"))
    standby_muster = forms.FloatField(
        label=gettext_lazy("All ready within (min)"), min_value=0.5, max_value=1440
    )
    officers = people(gettext_lazy("Police in each unit on patrol"))
    factor = forms.IntegerField(
        label=gettext_lazy("A task counts how many times the next"), min_value=1, max_value=FACTOR,
        help_text=gettext_lazy(
            "The order: inner checkpoints, standby, red beats, middle checkpoints, orange beats, outer"
            " checkpoints, yellow beats, green beats."
        ),
    )  # fmt: skip

    def __init__(self, rules: Rules, *args: Any) -> None:
        """Show the needs as they are stated."""
        super().__init__(*args, initial=_needs(rules), label_suffix="")
        rings = [(str(ring), RING_NAMES[ring]) for ring in RING_NUMBERS]
        for level in LEVELS:
            self.fields[f"rings_{level}"] = choices(Level(level).label, rings)
            self.fields[f"standby_{level}"] = people(Level(level).label)
        for ring in RING_NUMBERS:
            self.fields[f"people_{ring}"] = people(
                _("People at a checkpoint, %(ring)s ring") % {"ring": RING_NAMES[ring]}
            )
            self.fields[f"armed_{ring}"] = people(_("Of them armed"))

    def clean(self) -> dict[str, Any]:
        """No more armed than people."""
        given = super().clean() or self.cleaned_data
        for ring in RING_NUMBERS:
            most, armed = given.get(f"people_{ring}"), given.get(f"armed_{ring}")
            if most is not None and armed is not None and armed > most:
                self.add_error(f"armed_{ring}", _("No more than the people there."))
        return given

    def rules(self, forces: tuple[ForceRule, ...]) -> Rules:
        """Return forces and needs together."""
        given = self.cleaned_data
        return Rules(
            forces,
            {level: tuple(int(ring) for ring in given[f"rings_{level}"]) for level in LEVELS},
            {ring: PointNeed(given[f"people_{ring}"], given[f"armed_{ring}"]) for ring in RING_NUMBERS},
            StandbyNeed(
                {level: given[f"standby_{level}"] for level in LEVELS}, given["standby_armed"],
                given["standby_muster"],
            ),
            given["officers"], given["factor"],
        )  # fmt: skip

    @property
    def ring_fields(self) -> list[Any]:
        """The rings of each level."""
        return [self[f"rings_{level}"] for level in LEVELS]

    @property
    def point_fields(self) -> list[Any]:
        """People and armed by ring."""
        return [self[f"{name}_{ring}"] for ring in RING_NUMBERS for name in ("people", "armed")]

    @property
    def standby_fields(self) -> list[Any]:
        """People on standby by level."""
        return [self[f"standby_{level}"] for level in LEVELS]


def _needs(rules: Rules) -> dict[str, Any]:
    found: dict[str, Any] = {
        "standby_armed": rules.standby.armed, "standby_muster": f"{rules.standby.muster_min:g}",
        "officers": rules.officers, "factor": rules.factor,
    }  # fmt: skip
    for level in LEVELS:
        found[f"rings_{level}"] = [str(ring) for ring in rules.rings.get(level, ())]
        found[f"standby_{level}"] = rules.standby.people.get(level, 0)
    for ring, need in rules.points.items():
        found |= {f"people_{ring}": need.people, f"armed_{ring}": need.armed}
    return found


class RulesForm:
    """Forces and needs, valid together."""

    def __init__(self, rules: Rules, shifts: Sequence[Shift], data: Mapping[str, Any] | None = None) -> None:
        kind = forms.formset_factory(
            ForceForm, formset=ForceSet, extra=1, max_num=MOST_FORCES, absolute_max=MOST_FORCES
        )
        rows = [initial_of(force) for force in rules.forces]
        self.forces = kind(data, prefix="force", initial=rows, form_kwargs={"shifts": shifts})
        for form in self.forces.extra_forms:
            form.initial = form.initial or {**BLANK, "members": None}
        self.needs = NeedsForm(rules, *([] if data is None else [data]))

    def is_valid(self) -> bool:
        """Whether both are."""
        return all([self.forces.is_valid(), self.needs.is_valid()])

    def rules(self) -> Rules:
        """Return what is stated."""
        return self.needs.rules(self.forces.rules())
