"""Areas, beats, grids, patrol places, roads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
import shapely
from django.utils import timezone
from factory.django import DjangoModelFactory
from tests.factories.ground import COUNTY, LAT, LON, NOW, STEP, TOWNSHIPS, square

from anlan.service.places.models import (
    Area,
    Beat,
    Calibration,
    Checkpoint,
    Grid,
    PatrolLine,
    PatrolPoint,
    Premises,
    RoadClosure,
    StandbyPost,
)


class ShapedFactory(DjangoModelFactory[Any]):
    """A record with a shape: pass `shape=`."""

    class Meta:
        abstract = True
        exclude = ()

    shape = None

    @classmethod
    def _create(cls, model_class: Any, *args: Any, shape: Any = None, **kwargs: Any) -> Any:
        record = model_class(*args, **kwargs)
        record.shape = shape
        record.save(force_insert=True)
        return record


class AreaFactory(ShapedFactory):
    """A township; give `code`, `level` and `parent_code` for others."""

    class Meta:
        model = Area

    code = TOWNSHIPS[0]
    parent_code = COUNTY
    level = 9
    name = factory.LazyAttribute(lambda area: f"区划{area.code}")
    name_en = factory.LazyAttribute(lambda area: f"Area {area.code}")
    shape = factory.LazyFunction(lambda: square(0, 0))


class BeatFactory(ShapedFactory):
    """A beat of the first township."""

    class Meta:
        model = Beat

    code = factory.Sequence(lambda n: f"{TOWNSHIPS[0][:9]}B{n:03}")
    name = factory.LazyAttribute(lambda beat: f"巡区{beat.code[-3:]}")
    name_en = factory.LazyAttribute(lambda beat: f"Beat {beat.code[-3:]}")
    area_code = TOWNSHIPS[0]
    shape = factory.LazyFunction(lambda: square(0, 0, 1, 2))


class GridFactory(ShapedFactory):
    """A square cell of 0.01°."""

    class Meta:
        model = Grid

    code = factory.Sequence(lambda n: f"{TOWNSHIPS[0]}{n:04}")
    name = factory.LazyAttribute(lambda grid: f"网格{grid.code[-4:]}")
    area_code = TOWNSHIPS[0]
    beat = factory.SubFactory(BeatFactory)
    population = 500
    area_m2 = 1_070_000.0
    shape = factory.LazyFunction(lambda: square(0, 0))


class LocatedFactory(ShapedFactory):
    """A place in the first grid."""

    class Meta:
        abstract = True

    code = factory.Sequence(lambda n: f"place-{n}")
    name = factory.Sequence(lambda n: f"点位{n}")
    name_en = factory.Sequence(lambda n: f"Place {n}")
    area_code = TOWNSHIPS[0]
    shape = factory.LazyFunction(lambda: shapely.Point(LON + STEP / 2, LAT + STEP / 2))


class PatrolPointFactory(LocatedFactory):
    """A place that each shift must visit."""

    class Meta:
        model = PatrolPoint


class PatrolLineFactory(LocatedFactory):
    """A stretch of road that each shift must visit."""

    class Meta:
        model = PatrolLine

    shape = factory.LazyFunction(lambda: shapely.LineString([(LON, LAT), (LON + STEP, LAT + STEP)]))


class StandbyPostFactory(LocatedFactory):
    """Where a car waits."""

    class Meta:
        model = StandbyPost


class CheckpointFactory(LocatedFactory):
    """A manned road point."""

    class Meta:
        model = Checkpoint


class PremisesFactory(LocatedFactory):
    """A school."""

    class Meta:
        model = Premises

    kind = Premises.Kind.SCHOOL


class RoadClosureFactory(ShapedFactory):
    """A road closed since yesterday, with an open end."""

    class Meta:
        model = RoadClosure

    name = factory.Sequence(lambda n: f"Works {n}")
    area_code = COUNTY
    starts_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    shape = factory.LazyFunction(lambda: shapely.Point(LON + STEP / 2, LAT + STEP / 2))


class CalibrationFactory(DjangoModelFactory[Calibration]):
    """Speeds learnt from a hundred trips."""

    class Meta:
        model = Calibration

    area_code = COUNTY
    trips = 100
    roads_at = NOW
    made_at = NOW

    @factory.lazy_attribute
    def body(self) -> dict[str, Any]:
        """A factor of 1.2 everywhere, and errors."""
        errors = {
            "trips": 100, "median_abs_s": 60.0, "mean_abs_s": 70.0, "bias_s": 5.0, "low_s": -90.0,
            "high_s": 100.0, "median_share": 0.2,
        }  # fmt: skip
        factor = {
            "hour": "day", "group": "local", "multiplier": 1.2, "low": 1.1, "high": 1.3, "trips": 100,
            "hours": 9.5,
        }  # fmt: skip
        return {
            "factors": [[1.2] * 18] * 3, "waits": [2.0] * 3, "fixed_s": 30.0, "fixed_low_s": 20.0,
            "fixed_high_s": 40.0, "multipliers": [factor], "before": {"all": errors},
            "after": {"all": errors | {"median_abs_s": 40.0}}, "fitted": {}, "left_out": {"no_pin": 3},
            "rounds": 2, "rerouted": 0.0,
        }  # fmt: skip
