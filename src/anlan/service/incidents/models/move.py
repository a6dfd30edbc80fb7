"""An order to a free unit to stand by elsewhere while the response ring is open."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Unit


class Move(models.Model):
    """A move-up: unit, post, and how it went. The unit stays free for calls all the while."""

    class Status(models.TextChoices):
        ORDERED = "ordered", _("Ordered")
        ACCEPTED = "accepted", _("Accepted")
        ARRIVED = "arrived", _("At the post")
        ENDED = "ended", _("Ended")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="moves", verbose_name=_("unit"))
    post_code = models.CharField(_("standby post"), max_length=40)
    post_name = models.CharField(_("name of the post"), max_length=120, blank=True, default="")
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.ORDERED)
    ordered_at = models.DateTimeField(_("ordered"))
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ordered by")
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    expected_seconds = models.PositiveIntegerField(_("expected travel (s)"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("move-up")
        verbose_name_plural = _("move-ups")
        ordering: ClassVar = ["-ordered_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit"], condition=models.Q(ended_at=None), name="unit_has_one_open_move"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.post_code}"
