"""Plans that enclose a fleeing car or a spill, and which unit closes which point."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.models.incident import Incident
from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Unit


class ContainmentPlan(models.Model):
    """One proposal for one incident: what was asked, what came of it. Never edited; a new one replaces it.

    `ask` holds the place, what flees or spreads and the times given; `body` the ring with its points, leaks
    and what is enclosed, as places and roads.
    """

    class Kind(models.TextChoices):
        CAR = "car", _("Fleeing car")
        SPILL = "spill", _("Spill, gas, water")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved, orders given")
        ENDED = "ended", _("Ended")
        DISCARDED = "discarded", _("Discarded")

    client_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="containments", verbose_name=_("incident")
    )
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    kind = models.CharField(_("what is enclosed"), max_length=8, choices=Kind)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PROPOSED)
    ask = models.JSONField(_("asked"), default=dict)
    body = models.JSONField(_("content"), default=dict)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("containment plan")
        verbose_name_plural = _("containment plans")
        ordering: ClassVar = ["-made_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident"], condition=models.Q(status="approved"), name="one_containment_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident} {self.get_kind_display()}"

    @property
    def posts(self) -> list[dict[str, Any]]:
        """The points that units hold, the tightest margin first."""
        return list(self.body.get("posts", []))

    @property
    def leaks(self) -> list[dict[str, Any]]:
        """The points that cannot be held, each with its reason."""
        return list(self.body.get("leaks", []))


class ClosingOrder(models.Model):
    """A unit's order to close a point of an approved plan."""

    plan = models.ForeignKey(
        ContainmentPlan, models.CASCADE, related_name="orders", verbose_name=_("containment plan")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="closing_orders", verbose_name=_("unit"))
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    place = models.CharField(_("point"), max_length=200)
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    arrive_by = models.DateTimeField(_("be there by"), null=True, blank=True)
    given_at = models.DateTimeField(_("given"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("closing order")
        verbose_name_plural = _("closing orders")
        ordering: ClassVar = ["plan_id", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "unit"], name="one_point_per_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.place}"
