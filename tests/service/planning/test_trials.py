"""Trials: designed, committed to, started, looked at, ended; each step once, logged, and refused in words."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from tests.factories import COUNTY, ELSEWHERE
from tests.service.planning.trial_cases import (
    COUNTY6,
    SPOTS,
    came,
    designed,
    fresh,
    hot_spots,
    past,
    running,
    wanted,
    write,
)

from anlan.engine.planning.trials import Schedule, kept
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.patrol.evidence import NoData
from anlan.service.planning import domain, queries
from anlan.service.planning.models import Trial, TrialLook
from anlan.service.planning.trials import hotspots, records
from anlan.service.staff.models import Role


@pytest.fixture
def spots(db: None, settings: Any) -> list[str]:
    """Twelve hot spots with sixty weeks of history."""
    codes = hot_spots()
    past(codes)
    return codes


def verbs() -> list[str]:
    """Return what was logged of trials."""
    rows = Event.objects.filter(verb__startswith="trial.").order_by("id")
    return list(rows.values_list("verb", flat=True))


def test_a_design_pairs_the_hot_spots_and_states_its_power(spots: list[str]) -> None:
    """Twelve places apart make six pairs; power lies in its interval; no coin is tossed yet."""
    trial = designed()
    figures, power = trial.design["figures"], trial.design["power"]["stated"]
    assert figures == {"pairs": 6, "power": power["power"], "candidates": SPOTS}
    assert power["low"] <= power["power"] <= power["high"]
    assert (trial.state, trial.schedule) == ("designed", {})
    assert {row[0] for row in trial.design["spots"]} == set(spots)


def test_the_commitment_holds_after_storing(spots: list[str]) -> None:
    """Design and secret, read back from JSON, are those whose hashes were kept; another secret is not."""
    trial = designed(left_out={spots[0]: "a works site"}, least=0.1)
    trial.refresh_from_db()
    design, commitment = records.design_of(trial), records.commitment_of(trial)
    assert len(trial.seed) == 64
    assert kept(commitment, design, trial.seed)
    assert not kept(commitment, design, "0" * 64)
    assert records.seed_fits(trial)


def test_the_same_design_asked_for_twice_is_one_trial(spots: list[str]) -> None:
    """A retried job makes no second trial and no second event; another ask does."""
    assert fresh().pk == fresh().pk
    assert verbs() == [Verb.TRIAL_DESIGNED]
    assert fresh(weeks=10).pk != Trial.objects.earliest("pk").pk


def test_left_out_places_have_their_reason(spots: list[str]) -> None:
    """Named by the planner and the odd one: both are kept with their codes."""
    trial = designed(left_out={spots[0]: "a works site"})
    reasons = {one["code"]: one["reason"] for one in trial.design["design"]["excluded"]}
    assert reasons[spots[0]] == "named"
    assert sorted(reasons.values()) == ["named", "odd"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"least": 400.0}, "can take part"),
        ({"ring_m": 2000.0, "rings": 2}, "too near"),
        ({"types": ("help-other",)}, "No grid of this area"),
        ({"area": "990101002"}, "No grid of this area"),
    ],
)
def test_what_cannot_be_designed_is_said_with_what_helps(
    spots: list[str], change: dict[str, Any], said: str
) -> None:
    """Too few places, or none with incidents: the message names the reason."""
    with pytest.raises(NoData, match=said):
        fresh(**change)


def test_without_history_there_is_no_design(db: None) -> None:
    """The reader is told to import one."""
    hot_spots()
    with pytest.raises(NoData, match="no history"):
        fresh()


def test_a_short_past_cannot_state_the_power(db: None) -> None:
    """Fourteen weeks are too short for anybody to take part, and that is said."""
    past(hot_spots(), weeks=14)
    with pytest.raises(NoData, match="short a past"):
        fresh()


def test_weeks_without_a_record_are_not_quiet_weeks(db: None) -> None:
    """Four weeks in which nothing was recorded in the county are marked as such."""
    codes = hot_spots()
    days = np.ones((len(codes), 7 * 40), int)
    days[:, 70:98] = 0
    today = timezone.localdate()
    write(codes, today - timedelta(days=280), days)
    ask = wanted()
    spots, _where = hotspots.candidates(COUNTY6, ask, hotspots.past_of(COUNTY6, ask, today))
    assert (spots.history[:, 10:14] == -1).all()
    assert (np.delete(spots.history, range(10, 14), axis=1) == 7).all()


def test_only_residents_reports_of_the_types_are_counted(spots: list[str]) -> None:
    """What came of another type changes nothing."""
    ask = wanted(types=("category:theft",))
    span = hotspots.past_of(COUNTY6, ask, timezone.localdate())
    before, _where = hotspots.candidates(COUNTY6, ask, span)
    write(spots, span.first, np.ones((SPOTS, 30), int), prefix="x", kind="help-other")
    after, _where = hotspots.candidates(COUNTY6, ask, span)
    assert (before.history == after.history).all()


def test_rings_count_what_lies_beside_the_places(spots: list[str]) -> None:
    """Around the first place lies nothing within a ring, and the second place within a very wide one."""
    today, days = timezone.localdate(), 7 * 10
    past_, span = (hotspots.Span(today - timedelta(days=back), 10, 7) for back in (2 * days, days))
    first, second = (
        hotspots.Spot(code, lon, 30.005, 580.0)
        for code, lon in zip(spots[:2], (105.105, 105.125), strict=True)
    )
    near = hotspots.tallies(COUNTY6, wanted(rings=2), [first], past_, span)
    assert [ring.sum() for tally in near for ring in tally.rings] == [0] * 4
    wide = hotspots.tallies(COUNTY6, wanted(rings=1, ring_m=1500.0), [first], past_, span)
    own = hotspots.tallies(COUNTY6, wanted(rings=0), [second], past_, span)
    assert [(tally.rings[0] >= mine.places).all() for tally, mine in zip(wide, own, strict=True)] == [
        True
    ] * 2
    assert own[1].places.sum() > 0


def test_an_incident_inside_the_circle_but_not_the_grid_is_beside_it(spots: list[str]) -> None:
    """It counts for the first ring; the same code counts for the place alone."""
    today = timezone.localdate()
    past_, span = (
        hotspots.Span(today - timedelta(days=140), 10, 7),
        hotspots.Span(today - timedelta(days=70), 10, 7),
    )
    where = [hotspots.Spot("elsewhere", 105.105, 30.005, 580.0)]  # the first grid's circle under another code
    _before, during = hotspots.tallies(COUNTY6, wanted(), where, past_, span)
    own = [hotspots.Spot(spots[0], 105.105, 30.005, 580.0)]
    _before, inside = hotspots.tallies(COUNTY6, wanted(), own, past_, span)
    assert during.places.sum() == inside.rings[0].sum() == 0
    assert (during.rings[0] == inside.places).all()


def test_starting_tosses_the_coins_once(spots: list[str], posted: Any) -> None:
    """One of each pair is treated at any time; started again nothing changes; one event."""
    trial, leader = designed(), posted(Role.LEADER)
    first = timezone.localdate() + timedelta(days=3)
    schedule = domain.start_trial(trial, first, " 7 11 ", leader).schedule
    treated = np.array(schedule["treated"])
    assert (treated[:6] ^ treated[6:]).all()
    again = domain.start_trial(trial, first + timedelta(days=9), "other", leader)
    assert (again.schedule, again.first, again.ask["beacon"]) == (schedule, first, "7 11")
    assert verbs() == [Verb.TRIAL_STARTED]


def test_the_number_drawn_in_public_decides_with_the_secret(spots: list[str]) -> None:
    """Anybody with secret and number can toss the same coins; another number gives others."""
    from anlan.engine.planning.trials import schedule

    trial = domain.start_trial(designed(), timezone.localdate(), "7 11", None)
    design = records.design_of(trial)
    assert schedule(design, trial.first, trial.seed, "7 11") == records.schedule_of(trial)
    assert schedule(design, trial.first, trial.seed, "7 12") != records.schedule_of(trial)


def test_the_route_planner_reads_the_stored_schedule(spots: list[str]) -> None:
    """JSON knows no tuples: `Schedule(**trial.schedule)` still gives each place's flag."""
    trial = domain.start_trial(designed(), timezone.localdate(), "", None)
    trial = Trial.objects.get(pk=trial.pk)
    assert trial.schedule == json.loads(json.dumps(trial.schedule))
    flags = Schedule(**trial.schedule).flags(trial.first)
    assert flags == records.schedule_of(trial).flags(trial.first)  # type: ignore[union-attr]
    given, places = queries.trial_flags(COUNTY6, trial.first)
    assert given == flags
    assert sum(given.values()) == 6
    assert {place.code for place in places} == set(spots)
    assert queries.trial_flags(COUNTY6, trial.first + timedelta(days=7 * 12)) == ({}, [])


