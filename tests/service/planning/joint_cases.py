"""Cases of joint command: two forces and office groups, two checkpoints, asks, a plan without any search."""

from __future__ import annotations

from dataclasses import replace
from datetime import date as Date  # noqa: N812 fields are called date
from typing import Any

from tests.factories import COUNTY, CheckpointFactory, TeamFactory

from anlan.engine.planning.joint import Task
from anlan.service.places.models import Checkpoint
from anlan.service.planning import domain
from anlan.service.planning.joint.ask import JointAsk
from anlan.service.planning.joint.rules import ForceRule, OfficeRule, PointNeed, Rules, StandbyNeed
from anlan.service.planning.models import JointCommand, JointRules

COUNTY6, FIRST = COUNTY[:6], Date(2026, 3, 2)
NOBODY = StandbyNeed({"I": 4, "II": 0, "III": 0, "IV": 0}, 0)
SPECIAL = ForceRule("special", "Special police", 20, police=True, armed=True, max_hours=48)
GUARDS = ForceRule("guards", "Guards", 30, alone=False, beside=2, tasks=(Task.PATROL, Task.CHECKPOINT))
OFFICE = ForceRule(
    "office", "Office staff", alone=False, beside=2, offices=(OfficeRule("finance", 3), OfficeRule("law", 2))
)


def ground() -> None:
    """Two checkpoints: one in the inner ring, one in the middle."""
    if not Checkpoint.objects.filter(code="CP-1").exists():
        CheckpointFactory(code="CP-1", name="一号卡口", name_en="North Gate", ring=1)
        CheckpointFactory(code="CP-2", name="二号卡口", name_en="South Gate", ring=2)


def teams() -> None:
    """A county-wide squad, a community team, a guard post."""
    TeamFactory(code="special", strength=10)
    TeamFactory(code="walk", kind="community", strength=6)
    TeamFactory(code="gate", kind="guards", strength=0)


def rules(*forces: ForceRule, **change: Any) -> Rules:
    """Forces and needs: one armed of three at a checkpoint."""
    given = {"points": {ring: PointNeed() for ring in (1, 2, 3)}, "standby": NOBODY} | change
    return replace(Rules(forces or (SPECIAL, GUARDS)), **given)


def state(*forces: ForceRule, **change: Any) -> Rules:
    """State them."""
    ground()
    made = rules(*forces, **change)
    domain.set_joint_rules(COUNTY6, made, None)
    return made


def asked(level: str = "II", **change: Any) -> JointAsk:
    """A week at one level, without patrols."""
    return JointAsk(**{"first": FIRST, "levels": (level,) * 7, "patrols": False, "seconds": 10} | change)


def made(ask: JointAsk | None = None, **change: Any) -> JointCommand:
    """Make a plan."""
    if not JointRules.objects.exists():
        state()
    plan = domain.make_joint(COUNTY6, ask or asked(), None)
    for name, value in change.items():
        setattr(plan, name, value)
    plan.save()
    return plan


def kept(**change: Any) -> JointCommand:
    """A plan of two days with one person missing, without any search."""
    cell = {"kind": "checkpoint_1", "code": "CP-1", "day": 0, "shift": "day", "people": 3, "needs": {}}
    sent = {"force": "special", "task": "checkpoint", "code": "CP-1", "day": 0, "shift": "day", "people": 2}
    short = {
        "kind": "checkpoint_1", "task": "checkpoint", "code": "CP-1", "day": 0, "shift": "day", "missing": 1,
        "lacking": {}, "price": 1, "reasons": {"special": "people"},
    }  # fmt: skip
    use = {
        "force": "special", "person_shifts": 2, "hours": 16.0, "allowed_hours": 80.0, "by_day": [2, 0],
    }  # fmt: skip
    body = {
        "method": "joint-1", "levels": ["III", "IV"], "forces": {"special": "Special police"},
        "tasks": {"CP-1": "North Gate"}, "shifts": [{"code": "day", "start_min": 480, "minutes": 480}],
        "unplanned": [], "cells": [cell],
        "result": {
            "status": "optimal", "price": 1, "bound": 1.0, "gap": 0.0, "unfairness": 0.0, "fair_gap": 0.0,
            "sent": [sent], "short": [short], "use": [use], "offices": [], "binds": {}, "reliefs": [],
            "conflicts": [], "relaxed": [],
        },
    }  # fmt: skip
    number = JointCommand.objects.filter(first=change.get("first", FIRST)).count() + 1
    given = {
        "area_code": COUNTY, "first": FIRST, "days": 2, "version": number, "gap": 0.0, "short": 1,
        "ask": {"first": FIRST.isoformat(), "levels": ["III", "IV"]}, "body": body,
        "made_at": "2026-03-01T00:00:00Z",
    }  # fmt: skip
    return JointCommand.objects.create(**given | change)
