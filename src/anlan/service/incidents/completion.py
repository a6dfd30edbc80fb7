"""What the command line offers while one types: commands, then what may follow each."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from anlan.service.incidents import words
from anlan.service.incidents.commands import HELP

FOLLOWS: dict[str, tuple[str, ...]] = {
    "d": ("incident", "units"), "s": ("unit", "status"), "c": ("incident", "outcome", "incident"),
    "n": ("incident",), "p": ("incident", "priority"), "x": ("unit",), "on": ("unit",), "off": ("unit",),
    "o": ("incident",), "r": (),
}  # fmt: skip
"""By command, what its words are; a last plural goes on. A command that is not here is offered both kinds."""


def offered() -> dict[str, Any]:
    """Return what the board completes with besides the incidents and units that it shows."""
    chinese = (translation.get_language() or "en").startswith("zh")
    return {
        "commands": [{"word": example.split()[0], "label": f"{example} — {said}"} for example, said in HELP],
        "aliases": words.COMMANDS,
        "follows": FOLLOWS,
        "status": [choice._asdict() for choice in words.choices(words.STATUSES, chinese=chinese)],
        "outcome": [choice._asdict() for choice in words.choices(words.OUTCOMES, chinese=chinese)],
    }
