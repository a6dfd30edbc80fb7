"""An officer's emergency button."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.models.incident import Incident
from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Unit


class Emergency(models.Model):
    """What makes an incident an officer's emergency: who pressed, where, and who in the duty room heard it.

    `fix_at` is the time of the position; None where none is known.
    """

    incident = models.OneToOneField(
        Incident, models.PROTECT, primary_key=True, related_name="emergency", verbose_name=_("incident")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="emergencies", verbose_name=_("unit"))
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    pressed_at = models.DateTimeField(_("pressed"))
    fix_at = models.DateTimeField(_("time of the position"), null=True, blank=True)
    presses = models.PositiveSmallIntegerField(_("times pressed"), default=1)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("acknowledged by"),
    )  # fmt: skip

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("officer emergency")
        verbose_name_plural = _("officer emergencies")
        ordering: ClassVar = ["pressed_at"]

    def __str__(self) -> str:
        return f"{self.unit} {self.pressed_at:%Y-%m-%d %H:%M:%S}"


class EmergencyPress(models.Model):
    """Each press by its key, so that a press sent twice counts once."""

    client_key = models.UUIDField(primary_key=True, editable=False)
    emergency = models.ForeignKey(Emergency, models.CASCADE, related_name="keys")

    def __str__(self) -> str:
        return str(self.client_key)
