"""Periodic jobs: claimed once, failures noted and tried again, kept tidy by jobs of their own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.service import jobs
from anlan.service.log.models import JobRun

HOUR = timedelta(hours=1)


@pytest.fixture
def registry(monkeypatch, db):
    """Leave no job but those that the test registers."""
    monkeypatch.setattr(jobs, "registered", {})
    return jobs.registered


def test_two_workers_run_a_job_once(registry):
    """Of two workers that saw the job due, one claims it: the other's UPDATE finds nothing."""
    jobs.periodic(every=HOUR)(list)
    now = timezone.now()
    first, second = jobs.due(now), jobs.due(now)
    assert [job.name for job in (*first, *second)] == ["builtins.list"]
    assert JobRun.objects.get().due == now + HOUR


def test_a_worker_that_looked_before_the_claim_gets_nothing(registry):
    """Both read the table before either claims: only one UPDATE changes a row."""
    jobs.periodic(every=HOUR)(list)
    jobs.periodic(every=HOUR)(dict)
    now = timezone.now()
    first, second = jobs.due(now), jobs.due(now)
    got = [next(first).name, *(job.name for job in second), *(job.name for job in first)]
    assert sorted(got) == ["builtins.dict", "builtins.list"]


def test_a_failed_job_is_noted_and_tried_again(registry):
    """The error stands in the table; at the next time the job runs again and clears it."""
    faults = [ValueError("no road")]

    def shaky():
        if faults:
            raise faults.pop()

    jobs.periodic(every=HOUR)(shaky)
    now = timezone.now()
    for job in jobs.due(now):
        jobs.run(job)
    assert JobRun.objects.get().error == "ValueError: no road"
    for job in jobs.due(now + HOUR):
        jobs.run(job)
    assert (JobRun.objects.get().error, JobRun.objects.get().finished is not None) == ("", True)


def test_pruning_runs(db):
    """Sessions and task results are pruned by registered jobs, which run without error."""
    jobs.discover()
    names = {"anlan.service.staff.jobs.forget_sessions", "anlan.service.staff.jobs.forget_tasks"}
    assert names <= set(jobs.registered)
    for name in names:
        jobs.registered[name].function()
