"""Where units are, and where they were while on duty."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.staff.models import Unit


class Position(models.Model):
    """Last known position of a unit, on duty only. A stream of its own, not in the log.

    `version` grows with every change of any position (see PositionClock), so that a reader who knows the last
    one asks for what is newer. `aside_*` is the last fix that was too far away to be believed. The unit is no
    constraint in the database: this stream never waits for, nor holds up, a dispatcher's lock on a unit.
    """

    unit = models.OneToOneField(
        Unit,
        models.CASCADE,
        primary_key=True,
        related_name="position",
        db_constraint=False,
        verbose_name=_("unit"),
    )
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    at = models.DateTimeField(_("fix time"))
    speed = models.FloatField(_("speed in m/s"), null=True, blank=True)
    course = models.FloatField(_("course in degrees"), null=True, blank=True)
    accuracy = models.FloatField(_("accuracy in metres"), null=True, blank=True)
    version = models.BigIntegerField(default=0, editable=False)
    aside_lon = models.FloatField(null=True, editable=False)
    aside_lat = models.FloatField(null=True, editable=False)
    aside_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.lon:.5f},{self.lat:.5f}"


class PositionClock(models.Model):
    """One row: the last version given. Whoever changes positions holds it until the commit.

    So versions become visible in their order, and a reader misses none.
    """

    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.value)


class Fix(models.Model):
    """Where a unit was at a moment on duty; kept for some weeks to judge patrols by, then purged.

    On PostgreSQL the table is partitioned by day. `aside` says why a fix is not believed, empty where it is.
    """

    class Aside(models.TextChoices):
        JUMP = "jump", _("too far away to be true")
        COARSE = "coarse", _("too inaccurate")

    pk = models.CompositePrimaryKey("unit_id", "at")
    unit = models.ForeignKey(
        Unit,
        models.CASCADE,
        related_name="fixes",
        db_constraint=False,
        db_index=False,
        verbose_name=_("unit"),
    )
    at = models.DateTimeField(_("fix time"))
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    speed = models.FloatField(_("speed in m/s"), null=True, blank=True)
    course = models.FloatField(_("course in degrees"), null=True, blank=True)
    accuracy = models.FloatField(_("accuracy in metres"), null=True, blank=True)
    aside = models.CharField(_("kept aside"), max_length=8, choices=Aside, blank=True, default="")

    class Meta:
        verbose_name = _("fix")
        verbose_name_plural = _("fixes")
        ordering: ClassVar = ["unit_id", "at"]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.at:%Y-%m-%d %H:%M:%S}"
