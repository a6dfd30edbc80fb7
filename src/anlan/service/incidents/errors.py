"""What a domain function says when it will not do as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """A block: the action is impossible as asked; `field` names the input at fault, if one is."""

    def __init__(self, message: object, field: str = "") -> None:
        """Keep a message for the user, which may be a lazy translation."""
        super().__init__(message)
        self.field = field

    def __str__(self) -> str:
        return str(self.args[0])


class NeedsConfirmation(Exception):  # noqa: N818
    """Warnings: the same call with ``confirmed=True`` goes through.

    `seen` names the state that the warnings are about, where another's action could change it before the
    answer: a confirmation that brings it back holds for that state alone.
    """

    def __init__(self, warnings: Sequence[object], seen: str = "") -> None:
        """Keep the warnings for the user."""
        super().__init__(*warnings)
        self.warnings = [str(warning) for warning in warnings]
        self.seen = seen

    def __str__(self) -> str:
        return " ".join(self.warnings)
