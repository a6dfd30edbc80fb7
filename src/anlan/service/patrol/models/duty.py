"""Deployment plans, positions and check-ins."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.patrol.models.briefing import Briefing
from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Unit


class DeploymentPlan(models.Model):
    """Standby posts and force per colour for one day, with the optimality gap."""

    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    date = models.DateField(_("date"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    briefing = models.ForeignKey(
        Briefing, models.SET_NULL, null=True, related_name="plans", verbose_name=_("briefing")
    )
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    gap = models.FloatField(_("optimality gap"), null=True, help_text=_("share of the bound, 0.01 = 1 %"))
    body = models.JSONField(_("content"), default=dict)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("deployment plan")
        verbose_name_plural = _("deployment plans")
        ordering: ClassVar = ["-date", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area_code", "date", "version"], name="plan_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.area_code} {self.date} v{self.version}"


class Position(models.Model):
    """Last known position of a unit, on duty only. A stream of its own, not in the log."""

    unit = models.OneToOneField(
        Unit, models.CASCADE, primary_key=True, related_name="position", verbose_name=_("unit")
    )
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    at = models.DateTimeField(_("fix time"))

    def __str__(self) -> str:
        return f"{self.unit_id} {self.lon:.5f},{self.lat:.5f}"


class CheckIn(models.Model):
    """A unit's visit to a patrol point, line or post, said once per key however often it is sent."""

    client_key = models.UUIDField(unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="check_ins", verbose_name=_("unit"))
    place_code = models.CharField(_("place"), max_length=40, db_index=True)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    at = models.DateTimeField(_("when"))
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.place_code} {self.at:%Y-%m-%d %H:%M}"
