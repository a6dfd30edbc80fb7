"""Plans, rehearsals, jobs, trials and absences."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory
from tests.factories.ground import COUNTY, LAT, LON, NOW, STEP, TOWNSHIPS

from anlan.engine.planning.trials import Design, Excluded, Pair, Power, PowerPoint, Protocol
from anlan.service.planning.models import Absence, DeploymentPlan, PlanningJob, Rehearsal, Trial


class DeploymentPlanFactory(DjangoModelFactory[DeploymentPlan]):
    """A plan without posts."""

    class Meta:
        model = DeploymentPlan

    area_code = COUNTY
    date = NOW.date()
    version = factory.Sequence(lambda n: n + 1)
    made_at = NOW


class RehearsalFactory(DjangoModelFactory[Rehearsal]):
    """Which car is missed most, of a plan with none."""

    class Meta:
        model = Rehearsal

    plan = factory.SubFactory(DeploymentPlanFactory)
    area_code = factory.SelfAttribute("plan.area_code")
    kind = Rehearsal.Kind.LESS
    body = factory.LazyFunction(lambda: {"losses": []})
    made_at = factory.LazyFunction(timezone.now)


class PlanningJobFactory(DjangoModelFactory[PlanningJob]):
    """A plan that waits for a worker."""

    class Meta:
        model = PlanningJob

    area_code = COUNTY
    kind = PlanningJob.Kind.PLAN
    about = factory.Sequence(lambda n: f"plan {n}")
    asked_at = NOW
    seen_at = NOW


class TrialFactory(DjangoModelFactory[Trial]):
    """A designed trial of two grids for four weeks; no coin is tossed yet."""

    class Meta:
        model = Trial

    area_code = COUNTY
    name = factory.Sequence(lambda n: f"Trial {n}")
    first = NOW.date()
    days = 28
    seed = "5a" * 32
    made_at = NOW

    @factory.lazy_attribute
    def ask(self) -> dict[str, Any]:
        """What was asked for."""
        return {"name": self.name, "first": NOW.date().isoformat(), "weeks": 4, "looks": [2], "effect": -0.5}

    @factory.lazy_attribute
    def design(self) -> dict[str, Any]:
        """One pair, its power by two points."""
        codes = [f"{township}0001" for township in TOWNSHIPS]
        pair, quiet = Pair(*codes, 2.0, 2.5, 0.2), Excluded("elsewhere", "quiet", 0.1, 0.5)
        made = Design((pair,), Protocol(4, looks=(2,), effect=-0.5, draws=99), (quiet,))
        points = [PowerPoint(effect, 4, -effect, 0.1, 0.9) for effect in (-0.5, -0.8)]
        power = Power(points[0], tuple(points), (points[0],), -0.8, None, 4.5, 1.0, 20, 8)
        return {
            "design": asdict(made), "digest": made.digest(), "power": asdict(power),
            "spots": [[code, LON + STEP / 2, LAT + STEP / 2, 500.0] for code in codes],
            "past": ["2025-03-05", 52, 7], "figures": {"pairs": 1, "power": 0.5, "candidates": 3},
        }  # fmt: skip


class AbsenceFactory(DjangoModelFactory[Absence]):
    """A member's leave of a week; pass `member=`."""

    class Meta:
        model = Absence

    area_code = factory.LazyAttribute(lambda one: one.member.area_code)
    first = NOW.date()
    last = NOW.date() + timedelta(days=6)
