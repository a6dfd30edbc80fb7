"""Feedback: what belief becomes that learns from residents' reports, from everything, or from discoveries."""

from __future__ import annotations

from anlan.engine.analysis.feedback import World, simulate
from bench.claims import at_least, at_most, machine

WORLD = World()
LEARNED = {
    "reported": "reported by residents",
    "recorded": "reported and discovered",
    "discovered": "discovered only",
}
HEADER = [
    "Learned from",
    "Exploration",
    "Belief ÷ truth",
    "Belief misplaced",
    "Wrong hot cells",
    "Harm covered",
]


def figures() -> dict[tuple[str, float], dict[str, float]]:
    """Last quarter's figures by what is learned and by share of exploration."""
    return {
        (learns, share): simulate(WORLD, learns=learns, exploration=share).late()
        for learns in ("reported", "recorded", "discovered")
        for share in (0.0, 0.1)
    }


def table() -> list[list[str]]:
    """Return the header and one row of strings for each way to learn, for docs/evidence.md."""
    return [HEADER, *(_row(key, found) for key, found in figures().items())]


def _row(key: tuple[str, float], found: dict[str, float]) -> list[str]:
    learns, share = key
    percent = [f"{100 * found[name]:.1f} %" for name in ("distance", "misplaced", "covered")]
    return [LEARNED[learns], f"{share:.0%}".replace("%", " %"), f"{found['inflation']:.2f}", *percent]


def claims() -> None:
    """Belief stays at the truth on reports, runs away without; exploration's cost."""
    found = figures()
    reported, recorded, discovered = (found[name, 0.0] for name in LEARNED)
    at_most("feedback_reported_belief_off", abs(reported["inflation"] - 1), 0.05, "of the truth")
    at_least("feedback_recorded_belief", recorded["inflation"], 1.5, "times the truth")
    at_least("feedback_discovered_belief", discovered["inflation"], 5, "times the truth")
    cost = reported["covered"] - found["reported", 0.1]["covered"]
    at_most("feedback_exploration_cost", 100 * cost, 8, "% of harm covered")


if __name__ == "__main__":
    print(f"feedback, {machine()}")
    print(f"  {WORLD}")
    for line in table():
        print("  " + " | ".join(line))
    claims()
