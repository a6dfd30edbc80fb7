"""Problems of places that crews report."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.models import Incident
from anlan.service.patrol.models.picture import Picture
from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Unit


class PlaceReport(models.Model):
    """Something about a place that a crew saw and somebody must see to. Never about a person."""

    class Kind(models.TextChoices):
        LIGHT = "light", _("Light out")
        ROAD = "road", _("Road or pavement")
        SIGN = "sign", _("Sign or signal")
        LOCK = "lock", _("Gate, lock or fence")
        FIRE = "fire", _("Fire hazard")
        BLOCKED = "blocked", _("Way blocked")
        RUBBISH = "rubbish", _("Rubbish or spill")
        DEVICE = "device", _("Camera or alarm device")
        OTHER = "other", _("Other")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        INCIDENT = "incident", _("Made an incident")
        SETTLED = "settled", _("Settled")

    client_key = models.UUIDField(unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="place_reports", verbose_name=_("unit"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    where = models.CharField(_("where, in words"), max_length=200, blank=True, default="")
    words = models.TextField(_("what is wrong"), blank=True, default="")
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    grid_code = models.CharField(_("grid"), max_length=24, blank=True, default="")
    beat_code = models.CharField(_("beat"), max_length=24, blank=True, default="", db_index=True)
    picture = models.ForeignKey(
        Picture, models.SET_NULL, null=True, blank=True, related_name="reports", verbose_name=_("picture")
    )
    at = models.DateTimeField(_("when"))
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("incident")
    )
    outcome = models.CharField(_("what was done"), max_length=300, blank=True, default="")
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("settled by")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("place report")
        verbose_name_plural = _("place reports")
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "at"], name="place_report_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.where}".strip()
