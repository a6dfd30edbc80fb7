"""Who commands a county's duty room, which rules may be overridden, and how a watch is handed over."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.scope import ScopedQuerySet


class Watch(models.Model):
    """One commander's time in charge of one county; `ended_at` empty is the watch that holds."""

    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    commander = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="watches", verbose_name=_("commander")
    )
    began_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        ordering: ClassVar = ["-began_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["area_code"], condition=models.Q(ended_at=None), name="one_watch_holds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_code} {self.commander} {self.began_at:%Y-%m-%d %H:%M}"


class Handover(models.Model):
    """The sheet of a watch that ends, as it stood when it was offered; accepted by the successor."""

    client_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    watch = models.ForeignKey(Watch, models.PROTECT, related_name="handovers", verbose_name=_("watch"))
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    offered_at = models.DateTimeField(_("offered"))
    remarks = models.TextField(_("remarks"), blank=True, default="")
    body = models.JSONField(_("content"), default=dict)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("accepted by")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering: ClassVar = ["-offered_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["watch"], condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="one_handover_offered",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.area_code} {self.offered_at:%Y-%m-%d %H:%M}"


class OverridePolicy(models.Model):
    """Which rules a county's watch commander may override with a written reason."""

    class Rule(models.TextChoices):
        OFF_DUTY = "off_duty", _("Send a unit that is off duty")
        BUSY = "busy", _("Take a unit from another incident")

    area_code = models.CharField(_("area"), max_length=12, unique=True)
    rules = models.JSONField(_("rules"), default=list, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("override policy")
        verbose_name_plural = _("override policies")

    def __str__(self) -> str:
        return self.area_code
