"""Questions put to a plan by rehearsing it, and the dispatch rule that a county has switched on."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.planning.models.plan import DeploymentPlan
from anlan.service.scope import ScopedQuerySet


class Rehearsal(models.Model):
    """One question to a plan and its answer: `ask` holds the figures of the question, `body` the engine's."""

    class Kind(models.TextChoices):
        COMPARE = "compare", _("Two plans compared")
        SURGE = "surge", _("Surge day")
        LESS = "less", _("One car less")
        RULE = "rule", _("Dispatch rule")

    plan = models.ForeignKey(
        DeploymentPlan, models.CASCADE, related_name="rehearsals", verbose_name=_("plan")
    )
    other = models.ForeignKey(
        DeploymentPlan, models.CASCADE, null=True, related_name="+", verbose_name=_("against")
    )
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    ask = models.JSONField(_("asked for"), default=dict, blank=True)
    body = models.JSONField(_("content"), default=dict)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("rehearsal")
        verbose_name_plural = _("rehearsals")
        ordering: ClassVar = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.plan} {self.kind}"


class DispatchRule(models.Model):
    """The rule by which units are recommended in a county, and the rehearsal that let it be switched on."""

    class Policy(models.TextChoices):
        CLOSEST = "closest", _("The closest unit")
        COVER = "cover", _("Inside the response ring, the unit that leaves most cover behind")
        PREPAREDNESS = "preparedness", _("Inside the response ring, the unit that leaves most preparedness")

    area_code = models.CharField(_("area"), max_length=12, unique=True)
    policy = models.CharField(_("rule"), max_length=12, choices=Policy, default=Policy.CLOSEST)
    rehearsal = models.ForeignKey(
        Rehearsal, models.SET_NULL, null=True, related_name="+", verbose_name=_("judged by")
    )
    switched_at = models.DateTimeField(_("switched"))
    switched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("switched by")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispatch rule")
        verbose_name_plural = _("dispatch rules")

    def __str__(self) -> str:
        return f"{self.area_code} {self.policy}"
