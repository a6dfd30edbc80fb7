"""The rows of positions and fixes: read and written many at a time, the same on SQLite and PostgreSQL.

Plain SQL, because a conditional upsert ("only if newer") is beyond the ORM, and because two thousand fixes a
second leave no time for two thousand model instances.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import batched, chain
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from django.db import connection
from django.db.models import Max

from anlan.gateway.positions import Fix
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.patrol import models
from anlan.service.patrol.positions.judge import Known, Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from anlan.service.patrol.positions.keep import Arrival

PLACE = {
    "unit_id": "bigint", "at": "timestamptz", "lon": "float8", "lat": "float8", "speed": "float8",
    "course": "float8", "accuracy": "float8",
}  # fmt: skip
FIX = PLACE | {"aside": "text"}
POSITION = PLACE | {
    "version": "bigint", "aside_at": "timestamptz", "aside_lon": "float8", "aside_lat": "float8",
}  # fmt: skip
ROWS = 500
FAR_BACK = timedelta(days=1)  # longer ago, a unit can have come from anywhere


class Moved(NamedTuple):
    """A unit's last position: WGS-84 degrees, seconds since 1970 UTC, m/s, degrees from north."""

    unit: int
    area_code: str
    version: int
    lon: float
    lat: float
    at: float
    speed: float | None
    course: float | None


def moment(at: float) -> datetime:
    """Return seconds since 1970 as the database holds them."""
    return datetime.fromtimestamp(at, UTC)


def known_of(units: Collection[int], delayed: Collection[int] = ()) -> dict[int, Known]:
    """Return what is known of units; of the `delayed` also when their duty began."""
    began = duty_began(delayed) if delayed else {}
    where, given = among("u.id", units)
    text = (
        "SELECT u.id, u.on_duty, u.vehicle,"  # noqa: S608 - the parts are ours, the keys a parameter
        f" p.lon, p.lat, {epoch('p.at')}, p.speed, p.course, p.accuracy,"
        f" p.aside_lon, p.aside_lat, {epoch('p.aside_at')}"
        f" FROM staff_unit u LEFT JOIN patrol_position p ON p.unit_id = u.id WHERE {where}"
    )
    with connection.cursor() as cursor:
        cursor.execute(text, [given])
        return {
            pk: Known(bool(on_duty), vehicle, *both(found), began.get(pk))
            for pk, on_duty, vehicle, *found in cursor.fetchall()
        }


