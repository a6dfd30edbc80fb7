"""The history: every past incident, as Parquet files by county, year and month (of the UTC time).

``<root>/county=500117/year=2026/month=11/*.parquet``. Anything that reads hive partitions can read it.

A write is all or nothing. Rows are staged beside the partitions; a marker file, renamed into place, is the
commit; then the staged files are renamed into their partitions. Whoever opens the store next finishes a
committed write that was cut short and throws away an uncommitted one. Readers never see half a write.
"""

from anlan.gateway.history.files import MARKER, STAGING
from anlan.gateway.history.rows import BASE, SCHEMA, TIME, conform
from anlan.gateway.history.store import HistoryBusyError, HistoryStore, Session, Written
from anlan.gateway.history.summary import Summary

__all__ = [
    "BASE",
    "MARKER",
    "SCHEMA",
    "STAGING",
    "TIME",
    "HistoryBusyError",
    "HistoryStore",
    "Session",
    "Summary",
    "Written",
    "conform",
]
