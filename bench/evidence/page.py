"""docs/evidence.md from what was measured: first what falls short, then the tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from bench.evidence.candidates import OURS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anlan.engine.analysis.evaluation import Difference
    from bench.evidence.measure import Row, Sheet

# A prototype measured beforehand: hit rates at 1, 2, 5 % in per cent, bits per event, bits of a density.
REFERENCE = {
    "SF burglary": (11.66, 17.0, 29.0, 1.04, 0.79),
    "SF robbery": (27.18, 36.1, 51.6, 2.01, 1.32),
    "SF theft": (20.75, 29.2, 46.6, 1.82, 1.74),
    "Chicago theft": (23.39, 31.6, 44.1, 1.63, 1.54),
}
COUNTS_BEFOREHAND = {"SF burglary": 11.04, "SF robbery": 26.74, "SF theft": 20.66, "Chicago theft": 23.20}
WORST_LOSS, LEAST_BITS, TOTALS = -0.01, 0.08, 0.05


@dataclass(frozen=True)
class Claim:
    """A target, what was reached, and whether it holds."""

    what: str
    reached: str
    target: str
    holds: bool

    @property
    def line(self) -> str:
        """One line of the page and of the run."""
        return f"{self.what}: {self.reached} (target {self.target}) {'ok' if self.holds else 'short'}"


def claims(sheet: Sheet) -> list[Claim]:
    """Return what a set at a horizon is held to."""
    row, where = sheet.ours, f"{sheet.name}, {_days(sheet.horizon)}"
    found = _against_reference(row, where, REFERENCE[sheet.name]) if sheet.horizon == 7 else []
    return [
        *found,
        Claim(
            f"{where}: hits at 1 % against {sheet.counts} counts", _percent(row.over_counts),
            f">= {WORST_LOSS:.0%}", row.over_counts.value >= WORST_LOSS,
        ),
        Claim(
            f"{where}: bits per event over {sheet.density}", _bits(row.over_density),
            f">= +{LEAST_BITS}", row.over_density.value >= LEAST_BITS,
        ),
        Claim(
            f"{where}: forecast over what came", f"{row.totals:.3f}",
            f"within {TOTALS:.0%}", abs(row.totals - 1) <= TOTALS,
        ),
    ]  # fmt: skip


def _against_reference(row: Row, where: str, reference: Sequence[float]) -> list[Claim]:
    rates = [
        Claim(
            f"{where}: hit rate at {share} %",
            f"{100 * got:.2f} %",
            f">= {least:g} %",
            100 * got >= least - 0.005,
        )
        for share, got, least in zip((1, 2, 5), row.hit_rate, reference, strict=False)
    ]
    return [
        *rates,
        Claim(
            f"{where}: bits per event",
            f"{row.bits:.2f}",
            f">= {reference[3]:g}",
            row.bits >= reference[3] - 0.005,
        ),
    ]


def table(sheet: Sheet) -> str:
    """Return a set's table."""
    over, density = f"hits at 1 % against {sheet.counts}", f"bits over {sheet.density}"
    head = (
        f"### {sheet.name}, {_days(sheet.horizon)}\n"
        f"{sheet.windows} windows from {sheet.first} to {sheet.last}, {sheet.events:,} incidents, "
        f"{sheet.cells:,} cells.\n\n"
        f"| candidate | HR 1 % | 2 % | 5 % | bits/event | total | {over} | {density} | deciles |\n"
        "|---|---|---|---|---|---|---|---|---|\n"
    )
    lines = [_line(row) for row in sheet.rows]
    if sheet.horizon == 7:
        hr = REFERENCE[sheet.name]
        lines.append(
            f"| *prototype beforehand* | {hr[0]} | {hr[1]} | {hr[2]} | {hr[3]} | | "
            f"counts {COUNTS_BEFOREHAND[sheet.name]:.2f} | kde {hr[4]} | |"
        )
    return head + "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    name = f"**{row.name}**" if row.name == OURS else row.name
    rates = " | ".join(f"{100 * rate:.2f}" for rate in row.hit_rate)
    low, high = (100 * share for share in row.deciles)
    deciles = "–" if isnan(low) else f"{low:.1f}–{high:.1f} %"
    return (
        f"| {name} | {rates} | {row.bits:.3f} | {row.totals:.3f} | {_percent(row.over_counts)} | "
        f"{_bits(row.over_density)} | {deciles} |"
    )


@dataclass(frozen=True)
class Part:
    """A part of the page: its name and title, text, when measured, how its targets stand.

    `short`: the lines of those that are not met.
    """

    name: str
    title: str
    text: str
    when: str
    held: int
    targets: int
    short: tuple[str, ...]

    @classmethod
    def of(cls, name: str, title: str, text: str, found: Sequence[Claim], when: str) -> Part:
        """A part from what was measured."""
        short = tuple(one.line for one in found if not one.holds)
        return cls(name, title, text.strip(), when, len(found) - len(short), len(found), short)

    @property
    def standing(self) -> str:
        """How its targets stand, for the top of the page."""
        how = f"{self.held} of {self.targets} targets met" if self.targets else "no targets"
        said = f"**{self.title}** ({self.when}): {how}."
        return "\n\n".join([said, "\n".join(f"- {line}" for line in self.short)]).strip()

    @property
    def marked(self) -> str:
        """Its text below the mark by which it is found again."""
        return f"<!-- {self.name} -->\n{self.text}"


STANDING = re.compile(
    r"\*\*(?P<title>.+)\*\* \((?P<when>[\d-]+)\): "
    r"(?:(?P<held>\d+) of (?P<targets>\d+) targets met|no targets)\.(?P<short>(?:\n*- .*)*)"
)
SHORT = "## What falls short\n"


def page(head: str, parts: Sequence[Part]) -> str:
    """Return the whole page."""
    held, targets = (sum(getattr(one, name) for one in parts) for name in ("held", "targets"))
    top = f"{SHORT}{held} of {targets} targets are met; those that are not are listed."
    standings = [one.standing for one in parts]
    return "\n\n".join([head.strip(), top, *standings, *(one.marked for one in parts)]) + "\n"


def kept(text: str, names: Mapping[str, str]) -> tuple[str, dict[str, Part]]:
    """Head and parts of a page, to be kept where they are not measured anew; `names`: titles by name."""
    head, _, rest = text.partition(SHORT)
    found = {one["title"]: one for one in STANDING.finditer(rest)}
    texts = re.split(r"<!-- (\w+) -->\n", rest)
    parts = {}
    for name, body in zip(texts[1::2], texts[2::2], strict=True):
        one = found[names[name]]
        lines = tuple(line.removeprefix("- ") for line in one["short"].split("\n") if line)
        numbers = (int(one[key] or 0) for key in ("held", "targets"))
        parts[name] = Part(name, names[name], body.strip(), one["when"], *numbers, lines)
    return head, parts


def _percent(of: Difference) -> str:
    return f"{of.value:+.1%} [{of.low:+.1%}, {of.high:+.1%}]"


def _bits(of: Difference) -> str:
    return f"{of.value:+.3f} [{of.low:+.3f}, {of.high:+.3f}]"


def _days(horizon: int) -> str:
    return "1 day" if horizon == 1 else f"{horizon} days"
