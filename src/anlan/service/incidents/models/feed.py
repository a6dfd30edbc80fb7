"""Feeds: who may send alarms or incidents here, signed; their devices; and what was received."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.encrypted import EncryptedTextField
from anlan.service.incidents.models.incident import Incident
from anlan.service.incidents.models.taxonomy import IncidentType
from anlan.service.names import Named
from anlan.service.scope import ScopedQuerySet


class Feed(Named):
    """A sender that is trusted because it signs: a monitoring centre, a neighbouring county."""

    class Kind(models.TextChoices):
        ALARM = "alarm", _("Alarms of devices")
        EIDO = "eido", _("Incidents of a neighbour (EIDO-JSON)")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.ALARM)
    code = models.SlugField(_("code"), max_length=40, unique=True, help_text=_("part of its address here"))
    county = models.CharField(_("county"), max_length=6)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    type = models.ForeignKey(
        IncidentType,
        models.PROTECT,
        related_name="+",
        verbose_name=_("incident type"),
        help_text=_("where a device or a message names none"),
    )
    window_minutes = models.PositiveSmallIntegerField(
        _("repeats within (minutes)"),
        default=30,
        help_text=_("a device's next alarm joins its open incident for so long"),
    )
    active = models.BooleanField(_("in use"), default=True)
    secret = EncryptedTextField(_("secret"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        ordering: ClassVar = ["code"]


class FeedDevice(models.Model):
    """A device of an alarm feed as a place: where it is, what its alarm means."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="devices", verbose_name=_("feed"))
    code = models.CharField(_("code"), max_length=80)
    address = models.CharField(_("address"), max_length=300)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    type = models.ForeignKey(
        IncidentType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("incident type"),
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("alarm device")
        verbose_name_plural = _("alarm devices")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["feed", "code"], name="device_once_per_feed"),
        ]

    def __str__(self) -> str:
        return self.code


class FeedMessage(models.Model):
    """A message that was signed as it should be, and what became of it. Its body is not kept."""

    class Outcome(models.TextChoices):
        NEW = "new", _("New incident")
        ATTACHED = "attached", _("Joined an open incident")
        NOTHING = "nothing", _("Noted, no incident")
        REFUSED = "refused", _("Refused")

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="messages", verbose_name=_("feed"))
    message_id = models.CharField(_("message"), max_length=256)
    at = models.DateTimeField(_("received"))
    device = models.ForeignKey(
        FeedDevice, models.SET_NULL, null=True, related_name="messages", verbose_name=_("alarm device")
    )
    foreign_id = models.CharField(_("sender's incident"), max_length=256, blank=True, default="")
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, related_name="feed_messages", verbose_name=_("incident")
    )
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome)
    field = models.CharField(_("field"), max_length=120, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    dropped = models.PositiveIntegerField(
        _("left out"), default=0, help_text=_("parts about persons, vehicles or calls, never stored")
    )

    class Meta:
        verbose_name = _("feed message")
        verbose_name_plural = _("feed messages")
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["feed", "device", "at"], name="feed_message_device"),
            models.Index(fields=["feed", "foreign_id"], name="feed_message_foreign"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["feed", "message_id"], name="message_once_per_feed"),
        ]

    def __str__(self) -> str:
        return self.message_id
