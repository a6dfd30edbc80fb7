"""What a roster is asked with: whom and when, needs, rules, prices, call-up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.planning.roster import Fairness, Prices
from anlan.gateway.holidays import public_holidays
from anlan.service.planning.forms import roster_lines as lines
from anlan.service.planning.forms.roster_rules import RULES, rules_of, values_of
from anlan.service.planning.forms.trials import day_field
from anlan.service.planning.models import Level
from anlan.service.planning.presentation.figures import shift_name
from anlan.service.planning.rosters import patterns
from anlan.service.planning.rosters.ask import (
    LEVELS,
    MOST_DAYS,
    MOST_SECONDS,
    AlertDays,
    NeedRow,
    RosterAsk,
)
from anlan.service.planning.rosters.words import BY_NEED, PATTERNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.engine.planning.shifts import Shift
    from anlan.service.staff.models import Team

WEEK, ALERTS = 7, 4
YEARS = range(2000, 2200)
PEOPLE, PRICE = 999, 1_000_000
TABLE_INPUT = "form-control form-control-sm"


class ChooseForm(forms.Form):
    """Which teams, and from when: what the form proper begins with depends on both."""

    team = forms.MultipleChoiceField(
        label=gettext_lazy("Teams"), widget=forms.SelectMultiple({"size": 8}),
        help_text=gettext_lazy("Those who share shifts. Teams without members are not listed."),
    )  # fmt: skip
    first = day_field(gettext_lazy("First day"))

    def __init__(self, teams: Sequence[Team], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["team"].choices = [(team.code, f"{team.label} ({team.there})") for team in teams]

    def clean_first(self) -> Date:
        """Refuse a year that no roster is for."""
        first: Date = self.cleaned_data["first"]
        if first.year not in YEARS:
            raise forms.ValidationError(_("A year from 2000 to 2199."))
        return first


def number(label: Any, most: int, *, least: int = 0, required: bool = True, help_text: Any = "") -> Any:
    """Return a field of a whole number."""
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, required=required, help_text=help_text
    )


def in_table(field: Any, label: Any) -> Any:
    """Return a field for a cell of a table: small, its label for screen readers."""
    kind = "form-select form-select-sm" if isinstance(field, forms.ChoiceField) else TABLE_INPUT
    field.widget.attrs |= {"class": kind, "aria-label": label}
    return field


class RosterForm(forms.Form):
    """All that a roster is asked with; teams and first day are chosen before."""

    days = number(gettext_lazy("Days"), MOST_DAYS, least=1)
    pattern = forms.ChoiceField(label=gettext_lazy("Pattern"), required=False)
    ahead = number(
        gettext_lazy("Days by which the pattern is ahead"), 366, required=False,
        help_text=gettext_lazy("Patterns go on from roster to roster by themselves."),
    )  # fmt: skip
    country = forms.CharField(
        label=gettext_lazy("Country of the holidays"), max_length=2, required=False,
        help_text=gettext_lazy("Two letters, such as CN; empty: no holidays."),
    )  # fmt: skip
    hard_needs = forms.BooleanField(
        label=gettext_lazy("Needs must be met (else a missing person has a price)"), required=False
    )
    skills = forms.CharField(
        label=gettext_lazy("Of them with a skill"), required=False, max_length=4000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("One a line: the skill, the shift, how many. Such as: driver night 1"),
    )  # fmt: skip
    exceptions = forms.CharField(
        label=gettext_lazy("Other needs on single days"), required=False, max_length=40_000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("One a line: day, shift, how many (skill). Such as: 2026-05-01 day 8"),
    )  # fmt: skip
    forbidden = forms.CharField(
        label=gettext_lazy("Sequences not allowed"), required=False, max_length=4000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy(
            "One a line: shifts on days running, off for a day off, * for any duty; then a price, if it"
            " may be broken. Such as: night off day 300"
        ),
    )  # fmt: skip
    together = number(
        gettext_lazy("Groups together: price of each who serves in another shift"), PRICE, required=False
    )
    uncovered = number(gettext_lazy("A missing person"), PRICE)
    wish = number(gettext_lazy("A wish not met"), PRICE)
    fair_nights = number(gettext_lazy("A night beside the fair share"), PRICE)
    fair_weekends = number(gettext_lazy("A weekend duty beside it"), PRICE)
    fair_holidays = number(gettext_lazy("A holiday duty beside it"), PRICE)
    fair_hours = number(gettext_lazy("Eight hours beside it"), PRICE)
    deviation = number(gettext_lazy("A day beside the pattern"), PRICE)
    order = forms.CharField(
        label=gettext_lazy("Published order of call-up"), required=False, max_length=4000,
        help_text=gettext_lazy("Teams or groups by comma; those left out follow. Empty: by name."),
    )  # fmt: skip
    every = number(gettext_lazy("Another is first after days"), 366, least=1)
    seconds = number(
        gettext_lazy("Search for at most (seconds)"), MOST_SECONDS, least=1,
        help_text=gettext_lazy("It ends sooner where the best is proved; you may stop it."),
    )  # fmt: skip

    def __init__(self, shifts: Sequence[Shift], groups: Sequence[str], ask: RosterAsk, *args: Any) -> None:
        super().__init__(*args, initial=initial_of(ask), label_suffix="")
        self.shifts, self.groups, self.asked = shifts, groups, ask
        names = [("", BY_NEED), *((name, PATTERNS[name]) for name in patterns.available(shifts))]
        self.fields["pattern"].choices = names
        for shift in shifts:
            name = shift_name(vars(shift))
            for day in range(WEEK):
                said = f"{name}, {WEEKDAYS[day]}"
                self.fields[f"need_{shift.code}_{day}"] = in_table(number(said, PEOPLE), said)
            self._limit(f"most_{shift.code}", name, 0, MOST_DAYS)
        for rule in RULES:
            self._limit(rule.name, rule.label, rule.least, rule.most)
        for row in range(ALERTS):
            self._alert(row)
        for level in LEVELS:
            self.fields[f"share_{level}"] = number(Level(level).label, 100)

    def _limit(self, name: str, label: Any, least: float, most: float) -> None:
        field = forms.FloatField(label=label, required=False, min_value=least, max_value=most)
        self.fields[name] = in_table(field, label)
        said = _("%(rule)s: price") % {"rule": label}
        self.fields[f"{name}_price"] = in_table(number(said, PRICE, required=False), said)

    def _alert(self, row: int) -> None:
        levels = [("", "–"), *Level.choices]
        shifts = [(shift.code, shift_name(vars(shift))) for shift in self.shifts]
        self.fields[f"alert_{row}_first"] = day_field(_("From"))
        self.fields[f"alert_{row}_last"] = day_field(_("To"), "")
        self.fields[f"alert_{row}_level"] = forms.ChoiceField(label=_("Level"), choices=levels)
        self.fields[f"alert_{row}_shift"] = forms.ChoiceField(label=_("Shift"), choices=shifts)
        for name in ("first", "last", "level", "shift"):
            field = self.fields[f"alert_{row}_{name}"]
            field.required = False
            in_table(field, f"{row + 1}. {field.label}")

    def clean_country(self) -> str:
        """Refuse a country whose holidays are not known."""
        country = str(self.cleaned_data["country"]).upper()
        if country:
            try:
                public_holidays(country, self.asked.first, self.asked.first + timedelta(days=1))
            except ValueError:
                raise forms.ValidationError(_("The holidays of this country are not known.")) from None
        return country

    def clean_skills(self) -> list[tuple[str, str, int]]:
        """Read a skill, a shift and a number a line."""
        return lines.skills(self.cleaned_data["skills"], self.shifts)

    def clean_exceptions(self) -> Any:
        """Read a day, a shift, a number and perhaps a skill a line."""
        return lines.exceptions(self.cleaned_data["exceptions"], self.shifts)

    def clean_forbidden(self) -> Any:
        """Read sequences."""
        return lines.sequences(self.cleaned_data["forbidden"], self.shifts)

    def clean_order(self) -> tuple[str, ...]:
        """Read groups by comma."""
        return lines.groups(self.cleaned_data["order"], self.groups)

    def clean(self) -> dict[str, Any]:
        """Hold the parts against each other, as the engine does."""
        given = super().clean() or {}
        if self.errors:
            return given
        for row in range(ALERTS):
            first, last, level = (given[f"alert_{row}_{name}"] for name in ("first", "last", "level"))
            if level and not first:
                self.add_error(f"alert_{row}_first", _("From which day?"))
            elif level and last and last < first:
                self.add_error(f"alert_{row}_last", _("The last day lies before the first."))
        try:
            self.rules = rules_of(given, self.shifts)
        except ValueError as problem:
            raise forms.ValidationError(_("The rules contradict each other: %s") % problem) from problem
        return given

    def ask(self) -> RosterAsk:
        """Return what a valid form asks for."""
        given = self.cleaned_data
        needs = [
            NeedRow(shift.code, tuple(given[f"need_{shift.code}_{day}"] for day in range(WEEK)))
            for shift in self.shifts
        ]
        needs += [NeedRow(shift, (people,) * WEEK, skill) for skill, shift, people in given["skills"]]
        fair = Fairness(*(given[f"fair_{kind}"] for kind in ("nights", "weekends", "holidays", "hours")))
        return RosterAsk(
            teams=self.asked.teams, first=self.asked.first, fixed=self.asked.fixed,
            days=given["days"], pattern=given["pattern"], ahead=given["ahead"] or 0,
            needs=tuple(needs), exceptions=given["exceptions"], hard_needs=given["hard_needs"],
            rules=self.rules, together=given["together"], country=given["country"],
            prices=Prices(given["uncovered"], given["wish"], fair, given["deviation"]),
            alerts=tuple(self._alerts(given)), order=given["order"], every=given["every"],
            shares={level: given[f"share_{level}"] / 100 for level in LEVELS}, seconds=given["seconds"],
        )  # fmt: skip

    def _alerts(self, given: Mapping[str, Any]) -> list[AlertDays]:
        found = []
        for row in range(ALERTS):
            first, last, level, shift = (
                given[f"alert_{row}_{name}"] for name in ("first", "last", "level", "shift")
            )
            if level:
                longest = self.asked.first + timedelta(days=MOST_DAYS)
                found.append(AlertDays(first, min(last or first, longest), level, shift))
        return found

    @property
    def need_rows(self) -> list[dict[str, Any]]:
        """The table of needs: a row a shift, a field a weekday."""
        return [
            {"name": shift_name(vars(shift)),
             "fields": [self[f"need_{shift.code}_{day}"] for day in range(WEEK)]}
            for shift in self.shifts
        ]  # fmt: skip

    @property
    def rule_rows(self) -> list[dict[str, Any]]:
        """The table of rules: what is asked, what breaking it costs."""
        rows = [
            {"label": rule.label, "unit": rule.unit, "help": rule.help_text, "value": self[rule.name],
             "price": self[f"{rule.name}_price"]}
            for rule in RULES
        ]  # fmt: skip
        return rows + [
            {"label": _("%(shift)s at most") % {"shift": shift_name(vars(shift))}, "unit": _("times"),
             "help": "",
             "value": self[f"most_{shift.code}"], "price": self[f"most_{shift.code}_price"]}
            for shift in self.shifts
        ]  # fmt: skip

    @property
    def alert_rows(self) -> list[list[Any]]:
        """The rows of alert levels."""
        names = ("first", "last", "level", "shift")
        return [[self[f"alert_{row}_{name}"] for name in names] for row in range(ALERTS)]

    @property
    def alerted(self) -> bool:
        """Whether days of a level are given, or something about them is wrong."""
        wrong = any(name.startswith(("alert_", "share_", "order", "every")) for name in self.errors)
        return bool(self.asked.alerts) or wrong

    @property
    def priced(self) -> bool:
        """Whether a price is wrong."""
        return any(bound.errors for bound in self.price_fields)

    @property
    def share_fields(self) -> list[Any]:
        """The shares called up by level, in percent."""
        return [self[f"share_{level}"] for level in LEVELS]

    @property
    def price_fields(self) -> list[Any]:
        """The prices beside those of rules."""
        names = (
            "uncovered",
            "wish",
            "fair_nights",
            "fair_weekends",
            "fair_holidays",
            "fair_hours",
            "deviation",
        )
        return [self[name] for name in (*names, "together")]


def initial_of(ask: RosterAsk) -> dict[str, Any]:
    """Return the fields of an ask."""
    plain = ("days", "pattern", "ahead", "country", "hard_needs", "together", "every", "seconds")
    found: dict[str, Any] = {name: getattr(ask, name) for name in plain}
    fair = vars(ask.prices.fairness)
    found |= {name: getattr(ask.prices, name) for name in ("uncovered", "wish", "deviation")}
    found |= {f"fair_{name}": value for name, value in fair.items()}
    for row in ask.needs:
        if not row.skill:
            found |= {f"need_{row.shift}_{day}": people for day, people in enumerate(row.people)}
    found["skills"] = "\n".join(f"{row.skill} {row.shift} {row.people[0]}" for row in ask.needs if row.skill)
    found["exceptions"] = "\n".join(
        f"{one.date.isoformat()} {one.shift} {one.people} {one.skill}".rstrip()
        for one in sorted(ask.exceptions, key=lambda one: (one.date, one.shift))
    )
    found["forbidden"] = "\n".join(lines.sequence(one) for one in ask.rules.forbidden)
    found["order"] = ", ".join(ask.order)
    found |= {f"share_{level}": round(100 * ask.shares[level]) for level in LEVELS}
    for row, one in enumerate(ask.alerts[:ALERTS]):
        found |= {f"alert_{row}_{name}": getattr(one, name) for name in ("first", "last", "level", "shift")}
    return found | values_of(ask.rules)
