"""The duty calendar, read back by npm's ical.js."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from anlan.gateway.calendar import Duty, calendar

HERE = Path(__file__).parent
PACKAGES = HERE.parent.parent / "ui/node_modules"
LOCAL = ZoneInfo("America/Los_Angeles")
DUTY = Duty(
    "P101-2026-03-08-night", "夜班 P101", datetime(2026, 3, 8, 0, 0, tzinfo=LOCAL),
    datetime(2026, 3, 8, 8, 0, tzinfo=LOCAL), datetime(2026, 3, 1, tzinfo=UTC), "东街 12号; A, B",
    "00:30 Market\n02:00 Station", -122.4, 37.7,
)  # fmt: skip


def read_by_peer(text: bytes) -> dict[str, Any]:
    """Return what ical.js finds in a calendar; skips where it or node is not installed."""
    node = shutil.which("node")
    if node is None or not (PACKAGES / "ical.js").is_dir():
        pytest.skip("node or ui/node_modules/ical.js is not there: could not check")
    script = [node, str(HERE / "calendar.mjs"), str(PACKAGES / "x.js")]
    done = subprocess.run(script, input=text, capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)


def test_a_client_reads_the_duty_as_meant() -> None:
    """Title, place with commas and semicolons, two lines, and moments over the change of the clocks."""
    found = read_by_peer(calendar("勤务 P101", "America/Los_Angeles", [DUTY], "example.org"))
    assert found["name"] == "勤务 P101"
    event = found["events"][0]
    assert (event["uid"], event["summary"]) == ("P101-2026-03-08-night@example.org", "夜班 P101")
    assert (event["location"], event["description"]) == ("东街 12号; A, B", "00:30 Market\n02:00 Station")
    assert event["zone"] == "America/Los_Angeles"
    # The clocks go forward at two: eight hours by the clock are seven.
    assert (event["start"], event["end"]) == ("2026-03-08T08:00:00.000Z", "2026-03-08T15:00:00.000Z")


def test_the_zone_is_in_the_file_and_lines_are_folded() -> None:
    """A client needs no table of zones; no line is longer than 75 octets, and lines end as RFC 5545 says."""
    text = calendar("x", "Asia/Shanghai", [replace(DUTY, details="长" * 200)])
    assert b"BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai" in text
    assert max(map(len, text.split(b"\r\n"))) <= 75
    assert b"\n" not in text.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"start": datetime(2026, 3, 8)}, "start of .*no time zone"),
        ({"end": DUTY.start}, "end of .*not after"),
    ],
)
def test_a_wrong_duty_is_refused(change: dict[str, Any], told: str) -> None:
    """A moment without a zone, a duty without length."""
    with pytest.raises(ValueError, match=told):
        replace(DUTY, **change)


def test_an_unknown_zone_is_refused() -> None:
    """By name."""
    with pytest.raises(ValueError, match="Mars/Base"):
        calendar("x", "Mars/Base", [])
