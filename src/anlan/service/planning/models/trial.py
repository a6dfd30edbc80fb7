"""Trials: patrols sent to half of the hot spots by the coin, so that their effect can be told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.scope import ScopedQuerySet

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date


class Trial(models.Model):
    """A randomised deployment: its design and stated power, the coin's schedule, and every look at it.

    `commitment` is the hash of the seed, shown before the trial begins; the seed is shown when it has ended.
    `doses` are minutes of presence by number of period, measured while the positions are kept.
    """

    class State(models.TextChoices):
        DESIGNED = "designed", _("designed")
        RUNNING = "running", _("running")
        ENDED = "ended", _("ended")

    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    name = models.CharField(_("name"), max_length=80)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DESIGNED)
    first = models.DateField(_("first day"))
    days = models.PositiveSmallIntegerField(_("days"))
    ask = models.JSONField(_("asked for"), default=dict, blank=True)
    design = models.JSONField(_("design"), default=dict)
    schedule = models.JSONField(_("schedule"), default=dict, help_text=_("which place is treated when"))
    doses = models.JSONField(_("minutes of presence"), default=dict, blank=True)
    commitment = models.CharField(_("hash of the seed"), max_length=64)
    seed = models.CharField(_("seed"), max_length=64, editable=False)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("trial")
        verbose_name_plural = _("trials")
        ordering: ClassVar = ["-first", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def last(self) -> Date:
        """The last day."""
        return self.first + timedelta(days=max(self.days - 1, 0))


class TrialLook(models.Model):
    """One look at a trial's result, planned or not; none is ever taken back."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="looks", verbose_name=_("trial"))
    number = models.PositiveSmallIntegerField(_("number"))
    planned = models.BooleanField(_("planned"), default=True)
    until = models.DateField(_("data up to"))
    looked_at = models.DateTimeField(_("looked"))
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("looked by")
    )
    result = models.JSONField(_("result"), default=dict)

    class Meta:
        verbose_name = _("look at a trial")
        verbose_name_plural = _("looks at trials")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["trial", "number"], name="look_once")]

    def __str__(self) -> str:
        return f"{self.trial_id} {self.number}"
