"""An incident that waits behind the one that a unit is on."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.models.assignment import Assignment
from anlan.service.incidents.models.incident import Incident
from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Unit


class Stacked(models.Model):
    """What a unit does next: it turns into an assignment when the one before ends.

    A record of its own, so that an open assignment always means a unit at work: stacked work has no stage,
    no times, and does not make its incident look attended.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="stacked", verbose_name=_("incident"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="stacked", verbose_name=_("unit"))
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    stacked_at = models.DateTimeField(_("queued"))
    stacked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("queued by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    assignment = models.OneToOneField(
        Assignment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("assignment"),
        help_text=_("what it turned into; empty: withdrawn"),
    )  # fmt: skip

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("queued assignment")
        verbose_name_plural = _("queued assignments")
        ordering: ClassVar = ["incident__priority", "stacked_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "incident"], condition=models.Q(ended_at=None), name="stacked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} ⇢ {self.incident}"
