"""Long work in the background, and the making of a briefing."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.patrol.models.briefing import About, Briefing
from anlan.service.scope import ScopedQuerySet


class Job(models.Model):
    """Long work: who asked, how far it is, when its worker was last heard of."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    OPEN: ClassVar = (State.WAITING, State.RUNNING)

    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    step = models.CharField(_("step"), max_length=20, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    error = models.TextField(_("error"), blank=True, default="")
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    seen_at = models.DateTimeField(_("last sign of life"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class BriefingJob(About, Job):
    """One making of a briefing: who asked, how far it is, what came of it; one at a time for each."""

    briefing = models.ForeignKey(
        Briefing, models.SET_NULL, null=True, related_name="+", verbose_name=_("briefing")
    )

    class Meta:
        verbose_name = _("briefing job")
        verbose_name_plural = _("briefing jobs")
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["area_code", "beat_code", "period", "date"],
                condition=models.Q(state__in=["waiting", "running"]), name="one_open_job_per_briefing",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.beat_code or self.area_code} {self.period} {self.date} {self.state}"
