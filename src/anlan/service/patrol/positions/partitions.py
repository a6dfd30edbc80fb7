"""The history by day on PostgreSQL: partitions made ahead and dropped when their time is over."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from anlan.service.environment import environment
from anlan.service.patrol.models import Fix, Position

AHEAD = 7
NAME = re.compile(r"patrol_fix_(\d{8})")
LOCK = 0x616E6C61  # of this work among all advisory locks of the database


def make_ahead() -> int:
    """Make the partitions of today and the next days that are missing; return how many. SQLite needs none.

    Fixes of a day without a partition lie in `patrol_fix_rest`; they move when its partition is made.
    """
    if connection.vendor != "postgresql":
        return 0
    today = timezone.now().astimezone(UTC).date()
    missing = {today + timedelta(days=ahead) for ahead in range(AHEAD + 1)} - partitions().keys()
    return sum(make(day) for day in sorted(missing))


def partitions() -> dict[date, str]:
    """Return the partitions by day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'patrol_fix'::regclass"
        )
        names = [match for (name,) in cursor.fetchall() if (match := NAME.fullmatch(name))]
    return {datetime.strptime(match[1], "%Y%m%d").replace(tzinfo=UTC).date(): match[0] for match in names}


def make(day: date) -> bool:
    """Make one day's partition unless another process has just done so."""
    name, bounds = (
        f"patrol_fix_{day:%Y%m%d}",
        (f"{day}T00:00:00+00", f"{day + timedelta(days=1)}T00:00:00+00"),
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if day in partitions():
            return False
        cursor.execute(f"CREATE TABLE {name} (LIKE patrol_fix INCLUDING ALL)")
        cursor.execute(
            "WITH moved AS (DELETE FROM patrol_fix_rest WHERE at >= %s AND at < %s RETURNING *)"  # noqa: S608
            f" INSERT INTO {name} SELECT * FROM moved",
            bounds,
        )
        cursor.execute(f"ALTER TABLE patrol_fix ATTACH PARTITION {name} FOR VALUES FROM (%s) TO (%s)", bounds)
    return True


def purge_fixes() -> int:
    """Delete the fixes older than `ANLAN_POSITION_DAYS`, whole days at once; return how many went."""
    last = timezone.now() - timedelta(days=environment().position_days)
    gone = drop_before(last.astimezone(UTC).date()) if connection.vendor == "postgresql" else 0
    return gone + Fix.objects.filter(at__lt=last).delete()[0]


def drop_before(first: date) -> int:
    """Drop the partitions of days before `first`; return how many fixes they held."""
    gone = 0
    for name in [name for day, name in partitions().items() if day < first]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608 - a name made of a date
            gone += cursor.fetchone()[0]
            cursor.execute(f"DROP TABLE {name}")
    return gone


def forget_off_duty() -> int:
    """Delete the positions of units off duty: a fix may have crossed their going off; return how many."""
    return Position.objects.filter(unit__on_duty=False).delete()[0]
