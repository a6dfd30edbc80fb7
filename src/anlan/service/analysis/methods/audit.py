"""Whether the record may be learned from: what officers found, and what learning it would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.audit import OfficerShare, officer_share
from anlan.engine.analysis.feedback import World, simulate
from anlan.gateway.report.plots import Bars, Lines, Series
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import AskForm, whole
from anlan.service.analysis.inputs import NothingToAnalyse
from anlan.service.analysis.method import Group, Method
from anlan.service.analysis.shading import graded
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.analysis.inputs import Inputs

SHOWN_TYPES, STEP_DAYS = 15, 14
RUN = World(cells=60, patrols=6, days=728, runs=6)


class Form(AskForm):
    """A year of the record, and the exploration to simulate."""

    days = 365
    exploration = whole(
        gettext_lazy("Patrols sent to explore (%)"), 10, 0, 50,
        gettext_lazy("In the simulation: to cells drawn at random."),
    )  # fmt: skip


def run(inputs: Inputs, given: Mapping[str, Any]) -> Finding:
    """Tell officers' share of the record and simulate what learning from it would do."""
    frame = inputs.records()
    located = frame.filter(pl.col("beat_code") != "")
    if located.is_empty():
        raise NothingToAnalyse(_("No incident of these days lies in a beat."))
    names = inputs.ground.names
    by_type = officer_share(frame["source"] == "officer", frame["type"])
    by_beat = officer_share(located["source"] == "officer", located["beat_code"])
    whole_, types = by_type[0], by_type[1:]
    shown = [one for one in types if one.found][:SHOWN_TYPES]
    return Finding(
        [_says(whole_), *_simulated_words(given["exploration"])],
        [
            _(
                "What officers found is shown here and never learned from: forecasts and colours "
                "rest on reports."
            ),
            _(
                "Reports have a bias of their own: who trusts the police reports more, and not all "
                "is reported."
            ),
            _("The simulation is of an invented county: it shows the mechanism, not this county."),
        ],
        [
            (_("Rows"), number(whole_.total)), (_("Found by officers"), number(whole_.found)),
            (_("Share"), percent(whole_.share, 1)),
            (_("Interval"), f"{percent(whole_.low, 1)} … {percent(whole_.high, 1)}"),
        ],
        {
            "types": _sheet(_("By type"), _("Type"), types, names.type),
            "beats": _sheet(_("By beat"), _("Beat"), by_beat[1:], names.beat),
        },
        {
            "types": Bars(
                _("Share found by officers, with intervals"), [names.type(one.group) for one in shown],
                [100 * one.share for one in shown], "%", [100 * one.low for one in shown],
                [100 * one.high for one in shown],
            ),
            "map": graded(
                inputs.ground, "beat", {one.group: 100 * one.share for one in by_beat[1:]},
                _("Share found by officers, %"), unit=" %",
            ),
            "learning": _simulated(given["exploration"] / 100),
        },
    )  # fmt: skip


def _says(whole_: OfficerShare) -> str:
    if not whole_.found:
        return _("Officers found none of these %(total)s incidents: all were reported by residents.") % {
            "total": number(whole_.total)
        }
    told = _(
        "Officers found %(share)s of these %(total)s incidents (%(found)s); the rest residents reported."
    )
    return told % {
        "share": percent(whole_.share, 1),
        "total": number(whole_.total),
        "found": number(whole_.found),
    }


def _simulated_words(exploration: int) -> list[str]:
    said = simulate(RUN, learns="reported").late()["inflation"]
    found = simulate(RUN, learns="recorded").late()["inflation"]
    told = _(
        "In a simulated county, belief learned from reports stands at %(said)s times the truth in the places "
        "believed worst; learned from what patrols find as well, at %(found)s times."
    )
    cost = simulate(RUN, learns="reported", exploration=exploration / 100).late()["covered"]
    none = simulate(RUN, learns="reported").late()["covered"]
    second = _(
        "Sending %(share)s %% of patrols to explore costs %(cost)s of the incidents at the "
        "patrolled places there."
    )
    return [
        told % {"said": number(said, 2), "found": number(found, 2)},
        second % {"share": exploration, "cost": percent(max(1 - cost / none, 0), 1)},
    ]


def _simulated(exploration: float) -> Lines:
    """Draw belief over truth as the days go by."""
    ways = (
        (_("learning reports"), {"learns": "reported"}),
        (_("learning what patrols find too"), {"learns": "recorded"}),
        (_("the same, exploring"), {"learns": "recorded", "exploration": exploration}),
    )
    runs = [(name, simulate(RUN, **how).inflation[::STEP_DAYS]) for name, how in ways]
    labels = [str(day) for day in range(0, RUN.days, STEP_DAYS)]
    return Lines(
        _("Simulation: belief over truth in the places believed worst, by day"), labels,
        [Series(name, values.tolist()) for name, values in runs], _("times the truth"), from_zero=False,
    )  # fmt: skip


def _sheet(caption: str, what: str, rows: list[OfficerShare], name: Any) -> Sheet:
    columns = [
        Column("code", _("Code"), shown=False), Column("name", what), Column("total", _("Rows")),
        Column("found", _("Found by officers")), Column("share", _("Share"), 1, percent=True),
        Column("low", _("From"), 1, percent=True), Column("high", _("To"), 1, percent=True),
    ]  # fmt: skip
    table = [(one.group, name(one.group), one.total, one.found, one.share, one.low, one.high) for one in rows]
    return Sheet.of(caption, columns, table)


METHOD = Method(
    "audit", Group.TRUST, gettext_lazy("Audit of the record"),
    gettext_lazy("Does the analysis feed on itself: who found what it learns from?"), Form, run, "audit",
)  # fmt: skip
