"""Fixtures for every test: the cast (a county, its staff), the real data, settings fit for tests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from anlan.service.places.models import Area

ROOT = Path(__file__).resolve().parent.parent
SKIPPED_REAL = "real data not found"


def data_folder() -> Path:
    """Return where the public data sets should be: ANLAN_SHARED_DATA, else beside the checkout."""
    return Path(os.environ.get("ANLAN_SHARED_DATA") or ROOT.parent / "shared/data")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data sets; skips loudly where it is absent."""
    folder = data_folder()
    if not folder.is_dir():
        pytest.skip(f"{SKIPPED_REAL} at {folder}; set ANLAN_SHARED_DATA")
    return folder


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say in one line how many real-data tests did not run, so that green is not mistaken for checked."""
    skipped = [
        report for report in terminalreporter.stats.get("skipped", []) if SKIPPED_REAL in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.write_sep(
            "!", f"{len(skipped)} tests on real data did NOT run: {SKIPPED_REAL}", red=True
        )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let transactional tests empty the append-only log; leave no session that keeps its database."""
    import tests.flushing  # noqa: F401

    yield
    with django_db_blocker.unblock():
        end_other_sessions()


def end_other_sessions() -> None:
    """End the sessions that threads of the tests left on the test database (PostgreSQL)."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def site_for_tests(settings: Any, tmp_path: Path) -> None:
    """Fast passwords, no demo exemptions, and history and roads of each test's own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DEMO = False
    settings.HISTORY_DIR = tmp_path / "history"
    settings.ROADS_DIR = tmp_path / "roads"


@pytest.fixture(autouse=True)
def clean_state() -> Iterator[None]:
    """Leave no cached answers, language or time zone for the next test."""
    from django.core.cache import cache
    from django.utils import timezone, translation

    yield
    cache.clear()
    timezone.deactivate()
    translation.activate("en")


@pytest.fixture
def county(db: None) -> Area:
    """County 990101 with two townships, two beats of two square grids each, four units and incident types."""
    from tests.factories import make_county

    return make_county()


@pytest.fixture
def posted(db: None) -> Callable[..., Any]:
    """Make an account posted as `role` in `area_code`."""
    from tests.factories import posted as make

    return make


@pytest.fixture
def client_as(db: None) -> Callable[..., Client]:
    """Return a client signed in with both factors as a `role` in `area_code`; `client.account` is who."""
    from tests.factories import COUNTY, posted, signed_in

    def make(role: str | None, area_code: str = COUNTY) -> Client:
        return signed_in(posted(role, area_code))

    return make
