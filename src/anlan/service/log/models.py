"""The append-only event log: audit trail, live feed and the source of every report."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.log.verbs import Verb
from anlan.service.scope import ScopedQuerySet


class Event(models.Model):
    """Who did what to which record, where and when. Written once, sealed once, never changed.

    `sequence`, `previous_hash` and `hash` are empty until the sealer has given the committed event its
    place in its county's chain.
    """

    county = models.CharField(_("county"), max_length=6)
    sequence = models.BigIntegerField(_("sequence"), null=True)
    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    verb = models.CharField(_("what"), max_length=40, choices=Verb)
    record_type = models.CharField(_("record type"), max_length=40)
    record_id = models.CharField(_("record"), max_length=64)
    area_code = models.CharField(_("area"), max_length=12)
    data = models.JSONField(_("data"), default=dict)
    previous_hash = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64, blank=True, default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering: ClassVar = ["county", "sequence"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county", "sequence"], name="event_sequence_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["record_type", "record_id"], name="event_record"),
            models.Index(fields=["area_code", "at"], name="event_area_at"),
            models.Index(fields=["id"], name="event_unsealed", condition=models.Q(sequence=None)),
        ]

    def __str__(self) -> str:
        return f"{self.county} {self.sequence}: {self.verb} {self.record_type} {self.record_id}"


class Chain(models.Model):
    """Head of a county's chain: the last sequence number given and its hash."""

    county = models.CharField(max_length=6, primary_key=True)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.county} {self.sequence}"


class JobRun(models.Model):
    """When a periodic job is due next and how it last went; claimed by a conditional UPDATE."""

    name = models.CharField(max_length=120, primary_key=True)
    due = models.DateTimeField()
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.name} due {self.due:%Y-%m-%d %H:%M:%S}"
