"""Visible patrol, rates by group, presence for trials, and what is refused."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from tests.engine.planning.adherence.made import (
    HERE,
    PLACES,
    SHIFT,
    driven,
    fixes,
    want,
)

from anlan.engine.planning.adherence import (
    CheckIns,
    Duty,
    Kind,
    Places,
    Planned,
    Positions,
    Records,
    Rules,
    adherence,
    presence,
)
from anlan.engine.planning.adherence.near import stay


def test_visible_patrol_by_hand() -> None:
    """An hour: 20 min at the station, 10 driving, 10 at the place, 10 parked elsewhere, 10 unknown."""
    trace = [
        *driven((0, 0, 5000), (1200, 0, 5000), 20),
        *driven((1201, 0, 4000), (1800, 1200, 0), 20),
        *driven((1801, 0, 0), (2400, 0, 0), 20),
        *driven((2401, 2000, 0), (3000, 2000, 0), 20),
    ]
    duty = Duty("U1", 0.0, 3600.0, "B", "day")
    plan = [want(Kind.POINT, 0, 3600)]
    found = adherence(plan, [duty], PLACES, Records(fixes(*trace)), Rules())
    seen = found.patrols[0]
    assert (seen.duty_s, seen.known_s) == (3600, pytest.approx(3000, abs=5))
    assert seen.inside_s == pytest.approx(1200, abs=10)
    assert seen.visible_s == pytest.approx(1200, abs=60)
    assert seen.at_place_s == pytest.approx(600, abs=10)
    everyone = found.groups[0]
    assert (everyone.by, everyone.planned, everyone.on_time) == ("all", 1, 1)
    rate = everyone.visible
    assert rate.value == pytest.approx(seen.visible_s / seen.known_s)
    assert rate.least == pytest.approx(seen.visible_s / 3600)
    assert rate.most == pytest.approx((seen.visible_s + 600) / 3600, abs=0.002)
    assert (rate.low, rate.high) == (None, None)


def test_a_standing_receivers_jitter_is_no_patrol() -> None:
    """Fixes that jump about by metres every second, parked: not visible."""
    random = np.random.default_rng(1)
    rows = [(float(t), 2000 + random.normal(0, 4), random.normal(0, 4)) for t in range(1800)]
    found = adherence([], [Duty("U1", 0, 1800)], PLACES, Records(fixes(*rows)), Rules())
    assert found.patrols[0].visible_s < 0.02 * 1800


def test_rates_by_unit_beat_and_shift() -> None:
    """Counts add up, unknown stays apart from missed, intervals and bounds hold the share."""
    duties = [Duty(f"U{k}", 0, 7200, beat=f"B{k % 2}", shift="day") for k in range(4)]
    plan = [
        Planned(
            f"{k}-{n}", Kind.POINT, "P", f"U{k}", 100 + 900 * n, 900 + 900 * n, beat=f"B{k % 2}", shift="day"
        )
        for k in range(4)
        for n in range(3)
    ]
    there = fixes(*driven((0, 0, 0), (7200, 0, 0), 60), unit="U0")
    away = fixes(*driven((0, 3000, 0), (7200, 3000, 0), 60), unit="U1")
    records = Records(
        Positions(
            *(np.concatenate([getattr(p, c) for p in (there, away)]) for c in ("unit", "time_s", "x", "y"))
        )
    )
    found = adherence(plan, duties, PLACES, records, Rules(late_s=0))
    by = {(group.by, group.code): group for group in found.groups}
    assert {key[0] for key in by} == {"all", "unit", "beat", "shift"}
    whole = by["all", ""]
    assert (whole.planned, whole.on_time, whole.missed, whole.unknown) == (12, 3, 3, 6)
    assert whole.done.value == 0.5
    assert whole.done.low < 0.5 < whole.done.high
    assert (whole.done.least, whole.done.most) == (0.25, 0.75)
    assert (by["unit", "U2"].done.value, by["unit", "U2"].unknown) == (None, 3)
    assert by["unit", "U2"].done == replace(by["unit", "U2"].done, low=None, high=None, least=0.0, most=1.0)
    assert (
        sum(by["beat", code].planned for code in ("B0", "B1")) == whole.planned == by["shift", "day"].planned
    )
    assert whole.visible.low <= whole.visible.value <= whole.visible.high
    assert json.loads(json.dumps(asdict(found)))["groups"][0]["unknown"] == 6
    assert "np." not in repr(found)


def test_presence_of_all_units_by_place_and_period() -> None:
    """Two units add up; a period that nobody's positions cover is open, not empty."""
    two = [fixes(*driven((0, 0, 0), (3600, 0, 0), 60), unit=unit) for unit in ("U1", "U2")]
    both = Positions(
        *(np.concatenate([getattr(p, name) for p in two]) for name in ("unit", "time_s", "x", "y"))
    )
    duties = [Duty("U1", 0, 7200), Duty("U2", 0, 3600)]
    points = {"P": HERE, "Q": (4000.0, 0.0)}
    found = presence(both, duties, points, [0, 1800, 3600, 7200], Rules())
    assert found.minutes == pytest.approx(np.array([[60, 60, 0], [0, 0, 0]]))
    assert found.most[0, 2] == pytest.approx(60)
    known = found.known(10.0)
    assert np.isnan(known[:, 2]).all()
    assert known[:, :2].tolist() == [[60, 60], [0, 0]]
    wide = presence(both, duties, points, [0, 1800], Rules(), radius_m={"Q": 4100.0})
    assert wide.minutes[:, 0].tolist() == [60, 60]
    with pytest.raises(ValueError, match="edges_s"):
        presence(both, duties, points, [0, 0], Rules())


