"""Deployment plans and who signed them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.service.patrol.models import Briefing
from anlan.service.planning.models.version import Version
from anlan.service.scope import ScopedQuerySet


class Level(models.TextChoices):
    """Deployment level of a day: how much of the force is out."""

    I = "I", _("Level I")  # noqa: E741  the field's own name
    II = "II", _("Level II")
    III = "III", _("Level III")
    IV = "IV", _("Level IV")


class DeploymentPlan(Version):
    """One version of a day's plan: who stands where, when, which way they go, and what it buys.

    A change by hand makes a new version with the old one as `parent`; nothing is overwritten. `ask` is what
    the planner asked for (level, cars, pins, forbidden posts, moved shifts …), `body` what came of it.
    """

    date = models.DateField(_("date"))
    level = models.CharField(_("level"), max_length=3, choices=Level, default=Level.IV)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="children", verbose_name=_("made from")
    )
    briefing = models.ForeignKey(
        Briefing, models.SET_NULL, null=True, related_name="plans", verbose_name=_("briefing")
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )

    class Meta:
        verbose_name = _("deployment plan")
        verbose_name_plural = _("deployment plans")
        ordering: ClassVar = ["-date", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area_code", "date", "version"], name="plan_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.area_code} {self.date} v{self.version}"

    @property
    def state(self) -> str:
        """draft, signed (by fewer than it takes), approved or published."""
        if self.published_at:
            return "published"
        if self.approved_at:
            return "approved"
        return "signed" if self.signatures.all() else "draft"

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(STATES[self.state])


STATES = {
    "draft": _("draft"),
    "signed": _("a signature is missing"),
    "approved": pgettext_lazy("state", "approved"),
    "published": pgettext_lazy("state", "published"),
}


class PlanSignature(models.Model):
    """One signature under a version; how many are needed depends on its level."""

    plan = models.ForeignKey(
        DeploymentPlan, models.CASCADE, related_name="signatures", verbose_name=_("plan")
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("signed by")
    )
    signed_at = models.DateTimeField(_("signed"))

    class Meta:
        verbose_name = _("signature under a plan")
        verbose_name_plural = _("signatures under plans")
        ordering: ClassVar = ["signed_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "signed_by"], name="plan_signed_once_each"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.signed_by_id}"


class CountyStandards(models.Model):
    """What a county holds its plans to: shifts, rings, levels, targets; the engine's `Standards` as JSON."""

    area_code = models.CharField(_("area"), max_length=12, unique=True)
    body = models.JSONField(_("content"), default=dict)
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("county's standards")
        verbose_name_plural = _("counties' standards")

    def __str__(self) -> str:
        return self.area_code
