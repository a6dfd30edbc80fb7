"""Deployment plans."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.patrol.models import Briefing
from anlan.service.scope import ScopedQuerySet


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
