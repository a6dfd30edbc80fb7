"""The work besides serving: sealing the log, periodic jobs, queued tasks."""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING

from django.db import DatabaseError, close_old_connections, connection
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from anlan.service import jobs
from anlan.service.incidents.domain import delivery
from anlan.service.log import sealer

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event as Flag

TASKS_S = 0.5
logger = logging.getLogger(__name__)


def work(role: str, stop: Flag) -> int:
    """Run the loops of a role ("sealer", "jobs", "planner" or "all") until `stop` is set.

    Returns the exit code: 0 when asked to stop, 1 when a loop broke, so that a supervisor starts afresh.
    """
    failed = threading.Event()
    threads = [threading.Thread(target=_guarded, args=(loop, stop, failed)) for loop in loops(role)]
    for thread in threads:
        thread.start()
    while not stop.wait(0.5):
        pass
    for thread in threads:
        thread.join()
    return 1 if failed.is_set() else 0


def loops(role: str) -> list[Callable[[Flag], None]]:
    """Return the loops of a role.

    The sealer has a process of its own so that no heavy job delays it, and the planner one, so that a
    briefing does not wait behind a plan.
    """
    known = {"sealer": [sealer.run], "jobs": [jobs.work, tasks, delivery.run], "planner": [planner]}
    return known.get(role) or [loop for each in known.values() for loop in each]


def _guarded(loop: Callable[[Flag], None], stop: Flag, failed: Flag) -> None:
    try:
        loop(stop)
    except Exception:  # whatever broke it, the process must end and be started again
        logger.exception("%s broke", loop.__name__)
        failed.set()
        stop.set()


def tasks(stop: Flag) -> None:
    """Run the tasks of the common queue until `stop` is set."""
    run_queue("default", stop)


def planner(stop: Flag) -> None:
    """Run the planning jobs until `stop` is set."""
    run_queue("planning", stop)


def run_queue(queue: str, stop: Flag) -> None:
    """Run the tasks of a queue (django.tasks); takes a lock only when one is ready."""
    runner = Worker(
        queue_names=[queue],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=1,
        worker_id=f"{os.uname().nodename[:40]}-{os.getpid()}-{queue}",
        excluded_queue_names=[],
    )
    while not stop.wait(TASKS_S):
        try:
            while not stop.is_set() and DBTaskResult.objects.ready().filter(queue_name=queue).exists():
                runner._run_tasks = 0
                runner.run()
        except DatabaseError:
            logger.exception("running tasks failed; trying again")
            connection.close()
        close_old_connections()
    connection.close()