def test_a_stopped_watch_keeps_what_was_judged() -> None:
    """Progress is told; after the stop nothing more is judged."""

    class Once:
        calls = 0

        def told(self, step: str, done: float, gap: float | None = None) -> None:
            assert (step, gap) == ("adherence", None)
            assert 0 <= done < 1
            self.calls += 1

        def stopped(self) -> bool:
            return self.calls >= 1

    plan = [replace(want(Kind.POINT), key=str(k)) for k in range(3)]
    assert len(adherence(plan, [SHIFT], PLACES, Records(), Rules(), watch=Once()).done) == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Rules(radius_m=0), "radius_m"),
        (lambda: Rules(gap_s=-1), "gap_s"),
        (lambda: Rules(line_share=1.5), "line_share"),
        (lambda: want(Kind.POINT, 5, 5), "end_s"),
        (lambda: want(Kind.STOP, dose_s=0), "dose_s"),
        (lambda: Duty("U", 5, 1), "end_s"),
        (lambda: Places(lines={"L": np.zeros((1, 2))}), "lines: L"),
        (lambda: replace(fixes((0, 0, 0)), x=np.zeros(2)), "x: expected"),
        (lambda: CheckIns(np.array(["a"]), np.array([]), *np.zeros((3, 1))), "place: expected"),
        (lambda: adherence([want(Kind.POINT)] * 2, [], PLACES, Records(), Rules()), "a key twice"),
        (lambda: adherence([want(Kind.POINT)], [], Places(), Records(), Rules()), "no point P"),
    ],
)
def test_wrong_input_is_named(make: object, message: str) -> None:
    """Each refusal names what is wrong."""
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.realdata
def test_recorded_ways_of_athens(shared_data: object) -> None:
    """At 1 Hz the dose is the number of fixes inside, but for a second an entry; every 10 s nearly so."""
    from bench.adherence import athens, every

    everything, duties, _ = athens()
    some = duties[:12]
    kept = np.isin(everything.unit, [duty.unit for duty in some])
    positions = Positions(*(getattr(everything, name)[kept] for name in ("unit", "time_s", "x", "y")))
    whole, thin = (every(positions, some, seconds, 0.0) for seconds in (1, 10))
    errors = []
    for duty in some:
        mine = positions.unit == duty.unit
        x, y = positions.x[mine], positions.y[mine]
        centre = float(np.median(x)), float(np.median(y))
        inside = np.hypot(x - centre[0], y - centre[1]) <= 50
        entries = 1 + int((np.diff(inside.astype(int)) == 1).sum())
        dose = stay(whole[duty.unit].pieces, centre, 50.0).seconds
        assert abs(dose - inside.sum()) <= 2 * entries
        errors.append(abs(stay(thin[duty.unit].pieces, centre, 50.0).seconds - dose))
    assert np.mean(errors) <= 4
