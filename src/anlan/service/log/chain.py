"""The hash chain: how a sealed event is hashed, and the check that names the first bad row."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anlan.service.log.models import Chain, Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GENESIS = "0" * 64


@dataclass(frozen=True)
class Verdict:
    """Outcome of a check of one county's chain; `fault` is empty when every row holds.

    `first`..`last` are the sequence numbers that were found in order and unchanged; `unsealed` counts events
    that wait for the sealer; `head` is the last good hash, to be noted elsewhere as a witness.
    """

    county: str
    first: int
    last: int
    head: str
    unsealed: int
    fault: str = ""
    bad_sequence: int | None = None
    bad_id: int | None = None

    @property
    def intact(self) -> bool:
        """Whether no row was found changed, missing or out of order."""
        return not self.fault


def canonical(value: Any) -> Any:
    """Return JSON data in the one form that SQLite and PostgreSQL agree on after a round trip.

    A float with an integral value is written as that integer (PostgreSQL's jsonb turns 1e16 into digits).
    """
    if isinstance(value, dict):
        return {key: canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [canonical(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))
    return value


def digest(event: Event, sequence: int, previous_hash: str) -> str:
    """Return the SHA-256 (hex) of the previous hash, a line feed and the event's canonical JSON."""
    facts = {
        "id": event.pk,
        "county": event.county,
        "sequence": sequence,
        "at": event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": event.actor_id,
        "verb": str(event.verb),
        "record_type": event.record_type,
        "record_id": event.record_id,
        "area_code": event.area_code,
        "data": canonical(event.data),
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return sha256(f"{previous_hash}\n{text}".encode()).hexdigest()


def counties() -> list[str]:
    """Return the codes of all counties that have a chain or an event that waits for one."""
    waiting = Event.objects.filter(sequence=None).values_list("county", flat=True)
    return sorted({*Chain.objects.values_list("county", flat=True), *waiting})


def verify(county: str, after: int = 0) -> Verdict:
    """Check a county's chain from the row behind `after` to its head and name the first bad row.

    With `after` > 0 the row at `after` is taken as given; 0 checks everything.
    """
    anchor = Event.objects.filter(county=county, sequence=after).values_list("hash", flat=True).first()
    expected, previous = after, (anchor or "") if after else GENESIS
    unsealed = Event.objects.filter(county=county, sequence=None).count()
    head = Chain.objects.filter(county=county).first() or Chain(county=county)
    for event in _rows(county, after, head.sequence):
        fault = _fault(event, expected + 1, previous)
        if fault:
            return Verdict(county, after + 1, expected, previous, unsealed, fault, event.sequence, event.pk)
        expected, previous = expected + 1, event.hash
    fault = _head_fault(head, expected, previous)
    bad = expected + 1 if fault else None
    return Verdict(county, after + 1, expected, previous, unsealed, fault, bad)


def verify_all(wanted: Iterable[str] = ()) -> Iterator[Verdict]:
    """Check the chains of the counties given, or of all."""
    for county in list(wanted) or counties():
        yield verify(county)


def _rows(county: str, after: int, last: int) -> Iterator[Event]:
    rows = Event.objects.filter(county=county, sequence__gt=after, sequence__lte=last)
    return rows.order_by("sequence").iterator(chunk_size=2000)


def _fault(event: Event, expected: int, previous: str) -> str:
    if event.sequence != expected:
        return _("row {number} is missing").format(number=expected)
    if digest(event, expected, event.previous_hash) != event.hash:
        return _("the facts or the place of the row were changed after sealing")
    if event.previous_hash != previous:
        return _("the row does not follow the one before it: rows were exchanged or rewritten")
    return ""


def _head_fault(head: Chain, last: int, previous: str) -> str:
    if head.sequence != last:
        return _("the chain should reach {head} but ends at {last}").format(head=head.sequence, last=last)
    if last and head.hash != previous:
        return _("the last row is not the one that the chain's head names")
    return ""
