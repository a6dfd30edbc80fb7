"""The demo's accounts: one login a role, and those under which the simulated staff act."""

from __future__ import annotations

from anlan.service.staff.models import Role

PASSWORD = "anlan-demo"  # noqa: S105  printed on purpose; the accounts sign in under DEMO=1 only
SIMULATED = {
    "sim-call-taker": Role.CALL_TAKER,
    "sim-dispatcher": Role.DISPATCHER,
    "sim-crews": Role.PATROL,
    "sim-commander": Role.WATCH_COMMANDER,
    "sim-leader": Role.LEADER,
    "sim-night": Role.WATCH_COMMANDER,
}
DESKS = ("fire", "medical", "city", "gas")
"""Partner agencies whose desk has a login of its own, `fire-desk` and so on."""


PARTNERS = (*DESKS, "water", "power")
"""Partner agencies that the simulated day asks; at each a simulated colleague answers, `sim-fire` …"""


def colleague(agency: str) -> str:
    """The user name of the simulated colleague at a partner agency, who has no password."""
    return f"sim-{agency}"


def desk(agency: str) -> str:
    """The user name of the desk of a partner agency."""
    return f"{agency}-desk"


def login(role: str) -> str:
    """The user name of the demo account of a role: `watch-commander` for `watch_commander`."""
    return role.replace("_", "-")


def leader(village: str) -> str:
    """The user name of a village's grid leader, who has no password."""
    return f"grid-{village[6:]}"
