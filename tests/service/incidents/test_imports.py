"""History from files and from the live table, and its page."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from tests.factories import COUNTY, LAT, LON, IncidentFactory, posted
from tests.gateway.files.samples import line, mapping, write

from anlan.gateway.files.incidents import import_incidents
from anlan.service.incidents.imports import (
    carry_over,
    carry_over_all,
    county_places,
    county_types,
    import_file,
    store,
)
from anlan.service.incidents.models import Incident
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Role

COUNTY6 = COUNTY[:6]


def stored() -> list[dict[str, Any]]:
    return store().scan(COUNTY6).sort("key").collect().to_dicts()


def test_import_is_located_in_the_countys_grids_and_logged(county: Any, tmp_path: Path) -> None:
    """A file comes in with the county's own grids, and the log says what came."""
    path = write(tmp_path / "a.csv", [line(1, lon=LON + 0.005, lat=LAT + 0.005)])
    summary = import_file(path, mapping(), COUNTY, None)
    assert summary.stored == 1
    assert stored()[0]["grid_code"]
    assert stored()[0]["beat_code"]
    event = Event.objects.get(verb=Verb.HISTORY_IMPORTED)
    assert (event.data["read"], event.data["stored"], event.data["file"]) == (1, 1, "a.csv")


def test_only_analysts_and_administrators_import(county: Any, tmp_path: Path) -> None:
    """A patrol officer may not import history; an analyst may."""
    path = write(tmp_path / "a.csv", [line(1)])
    with pytest.raises(PermissionDenied):
        import_file(path, mapping(), COUNTY, posted(Role.PATROL, COUNTY))
    assert import_file(path, mapping(), COUNTY, posted(Role.ANALYST, COUNTY)).stored == 1


def test_without_its_event_no_row_is_stored(county: Any, tmp_path: Path) -> None:
    """If the log cannot take the event, history stays as it was, and a second try stores and logs."""
    path, actor = write(tmp_path / "a.csv", [line(1)]), posted(Role.ANALYST, COUNTY)
    assert actor.held  # the permission is known, so that only the log refuses
    known, actor.pk = actor.pk, None
    with pytest.raises(ValueError, match="unsaved related object 'actor'"):
        import_file(path, mapping(), COUNTY, actor)
    assert (stored(), Event.objects.filter(verb=Verb.HISTORY_IMPORTED).count()) == ([], 0)
    actor.pk = known
    assert import_file(path, mapping(), COUNTY, actor).stored == 1
    assert Event.objects.filter(verb=Verb.HISTORY_IMPORTED).count() == 1


def test_rows_without_an_event_get_one_by_a_second_import(county: Any, tmp_path: Path) -> None:
    """What a stop between the two commits leaves is mended by the same file again: duplicates, logged."""
    path = write(tmp_path / "a.csv", [line(1)])
    import_incidents(path, mapping(), store(), county_places(COUNTY6), types=county_types(COUNTY6))
    assert not Event.objects.filter(verb=Verb.HISTORY_IMPORTED).exists()
    assert import_file(path, mapping(), COUNTY, None).duplicate == 1
    assert Event.objects.get(verb=Verb.HISTORY_IMPORTED).data["duplicate"] == 1


def test_carrying_over_twice_keeps_one_row_each(county: Any) -> None:
    """Live incidents go into history once, however often the job runs, and are logged."""
    incidents = [IncidentFactory(county=COUNTY6, number=f"N{number}") for number in range(3)]
    assert carry_over(COUNTY).stored == 3
    assert carry_over(COUNTY).replaced == 3
    assert [row["key"] for row in stored()] == ["live:N0", "live:N1", "live:N2"]
    assert stored()[0]["occurred"] == incidents[0].received_at
    assert Event.objects.filter(verb=Verb.HISTORY_CARRIED).count() == 2


