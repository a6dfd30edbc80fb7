"""Lets transactional tests empty the log between them, which the database itself refuses in service.

Django flushes tables by DELETE (SQLite) or TRUNCATE (PostgreSQL). Only here, in the tests, the log's
triggers are lifted for that one statement and put back after it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.operations import BaseDatabaseOperations

append_only = import_module("anlan.service.log.migrations.0004_append_only")
flush = BaseDatabaseOperations.execute_sql_flush


def guarded(connection: Any) -> bool:
    """Whether the log's triggers are there (they are not in a database that is not migrated)."""
    query = {
        "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'log_event_keep'",
        "postgresql": "SELECT 1 FROM pg_trigger WHERE tgname = 'log_event_keep'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone() is not None


def flush_with_log(operations: Any, statements: list[str]) -> None:
    """Flush as Django does, with the log's triggers lifted in the same transaction."""
    connection = connections[operations.connection.alias]
    if not guarded(connection):
        flush(operations, statements)
        return
    with transaction.atomic(using=connection.alias):
        append_only.lift(connection)
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        append_only.guard(connection)


BaseDatabaseOperations.execute_sql_flush = flush_with_log
