"""A call for later: it becomes an incident at its time."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.encrypted import EncryptedTextField
from anlan.service.incidents.models.incident import Incident
from anlan.service.incidents.models.taxonomy import IncidentType, Priority
from anlan.service.scope import ScopedQuerySet


class ScheduledCall(models.Model):
    """The facts of a call that is to become live at `due_at`: an escort, an event, a promised visit."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        LIVE = "live", _("Became an incident")
        CANCELLED = "cancelled", _("Cancelled")

    client_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    county = models.CharField(_("county"), max_length=6)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(_("becomes live"))
    type = models.ForeignKey(IncidentType, models.PROTECT, related_name="+", verbose_name=_("type"))
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority)
    channel = models.CharField(
        _("channel"), max_length=8, choices=Incident.Channel, default=Incident.Channel.PHONE
    )
    address = models.CharField(_("address as said"), max_length=300)
    details = models.TextField(_("details"), blank=True, default="")
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    answers = models.JSONField(_("answers"), default=list, blank=True)
    callback = EncryptedTextField(_("callback number"), blank=True, default="")
    made_at = models.DateTimeField(_("scheduled"), auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("scheduled by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    incident = models.OneToOneField(
        Incident,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="scheduled_call",
        verbose_name=_("incident"),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheduled call")
        verbose_name_plural = _("scheduled calls")
        ordering: ClassVar = ["due_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["state", "due_at"], name="scheduled_due")]

    def __str__(self) -> str:
        return f"{self.due_at:%Y-%m-%d %H:%M} {self.address}"
