"""What plans, rosters and joint plans share: each is a version that was asked for, made and approved."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.scope import ScopedQuerySet


class Version(models.Model):
    """One version of an answer: `ask` is what the planner asked for, `body` what came of it."""

    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    gap = models.FloatField(_("optimality gap"), null=True, help_text=_("share of the bound, 0.01 = 1 %"))
    ask = models.JSONField(_("asked for"), default=dict, blank=True)
    body = models.JSONField(_("content"), default=dict)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class Span(Version):
    """A version that holds for some days on end."""

    first = models.DateField(_("first day"))
    days = models.PositiveSmallIntegerField(_("days"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.area_code} {self.first} v{self.version}"

    @property
    def last(self) -> Date:
        """Its last day."""
        return self.first + timedelta(days=self.days - 1)
