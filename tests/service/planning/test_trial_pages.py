"""The pages of trials: the list, the design form, a trial through its states, its files."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.factories import ELSEWHERE, TrialFactory
from tests.service.planning.trial_cases import came, designed, hot_spots, past, running

from anlan.service.planning import domain
from anlan.service.planning.models import PlanningJob, Trial, TrialLook
from anlan.service.planning.trials import findings, records, words
from anlan.service.staff.models import Role

INLINE = {
    "default": {
        "BACKEND": "django.tasks.backends.immediate.ImmediateBackend",
        "QUEUES": ["default", "planning"],
    }
}
FORM = {
    "name": "Shops", "types": ["category:theft"], "area": "", "places": "12", "least": "0.5", "rings": "1",
    "ring_m": "150", "weeks": "12", "coin": "week", "kind": "crossover", "hold": "1", "washout": "0",
    "looks": "6", "effect": "50", "power": "80", "dose_min": "10", "left_out": "",
}  # fmt: skip


def form(**change: Any) -> dict[str, Any]:
    """Return the design form as a browser sends it."""
    return FORM | {"first": (timezone.localdate() + timedelta(days=2)).isoformat()} | change


def page(client: Any, trial: Trial) -> str:
    """Return a trial's page."""
    return client.get(reverse("planning:trial", args=[trial.pk])).content.decode()


@pytest.fixture
def spots(db: None, settings: Any) -> list[str]:
    """Twelve hot spots with sixty weeks of history."""
    codes = hot_spots()
    past(codes)
    return codes


def test_the_form_leads_to_the_designed_trial(spots: list[str], client_as: Any, settings: Any) -> None:
    """Posted, designed by the worker, shown with pairs, power and both hashes; the secret is not there."""
    settings.TASKS = INLINE
    client = client_as(Role.PLANNER)
    answer = client.post(reverse("planning:trial_new"), form(left_out=f"{spots[3]} works\n"), follow=True)
    trial, text = Trial.objects.get(), answer.content.decode()
    assert PlanningJob.objects.get().state == "done"
    assert (trial.name, trial.made_by, trial.ask["effect"]) == ("Shops", client.account, -0.5)
    assert "trials played on the past" in text
    assert "left out by the planner: works" in text
    assert trial.commitment in text
    assert trial.design["digest"] in text
    assert trial.seed not in text
    assert "Not tossed yet" in text


def test_a_design_that_fails_says_what_would_help(spots: list[str], client_as: Any, settings: Any) -> None:
    """The job ends with the reasons counted."""
    settings.TASKS = INLINE
    answer = client_as(Role.PLANNER).post(reverse("planning:trial_new"), form(least="900"), follow=True)
    assert "too few incidents: 12" in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "required"),
        ({"name": "a\0b"}, "Null characters"),
        ({"first": "soon"}, "valid date"),
        ({"first": "2001-01-01"}, "Choose today or a later day"),
        ({"weeks": "99999999999999999999"}, "less than or equal"),
        ({"looks": "6, 3"}, "rising"),
        ({"looks": "six"}, "rising"),
        ({"looks": "12"}, "before the end"),
        ({"kind": "none"}, "valid choice"),
        ({"types": ["nonsense"]}, "valid choice"),
        ({"hold": "13"}, "longer than the trial"),
        ({"washout": "1"}, "Nothing would be left"),
        ({"effect": "nan"}, "Enter a number"),
        ({"left_out": "nowhere works"}, "Line 1: there is no grid"),
        ({"left_out": "9901010010009000"}, "Line 1: say why"),
    ],
)
def test_bad_input_is_refused_with_the_field(
    spots: list[str], client_as: Any, change: dict[str, Any], said: str
) -> None:
    """400, the field marked, nothing queued."""
    answer = client_as(Role.PLANNER).post(reverse("planning:trial_new"), form(**change))
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not PlanningJob.objects.exists()


def test_an_empty_form_is_refused(county: Any, client_as: Any) -> None:
    """No field at all: 400."""
    assert client_as(Role.PLANNER).post(reverse("planning:trial_new")).status_code == 400


def test_defaults_carry_their_source_and_limits(county: Any, client_as: Any) -> None:
    """Koper's minutes, Sacramento's crimes, foot patrol's six weeks, each under its field."""
    text = client_as(Role.PLANNER).get(reverse("planning:trial_new")).content.decode()
    for said in ("Koper 1995", "Not replicated elsewhere", "Part 1 (serious)", "faded after about six weeks"):
        assert said in text