def test_later_state_replaces_the_earlier(county: Any) -> None:
    """A correction after the first night reaches history under the same key."""
    incident = IncidentFactory(county=COUNTY6, number="N1")
    carry_over(COUNTY)
    Incident.objects.filter(pk=incident.pk).update(address="the other side of the river")
    carry_over(COUNTY)
    assert [row["address"] for row in stored()] == ["the other side of the river"]


def test_closed_for_three_days_is_final(county: Any) -> None:
    """What was closed three days ago is marked as carried over; what is open is not."""
    closed = timezone.now() - timedelta(days=4)
    old = IncidentFactory(county=COUNTY6, number="N1", status=Incident.Status.CLOSED, closed_at=closed)
    fresh = IncidentFactory(county=COUNTY6, number="N2")
    carry_over_all()
    assert Incident.objects.get(pk=old.pk).carried_over
    assert not Incident.objects.get(pk=fresh.pk).carried_over


def test_duplicates_of_another_incident_leave_history(county: Any) -> None:
    """An incident that turns out to be a duplicate is not counted twice."""
    incident = IncidentFactory(county=COUNTY6, number="N1")
    IncidentFactory(county=COUNTY6, number="N2")
    carry_over(COUNTY)
    Incident.objects.filter(pk=incident.pk).update(disposition=Incident.Disposition.DUPLICATE)
    carry_over(COUNTY)
    assert [row["key"] for row in stored()] == ["live:N2"]


def test_page_of_an_empty_history(county: Any, client_as: Callable[..., Any]) -> None:
    """Without history the page says how to get one."""
    page = client_as(Role.ANALYST).get("/incidents/history/")
    assert page.status_code == 200
    assert "No history yet" in page.content.decode()


def test_page_shows_totals_quality_and_imports(
    county: Any, client_as: Callable[..., Any], tmp_path: Path
) -> None:
    """The page has a row per type, the shares of odd data, and the file that it came from."""
    lines = [line(number) for number in range(9)] + [line(9, lon="", lat="")]
    import_file(write(tmp_path / "spring.csv", lines), mapping(), COUNTY, None)
    text = client_as(Role.ANALYST).get("/incidents/history/").content.decode()
    assert "Burglary" in text
    assert "10.00 %" in text
    assert "spring.csv" in text


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ANLAN_DATA_DIR": str(folder / "data"), "COLUMNS": "200"}
    code = "import sys; from anlan.cli import app; app(sys.argv[1:])"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, check=False, capture_output=True, text=True
    )


@pytest.mark.slow
def test_command_from_an_empty_folder_to_a_history(tmp_path: Path) -> None:
    """The command says what is missing, then imports, and its figures add up."""
    path = write(tmp_path / "a.csv", [line(1), line(2), line(3, when="never")])
    (tmp_path / "m.toml").write_text(
        '[columns]\nkey = "id"\noccurred = "when"\nlon = "lon"\nlat = "lat"\n'
        '[time]\nformats = ["%Y-%m-%d %H:%M:%S"]\nzone = "Asia/Shanghai"\n[location]\ncrs = "WGS84"\n'
        '[types]\ncolumns = ["kind"]\n[types.map]\nburglary = "burglary"\ndrugs = "drug-possession"\n'
    )
    ours = ("import", "incidents", str(path), "--county", "990101", "--mapping", str(tmp_path / "m.toml"))
    early = command(tmp_path, *ours)
    assert early.returncode == 2
    assert "anlan manage migrate" in early.stderr
    command(tmp_path, "manage", "migrate", "-v", "0")
    assert "no such county" in command(tmp_path, *ours).stderr
    command(tmp_path, "import", "county", "990101", "--name", "测试县")
    done = command(tmp_path, *ours)
    assert "3 read = 2 stored + 0 duplicate + 1 quarantined" in done.stdout
    assert (tmp_path / "a.csv.quarantine.csv").exists()
    assert "2 incidents" in command(tmp_path, "history", "summary", "--county", "990101").stdout
