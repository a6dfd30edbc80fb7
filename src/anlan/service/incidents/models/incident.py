"""An incident from its report to its close, and the series of its numbers."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.encrypted import EncryptedTextField
from anlan.service.incidents.models.taxonomy import IncidentType, Priority, Source
from anlan.service.scope import ScopedQuerySet


class Incident(models.Model):
    """Something reported that needs a response.

    `address` is what the caller said and is never replaced; the pin (`lon`, `lat`) is separate. The codes
    are resolved from the pin once, when it is set.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DISPATCHED = "dispatched", _("Dispatched")
        ON_SCENE = "on_scene", _("On scene")
        CLOSED = "closed", _("Closed")

    class Disposition(models.TextChoices):
        HANDLED = "handled", _("Handled")
        TRANSFERRED = "transferred", _("Transferred")
        NOT_FOUND = "not_found", _("Nothing found")
        DUPLICATE = "duplicate", _("Duplicate")
        FALSE_ALARM = "false_alarm", _("False alarm")
        CANCELLED = "cancelled", _("Cancelled by caller")

    class Channel(models.TextChoices):
        PHONE = "phone", _("Phone")
        APP = "app", _("App")
        ALARM = "alarm", _("Alarm")
        PATROL = "patrol", _("Patrol")
        WALK_IN = "walk_in", _("At the counter")
        PARTNER = "partner", _("From a partner")

    class PriorityBy(models.TextChoices):
        TYPE = "type", _("the type")
        ANSWERS = "answers", _("the answers")
        HAND = "hand", _("hand")

    client_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    county = models.CharField(_("county"), max_length=6)
    number = models.CharField(_("number"), max_length=24)
    type = models.ForeignKey(IncidentType, models.PROTECT, related_name="+", verbose_name=_("type"))
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority)
    priority_by = models.CharField(
        _("priority set by"), max_length=8, choices=PriorityBy, default=PriorityBy.TYPE
    )
    answers = models.JSONField(
        _("answers"), default=list, blank=True, help_text=_("to the scripted questions, as they were asked")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.OPEN)
    source = models.CharField(_("source"), max_length=8, choices=Source, default=Source.RESIDENT)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.PHONE)
    address = models.CharField(_("address as said"), max_length=300)
    details = models.TextField(_("details"), blank=True, default="")
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    grid_code = models.CharField(_("grid"), max_length=24, blank=True, default="", db_index=True)
    beat_code = models.CharField(_("beat"), max_length=24, blank=True, default="", db_index=True)
    callback = EncryptedTextField(_("callback number"), blank=True, default="")
    rang_at = models.DateTimeField(_("rang"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"))
    waiting_since = models.DateTimeField(
        _("waiting since"), default=timezone.now, help_text=_("received, or last reopened")
    )
    created_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    disposition = models.CharField(_("outcome"), max_length=12, choices=Disposition, blank=True, default="")
    duplicate_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name=_("duplicate of"),
    )
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("taken by")
    )
    carried_over = models.BooleanField(_("in history"), default=False, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering: ClassVar = ["-received_at"]
        indexes: ClassVar = [
            models.Index(fields=["status", "priority", "received_at"], name="incident_queue"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county", "number"], name="number_once_per_county"),
        ]

    def __str__(self) -> str:
        return self.number


class NumberSeries(models.Model):
    """The last serial given to an incident of a county on a local day."""

    county = models.CharField(max_length=6)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county", "day"], name="series_once_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.county} {self.day} {self.last}"
