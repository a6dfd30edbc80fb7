"""Briefings made in the background: asked for once, claimed once, with progress and an honest end."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from anlan.service.patrol import tasks
from anlan.service.patrol.domain.briefings import make_briefing
from anlan.service.patrol.domain.common import check
from anlan.service.patrol.evidence import NoData
from anlan.service.patrol.models import Briefing, BriefingJob

if TYPE_CHECKING:
    from anlan.service.patrol.subjects import Subject
    from anlan.service.staff.models import Account

SILENT_AFTER = timedelta(minutes=5)
logger = logging.getLogger(__name__)


def ask_for_briefing(subject: Subject, actor: Account) -> BriefingJob:
    """Queue the making of a briefing; while one is queued or made, that one is returned.

    A job whose worker has been silent for five minutes is given up, and a new one takes its place.

    Raises:
        PermissionDenied: the actor may not make briefings for the area.

    """
    check(actor, "patrol.make_briefing", subject)
    now = timezone.now()
    with transaction.atomic():
        going = BriefingJob.objects.filter(**subject.fields, state__in=BriefingJob.OPEN)
        silent = _("No worker answered. Is one running? Try again.")
        going.filter(seen_at__lt=now - SILENT_AFTER).update(state=BriefingJob.State.FAILED, error=silent)
        asked = {
            "asked_at": now, "asked_by": actor, "seen_at": now, "language": translation.get_language() or "",
        }  # fmt: skip
        job, new = BriefingJob.objects.get_or_create(
            **subject.fields, state__in=BriefingJob.OPEN, defaults=asked
        )
        if new:
            tasks.make.enqueue(job.pk)
    job.refresh_from_db()
    return job


def run_job(job_id: int) -> None:
    """Make the briefing of a waiting job; one that another worker has taken is left alone."""
    State = BriefingJob.State  # noqa: N806 a class
    waiting = BriefingJob.objects.filter(pk=job_id, state=State.WAITING)
    if not waiting.update(state=State.RUNNING, seen_at=timezone.now()):
        return
    job = BriefingJob.objects.select_related("asked_by").get(pk=job_id)
    with translation.override(job.language or None):
        try:
            made = _made(job)
        except NoData as problem:
            _end(job, State.FAILED, str(problem))
        except Exception as problem:
            logger.exception("briefing job %s failed", job_id)
            told = _("Making it failed (%(kind)s). Details are in the server's log.")
            _end(job, State.FAILED, told % {"kind": type(problem).__name__})
        else:
            _end(job, State.DONE, "", made)


def _made(job: BriefingJob) -> Briefing:
    return make_briefing(
        job.area_code[:6], job.date, job.asked_by, period=job.period, area=job.beat_code or job.area_code,
        progress=lambda step: _seen(job, step),
    )  # fmt: skip


def _seen(job: BriefingJob, step: str) -> None:
    BriefingJob.objects.filter(pk=job.pk).update(step=step, seen_at=timezone.now())


def _end(job: BriefingJob, state: str, error: str, briefing: Briefing | None = None) -> None:
    running = BriefingJob.objects.filter(pk=job.pk, state=BriefingJob.State.RUNNING)
    running.update(state=state, error=error, briefing=briefing, seen_at=timezone.now())
