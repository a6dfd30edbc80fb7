"""Inputs of days and moments: browsers read and write ISO 8601 in them whatever the language of the page."""

from __future__ import annotations

from django import forms

DAY, MOMENT = "%Y-%m-%d", "%Y-%m-%dT%H:%M"


def day() -> forms.DateInput:
    """Return the input of a day."""
    return forms.DateInput({"type": "date"}, format=DAY)


def moment() -> forms.DateTimeInput:
    """Return the input of a day and time."""
    return forms.DateTimeInput({"type": "datetime-local"}, format=MOMENT)
