"""The page's section on trials and adherence, from `bench.trials` and `bench.adherence`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.trials import SPOILT, TRIALS, pooled

if TYPE_CHECKING:
    from bench.adherence import Thinned
    from bench.trials import Found, Run

HEAD = f"""\
## Trials by coin
`bench/trials.py`, [trials](methods/trials.md)

Pairs and stated power come from a past alone; then {TRIALS:,} trials are run on what came after it, with
nothing planted and with 15 % fewer incidents where treated. Chicago: weekly thefts in cells of 250 m, 2016
the past, 2017 what came after; San Francisco: the recorded (alternate) weeks 2003–2015, halved. Made: 40 to
60 places, counts with variance m + 0.3 m². Intervals are exact at 95 %. Coverage: share of the trials' 95 %
intervals that hold the planted ratio; bias: mean error of the log ratio.
"""
COLUMNS = (
    "World, design", "Pairs, weeks", "Stated power", "Found at -15 %", "False positives at 0", "Coverage",
    "Bias", "Weeks to the end",
)  # fmt: skip

ADHERENCE = """
## Adherence with thinner positions
`bench/adherence.py`, [adherence](methods/adherence.md)

Fifty vehicles in Athens at 1 Hz (pNEUMA), thinned; the first and last fix kept, five phases. Stays: at least
10 s within 50 m of the middle of a 100 m cell, chosen at 1 Hz, so that time that moves to another cell is
lost. A segment is covered where 80 % of it has the way within 30 m.
"""
THINNED = (
    "Fix every", "Dose, all stays", "Error of a stay, mean", "95 % of stays within", "Same side of a minute",
    "Own way covered", "Driven segments found", "Others claimed",
)  # fmt: skip


def section(found: list[Found], thinned: list[Thinned]) -> str:
    """Return the page's two sections."""
    trials = [HEAD, *_head(COLUMNS), *map(_line, found), *_notes(found)]
    return "\n".join([*trials, ADHERENCE, *_head(THINNED), *map(_thin, thinned)])


def _head(columns: tuple[str, ...]) -> list[str]:
    return [_cells(*columns), _cells(*["---"] * len(columns))]


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _line(one: Found) -> str:
    return _cells(
        one.label,
        f"{one.pairs}, {one.weeks}",
        f"{one.stated.power:.1%} [{one.stated.low:.1%}, {one.stated.high:.1%}]",
        _rate(one.fall),
        _rate(one.nothing),
        f"{one.fall.covered / one.fall.trials:.1%}",
        f"{one.fall.bias:+.4f} ± {1.96 * one.fall.bias_error:.4f}",
        f"{one.fall.weeks:.1f}",
    )


def _rate(run: Run) -> str:
    low, high = run.limits
    return f"{run.rate:.1%} [{low:.1%}, {high:.1%}]"


def _notes(found: list[Found]) -> list[str]:
    """Return what the table cannot show: displacement, early stopping, carry-over."""
    lines = ["", f"- {pooled(found).line}."]
    for one in found:
        if one.fall.quotient_covered is not None:
            share = one.fall.quotient_covered / one.fall.trials
            lines.append(f"- {one.label}: the quotient's interval at 95 % held the true -0.5 in {share:.1%}.")
        if one.looks:
            lines.append(
                f"- {one.label}: estimates of trials that stopped early are too large (bias above); "
                "the interval, made for all looks together, covers more than 95 %."
            )
        if one.name in SPOILT:
            lines.append(
                f"- {one.label}: carry-over makes the controls better and the estimate smaller; "
                "no claim is made on its power. Longer holds with a wash-out mend it (last row)."
            )
    return lines


def _thin(one: Thinned) -> str:
    return _cells(
        f"{one.every_s} s",
        f"{one.bias:+.1%}",
        f"{one.error_s:.1f} s",
        f"{one.far_s:.0f} s",
        f"{one.minute:.1%}",
        f"{one.way:.1%}",
        f"{one.driven_kept:.1%} of {one.driven:,}",
        f"{one.others_claimed:.2%} of {one.others:,}",
    )
