"""Devices as the administrator's pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from anlan.service.patrol.models import Device

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from anlan.service.staff.models import Account

OUTCOMES = {
    "kept": _("Kept"), "late": _("Kept, but older than the last position"),
    "jump": _("Kept aside: too far away to be true"), "coarse": _("Kept aside: too inaccurate"),
    "duplicate": _("Sent again"), "off_duty": _("Dropped: the unit was off duty"),
    "future": _("Dropped: the device's clock is ahead"), "old": _("Dropped: too old to be kept"),
    "rate": _("Refused: too many at once"), "no_fix": _("Without a position"), "empty": _("Empty"),
    "invalid": _("Marked as invalid by the device"), "encrypted": _("Encrypted: switch that off in the app"),
}  # fmt: skip
TROUBLE = {"jump", "coarse", "future", "old", "rate", "encrypted"}


@dataclass(frozen=True)
class Count:
    """How often something became of what a device sent."""

    label: object
    count: int
    last_at: datetime
    trouble: bool


def devices(account: Account) -> QuerySet[Device]:
    """Return the devices of the reader's areas with when they were last heard, those in use first."""
    rows = Device.objects.visible_to(account).select_related("unit").annotate(heard=Max("counts__last_at"))
    return rows.order_by("-active", "identifier", "pk")


def counts(device: Device) -> list[Count]:
    """Return what became of what a device sent, the most frequent first."""
    rows = device.counts.order_by("-count", "outcome").values_list("outcome", "count", "last_at")
    return [
        Count(OUTCOMES.get(outcome) or _("Another kind of message"), count, last, outcome in TROUBLE)
        for outcome, count, last in rows
    ]