def test_every_limit_and_default_has_words() -> None:
    """The engine's codes of defaults and limits are all worded."""
    from anlan.engine.planning.trials import DEFAULTS, Verdict, Why

    assert {limit.code for one in DEFAULTS for limit in one.limits} <= set(words.LIMITS)
    assert set(words.VERDICTS) == set(Verdict)
    assert set(words.SHORT_REASONS) == set(Why)


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_asks_as_much_for_many_as_for_one(county: Any, client_as: Any, rows: int) -> None:
    """As many queries for thirty trials as for one, with verdicts."""
    for trial in TrialFactory.create_batch(rows):
        result = {"look": {"verdict": "go_on"}}
        TrialLook.objects.create(
            trial=trial, number=1, until=trial.first, looked_at=trial.made_at, result=result
        )
    client = client_as(Role.PATROL)
    client.get(reverse("planning:trials"))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        text = client.get(reverse("planning:trials")).content.decode()
    assert text.count("Go on: nothing is decided yet") == rows
    assert len(asked) <= 12


def test_the_list_is_empty_with_a_way_on(county: Any, client_as: Any) -> None:
    """Whoever may design gets the button, others do not."""
    url = reverse("planning:trials")
    assert "Design a trial" in client_as(Role.PLANNER).get(url).content.decode()
    assert "Design a trial" not in client_as(Role.PATROL).get(url).content.decode()


def test_a_trial_goes_through_its_states(spots: list[str], client_as: Any) -> None:
    """Started by a leader, its schedule shown; ended, its secret shown with the check that it fits."""
    trial, leader = designed(), client_as(Role.LEADER)
    start, today = reverse("planning:trial_start", args=[trial.pk]), timezone.localdate()
    assert client_as(Role.PLANNER).post(start, {"first": today.isoformat()}).status_code == 403
    assert leader.post(start, {"first": "never"}).status_code == 400
    assert "has passed" in leader.post(start, {"first": "2001-01-01"}, follow=True).content.decode()
    text = leader.post(start, {"first": today.isoformat(), "beacon": "7 11"}, follow=True).content.decode()
    assert "The coins are tossed" in text
    assert "Patrolled today" in text
    trial.refresh_from_db()
    assert trial.seed not in text
    end = reverse("planning:trial_end", args=[trial.pk])
    assert leader.post(end, {"reason": ""}).status_code == 400
    text = leader.post(end, {"reason": "Flood"}, follow=True).content.decode()
    assert trial.seed in text
    assert "are those committed to" in text
    assert "Flood" in text


def test_another_seed_is_told(spots: list[str], client_as: Any) -> None:
    """Where secret and hash do not fit the page says not to trust the trial."""
    trial = domain.end_trial(designed(), "given up", None)
    Trial.objects.filter(pk=trial.pk).update(seed="ab" * 32)
    assert "Do not trust this trial" in page(client_as(Role.PATROL), trial)


def test_looks_are_offered_confirmed_and_marked(spots: list[str], client_as: Any) -> None:
    """The due look has its button; one not planned needs its tick and is marked; verdict and p in words."""
    trial, client = running(weeks=7), client_as(Role.PLANNER)
    came(trial, 7, treated=0.8, control=4.0)
    look = reverse("planning:trial_look", args=[trial.pk])
    text = page(client, trial)
    assert "Look after 6 weeks" in text
    assert "Look now, after 7.0 weeks" in text
    assert "not planned" in client.post(look, {"at": "7"}, follow=True).content.decode()
    text = client.post(look, {"at": "6"}, follow=True).content.decode()
    assert "Fewer incidents where patrolled, beyond chance" in text
    assert "What it does not mean" in text
    assert "each would be a look of its own" in text
    text = client.post(look, {"at": "7", "confirmed": "yes"}, follow=True).content.decode()
    assert text.count(">not planned<") >= 1
    for bad in ("", "x", "9" * 30, "-1", "①"):
        assert "after how many periods" in client.post(look, {"at": bad}, follow=True).content.decode()
    assert client.get(look).status_code == 405


def test_an_ended_trial_shows_rings_and_what_was_done(spots: list[str], client_as: Any) -> None:
    """Prevented incidents, rings, and that the weeks' positions were not kept."""
    trial = running(weeks=6)
    came(trial, 6, treated=0.8, control=4.0)
    domain.look_at(trial, 6, None)
    domain.end_trial(trial, "effect shown", None)
    text = page(client_as(Role.PATROL), trial)
    for said in ("Incidents prevented", "Spill-over", "Ring 1", "could not check"):
        assert said in text