def test_who_may_not_is_refused(spots: list[str], posted: Any) -> None:
    """A planner designs and looks but does not start; a leader starts but does not look; nobody elsewhere."""
    trial = designed()
    today = timezone.localdate()
    for account in (posted(Role.PLANNER), posted(Role.PATROL), posted(Role.LEADER, ELSEWHERE)):
        with pytest.raises(PermissionDenied):
            domain.start_trial(trial, today, "", account)
        with pytest.raises(PermissionDenied):
            domain.end_trial(trial, "no", account)
    for account in (posted(Role.LEADER), posted(Role.PLANNER, ELSEWHERE)):
        with pytest.raises(PermissionDenied):
            domain.look_at(trial, 6, account)
    with pytest.raises(PermissionDenied):
        domain.design_trial(COUNTY6, wanted(), posted(Role.LEADER))


def test_a_trial_does_not_start_in_the_past_or_on_taken_places(spots: list[str]) -> None:
    """The message names the day, and the trial that has the places."""
    trial = designed()
    with pytest.raises(domain.NotReady, match="has passed"):
        domain.start_trial(trial, timezone.localdate() - timedelta(days=1), "", None)
    domain.start_trial(trial, timezone.localdate(), "", None)
    with pytest.raises(domain.NotReady, match="Shops"):
        domain.start_trial(designed(weeks=10), timezone.localdate(), "", None)


