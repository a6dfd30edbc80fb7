"""Incidents, their taxonomy, and the assignment of units to them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.encrypted import EncryptedTextField
from anlan.service.names import Named
from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Agency, Unit


class Priority(models.IntegerChoices):
    """1 is the most urgent."""

    EMERGENCY = 1, _("1 emergency")
    URGENT = 2, _("2 urgent")
    ROUTINE = 3, _("3 routine")
    DEFERRED = 4, _("4 deferred")


class Source(models.TextChoices):
    """Who brought it: only what residents reported feeds forecasts and colours."""

    RESIDENT = "resident", _("Reported by residents")
    OFFICER = "officer", _("Found by officers")


class Category(models.TextChoices):
    """Upper level of the taxonomy; the county edits the types below it."""

    EIGHT = "eight", _("Eight grave offences")
    ROBBERY = "robbery", _("Robbery")
    THEFT = "theft", _("Theft")
    FRAUD = "fraud", _("Fraud")
    VIOLENCE = "violence", _("Assault and injury")
    DAMAGE = "damage", _("Damage")
    DISORDER = "disorder", _("Disorder")
    DRUGS = "drugs", _("Drugs and gambling")
    TRAFFIC = "traffic", _("Traffic")
    FIRE = "fire", _("Fire")
    RESCUE = "rescue", _("Rescue and medical")
    HELP = "help", _("Help")
    CITY = "city", _("Urban management")
    OTHER = "other", _("Other")


class IncidentType(Named):
    """An entry of the county's taxonomy. Codes are shared with the history files."""

    county = models.CharField(
        _("county"), max_length=6, blank=True, default="", help_text=_("empty: every county")
    )
    code = models.SlugField(_("code"), max_length=40)
    category = models.CharField(_("category"), max_length=12, choices=Category)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.ROUTINE)
    source = models.CharField(_("source"), max_length=8, choices=Source, default=Source.RESIDENT)
    capabilities = models.JSONField(_("capabilities asked for"), default=list, blank=True)
    units_needed = models.PositiveSmallIntegerField(_("units"), default=1)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("incident type")
        verbose_name_plural = _("incident types")
        ordering: ClassVar = ["category", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county", "code"], name="type_code_once_per_county"),
        ]


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

    client_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    county = models.CharField(_("county"), max_length=6)
    number = models.CharField(_("number"), max_length=24)
    type = models.ForeignKey(IncidentType, models.PROTECT, related_name="+", verbose_name=_("type"))
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority)
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


class Assignment(models.Model):
    """One unit sent to one incident, with its own status and times."""

    class Status(models.TextChoices):
        ASSIGNED = "assigned", _("Dispatched")
        ACCEPTED = "accepted", _("Accepted")
        EN_ROUTE = "en_route", _("En route")
        ON_SCENE = "on_scene", _("On scene")
        CLEARED = "cleared", _("Cleared")
        CANCELLED = "cancelled", _("Cancelled")

    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="assignments", verbose_name=_("incident")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments", verbose_name=_("unit"))
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("agency"))
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ASSIGNED)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    assigned_at = models.DateTimeField(_("dispatched"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    en_route_at = models.DateTimeField(_("en route"), null=True, blank=True)
    on_scene_at = models.DateTimeField(_("on scene"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    expected_seconds = models.PositiveIntegerField(_("expected travel (s)"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering: ClassVar = ["assigned_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit"], condition=models.Q(ended_at=None), name="unit_has_one_open_assignment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.incident}"
