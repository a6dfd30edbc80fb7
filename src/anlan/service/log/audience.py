"""Which roles the live stream tells of which events; each app's rules.py names its own kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.service.log.rules import READERS
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from collections.abc import Iterable

ABOUT_COLLEAGUES = frozenset(
    {
        Verb.ACCOUNT_SIGNED_IN,
        Verb.ACCOUNT_SIGN_IN_FAILED,
        Verb.ACCOUNT_CREATED,
        Verb.ACCOUNT_POSTED,
        Verb.ACCOUNT_UNPOSTED,
        Verb.ACCOUNT_PASSWORD_RESET,
        Verb.ACCOUNT_FACTOR_RESET,
        Verb.CALLER_READ,
        Verb.CALLER_PURGED,
        Verb.SCHEDULED_PURGED,
        Verb.QUIET_READ,
        Verb.QUIET_PURGED,
    }
)
_roles: dict[str, frozenset[str]] = {}


def tell_only(kind: str, roles: Iterable[str]) -> None:
    """Stream the events of a kind (a verb's part before the dot) to these roles only."""
    _roles[kind] = frozenset(roles)


def hears(role: str, verb: str) -> bool:
    """Whether the stream tells a holder of the role of such an event."""
    if verb in ABOUT_COLLEAGUES:
        return role in READERS
    return role in _roles.get(verb.partition(".")[0], {role})
