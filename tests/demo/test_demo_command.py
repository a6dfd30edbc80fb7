"""`anlan demo` touches only folders of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer import BadParameter

from anlan.cli.demo import check_folder, clear

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def data_in_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's data lie in SQLite in its folder, whatever database the tests run on."""
    monkeypatch.delenv("ANLAN_DATABASE_URL", raising=False)


def test_a_folder_that_no_demo_made_is_refused(tmp_path: Path) -> None:
    """A database that is there already is neither used nor deleted."""
    database = tmp_path / "anlan.sqlite3"
    database.write_bytes(b"real")
    with pytest.raises(BadParameter, match="was not made by"):
        check_folder(tmp_path, "seed 1")
    with pytest.raises(BadParameter, match="was not made by"):
        clear(tmp_path)
    assert database.read_bytes() == b"real"
    assert not (tmp_path / "demo.part").exists()


def test_another_county_needs_fresh(tmp_path: Path) -> None:
    """Another seed is refused with the mend; after clearing it is welcome."""
    check_folder(tmp_path, "seed 1")
    check_folder(tmp_path, "seed 1")
    with pytest.raises(BadParameter, match="--fresh"):
        check_folder(tmp_path, "seed 2")
    clear(tmp_path)
    check_folder(tmp_path, "seed 2")


def test_fresh_deletes_only_what_a_demo_left(tmp_path: Path) -> None:
    """History, roads and database go; a file of the visitor's stays."""
    check_folder(tmp_path, "seed 1")
    (tmp_path / "history" / "county=990101").mkdir(parents=True)
    (tmp_path / "anlan.sqlite3").touch()
    (tmp_path / "notes.txt").write_text("mine")
    clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_fresh_leaves_postgresql_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the data in PostgreSQL, the message says to drop that database."""
    monkeypatch.setenv("ANLAN_DATABASE_URL", "postgresql://localhost/demo")
    with pytest.raises(BadParameter, match="drop and create"):
        clear(tmp_path)
