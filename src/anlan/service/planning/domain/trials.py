"""Trials: designed with their power stated and a secret committed to, started by tossing the coins, ended."""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.engine.planning import trials
from anlan.engine.planning.watch import UNWATCHED
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.domain.common import check, plain
from anlan.service.patrol.evidence import NoData
from anlan.service.places.queries import county_area
from anlan.service.planning.domain.jobs import does
from anlan.service.planning.domain.plans import NotReady
from anlan.service.planning.models import PlanningJob, Trial
from anlan.service.planning.trials import ask as asks
from anlan.service.planning.trials import hotspots, records, words

if TYPE_CHECKING:
    from anlan.engine.planning.trials import Design, Hotspots, Power
    from anlan.engine.planning.watch import Watch
    from anlan.service.planning.domain.jobs import JobWatch
    from anlan.service.planning.trials.ask import TrialAsk
    from anlan.service.planning.trials.hotspots import Span
    from anlan.service.staff.models import Account

SECRET_BYTES = 32
REASON_LENGTH, BEACON_LENGTH = 200, 80


@does(PlanningJob.Kind.TRIAL)
def design(job: PlanningJob, watch: JobWatch) -> str:
    """Design the trial that a job asks for."""
    try:
        ask = asks.parsed(job.ask)
    except ValueError as problem:
        raise NoData(str(problem)) from problem
    made = design_trial(job.area_code[:6], ask, job.asked_by, watch=watch)
    return reverse("planning:trial", kwargs={"trial_id": made.pk})


def design_trial(
    county6: str, ask: TrialAsk, actor: Account | None, *, plays: int = 1_000, watch: Watch = UNWATCHED
) -> Trial:
    """Choose and pair hot spots, state the power, and commit to a secret; no coin is tossed yet.

    The same ask with the same outcome gives the trial that is there, as long as it has not been started.

    Raises:
        PermissionDenied: the actor may not plan for the county.
        NoData: the history or the places do not suffice; the message says what would help.

    """
    area = county_area(county6)
    check(actor, "planning.make", area)
    watch.told("places", 0.0)
    past = hotspots.past_of(county6, ask, timezone.localdate())
    spots, where = hotspots.candidates(county6, ask, past)
    made, power = _designed(spots, ask, plays, watch)
    given, body = asks.plain(ask), _body(made, power, past, where, len(spots.codes))
    secret = secrets.token_hex(SECRET_BYTES)
    open_ = Trial.objects.filter(area_code=area.code, name=ask.name, state=Trial.State.DESIGNED, ask=given)
    with transaction.atomic():
        same = next((one for one in open_.order_by("-pk") if one.design == body), None)
        if same is not None:
            return same
        trial = Trial.objects.create(
            area_code=area.code, name=ask.name, first=ask.first, days=7 * ask.weeks, ask=given, design=body,
            commitment=trials.commit(made, secret).secret, seed=secret, made_at=timezone.now(), made_by=actor,
        )  # fmt: skip
        data = {
            "name": trial.name, "pairs": len(made.pairs), "power": power.stated.power,
            "design": body["digest"], "seed_hash": trial.commitment,
        }  # fmt: skip
        log.append(Verb.TRIAL_DESIGNED, trial, actor=actor, area_code=area.code, data=data)
    return trial


def _designed(spots: Hotspots, ask: TrialAsk, plays: int, watch: Watch) -> tuple[Design, Power]:
    """Pair and state the power; what does not work out is said with the reasons counted."""
    rules, protocol = ask.rules(), ask.protocol()
    rows, excluded = trials.eligible(spots, rules)
    if len(rows) < 2:
        raise NoData(words.too_few(len(rows), len(spots.codes), Counter(one.reason for one in excluded)))
    try:
        made = records.settled(trials.design(spots, rules, protocol))
    except ValueError as problem:
        raise NoData(
            _("No two of the hot spots are alike enough to be a pair. Choose more of them.")
        ) from problem
    try:
        return made, trials.rehearse(spots, rules, protocol, ask.plays(plays), watch=watch)
    except ValueError as problem:
        told = _(
            "The power cannot be stated: the older half of the past (%(weeks)s weeks in all) has too few hot"
            " spots, or is too short. Choose more types, or lower the least number of incidents."
        )
        weeks = spots.history.shape[1] // ask.in_week
        raise NoData(told % {"weeks": weeks}) from problem


