"""Long work of planning, done in the background: how far it is, and the wish to stop it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.patrol.models.job import Job


class PlanningJob(Job):
    """One piece of work: what was asked, who asked, how far it is, where the result is.

    `about` names the thing worked on ("2026-03-04", "roster 12"), so that the same is not done twice at once.
    `stop` asks the worker to end now with the best found so far.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", _("Plan")
        REHEARSAL = "rehearsal", _("Rehearsal")
        ROSTER = "roster", _("Roster")
        TRIAL = "trial", _("Trial design")
        JOINT = "joint", _("Joint command")
        CALIBRATE = "calibrate", _("Speeds from trips")

    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    about = models.CharField(_("about"), max_length=60)
    ask = models.JSONField(_("asked for"), default=dict, blank=True)
    done = models.FloatField(_("share done"), default=0.0)
    gap = models.FloatField(_("gap now"), null=True)
    stop = models.BooleanField(_("asked to stop"), default=False)
    result = models.CharField(_("result"), max_length=200, blank=True, default="", help_text=_("address"))

    class Meta:
        verbose_name = _("planning job")
        verbose_name_plural = _("planning jobs")
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["area_code", "kind", "about"], name="one_open_planning_job",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.about} {self.state}"
