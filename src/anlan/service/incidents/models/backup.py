"""A crew's or a dispatcher's call for more units."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.models.incident import Incident
from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Capability, Unit


class Backup(models.Model):
    """A request for backup on an incident; open until as many units were sent, or it is declined."""

    class Status(models.TextChoices):
        OPEN = "open", _("Backup asked for")
        SENT = "sent", _("Backup sent")
        DECLINED = "declined", _("Backup declined")
        LAPSED = "lapsed", _("Incident closed")

    client_key = models.UUIDField(unique=True, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="backups", verbose_name=_("incident"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by unit")
    )
    units = models.PositiveSmallIntegerField(_("units"), default=1)
    sent = models.PositiveSmallIntegerField(_("sent"), default=0)
    capability = models.CharField(_("capability"), max_length=20, choices=Capability, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    ended_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("backup request")
        verbose_name_plural = _("backup requests")
        ordering: ClassVar = ["asked_at", "pk"]

    def __str__(self) -> str:
        return f"{self.incident} +{self.units}"

    @property
    def missing(self) -> int:
        """How many of the units asked for have not been sent."""
        return max(self.units - self.sent, 0)
