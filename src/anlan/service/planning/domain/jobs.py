"""Long work in the background: asked for once, claimed once, watched, stopped with the best so far."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from anlan.service.patrol.domain.common import check
from anlan.service.patrol.evidence import NoData
from anlan.service.planning import tasks
from anlan.service.planning.models import PlanningJob

if TYPE_CHECKING:
    from collections.abc import Callable

    from anlan.service.staff.models import Account

    Work = Callable[["PlanningJob", "JobWatch"], str]

SILENT_AFTER = timedelta(minutes=5)
TELL_EVERY_S = 0.4
PERMISSION = "planning.make"
logger = logging.getLogger(__name__)
WORK: dict[str, Work] = {}


def does(kind: PlanningJob.Kind) -> Callable[[Work], Work]:
    """Register what a kind of job does; the function returns the address of its result."""

    def register(work: Work) -> Work:
        WORK[kind] = work
        return work

    return register


class JobWatch:
    """Writes a job's progress to its row and reads there whether to stop, a few times a second at most."""

    def __init__(self, job_id: int) -> None:
        self.rows = PlanningJob.objects.filter(pk=job_id)
        self.told_at = self.asked_at = 0.0
        self.stop = False
        self.step = ""

    def told(self, step: str, done: float, gap: float | None = None) -> None:
        """Write step, share and gap; a new step at once, the rest when it is time."""
        now = time.monotonic()
        if step == self.step and now - self.told_at < TELL_EVERY_S:
            return
        self.step, self.told_at = step, now
        shown = {"step": step[:20], "done": min(max(done, 0.0), 1.0), "gap": gap}
        self.rows.update(**shown, seen_at=timezone.now())

    def stopped(self) -> bool:
        """Whether somebody asked to stop."""
        now = time.monotonic()
        if not self.stop and now - self.asked_at >= TELL_EVERY_S:
            self.asked_at = now
            self.stop = self.rows.filter(stop=True).exists()
        return self.stop


def ask_for(
    kind: PlanningJob.Kind,
    area: Any,
    about: str,
    ask: dict[str, Any],
    actor: Account,
    *,
    permission: str = PERMISSION,
) -> PlanningJob:
    """Queue a piece of work; while the same is queued or done, that one is returned.

    A job whose worker has been silent for five minutes is given up, and a new one takes its place.

    Raises:
        PermissionDenied: the actor may not plan in the area.

    """
    check(actor, permission, area)
    now = timezone.now()
    named = {"area_code": area.code, "kind": kind, "about": about}
    with transaction.atomic():
        going = PlanningJob.objects.filter(**named, state__in=PlanningJob.OPEN)
        silent = _("No worker answered. Is one running? Try again.")
        going.filter(seen_at__lt=now - SILENT_AFTER).update(state=PlanningJob.State.FAILED, error=silent)
        asked = {
            "ask": ask, "asked_at": now, "asked_by": actor, "seen_at": now,
            "language": translation.get_language() or "",
        }  # fmt: skip
        job, new = PlanningJob.objects.get_or_create(**named, state__in=PlanningJob.OPEN, defaults=asked)
        if new:
            tasks.work.enqueue(job.pk)
    job.refresh_from_db()
    return job


def stop_job(job: PlanningJob, actor: Account) -> None:
    """Ask a job to end with the best it has; one that still waits is taken off the queue.

    Raises:
        PermissionDenied: the actor may not plan in the area.

    """
    check(actor, PERMISSION, job)
    State = PlanningJob.State  # noqa: N806 a class
    rows = PlanningJob.objects.filter(pk=job.pk)
    if not rows.filter(state=State.WAITING).update(state=State.FAILED, error=_("Cancelled before it began.")):
        rows.filter(state=State.RUNNING).update(stop=True)


def run_job(job_id: int) -> None:
    """Do a waiting job; one that another worker has taken is left alone."""
    State = PlanningJob.State  # noqa: N806 a class
    waiting = PlanningJob.objects.filter(pk=job_id, state=State.WAITING)
    if not waiting.update(state=State.RUNNING, seen_at=timezone.now()):
        return
    job = PlanningJob.objects.select_related("asked_by").get(pk=job_id)
    with translation.override(job.language or None):
        try:
            result = WORK[job.kind](job, JobWatch(job_id))
        except NoData as problem:
            _end(job, State.FAILED, error=str(problem))
        except Exception as problem:
            logger.exception("planning job %s failed", job_id)
            told = _("It failed (%(kind)s). Details are in the server's log.")
            _end(job, State.FAILED, error=told % {"kind": type(problem).__name__})
        else:
            _end(job, State.DONE, result=result)


def _end(job: PlanningJob, state: str, *, error: str = "", result: str = "") -> None:
    running = PlanningJob.objects.filter(pk=job.pk, state=PlanningJob.State.RUNNING)
    done = 1.0 if state == PlanningJob.State.DONE else job.done
    running.update(state=state, error=error, result=result, done=done, seen_at=timezone.now())
