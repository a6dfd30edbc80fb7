"""What a unit is told to do on a shift."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Unit


class DutyOrder(models.Model):
    """A unit's order for one shift: its post, its way, stop by stop. Replaced as a whole, never edited.

    `stops` holds what the route planner made, in order: kind, place code, arrive, begin and leave in seconds
    after the midnight (local) of `date`.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="orders", verbose_name=_("unit"))
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    date = models.DateField(_("date"))
    shift = models.CharField(_("shift"), max_length=20)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    post_code = models.CharField(_("standby post"), max_length=40, blank=True, default="")
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    stops = models.JSONField(_("stops"), default=list, blank=True)
    source = models.CharField(_("from plan"), max_length=60, blank=True, default="")
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty order")
        verbose_name_plural = _("duty orders")
        ordering: ClassVar = ["starts_at", "unit_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "date", "shift"], name="one_order_per_shift",
                condition=models.Q(withdrawn_at=None),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["unit", "starts_at"], name="order_unit_start")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.date} {self.shift}"
