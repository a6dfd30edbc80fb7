"""A unit sent to an incident."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.models.incident import Incident
from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Agency, Unit


class Assignment(models.Model):
    """One unit sent to one incident, with its own status and times."""

    class Status(models.TextChoices):
        ASSIGNED = "assigned", _("Dispatched")
        ACCEPTED = "accepted", _("Accepted")
        EN_ROUTE = "en_route", _("En route")
        ON_SCENE = "on_scene", _("On scene")
        CLEARED = "cleared", _("Cleared")
        CANCELLED = "cancelled", _("Cancelled")

    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="assignments", verbose_name=_("incident")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments", verbose_name=_("unit"))
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("agency"))
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ASSIGNED)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    assigned_at = models.DateTimeField(_("dispatched"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    en_route_at = models.DateTimeField(_("en route"), null=True, blank=True)
    on_scene_at = models.DateTimeField(_("on scene"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    expected_seconds = models.PositiveIntegerField(_("expected travel (s)"), null=True, blank=True)
    preempted_for = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken off for")
    )
    check_in_due = models.DateTimeField(_("check-in due"), null=True, blank=True)
    check_in_missed_at = models.DateTimeField(
        _("check-in missed"), null=True, blank=True, help_text=_("when it was told; empty: not missed")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering: ClassVar = ["assigned_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit"], condition=models.Q(ended_at=None), name="unit_has_one_open_assignment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.incident}"