def test_a_planned_look_finds_a_planted_effect(spots: list[str]) -> None:
    """Four fifths fewer where patrolled: the look after six weeks says so, with an interval."""
    trial = running(weeks=6)
    came(trial, 6, treated=0.8, control=4.0)
    look = domain.look_at(trial, 6, None)
    found = look.result["look"]
    assert (look.number, look.planned, found["verdict"]) == (1, True, "effect")
    assert found["ratio"]["ratio"] < found["ratio"]["high"] < 1
    assert look.until == trial.first + timedelta(days=41)
    assert len(look.result["counts"][0]) == 6


def test_the_same_look_again_is_the_same(spots: list[str]) -> None:
    """Sent twice it is taken once and logged once."""
    trial = running(weeks=6)
    came(trial, 6, treated=4.0, control=4.0)
    assert domain.look_at(trial, 6, None).pk == domain.look_at(trial, 6, None).pk
    assert verbs().count(Verb.TRIAL_LOOKED) == 1


def test_an_unplanned_look_must_be_confirmed_and_is_counted(spots: list[str]) -> None:
    """Refused without a word; confirmed it is marked, and the next look knows of it."""
    trial = running(weeks=6)
    came(trial, 6, treated=4.0, control=4.0)
    with pytest.raises(domain.NotReady, match="not planned"):
        domain.look_at(trial, 3, None)
    assert not TrialLook.objects.exists()
    early = domain.look_at(trial, 3, None, confirmed=True)
    later = domain.look_at(trial, 6, None)
    assert (early.planned, later.planned, later.number) == (False, True, 2)
    assert early.result["look"]["spent"] < later.result["look"]["spent"]
    with pytest.raises(domain.NotReady, match="later look"):
        domain.look_at(trial, 5, None, confirmed=True)


@pytest.mark.parametrize(("at", "said"), [(7, "not over"), (0, "not over"), (6, "history ends")])
def test_a_look_needs_weeks_that_are_over_and_known(spots: list[str], at: int, said: str) -> None:
    """What is not over, or not in the history, cannot be looked at."""
    trial = running(weeks=6)
    came(trial, 5, treated=4.0, control=4.0)
    with pytest.raises(domain.NotReady, match=said):
        domain.look_at(trial, at, None)


def test_only_a_running_trial_is_looked_at(spots: list[str]) -> None:
    """Neither one that waits nor one that has ended."""
    trial = designed()
    with pytest.raises(domain.NotReady, match="running"):
        domain.look_at(trial, 6, None)


def test_ending_keeps_the_reason_once(spots: list[str], posted: Any) -> None:
    """Without a reason it goes on; ended twice, the first reason stands; it is not started again."""
    trial, leader = running(), posted(Role.LEADER)
    with pytest.raises(domain.NotReady, match="Say why"):
        domain.end_trial(trial, " \0 ", leader)
    domain.end_trial(trial, "Staff needed\nelsewhere", leader)
    domain.end_trial(trial, "another", leader)
    trial.refresh_from_db()
    assert (trial.state, trial.reason) == ("ended", "Staff needed elsewhere")
    assert verbs()[-1] == Verb.TRIAL_ENDED
    assert verbs().count(Verb.TRIAL_ENDED) == 1
    with pytest.raises(domain.NotReady, match="has ended"):
        domain.start_trial(trial, timezone.localdate(), "", None)
    assert queries.trial_flags(COUNTY6, timezone.localdate()) == ({}, [])


def test_trials_of_other_counties_do_not_matter(spots: list[str], posted: Any) -> None:
    """An account elsewhere sees none."""
    from anlan.service.planning.trials.queries import trials

    designed()
    assert trials(COUNTY6, posted(Role.PLANNER)).count() == 1
    assert not trials(COUNTY6, posted(Role.PLANNER, ELSEWHERE)).exists()
    assert Trial.objects.get().area_code == COUNTY
