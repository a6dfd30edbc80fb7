"""What a stored briefing says, whichever release made it."""

from __future__ import annotations

from typing import Any


def read(body: dict[str, Any]) -> dict[str, Any]:
    """Return the content with what an older release did not write.

    Briefings of the first release are of days and call the verdict on the last forecast `yesterday`.
    """
    if "period" in body:
        return body
    last = body["last_day"]
    verdict = body["yesterday"]
    if verdict is not None:
        verdict = verdict | {"end": verdict["date"], "low": None, "high": None, "inside": 0, "judged": 0}
    return body | {
        "period": "day", "until": body["date"], "start": last, "end": last, "beats": [], "rhythm_days": 364,
        "colour_days": [], "expected_low": None, "expected_high": None, "cells": None, "clusters": [],
        "warnings": [], "verdict": verdict, "suggestions": [],
        "expected": [row | {"low": None, "high": None} for row in body["expected"]],
        "comparisons": sorted(body["comparisons"], key=lambda row: -row["window_days"]),
    }  # fmt: skip