def newer_than(version: int) -> list[Moved]:
    """Return the positions of units on duty that changed after a version."""
    text = (
        f"SELECT p.unit_id, u.area_code, p.version, p.lon, p.lat, {epoch('p.at')}, p.speed, p.course"  # noqa: S608
        " FROM patrol_position p JOIN staff_unit u ON u.id = p.unit_id WHERE u.on_duty AND p.version > %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(text, [version])
        return [Moved(*row[:5], seconds(row[5]), *row[6:]) for row in cursor.fetchall()]


def duty_began(units: Collection[int]) -> dict[int, float]:
    """Return when units last came on duty, as the log has it; nothing of those that never went off."""
    rows = Event.objects.filter(
        record_type="staff.unit", record_id__in=[str(unit) for unit in units], verb=Verb.UNIT_ON_DUTY
    )
    last = rows.values_list("record_id").annotate(last=Max("at")).order_by()
    return {int(unit): at.timestamp() for unit, at in last}


def both(found: Sequence[Any]) -> tuple[Fix | None, Fix | None]:
    """Return the last position and the fix aside of a row."""
    lon, lat, at, speed, course, accuracy, aside_lon, aside_lat, aside_at = found
    last = None if at is None else Fix(lon, lat, seconds(at), speed, course, accuracy)
    aside = None if aside_at is None else Fix(aside_lon, aside_lat, seconds(aside_at))
    return last, aside


def last_before(unit: int, at: float) -> Fix | None:
    """Return the last believed fix of the unit's history before a moment, if there is one not long ago."""
    until = moment(at)
    rows = models.Fix.objects.filter(unit_id=unit, at__gte=until - FAR_BACK, at__lt=until, aside="")
    found = rows.order_by("-at").values_list("lon", "lat", "at", "speed", "course", "accuracy").first()
    return None if found is None else Fix(*found[:2], found[2].timestamp(), *found[3:])


def add_fixes(arrivals: Sequence[Arrival]) -> set[tuple[int, datetime]]:
    """Add fixes to the history and return the keys of those that were not there yet."""
    added: set[tuple[int, datetime]] = set()
    for part in batched(arrivals, ROWS):
        text, values = insert("patrol_fix", FIX, [row_of(one) for one in part])
        with connection.cursor() as cursor:
            cursor.execute(f"{text} ON CONFLICT DO NOTHING RETURNING unit_id, at", values)
            added.update((unit, stored(at)) for unit, at in cursor.fetchall())
    return added


def row_of(one: Arrival) -> tuple[Any, ...]:
    """Return a fix as a row of the history."""
    fix = one.fix
    aside = one.outcome if one.outcome in {Outcome.JUMP, Outcome.COARSE} else ""
    return (one.unit, adapted(one.at), fix.lon, fix.lat, fix.speed, fix.course, fix.accuracy, str(aside))


def move(known: dict[int, Known]) -> None:
    """Store units' last positions under a new version; a newer one that another process stored stands."""
    if not known:
        return
    version = tick()
    rows = [position_row(unit, facts, version) for unit, facts in sorted(known.items()) if facts.last]
    sets = ", ".join(f"{name} = excluded.{name}" for name in list(POSITION)[1:])
    for part in batched(rows, ROWS):
        text, values = insert("patrol_position", POSITION, part)
        newer = f"ON CONFLICT (unit_id) DO UPDATE SET {sets} WHERE patrol_position.at <= excluded.at"
        with connection.cursor() as cursor:
            cursor.execute(f"{text} {newer}", values)


def position_row(unit: int, known: Known, version: int) -> tuple[Any, ...]:
    """Return a unit's last position, and the fix kept aside, as a row."""
    last, aside = known.last, known.aside
    if last is None or last.at is None:
        raise ValueError("a unit without a position has no row")
    apart = (
        (None, None, None) if aside is None or aside.at is None else (adapted(aside.at), aside.lon, aside.lat)
    )
    return (
        unit, adapted(last.at), last.lon, last.lat, last.speed, last.course, last.accuracy, version, *apart,
    )  # fmt: skip


def last_version() -> int:
    """Return the last version given, 0 for none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM patrol_positionclock")
        return int((cursor.fetchone() or (0,))[0])


def tick() -> int:
    """Give the next version; whoever has it is alone with it until the transaction ends."""
    text = (
        "INSERT INTO patrol_positionclock (id, value) VALUES (1, 1)"
        " ON CONFLICT (id) DO UPDATE SET value = patrol_positionclock.value + 1 RETURNING value"
    )
    with connection.cursor() as cursor:
        cursor.execute(text)
        return int(cursor.fetchone()[0])


def insert(table: str, columns: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> tuple[str, list[Any]]:
    """Return an INSERT of rows, and its parameters.

    PostgreSQL gets all rows in one parameter: the driver takes longer to find thousands of places in a text
    than the server to read JSON.
    """
    names = ", ".join(columns)
    into = f"INSERT INTO {table} ({names})"
    if connection.vendor == "postgresql":
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        given = orjson.dumps([dict(zip(columns, row, strict=True)) for row in rows]).decode()
        return f"{into} SELECT {names} FROM json_to_recordset(%s) AS given ({typed})", [given]  # noqa: S608
    places = f"({', '.join(['%s'] * len(columns))})"
    return f"{into} VALUES {', '.join([places] * len(rows))}", list(chain.from_iterable(rows))


def among(column: str, keys: Collection[int]) -> tuple[str, Any]:
    """Return the condition that a column is one of the keys, and its one parameter."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", list(keys)
    return f"{column} IN (SELECT value FROM json_each(%s))", orjson.dumps(list(keys)).decode()  # noqa: S608


def epoch(column: str) -> str:
    """Return the expression of a moment's seconds since 1970; SQLite would round it and gives text."""
    return f"extract(epoch from {column})::float8" if connection.vendor == "postgresql" else column


def seconds(given: float | datetime | str) -> float:
    """Return the seconds since 1970 of what `epoch` selects."""
    return given if isinstance(given, float) else stored(given).timestamp()


def adapted(at: float) -> Any:
    """Return a moment as the database's driver takes it."""
    return connection.ops.adapt_datetimefield_value(moment(at))


def stored(at: datetime | str) -> datetime:
    """Return a moment as `moment` makes it from what the driver gives: SQLite gives text without a zone."""
    found = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
