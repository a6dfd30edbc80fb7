"""What the engine says in codes and figures, in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anlan.service.places.models import Grid, PatrolLine, PatrolPoint, StandbyPost
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMED = 5


class Labels:
    """Names of a county's posts, places and units by code, read once."""

    def __init__(self, county6: str) -> None:
        self.county6 = county6
        self.places: dict[str, str] = {}
        self.grids: dict[str, str] = {}
        for kind in (StandbyPost, PatrolPoint, PatrolLine):
            rows = kind.objects.in_county(county6).defer("geometry")
            self.places |= {row.code: row.label for row in rows}
        self.units = {
            str(pk): sign for pk, sign in Unit.objects.in_county(county6).values_list("pk", "call_sign")
        }

    def place(self, code: str) -> str:
        """Return a place's name, its code where it has none."""
        return self.places.get(code, code)

    def unit(self, code: str) -> str:
        """Return a unit's call sign."""
        return self.units.get(code, code)

    def posts(self) -> list[tuple[str, float, float]]:
        """Return the code and place of every active standby post."""
        rows = StandbyPost.objects.in_county(self.county6).filter(active=True, lon__isnull=False)
        return list(rows.values_list("code", "lon", "lat"))

    def grid(self, code: str) -> str:
        """Return a grid's name, its code where it has none."""
        if not self.grids:
            rows = Grid.objects.in_county(self.county6).defer("geometry")
            self.grids = {row.code: row.label for row in rows}
        return self.grids.get(code, code)

    def listed(self, codes: Iterable[str]) -> str:
        """Return the names of the first few places, and how many more there are."""
        names = [self.place(code) for code in codes]
        more = len(names) - NAMED
        text = ", ".join(names[:NAMED])
        return _("%(names)s and %(more)s more") % {"names": text, "more": more} if more > 0 else text


def contradiction(county6: str, clash: dict[str, Any]) -> str:
    """Return why what was set leaves no plan, and the smallest changes that help."""
    labels, figures = Labels(county6), clash["figures"]
    told = {
        "pins_exceed_cars": _("Shift %(shift)s: %(pinned)s cars are pinned, but only %(cars)s are there."),
        "pins_exceed_room": _(
            "Shift %(shift)s: %(posts)s: %(pinned)s cars are pinned where only %(room)s fit."
        ),
        "all_forbidden": _("Shift %(shift)s: every post is forbidden."),
    }[clash["code"]] % {"shift": clash["shift"], "posts": labels.listed(clash["posts"]), **figures}
    helps = [relief(one, labels) for one in clash["reliefs"]]
    return told + " " + _("What helps: %(list)s.") % {"list": _(" or ").join(helps)}


def nobody_out() -> str:
    """Return why no car goes out, and what to do about it."""
    return _(
        "No car goes out in any shift: the force that the colours put on patrol is too small to crew one. "
        "Raise the level, enter the strengths of teams, or set the number of cars."
    )


def binding(codes: Iterable[str]) -> str:
    """Return what binds, by name."""
    known = {
        "cars": _("the number of cars"), "alpha": _("the share owed to the response ring"),
        "support": _("the support ring"), "cap": _("full posts"), "sites": _("no post near enough"),
        "pins": _("pinned posts"), "forbidden": _("forbidden posts"), "moves": _("moves between shifts"),
        "wait": _("the chance of waiting"), "response": _("the mean response"),
        "late": _("the share in time"), "taken": _("visible patrol"), "least": _("the least number"),
        "stable": _("the work itself"),
    }  # fmt: skip
    return ", ".join(known.get(code, code) for code in codes)


def relief_words(one: dict[str, Any]) -> str:
    """Return a change that helps, in words, where no place needs a name but grids."""
    return relief(one, None)


def relief(one: dict[str, Any], labels: Labels | None) -> str:
    """Return a change that helps, in words."""
    amount = one["amount"] or 0
    told = {
        "cars": ngettext("%(amount)s car in all", "%(amount)s cars in all", round(amount)),
        "unpin": ngettext("unpin %(amount)s car", "unpin %(amount)s cars", round(amount)),
        "high": _("allow %(amount)s cars at %(places)s"),
        "allow": _("allow %(places)s"),
        "support_s": _("a support ring of %(minutes)s minutes"),
        "alpha": _("owe the response ring %(share)s %% of demand"),
        "site": _("a new post near %(points)s"),
    }[one["kind"]]
    return told % {
        "amount": round(amount), "minutes": round(amount / 60, 1),
        "places": labels.listed(one["sites"]) if labels else ", ".join(one["sites"][:NAMED]),
        "share": round(100 * amount, 1), "points": ", ".join(grid_names(one["points"])),
    }  # fmt: skip


def grid_names(codes: Iterable[str]) -> list[str]:
    """Return the names of the first few grids."""
    rows = Grid.objects.filter(code__in=list(codes)[:NAMED]).defer("geometry").order_by("code")
    return [row.label for row in rows]
