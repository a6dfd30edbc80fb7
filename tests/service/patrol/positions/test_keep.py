"""Fixes in the database: batches, order, duty, partitions, purge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from tests.factories import LAT, LON, FixFactory, PositionFactory, UnitFactory, posted

from anlan.gateway.positions import Fix as Sent
from anlan.service.patrol.duty import set_duty
from anlan.service.patrol.models import Fix, Position, PositionClock
from anlan.service.patrol.positions import Arrival, forget_off_duty, keep, make_ahead, purge_fixes
from anlan.service.patrol.positions.partitions import partitions
from anlan.service.planning.done import read

pytestmark = pytest.mark.django_db
ON_POSTGRESQL = pytest.mark.skipif(connection.vendor != "postgresql", reason="partitions need PostgreSQL")


def arrival(unit: Any, seconds_ago: float, lon: float = LON, **facts: Any) -> Arrival:
    """Return a fix taken some seconds ago that arrives now."""
    now = timezone.now().timestamp()
    return Arrival(unit.pk, Sent(lon, LAT, now - seconds_ago, **facts), now)


def outcomes(*arrivals: Arrival) -> list[str]:
    """Keep arrivals and return what became of each."""
    keep(arrivals)
    return [str(one.outcome) for one in arrivals]


def test_a_batch_in_any_order_ends_at_the_newest() -> None:
    """Fixes that arrive backwards are all kept, and the newest is where the unit is."""
    unit = UnitFactory()
    batch = [arrival(unit, ago, LON + (30 - ago) / 1e4, speed=3.5) for ago in (10, 30, 20)]
    assert outcomes(*batch) == ["kept", "kept", "kept"]
    position = Position.objects.get(unit=unit)
    assert (position.lon, position.speed) == (LON + 20 / 1e4, 3.5)
    assert Fix.objects.filter(unit=unit, aside="").count() == 3


def test_twice_is_once_and_late_is_history() -> None:
    """The same fix again is a duplicate; an older one is kept but moves nothing."""
    unit = UnitFactory()
    newest, older = arrival(unit, 5), arrival(unit, 60)
    assert outcomes(newest) == ["kept"]
    assert outcomes(newest, older, replace(older)) == ["duplicate", "late", "duplicate"]
    assert Position.objects.get().at.timestamp() == pytest.approx(newest.at, abs=1e-5)
    assert Fix.objects.count() == 2


def test_a_jump_is_kept_aside() -> None:
    """Where no car can have got to is in the history with its reason, neither on the map nor in a track."""
    unit = UnitFactory()
    assert outcomes(arrival(unit, 20)) == ["kept"]
    assert outcomes(arrival(unit, 10, LON + 1)) == ["jump"]
    assert Position.objects.get().lon == LON
    assert Fix.objects.get(aside="jump").lon == LON + 1
    day = timezone.now() - timedelta(hours=1), timezone.now()
    track = read.positions_of([unit.pk], *day, read.plane_of(unit.area_code[:6]), day[0])
    assert len(track.time_s) == 1
    assert outcomes(arrival(unit, 5, LON + 1)) == ["kept"]
    assert Position.objects.get().lon == LON + 1


def test_coarse_is_kept_aside() -> None:
    """A fix by cell tower alone does not move the unit."""
    assert outcomes(arrival(UnitFactory(), 5, accuracy=1500.0)) == ["coarse"]
    assert not Position.objects.exists()
    assert Fix.objects.get().aside == "coarse"


def test_off_duty_nothing_is_kept() -> None:
    """Neither now nor from the time before the unit came on: a phone sends its queue later."""
    unit = UnitFactory(on_duty=False)
    assert outcomes(arrival(unit, 5)) == ["off_duty"]
    set_duty(unit, True, None)  # noqa: FBT003
    assert outcomes(arrival(unit, 3600), arrival(unit, 0)) == ["off_duty", "kept"]
    assert Fix.objects.count() == 1


def test_going_off_and_coming_on_forget_the_position() -> None:
    """A fix that crossed the going-off does not come back with the next shift."""
    unit = UnitFactory()
    PositionFactory(unit=unit)
    set_duty(unit, False, None)  # noqa: FBT003
    assert not Position.objects.exists()
    PositionFactory(unit=unit)
    assert forget_off_duty() == 1


def test_versions_grow_with_every_batch() -> None:
    """Whoever knows the last version finds all that is newer."""
    one, other = UnitFactory(), UnitFactory()
    keep([arrival(one, 20), arrival(other, 20)])
    keep([arrival(one, 10)])
    assert [row.version for row in Position.objects.order_by("pk")] == [2, 1]
    assert PositionClock.objects.get().value == 2


def test_a_newer_position_of_another_process_stands() -> None:
    """The row is changed only by what is newer, whatever was read before."""
    from anlan.service.patrol.positions import store

    unit = UnitFactory()
    PositionFactory(unit=unit, at=timezone.now() - timedelta(minutes=1))
    known = store.known_of([unit.pk])
    Position.objects.update(at=timezone.now(), lon=LON + 0.5)
    store.move(known)
    assert Position.objects.get().lon == LON + 0.5


@pytest.mark.parametrize("micros", [0, 1, 123_457, 500_000, 999_999])
def test_what_is_known_is_what_was_stored_to_the_microsecond(micros: int) -> None:
    """A moment read back is the same number of seconds, so that a fix sent again is known to be."""
    from anlan.service.patrol.positions import store

    at = datetime(2026, 6, 4, 1, 2, 3, micros, tzinfo=UTC)
    unit = UnitFactory()
    PositionFactory(unit=unit, at=at)
    known = store.known_of([unit.pk])[unit.pk].last
    assert known is not None
    assert known.at == at.timestamp()
    (moved,) = [row for row in store.newer_than(-1) if row.unit == unit.pk]
    assert moved.at == at.timestamp()


def test_a_unit_that_is_gone_is_no_fault() -> None:
    """A fix of a unit deleted meanwhile is dropped."""
    unit = UnitFactory()
    sent = arrival(unit, 5)
    unit.delete()
    assert outcomes(sent) == ["off_duty"]


def test_purge_is_to_the_second(settings: Any) -> None:
    """What is older than the days to keep goes, what is younger stays."""
    unit = UnitFactory()
    limit = timezone.now() - timedelta(days=30)
    for apart in (timedelta(minutes=-5), timedelta(minutes=5), timedelta(days=-3)):
        FixFactory(unit=unit, at=limit + apart)
    assert purge_fixes() == 2
    assert Fix.objects.get().at > limit


def test_crew_without_the_unit_is_refused() -> None:
    """The phone page's function still asks who sends."""
    from django.core.exceptions import PermissionDenied

    from anlan.service.patrol.positions import record_position

    with pytest.raises(PermissionDenied):
        record_position(UnitFactory(), LON, LAT, None, posted("patrol"))


