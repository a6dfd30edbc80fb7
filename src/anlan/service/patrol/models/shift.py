"""A unit's time on duty, and what its crew wrote down meanwhile."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Unit


class Shift(models.Model):
    """A unit on duty from one moment to another; `body` is the summary, kept when it ends."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="shifts", verbose_name=_("unit"))
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    begun_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    body = models.JSONField(_("summary"), default=dict, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering: ClassVar = ["-begun_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit"], condition=models.Q(ended_at=None), name="unit_has_one_open_shift"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "begun_at"], name="shift_unit_begun")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.begun_at:%Y-%m-%d %H:%M}"


class ShiftEntry(models.Model):
    """A line in the shift log: what a crew wants to be remembered."""

    client_key = models.UUIDField(unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="entries", verbose_name=_("unit"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    at = models.DateTimeField(_("when"))
    text = models.TextField(_("entry"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift entry")
        verbose_name_plural = _("shift entries")
        ordering: ClassVar = ["at", "pk"]
        indexes: ClassVar = [models.Index(fields=["unit", "at"], name="entry_unit_at")]

    def __str__(self) -> str:
        return self.text[:60]
