"""Factories for records in tests. The cast: county 990101000000, two townships, four square grids."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import factory
import shapely
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from factory.django import DjangoModelFactory

from anlan.engine.planning.trials import Design, Excluded, Pair, Power, PowerPoint, Protocol
from anlan.service.incidents.models import Assignment, Incident, IncidentType
from anlan.service.patrol.models import BeatAlert, Briefing, BriefingJob, CheckIn, DutyOrder, Fix, Position
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
from anlan.service.planning.models import Absence, DeploymentPlan, PlanningJob, Rehearsal, Trial
from anlan.service.staff.models import Account, Agency, Posting, Role, Team, Unit

COUNTY = "990101000000"
TOWNSHIPS = ("990101001000", "990101002000")
ELSEWHERE = "990102000000"
LON, LAT, STEP = 105.0, 30.0, 0.01
PASSWORD = "calm-waters-7"
NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


def square(column: int, row: int, wide: int = 1, high: int = 1) -> shapely.Polygon:
    """Return a rectangle of `wide` × `high` steps of 0.01°, `column` and `row` steps from (105, 30)."""
    left, bottom = LON + column * STEP, LAT + row * STEP
    return shapely.box(left, bottom, left + wide * STEP, bottom + high * STEP)


class AccountFactory(DjangoModelFactory[Account]):
    """A member of staff without postings; the password is `PASSWORD`."""

    class Meta:
        model = Account
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"staff{n}")
    display_name = factory.Sequence(lambda n: f"Staff {n}")
    password = factory.django.Password(PASSWORD)


class AgencyFactory(DjangoModelFactory[Agency]):
    """A police station of the county."""

    class Meta:
        model = Agency

    code = factory.Sequence(lambda n: f"agency-{n}")
    name = factory.Sequence(lambda n: f"派出所{n}")
    name_en = factory.Sequence(lambda n: f"Station {n}")
    area_code = COUNTY


class PostingFactory(DjangoModelFactory[Posting]):
    """One role in one area."""

    class Meta:
        model = Posting

    account = factory.SubFactory(AccountFactory)
    role = Role.DISPATCHER
    area_code = COUNTY


class TeamFactory(DjangoModelFactory[Team]):
    """A squad."""

    class Meta:
        model = Team

    code = factory.Sequence(lambda n: f"team-{n}")
    name = factory.Sequence(lambda n: f"{n}队")
    agency = factory.SubFactory(AgencyFactory)
    area_code = COUNTY
    strength = 8


class UnitFactory(DjangoModelFactory[Unit]):
    """A patrol car on duty in the middle of the county."""

    class Meta:
        model = Unit

    call_sign = factory.Sequence(lambda n: f"C{n:02}")
    agency = factory.SubFactory(AgencyFactory)
    area_code = TOWNSHIPS[0]
    capabilities = factory.LazyFunction(lambda: ["patrol"])
    post_lon = LON + STEP / 2
    post_lat = LAT + STEP / 2


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


class IncidentTypeFactory(DjangoModelFactory[IncidentType]):
    """An entry of the taxonomy."""

    class Meta:
        model = IncidentType
        django_get_or_create = ("county", "code")

    county = ""
    code = "theft-shop"
    name = "盗窃"
    name_en = "Theft"
    category = "theft"
    priority = 3
    source = "resident"


class IncidentFactory(DjangoModelFactory[Incident]):
    """An open incident in the first grid of the county."""

    class Meta:
        model = Incident

    number = factory.Sequence(lambda n: f"990101-20260304-{n:04}")
    type = factory.SubFactory(IncidentTypeFactory)
    priority = 3
    address = "12 Market Street"
    lon = LON + STEP / 2
    lat = LAT + STEP / 2
    area_code = TOWNSHIPS[0]
    county = COUNTY[:6]
    received_at = NOW


class AssignmentFactory(DjangoModelFactory[Assignment]):
    """A unit sent to an incident."""

    class Meta:
        model = Assignment

    incident = factory.SubFactory(IncidentFactory)
    unit = factory.SubFactory(UnitFactory)
    area_code = TOWNSHIPS[0]
    assigned_at = NOW


class BriefingFactory(DjangoModelFactory[Briefing]):
    """A published briefing without content."""

    class Meta:
        model = Briefing

    area_code = COUNTY
    date = NOW.date()
    version = factory.Sequence(lambda n: n + 1)
    made_at = NOW


class BriefingJobFactory(DjangoModelFactory[BriefingJob]):
    """A making of a briefing that waits for a worker."""

    class Meta:
        model = BriefingJob

    area_code = COUNTY
    date = factory.Sequence(lambda n: NOW.date() + timedelta(days=n))
    asked_at = NOW
    seen_at = NOW


class BeatAlertFactory(DjangoModelFactory[BeatAlert]):
    """A yellow beat."""

    class Meta:
        model = BeatAlert

    briefing = factory.SubFactory(BriefingFactory)
    beat_code = f"{TOWNSHIPS[0][:9]}B001"
    area_code = TOWNSHIPS[0]
    colour = "yellow"
    expected = 2.5
    p_value = 0.2
    method = "test"


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


class DutyOrderFactory(DjangoModelFactory[DutyOrder]):
    """A unit's order for a day shift in which nothing is to be visited."""

    class Meta:
        model = DutyOrder

    unit = factory.SubFactory(UnitFactory)
    area_code = TOWNSHIPS[0]
    date = NOW.date()
    shift = "day"
    starts_at = datetime(2026, 3, 4, 0, tzinfo=UTC)
    ends_at = datetime(2026, 3, 4, 8, tzinfo=UTC)
    given_at = NOW


