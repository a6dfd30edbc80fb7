"""A joint problem from plain data; what is wrong is named."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from tests.engine.planning.joint.cases import QUICK, county

from anlan.engine.planning.joint import (
    joint_problem,
    plan_together,
)


def test_the_problem_survives_json() -> None:
    """Out to plain data and back, the same plan; what is left out keeps its default."""
    problem = county(4, 0.7, beats=2, days=3)
    again = joint_problem(json.loads(json.dumps(asdict(problem))))
    assert plan_together(again, effort=QUICK) == plan_together(problem, effort=QUICK)
    assert joint_problem({"levels": ["I"], "forces": [{"code": "a", "members": 3}]}).forces[0].max_hours == 40


ONE: dict[str, object] = {"levels": ["I"], "forces": []}


PATROL = {"beat": "b", "day": 1, "shift": "day", "people": 1}


PIN = {"force": "a", "code": "C", "day": 0, "shift": "day", "people": 1}


def office(**change: object) -> dict[str, object]:
    """One force of one office."""
    return {"code": "a", "offices": [{"code": "o", "people": 1} | change]}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"levels": []}, "levels"),
        ({"levels": ["V"], "checkpoints": [{"code": "C", "ring": 1}]}, "level 'V'"),
        ({"forces": [{"code": "a", "member": 1}]}, "force a: no field 'member'"),
        ({"forces": [{"members": 1}]}, "force : .*code"),
        ({"forces": [{"code": "a", "members": -1}]}, "members of a"),
        ({"forces": [{"code": "a", "group": 0}]}, "group of a"),
        ({"forces": [{"code": "a", "tasks": ["arrest"]}]}, "tasks of a: 'arrest'"),
        ({"forces": [{"code": "a"}, {"code": "a"}]}, "forces: code a twice"),
        ({"forces": [office(people=0)]}, "people of o"),
        ({"forces": [office(turns=8)]}, "turns of o"),
        ({"patrols": [PATROL]}, "day 1"),
        ({"checkpoints": [{"code": "C", "ring": 1, "shifts": ["x"]}]}, "shifts of C"),
        ({"checkpoints": [{"code": "C", "ring": 9}], "rings": {"I": [9]}}, "checkpoint_9"),
        ({"pins": [PIN]}, "pins"),
    ],
)
def test_wrong_data_is_refused_by_name(change: dict[str, object], told: str) -> None:
    """The message names the field and whose it is."""
    with pytest.raises(ValueError, match=told):
        joint_problem(ONE | change)
