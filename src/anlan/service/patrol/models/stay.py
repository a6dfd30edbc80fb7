"""Stops at hot spots by the crew's timer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Unit


class Stay(models.Model):
    """A unit's stay at a place, from when the crew started its timer until it stopped it."""

    client_key = models.UUIDField(unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="stays", verbose_name=_("unit"))
    place_code = models.CharField(_("place"), max_length=40, db_index=True)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    planned_s = models.PositiveIntegerField(_("planned (s)"), null=True, blank=True)
    begun_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stay")
        verbose_name_plural = _("stays")
        ordering: ClassVar = ["-begun_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit"], condition=models.Q(ended_at=None), name="unit_stays_in_one_place"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "begun_at"], name="stay_unit_begun")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.place_code} {self.begun_at:%Y-%m-%d %H:%M}"