def test_the_files_hold_schedule_and_looks(spots: list[str], client_as: Any) -> None:
    """Excel has four sheets; counts reach to the last look, so that a file is no look of its own."""
    trial, client = running(weeks=8), client_as(Role.PATROL)
    came(trial, 8, treated=4.0, control=4.0)
    domain.look_at(trial, 6, None)
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("planning:trial_file", args=[trial.pk, "xlsx"])).content)
    )
    sheet = book.worksheets[0]
    assert [one.title for one in book] == ["1 Schedule", "2 Looks", "3 Pairs", "4 Left out"]
    assert sheet.max_row == 12 * 12 + 1
    known = {row[0].value for row in sheet.iter_rows(min_row=2) if row[7].value is not None}
    assert known == set(range(1, 7))
    csv = client.get(reverse("planning:trial_file", args=[trial.pk, "csv"]), {"part": "results"})
    assert csv.content.decode("utf-8-sig").splitlines()[0].startswith("look,until,planned,verdict")
    for bad in ("exe", "csv?part=x"):
        path = reverse("planning:trial_file", args=[trial.pk, "csv"]).replace("csv", bad)
        assert client.get(path).status_code == 404


def test_files_of_a_trial_that_was_not_started(county: Any, client_as: Any) -> None:
    """An empty schedule, not an error."""
    client, trial = client_as(Role.PATROL), TrialFactory()
    for kind in ("xlsx", "csv"):
        assert client.get(reverse("planning:trial_file", args=[trial.pk, kind])).status_code == 200


def test_trials_elsewhere_do_not_exist(county: Any, client_as: Any) -> None:
    """Another county's leader is told 404."""
    trial, client = TrialFactory(), client_as(Role.LEADER, ELSEWHERE)
    assert client.get(reverse("planning:trial", args=[trial.pk])).status_code == 404
    assert client.post(reverse("planning:trial_end", args=[trial.pk]), {"reason": "x"}).status_code == 404


RATIO = {
    "ratio": 0.8, "low": 0.6, "high": None, "p": 0.04, "confidence": 0.95, "exact": True, "assignments": 64,
    "coins": 6, "treated": 80, "control": 100, "place_periods": 36,
}  # fmt: skip
LOOK = {
    "at": 6, "planned": True, "spent": 0.003, "p": 0.0004, "crossed_at": None, "harm_p": 0.9,
    "conditional_power": 0.05, "ratio": RATIO,
}  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "advice"),
    [
        ("go_on", "Go on to the next"),
        ("effect", "may end"),
        ("harm", "Stop sending patrols"),
        ("futile", "Consider ending it"),
        ("no_effect", "End it"),
    ],
)
def test_every_verdict_has_its_advice(verdict: str, advice: str) -> None:
    """Words for what to do, and for what the figures say: below 0.001, no upper limit."""
    look = LOOK | {"verdict": verdict}
    assert advice in words.advice(look, {"effect": -0.15})
    said = " ".join(words.said(look, final=False))
    assert "below 0.001" in said
    assert "−20.0 %; it may lie from −40.0 % to no upper limit" in said
    assert words.meaning(look)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(-3.0, -0.5, "moved"), (0.2, 0.9, "spread"), (-1.0, 1.0, "neither"), (None, None, "without limits")],
)
def test_displacement_in_words(low: float | None, high: float | None, said: str) -> None:
    """Below nought it moved, above the benefit spread, between nobody knows."""
    assert said in findings.displaced({"wdq": 0.1, "low": low, "high": high}, 1)
    assert "cannot be told" in findings.displaced({"wdq": None, "low": None, "high": None}, 1)


def test_contamination_as_rows() -> None:
    """Treated without and controls with a patrol; what could not be checked is in neither."""
    rows = findings.done({
        "least": 10.0, "treated": 20, "treated_without": 3, "treated_unknown": 5, "control": 20,
        "control_with": 2, "control_unknown": 6, "treated_minutes": 40.0, "control_minutes": 1.5,
    })  # fmt: skip
    assert [(row["with"], row["without"], row["unknown"]) for row in rows] == [(12, 3, 5), (2, 12, 6)]


def test_a_stored_trial_reads_back(spots: list[str]) -> None:
    """Design, schedule and places come back in the order of the schedule."""
    trial = Trial.objects.get(pk=running().pk)
    plan = records.schedule_of(trial)
    assert plan is not None
    assert plan.places == records.design_of(trial).places
    assert [spot.code for spot in records.spots_of(trial)] == list(plan.places)
