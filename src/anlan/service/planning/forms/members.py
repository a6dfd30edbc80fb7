"""Members of teams: what they can do, when they are away, what they wish."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.service.planning.domain.members import LONGEST, MOST_HOURS, MemberRow
from anlan.service.planning.forms.trials import day_field
from anlan.service.planning.models import Absence, Member
from anlan.service.planning.presentation.figures import shift_name
from anlan.service.planning.rosters.words import Names
from anlan.service.staff.models import Account

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.engine.planning.shifts import Shift
    from anlan.service.planning.models import Roster

YEARS = range(2000, 2200)
FREE = ""
WISH_DAYS = 200


def _year(day: Date) -> Date:
    if day.year not in YEARS:
        raise forms.ValidationError(_("A year from 2000 to 2199."))
    return day


class MemberForm(forms.Form):
    """A member's code, group, skills, hours and account."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=LONGEST, help_text=gettext_lazy("As on the duty sheet: A-03")
    )
    group = forms.CharField(
        label=gettext_lazy("Group"), max_length=LONGEST, required=False,
        help_text=gettext_lazy("Members of a group turn through a pattern together. Empty: the whole team."),
    )  # fmt: skip
    skills = forms.CharField(
        label=gettext_lazy("Skills"), max_length=300, required=False,
        help_text=gettext_lazy("Separated by semicolons: driver; first aid"),
    )  # fmt: skip
    weekly_hours = forms.FloatField(
        label=gettext_lazy("Weekly hours"), initial=40, min_value=1, max_value=MOST_HOURS
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def row(self, team: str) -> MemberRow:
        """Return the member as the domain takes it."""
        given = self.cleaned_data
        parts = given["skills"].replace("；", ";").split(";")
        skills = tuple(part.strip() for part in parts if part.strip())
        return MemberRow(team, given["code"], skills, given["weekly_hours"], given["group"])


class MemberChangeForm(MemberForm):
    """The same of a member who is there, with the account that signs in as it."""

    account = forms.ModelChoiceField(
        Account.objects.none(), label=gettext_lazy("Account"), required=False,
        help_text=gettext_lazy("Whoever signs in with it sees these duties and may say wishes."),
    )  # fmt: skip

    def __init__(self, member: Member, *args: Any) -> None:
        initial = {
            "code": member.code, "group": member.group, "skills": "; ".join(member.skills),
            "weekly_hours": member.weekly_minutes / 60, "account": member.account_id,
        }  # fmt: skip
        super().__init__(*args, initial=initial)
        posted = Account.objects.filter(is_active=True, postings__area_code__startswith=member.area_code[:6])
        self.fields["account"].queryset = posted.distinct().order_by("username")


class FillForm(forms.Form):
    """In how many groups a team is filled up."""

    groups = forms.IntegerField(label=gettext_lazy("In groups"), initial=4, min_value=1, max_value=26)


class ImportForm(forms.Form):
    """A file of members."""

    file = forms.FileField(label=gettext_lazy("CSV or Excel file"))

    def __init__(self, *args: Any) -> None:
        super().__init__(*args, label_suffix="")


class AbsenceForm(forms.Form):
    """From when to when a member is away."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Absence.Kind.choices)
    first = day_field(gettext_lazy("First day"))
    last = day_field(gettext_lazy("Last day"))

    def __init__(self, *args: Any) -> None:
        super().__init__(*args, label_suffix="")

    def clean_first(self) -> Date:
        """Refuse a year that nobody plans for."""
        return _year(self.cleaned_data["first"])

    def clean_last(self) -> Date:
        """Refuse a year that nobody plans for."""
        return _year(self.cleaned_data["last"])


class WishForm(forms.Form):
    """A wish for a day: free, or a shift or not, or any duty."""

    date = day_field(gettext_lazy("Day"))
    wish = forms.ChoiceField(label=gettext_lazy("Wish"))

    def __init__(self, shifts: Sequence[Shift], *args: Any) -> None:
        super().__init__(*args, label_suffix="")
        self.fields["wish"].choices = wish_choices(shifts)

    def clean_date(self) -> Date:
        """Take days to come, not too far off."""
        day: Date = self.cleaned_data["date"]
        today = timezone.localdate()
        if not today <= day <= today + timedelta(days=WISH_DAYS):
            raise forms.ValidationError(_("A day from today on, within 200 days."))
        return day

    @property
    def chosen(self) -> tuple[str, bool]:
        """The shift ("" any duty) and whether it is wanted."""
        sign, _colon, shift = self.cleaned_data["wish"].partition(":")
        return shift, sign == "+"


def wish_choices(shifts: Sequence[Shift]) -> list[tuple[str, str]]:
    """Return what may be wished of a day."""
    named = [(shift.code, shift_name(vars(shift))) for shift in shifts]
    found = [("-:", _("a free day"))]
    found += [(f"-:{code}", _("not: %(shift)s") % {"shift": name}) for code, name in named]
    found += [(f"+:{code}", name) for code, name in named]
    return [*found, ("+:", _("any duty"))]


def wish_words(shift: str, want: bool, names: dict[str, str]) -> str:
    """Return a wish in words."""
    if not shift:
        return _("any duty") if want else _("a free day")
    name = names.get(shift, shift)
    return name if want else _("not: %(shift)s") % {"shift": name}


class AwayForm(forms.Form):
    """Who of a roster is away, and which of its days."""

    member = forms.ChoiceField(label=gettext_lazy("Who is away"))
    first = day_field(gettext_lazy("First day"))
    last = day_field(gettext_lazy("Last day"))

    def __init__(self, roster: Roster, *args: Any) -> None:
        today = min(max(timezone.localdate(), roster.first), roster.last)
        super().__init__(*args, label_suffix="", initial={"first": today, "last": today})
        self.roster = roster
        names = Names(roster)
        people = [one["key"] for one in roster.body["people"]]
        self.fields["member"].choices = [(key, names.member(key)) for key in people]

    def clean(self) -> dict[str, Any]:
        """Take days of the roster, in order."""
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and not self.roster.first <= first <= last <= self.roster.last:
            told = _("Days from %(first)s to %(last)s, the first before the last.")
            shown = {"first": self.roster.first.isoformat(), "last": self.roster.last.isoformat()}
            self.add_error("last", told % shown)
        return given

    @property
    def numbers(self) -> range:
        """The days as the roster numbers them."""
        given = self.cleaned_data
        return range((given["first"] - self.roster.first).days, (given["last"] - self.roster.first).days + 1)
