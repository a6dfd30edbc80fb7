"""Looks at a running trial: each is counted, none is ever taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.engine.planning import trials
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.domain.common import check, plain
from anlan.service.planning.domain.doses import measure
from anlan.service.planning.domain.plans import NotReady
from anlan.service.planning.models import Trial, TrialLook
from anlan.service.planning.trials import hotspots, records
from anlan.service.planning.trials.course import course_of, looks_at

if TYPE_CHECKING:
    from anlan.engine.planning.trials import Design, Outcome, Schedule
    from anlan.service.staff.models import Account


def look_at(trial: Trial, at: int, actor: Account | None, *, confirmed: bool = False) -> TrialLook:
    """Look at a trial after `at` periods; the same look again gives the one that is there.

    Raises:
        PermissionDenied: the actor may not plan for the county.
        NotReady: these periods are not over or not in the history, a later look was taken already, the trial
            is not running, or the look is not planned and `confirmed` does not say that it is to be counted.

    """
    check(actor, "planning.make", trial)
    measure(trial)
    with transaction.atomic():
        held = Trial.objects.select_for_update().get(pk=trial.pk)
        until = held.first + timedelta(days=at * records.ask_of(held).period_days)
        there = held.looks.filter(until=until - timedelta(days=1)).first()
        if there is not None:
            return there
        taken = _refuse_look(held, at, confirmed=confirmed)
        result = result_of(held, at, taken)
        look = TrialLook.objects.create(
            trial=held, number=len(taken) + 1, planned=result["look"]["planned"],
            until=until - timedelta(days=1), looked_at=timezone.now(), looked_by=actor, result=result,
        )  # fmt: skip
        data = {
            "name": held.name, "number": look.number, "periods": at, "planned": look.planned,
            "verdict": result["look"]["verdict"],
        }  # fmt: skip
        log.append(Verb.TRIAL_LOOKED, held, actor=actor, area_code=held.area_code, data=data)
    return look


def _refuse_look(held: Trial, at: int, *, confirmed: bool) -> list[int]:
    """Return the periods done at the looks taken so far.

    Raises:
        NotReady: the look cannot be taken.

    """
    if held.state != Trial.State.RUNNING:
        raise NotReady(_("Only a running trial is looked at."))
    now = course_of(held)
    taken = looks_at(held)
    if not 0 < at <= now.over:
        raise NotReady(_("These weeks are not over yet."))
    if taken and at <= taken[-1]:
        raise NotReady(_("A later look has been taken already."))
    if now.known_until is None or at > now.recorded:
        told = _("The history ends on %(day)s. Import the days up to %(until)s first.")
        day = now.known_until.isoformat() if now.known_until else "–"
        until = held.first + timedelta(days=at * now.period_days - 1)
        raise NotReady(told % {"day": day, "until": until.isoformat()})
    if at not in now.planned and not confirmed:
        raise NotReady(_("This look is not planned. Confirm that it is to be counted."))
    return taken


def result_of(trial: Trial, at: int, taken: list[int]) -> dict[str, Any]:
    """Return what a look finds: verdict, effect with its rings, what was really done, and the counts."""
    design, plan, ask = records.design_of(trial), records.schedule_of(trial), records.ask_of(trial)
    assert plan is not None  # noqa: S101  a running trial has one
    spots, past = records.spots_of(trial), records.past_of(trial)
    span = hotspots.Span(trial.first, at, ask.period_days)
    before, during = hotspots.tallies(trial.area_code[:6], ask, spots, past, span)
    places, *rings = records.outcomes(trial, before, during)
    look = trials.look(design, plan, places, taken=taken, count_unplanned=True)
    return {
        "look": plain(look),
        "effect": plain(trials.effect(design, plan, places, rings)),
        "counts": during.places.tolist(),
        "rings": [ring.tolist() for ring in during.rings],
        "known": during.known.tolist(),
    } | _done(trial, design, plan, places, ask.dose_min)


def _done(trial: Trial, design: Design, plan: Schedule, places: Outcome, least: float) -> dict[str, Any]:
    """Return who was treated without a dose or got one as a control, and the effect by minutes."""
    doses = records.doses_of(trial, places.during.shape[1])
    if doses is None:
        return {}
    found: dict[str, Any] = {"contamination": plain(trials.contamination(design, plan, doses, least))}
    if np.isfinite(doses.minutes).any():
        found["per_dose"] = plain(trials.per_dose(design, plan, places, doses))
        found["per_protocol"] = plain(trials.per_protocol(design, plan, places, doses, least))
    return found