@ON_POSTGRESQL
def test_partitions_are_made_ahead_and_take_over_what_came_before() -> None:
    """Days ahead have partitions; fixes that came before theirs was made move into it."""
    unit = UnitFactory()
    today = timezone.now().astimezone(UTC).date()
    keep([arrival(unit, 5)])
    assert make_ahead() == 8
    assert make_ahead() == 0
    assert today in partitions()
    assert Fix.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM patrol_fix")
        assert (
            cursor.fetchone()[0]
            == f"patrol_fix_{datetime.fromtimestamp(Fix.objects.get().at.timestamp(), UTC):%Y%m%d}"
        )


@ON_POSTGRESQL
def test_whole_days_are_dropped() -> None:
    """The purge drops the partitions whose time is over."""
    from anlan.service.patrol.positions.partitions import make

    old = timezone.now() - timedelta(days=40)
    make(old.astimezone(UTC).date())
    FixFactory(at=old)
    assert purge_fixes() == 1
    assert old.astimezone(UTC).date() not in partitions()


@ON_POSTGRESQL
def test_a_day_is_read_from_its_partition_alone() -> None:
    """A question about one day does not look at the others."""
    make_ahead()
    start = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Fix.objects.filter(unit_id__in=[1], at__gte=start, at__lt=start + timedelta(days=1))
    plan = rows.explain()
    assert f"patrol_fix_{start:%Y%m%d}" in plan
    assert f"patrol_fix_{start + timedelta(days=2):%Y%m%d}" not in plan
