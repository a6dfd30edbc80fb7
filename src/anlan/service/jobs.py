"""Periodic jobs: registered by name, claimed by UPDATE, so that any number of workers may run them.

An app puts its jobs in `jobs.py`, which the worker imports:

    periodic(every=timedelta(hours=1))(purge_callers)
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from anlan.service.log.models import JobRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime, timedelta
    from threading import Event as Flag

    Job = Callable[[], object]

LOOK_S = 1.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Periodic:
    """A function without arguments and how often it runs."""

    name: str
    every: timedelta
    function: Job


registered: dict[str, Periodic] = {}


def periodic(*, every: timedelta) -> Callable[[Job], Job]:
    """Register a function to be run by one worker each `every`; the first time as soon as a worker runs."""

    def register(function: Job) -> Job:
        name = f"{function.__module__}.{function.__qualname__}"
        registered[name] = Periodic(name, every, function)
        return function

    return register


def discover() -> None:
    """Import `jobs.py` of every app."""
    autodiscover_modules("jobs")


def due(now: datetime) -> Iterator[Periodic]:
    """Yield each job that is due, claimed for the caller: no one else gets it before its next time."""
    known = dict(JobRun.objects.filter(name__in=registered).values_list("name", "due"))
    for job in registered.values():
        if job.name not in known:
            JobRun.objects.get_or_create(name=job.name, defaults={"due": now})
        elif known[job.name] > now:
            continue
        waiting = JobRun.objects.filter(name=job.name, due__lte=now)
        if waiting.update(due=now + job.every, started=now, finished=None, error="") == 1:
            yield job


def run(job: Periodic) -> None:
    """Run a claimed job and note how it went; an error is logged and waits for the next time."""
    error = ""
    try:
        job.function()
    except Exception as raised:  # one job's fault must not stop the others
        logger.exception("job %s failed", job.name)
        error = f"{type(raised).__name__}: {raised}"
        if not connection.in_atomic_block:
            close_old_connections()
    with transaction.atomic():
        JobRun.objects.filter(name=job.name).update(finished=timezone.now(), error=error)


def work(stop: Flag) -> None:
    """Run due jobs until `stop` is set."""
    discover()
    while not stop.wait(LOOK_S):
        try:
            for job in due(timezone.now()):
                run(job)
        except DatabaseError:
            logger.exception("looking for due jobs failed; trying again")
            connection.close()
        close_old_connections()
    connection.close()