class FixFactory(DjangoModelFactory[Fix]):
    """Where a unit was."""

    class Meta:
        model = Fix

    unit = factory.SubFactory(UnitFactory)
    at = NOW
    lon = LON + STEP / 2
    lat = LAT + STEP / 2


class AbsenceFactory(DjangoModelFactory[Absence]):
    """A member's leave of a week; pass `member=`."""

    class Meta:
        model = Absence

    area_code = factory.LazyAttribute(lambda one: one.member.area_code)
    first = NOW.date()
    last = NOW.date() + timedelta(days=6)


class PositionFactory(DjangoModelFactory[Position]):
    """A unit's last fix."""

    class Meta:
        model = Position

    unit = factory.SubFactory(UnitFactory)
    lon = LON + STEP / 2
    lat = LAT + STEP / 2
    at = NOW


class CheckInFactory(DjangoModelFactory[CheckIn]):
    """A visit to a patrol point."""

    class Meta:
        model = CheckIn

    client_key = factory.Faker("uuid4")
    unit = factory.SubFactory(UnitFactory)
    place_code = "place-1"
    area_code = TOWNSHIPS[0]
    at = NOW


def make_county() -> Area:
    """Make 990101 with two townships, in each a beat of two grids, a station and two units; three types."""
    county = AreaFactory(
        code=COUNTY, parent_code="", level=6, name="安平县", name_en="Anping", shape=square(0, 0, 2, 2)
    )
    for column, township in enumerate(TOWNSHIPS):
        AreaFactory(code=township, shape=square(column, 0, 1, 2))
        beat = BeatFactory(code=f"{township[:9]}B001", area_code=township, shape=square(column, 0, 1, 2))
        for row in range(2):
            GridFactory(
                code=f"{township}{row + 1:04}", area_code=township, beat=beat, shape=square(column, row)
            )
        station = AgencyFactory(code=f"station-{column}", area_code=township)
        for _ in range(2):
            UnitFactory(
                agency=station, area_code=township, beat_code=beat.code, post_lon=LON + (column + 0.5) * STEP
            )
    IncidentTypeFactory()
    IncidentTypeFactory(code="robbery-street", name="抢劫", name_en="Robbery", category="robbery", priority=1)
    IncidentTypeFactory(code="help-other", name="求助", name_en="Help", category="help", priority=4)
    return county


def posted(role: str | None, area_code: str = COUNTY, **account: Any) -> Account:
    """Make an account with one posting; `role` None for an account without any."""
    made = AccountFactory(**account)
    if role is not None:
        PostingFactory(account=made, role=role, area_code=area_code)
    return made


def signed_in(account: Account) -> Client:
    """Return a client in whose session the account has shown password and second factor."""
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    Authenticator.objects.get_or_create(user=account, type=Authenticator.Type.TOTP, defaults={"data": {}})
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 4e9, "type": "totp"}]
    session["account_authentication_methods_user"] = str(account.pk)
    session.save()
    client.account = account  # type: ignore[attr-defined]
    return client
