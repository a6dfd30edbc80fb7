"""Moving a committed write into the partitions so that a cut at any moment leaves all or nothing."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

STAGING, MARKER = ".staging", "COMMIT"


def overlaps(file: Path, start: datetime | None, end: datetime | None) -> bool:
    """Whether the month of a partition's file overlaps [start, end)."""
    year, month = int(file.parent.parent.name[5:]), int(file.parent.name[6:])
    begins = datetime(year, month, 1, tzinfo=UTC)
    ends = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return (start is None or ends > start) and (end is None or begins < end)


def publish(staging: Path, folder: Path) -> None:
    """Move a committed write into the partitions; safe to repeat after a cut."""
    marker = staging / MARKER
    if not marker.exists():  # another process was faster
        return
    for old, new in json.loads(marker.read_text(encoding="utf-8")).items():
        if not new:
            (folder / old).unlink(missing_ok=True)
        elif (staging / new).exists():
            (staging / new).replace(folder / old)
    for file in sorted(staging.glob("year=*/month=*/*.parquet")):
        target = folder / file.relative_to(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        file.replace(target)
    for month in {file.parent for file in folder.glob(f"year=*/month=*/{staging.name}.parquet")}:
        flush(month)
    shutil.rmtree(staging)


def flush(path: Path) -> None:
    """Wait until the file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold an advisory lock on the file; released by the system if the process dies."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
