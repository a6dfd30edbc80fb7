"""Who wakes whom: a writer the sealer, the sealer the streams. A hint only; what matters is in the table.

PostgreSQL uses NOTIFY, sent after the commit in a transaction of its own: inside the writer's it would take a
database-wide lock until that commit has reached the disk. SQLite's `data_version` says that one committed.
A hint that gets lost costs one waiting period, nothing else.
"""

from __future__ import annotations

import time
from typing import Self

from django.db import DatabaseError, connection, transaction

APPENDED = "anlan_appended"
SEALED = "anlan_sealed"
POLL_S = 0.04


def tell(channel: str) -> None:
    """Wake whoever listens on `channel`, in a transaction of its own."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [channel])


def appended() -> None:
    """Wake the sealer."""
    tell(APPENDED)


def tell_after_commit() -> None:
    """Wake the sealer once the transaction at hand has committed; many events, one call."""
    if connection.vendor != "postgresql":
        return
    if not any(entry[1] is appended for entry in connection.run_on_commit):
        transaction.on_commit(appended, robust=True)


class Listener:
    """Waits on this thread's own connection for a hint; a context manager."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.version = -1

    def __enter__(self) -> Self:
        connection.ensure_connection()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {self.channel}")
        return self

    def __exit__(self, *_error: object) -> None:
        if connection.vendor == "postgresql" and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute(f"UNLISTEN {self.channel}")

    def wait(self, seconds: float) -> bool:
        """Return True as soon as there is a hint, False after `seconds` without one.

        Raises:
            DatabaseError: the connection is gone.

        """
        if connection.vendor == "postgresql":
            return self._wait_for_notify(seconds)
        deadline = time.monotonic() + seconds
        while not self._changed():
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL_S)
        return True

    def _wait_for_notify(self, seconds: float) -> bool:
        if connection.connection is None:
            raise DatabaseError("the connection that listens was closed")
        with connection.wrap_database_errors:
            return any(True for _note in connection.connection.notifies(timeout=seconds, stop_after=1))

    def _changed(self) -> bool:
        with connection.cursor() as cursor:
            version = cursor.execute("PRAGMA data_version").fetchone()[0]
        changed, self.version = version != self.version, version
        return changed
