"""Where units are and where they have been: a stream of its own, kept for duty hours only.

`keep` is the one way in, whatever the source: the phone page, devices over HTTP (`door`) or MQTT, the demo;
`keep_past` for what a phone tells of duties that have ended.
`judge` says what becomes of a fix, `writer` gathers many into one transaction, `feed` tells open boards.
"""

from anlan.service.patrol.guard import check_crew, check_place
from anlan.service.patrol.positions.keep import (
    CLOCK_SKEW,
    Arrival,
    keep,
    keep_past,
    record_position,
    store_fix,
)
from anlan.service.patrol.positions.partitions import forget_off_duty, make_ahead, purge_fixes

__all__ = [
    "CLOCK_SKEW", "Arrival", "check_crew", "check_place", "forget_off_duty", "keep", "keep_past",
    "make_ahead", "purge_fixes", "record_position", "store_fix",
]  # fmt: skip
