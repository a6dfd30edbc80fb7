"""Days and moments go to browsers and come back in ISO 8601, whatever the language."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from django import forms
from django.utils import translation

import anlan.service
from anlan.service import inputs


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_inputs_hold_what_browsers_read(language: str) -> None:
    """A browser shows nothing for a date in the language's own form."""
    with translation.override(language):
        assert 'value="2026-11-28"' in inputs.day().render("day", date(2026, 11, 28))
        assert 'value="2026-11-28T03:05"' in inputs.moment().render("at", datetime(2026, 11, 28, 3, 5))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_browsers_write_is_read(language: str) -> None:
    """What comes from these inputs is understood in both languages."""
    with translation.override(language):
        assert forms.DateField(widget=inputs.day()).clean("2026-11-28") == date(2026, 11, 28)
        found = forms.DateTimeField(widget=inputs.moment()).clean("2026-11-28T03:05")
        assert (found.hour, found.minute) == (3, 5)


def test_no_form_makes_its_own() -> None:
    """Forms take them from here, so that none forgets the format."""
    folder = Path(anlan.service.__file__).parent
    made = {path.name for path in folder.rglob("*.py") if re.search(r"Date(Time)?Input\(", path.read_text())}
    assert made == {"inputs.py"}
