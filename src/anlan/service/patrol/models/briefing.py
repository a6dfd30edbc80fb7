"""Briefings with their texts, and the alert colours of beats."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.scope import ScopedQuerySet


class Colour(models.TextChoices):
    """Alert colour of a beat on a day."""

    RED = "red", _("Red")
    ORANGE = "orange", _("Orange")
    YELLOW = "yellow", _("Yellow")
    GREEN = "green", _("Green")
    UNKNOWN = "unknown", _("Insufficient data")


class Period(models.TextChoices):
    """How long a briefing looks ahead and back."""

    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    HALF_MONTH = "half-month", _("Half-month")
    MONTH = "month", _("Month")


class About(models.Model):
    """What a briefing is about: an area or one beat, and the period that begins on `date`."""

    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    beat_code = models.CharField(_("beat"), max_length=24, blank=True, default="")
    period = models.CharField(_("period"), max_length=12, choices=Period, default=Period.DAY)
    date = models.DateField(_("date"), help_text=_("first day of the coming period"))

    class Meta:
        abstract = True


class Briefing(About):
    """One version of an analysis; a remake adds a version, nothing is overwritten.

    An analyst edits its suggestions until it is signed; a signed one may be published; from then on nothing
    of it changes, and a new version takes its place.
    """

    version = models.PositiveSmallIntegerField(_("version"), default=1)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("signed by")
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    body = models.JSONField(_("content"), default=dict)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("briefing")
        verbose_name_plural = _("briefings")
        ordering: ClassVar = ["-date", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["area_code", "beat_code", "period", "date", "version"], name="briefing_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.beat_code or self.area_code} {self.period} {self.date} v{self.version}"


class BriefingText(models.Model):
    """An analyst's words in place of a drafted suggestion, or beside them; each wording a revision."""

    briefing = models.ForeignKey(Briefing, models.CASCADE, related_name="texts", verbose_name=_("briefing"))
    key = models.CharField(_("suggestion"), max_length=60)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    text = models.TextField(_("text"), blank=True, help_text=_("empty: left out of the briefing"))
    written_at = models.DateTimeField(_("written"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("briefing text")
        verbose_name_plural = _("briefing texts")
        ordering: ClassVar = ["key", "-revision"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["briefing", "key", "revision"], name="text_revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.briefing_id} {self.key} r{self.revision}"


class BeatAlert(models.Model):
    """A beat's colour on a day, kept with its reason, inputs and the version of the method."""

    briefing = models.ForeignKey(Briefing, models.CASCADE, related_name="alerts", verbose_name=_("briefing"))
    beat_code = models.CharField(_("beat"), max_length=24, db_index=True)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    colour = models.CharField(_("colour"), max_length=8, choices=Colour)
    expected = models.FloatField(_("expected incidents"), help_text=_("level: how much is expected"))
    p_value = models.FloatField(_("p-value"), null=True, help_text=_("change: how surprising"))
    reason = models.JSONField(_("reason"), default=dict)
    method = models.CharField(_("method"), max_length=40)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("beat alert")
        verbose_name_plural = _("beat alerts")
        ordering: ClassVar = ["beat_code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["briefing", "beat_code"], name="alert_once_per_beat"),
        ]

    def __str__(self) -> str:
        return f"{self.beat_code} {self.colour}"