def _body(
    made: Design, power: Power, past: Span, where: list[hotspots.Spot], candidates: int
) -> dict[str, Any]:
    """Return what is kept of a design: all that the analysis will need, and figures for the list."""
    return {
        "design": plain(made),
        "digest": made.digest(),
        "power": plain(power),
        "spots": records.plain_spots(where, made.places),
        "past": [past.first.isoformat(), past.periods, past.days],
        "figures": {"pairs": len(made.pairs), "power": power.stated.power, "candidates": candidates},
    }


def start_trial(trial: Trial, first: Date, beacon: str, actor: Account | None) -> Trial:
    """Toss the coins with the secret and a number drawn in public, and let the plans follow them.

    Started again it changes nothing.

    Raises:
        PermissionDenied: the actor may not approve for the county.
        NotReady: it has ended, the first day has passed, or another trial has one of its places.

    """
    check(actor, "planning.approve", trial)
    with transaction.atomic():
        held = Trial.objects.select_for_update().get(pk=trial.pk)
        if held.state == Trial.State.DESIGNED:
            _refuse_start(held, first)
            made = records.design_of(held)
            beacon = beacon.strip()[:BEACON_LENGTH]
            held.schedule = plain(trials.schedule(made, first, held.seed, beacon))
            held.ask |= {"beacon": beacon}
            held.first, held.state, held.started_at = first, Trial.State.RUNNING, timezone.now()
            held.save(update_fields=["schedule", "ask", "first", "state", "started_at"])
            data = {"name": held.name, "first": first.isoformat(), "days": held.days, "beacon": beacon}
            log.append(Verb.TRIAL_STARTED, held, actor=actor, area_code=held.area_code, data=data)
        elif held.state == Trial.State.ENDED:
            raise NotReady(_("The trial has ended. Design a new one."))
    trial.refresh_from_db()
    return trial


def _refuse_start(held: Trial, first: Date) -> None:
    if first < timezone.localdate():
        told = _("The first day, %(day)s, has passed. Choose today or a later day.")
        raise NotReady(told % {"day": first.isoformat()})
    mine = {row[0] for row in held.design["spots"]}
    others = Trial.objects.filter(area_code=held.area_code, state=Trial.State.RUNNING).exclude(pk=held.pk)
    for other in others:
        shared = sorted(mine.intersection(other.schedule["places"]))
        if shared:
            told = _(
                "The trial “%(name)s” is running in %(count)s of these places (%(code)s …). End it first."
            )
            raise NotReady(told % {"name": other.name, "count": len(shared), "code": shared[0]})


def end_trial(trial: Trial, reason: str, actor: Account | None) -> Trial:
    """End a trial, or give up one that was never started; from now on its seed is shown. Twice is once.

    Raises:
        PermissionDenied: the actor may not approve for the county.
        NotReady: no reason was given.

    """
    check(actor, "planning.approve", trial)
    reason = " ".join(reason.replace("\0", "").split())[:REASON_LENGTH]
    if not reason:
        raise NotReady(_("Say why the trial ends."))
    ended = {"state": Trial.State.ENDED, "ended_at": timezone.now(), "reason": reason}
    with transaction.atomic():
        open_ = Trial.objects.filter(pk=trial.pk).exclude(state=Trial.State.ENDED)
        if open_.update(**ended):
            data = {"name": trial.name, "reason": reason, "seed": trial.seed}
            log.append(Verb.TRIAL_ENDED, trial, actor=actor, area_code=trial.area_code, data=data)
    trial.refresh_from_db()
    return trial
