"""Joint command: what forces a county can call on and what it has to man; plans made of that."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.planning.models.version import Span
from anlan.service.scope import ScopedQuerySet


class JointRules(models.Model):
    """A county's forces with their rules, and its needs at checkpoints, on patrol and on standby."""

    area_code = models.CharField(_("area"), max_length=12, unique=True)
    body = models.JSONField(_("content"), default=dict)
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules of joint command")
        verbose_name_plural = _("rules of joint command")

    def __str__(self) -> str:
        return self.area_code


class JointCommand(Span):
    """One version of who sends how many where over some days.

    `ask` is what the planner asked for, `body` the forces, tasks and needs as they were and what came of
    them, rules that contradict each other included.
    """

    short = models.PositiveIntegerField(_("people missing"), default=0, help_text=_("for a shift each"))
    possible = models.BooleanField(_("possible"), default=True, help_text=_("no rules contradict each other"))

    class Meta:
        verbose_name = _("plan of joint command")
        verbose_name_plural = _("plans of joint command")
        ordering: ClassVar = ["-first", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area_code", "first", "version"], name="joint_version_once"),
        ]
