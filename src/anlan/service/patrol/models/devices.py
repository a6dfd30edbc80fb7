"""Phones and trackers that report where a unit is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Unit


class Device(models.Model):
    """What may report a unit's position: a phone, a tracker, or a Traccar server that forwards for trackers.

    A phone or OsmAnd client shows a secret of its own; a tracker behind a Traccar server shows none, the
    server does. Only a hash is kept. A device is withdrawn, never deleted: what it sent stays explained.
    """

    class Kind(models.TextChoices):
        OWNTRACKS = "owntracks", _("OwnTracks")
        OSMAND = "osmand", _("Traccar Client or OsmAnd")
        TRACKER = "tracker", _("Tracker behind a Traccar server")
        SERVER = "server", _("Traccar server")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.OWNTRACKS)
    identifier = models.CharField(_("identifier"), max_length=80)
    unit = models.ForeignKey(
        Unit, models.CASCADE, related_name="devices", null=True, blank=True, verbose_name=_("unit")
    )
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    secret_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    active = models.BooleanField(_("in use"), default=True, editable=False)
    registered_at = models.DateTimeField(_("registered"), editable=False)
    changed_at = models.DateTimeField(editable=False, db_index=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering: ClassVar = ["identifier", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "identifier"], name="device_once", condition=models.Q(active=True)
            ),
            models.CheckConstraint(
                condition=models.Q(kind="server", unit=None)
                | ~models.Q(kind="server") & models.Q(unit__isnull=False),
                name="device_of_unit",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.identifier


class DeviceCount(models.Model):
    """How often something became of what a device sent, and when last: kept, late, off duty, refused …"""

    device = models.ForeignKey(Device, models.CASCADE, related_name="counts", verbose_name=_("device"))
    outcome = models.CharField(_("outcome"), max_length=20)
    count = models.BigIntegerField(_("how often"), default=0)
    last_at = models.DateTimeField(_("last"))

    class Meta:
        ordering: ClassVar = ["device_id", "outcome"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["device", "outcome"], name="outcome_once_per_device"),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.outcome} {self.count}"
