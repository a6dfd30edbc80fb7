"""Time on task: how long units were assigned to incidents while on duty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.service.incidents.models import Assignment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from anlan.service.patrol.models import DutyOrder

    Span = tuple[datetime, datetime]


def on_task(orders: Sequence[DutyOrder], now: datetime) -> dict[int, float]:
    """Return for each unit the seconds within its orders, up to now, from dispatch until the end of it.

    What overlaps counts once: a unit that was sent on while its last task was being closed worked one second
    a second.
    """
    duties: dict[int, list[Span]] = {}
    for order in orders:
        if order.starts_at < now:
            duties.setdefault(order.unit_id, []).append((order.starts_at, min(order.ends_at, now)))
    tasks: dict[int, list[Span]] = {unit: [] for unit in duties}
    if duties:
        first = min(begin for spans in duties.values() for begin, _end in spans)
        last = max(end for spans in duties.values() for _begin, end in spans)
        rows = Assignment.objects.filter(unit_id__in=duties, assigned_at__lt=last).exclude(
            ended_at__lte=first
        )
        for unit, begin, end in rows.values_list("unit_id", "assigned_at", "ended_at"):
            tasks[unit].append((begin, end or now))
    return {unit: overlap(merged(tasks[unit]), merged(spans)) for unit, spans in duties.items()}


def merged(spans: Iterable[Span]) -> list[Span]:
    """Join spans that touch or overlap."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return joined


def overlap(some: Sequence[Span], others: Sequence[Span]) -> float:
    """Return the seconds that lie in spans of both."""
    pairs = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return sum((end - begin).total_seconds() for begin, end in pairs if end > begin)
