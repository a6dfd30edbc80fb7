"""Settings: keys are made once, the database's address is read, the policy of the pages is strict."""

import stat
import tempfile
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.management import call_command

from anlan.service.environment import Environment
from anlan.service.settings import database, kept_secret


def test_tests_have_a_data_folder_of_their_own():
    """No test process writes into the checkout or into somebody's installation."""
    assert site.DATA_DIR.name.startswith("anlan-tests-")
    assert site.DATA_DIR.parent == Path(tempfile.gettempdir()).resolve()


def test_a_key_is_made_once(tmp_path, monkeypatch):
    """The first start makes a key that only its owner reads; the second finds it."""
    monkeypatch.setattr("anlan.service.settings.DATA_DIR", tmp_path)
    first = kept_secret("a.key", "", lambda: "made")
    assert first == kept_secret("a.key", "", lambda: "other") == "made"
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600


def test_a_given_key_is_not_stored(tmp_path, monkeypatch):
    """A key from the environment leaves no file."""
    monkeypatch.setattr("anlan.service.settings.DATA_DIR", tmp_path)
    assert kept_secret("a.key", "given", lambda: "made") == "given"
    assert list(tmp_path.iterdir()) == []


def test_postgresql_address_is_read():
    """User, password with signs, host, port and name come out of the address."""
    read = database("postgresql://an%40lan:p%3Aw@db.local:6432/calm")
    wanted = {"USER": "an@lan", "PASSWORD": "p:w", "HOST": "db.local", "PORT": "6432", "NAME": "calm"}
    assert {key: read[key] for key in wanted} == wanted


def test_postgresql_connections_are_bounded():
    """Each request runs in a thread of its own; connections kept per thread once used up the server's."""
    read = database("postgresql://anlan@db.local/calm")
    assert read["CONN_MAX_AGE"] == 0
    assert read["OPTIONS"]["pool"]["max_size"] <= 20


def test_another_scheme_is_refused():
    """A database that is neither SQLite nor PostgreSQL is named in the error."""
    with pytest.raises(ValueError, match="mysql"):
        database("mysql://localhost/calm")


def test_sqlite_waits_and_keeps_what_it_acknowledged():
    """SQLite takes its lock at BEGIN and flushes each commit to the disk."""
    options = database("")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in options["init_command"]


def test_policy_allows_no_inline_code():
    """Neither scripts nor styles may be inline or evaluated."""
    said = str(site.SECURE_CSP)
    assert "unsafe-inline" not in said
    assert "unsafe-eval" not in said


def test_every_setting_is_explained():
    """`anlan check` and the guide take their words from the descriptions."""
    assert [name for name, field in Environment.model_fields.items() if not field.description] == []


def test_django_finds_nothing_wrong(db):
    """Django's own checks pass."""
    call_command("check", fail_level="WARNING")


def test_migrations_are_complete(db):
    """No model has changed without a migration."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
