"""`anlan check`: what an installation has, what is missing and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import typer

from anlan.cli import app

OK, MISSING, UNKNOWN = "ok", "missing", "could not check"
COLOURS = {OK: "green", MISSING: "red", UNKNOWN: "yellow"}


@dataclass(frozen=True)
class Finding:
    """One thing looked at: its state, what was seen, and the mend where it is missing."""

    name: str
    state: str
    seen: str = ""
    mend: str = ""


@app.command()
def check() -> None:
    """Say what is ready, missing or could not be checked; exit status 1 unless everything is ready."""
    import django

    django.setup()
    from rich.console import Console
    from rich.table import Table

    table = Table("", "state", "seen", "mend")
    findings = list(look())
    for one in findings:
        table.add_row(one.name, f"[{COLOURS[one.state]}]{one.state}[/]", one.seen, one.mend)
    Console().print(table)
    raise typer.Exit(0 if all(one.state == OK for one in findings) else 1)


def look() -> Iterator[Finding]:
    """Run every check; one that fails to run is `could not check`, never a pass."""
    for name, probe in CHECKS.items():
        try:
            yield probe(name)
        except Exception as error:  # noqa: BLE001  # whatever goes wrong, the other checks still run
            reason = str(error).strip().splitlines() or [type(error).__name__]
            yield Finding(name, UNKNOWN, reason[0][:120])


def database(name: str) -> Finding:
    """Ask the database one question."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Finding(name, OK, connection.vendor)


def migrations(name: str) -> Finding:
    """Compare the tables with the code."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    due = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return Finding(name, MISSING, f"{due} to apply", "anlan manage migrate") if due else Finding(name, OK)


def bundle(name: str) -> Finding:
    """Look for the built scripts and styles."""
    from anlan.service.tags import BUNDLE

    mend = "reinstall the package, or `npm ci && npm run build` in ui/"
    return _files(name, BUNDLE / "assets", "*.js", mend)


def fonts(name: str) -> Finding:
    """Look for the Chinese fonts that PDFs need."""
    import anlan.service

    return _files(
        name,
        Path(anlan.service.__path__[0]) / "fonts",
        "*.ttf",
        "reinstall the package (its build makes them)",
    )


def _files(name: str, folder: Path, pattern: str, mend: str) -> Finding:
    count = len(list(folder.glob(pattern)))
    return Finding(name, OK, f"{count} files") if count else Finding(name, MISSING, str(folder), mend)


def keys(name: str) -> Finding:
    """Try the field key and see that no key file is open to others."""
    from django.conf import settings

    from anlan.service.incidents.encrypted import cipher

    cipher().decrypt(cipher().encrypt(b"calm"))
    for file in settings.DATA_DIR.glob("*.key"):
        if file.stat().st_mode & 0o077:
            return Finding(name, MISSING, f"{file} is readable by others", f"chmod 600 {file}")
    return Finding(name, OK)


def county(name: str) -> Finding:
    """Count the counties imported."""
    from anlan.service.places.models import Area

    count = Area.objects.filter(level=6).count()
    return (
        Finding(name, OK, f"{count} imported")
        if count
        else Finding(name, MISSING, "", "anlan import areas FILE")
    )


def grids(name: str) -> Finding:
    """Count grids, and those without a beat."""
    from anlan.service.places.models import Grid

    count = Grid.objects.count()
    if not count:
        return Finding(name, MISSING, "", "anlan import grids FILE, or anlan grids make")
    loose = Grid.objects.filter(beat=None).count()
    return Finding(name, OK, f"{count}, {loose} without a beat")


def roads(name: str) -> Finding:
    """See that each road network's file is there."""
    from django.conf import settings

    from anlan.service.places.models import RoadNetwork

    networks = list(RoadNetwork.objects.all())
    gone = [net.file for net in networks if not (settings.ROADS_DIR / net.file).exists()]
    if gone or not networks:
        return Finding(name, MISSING, ", ".join(gone), "anlan import roads FILE")
    return Finding(name, OK, f"{len(networks)} networks")


def history(name: str) -> Finding:
    """Look for incident history."""
    from django.conf import settings

    return _files(
        name, settings.HISTORY_DIR, "county=*/year=*/month=*/*.parquet", "anlan import incidents FILE"
    )


def staff(name: str) -> Finding:
    """See that somebody administers the site."""
    from django.db.models import Q

    from anlan.service.staff.models import Account, Role

    who = Account.objects.filter(Q(is_superuser=True) | Q(postings__role=Role.ADMINISTRATOR), is_active=True)
    count = who.distinct().count()
    mend = "anlan account create NAME --role administrator --area CODE"
    return Finding(name, OK, f"{count} administrators") if count else Finding(name, MISSING, "", mend)


def time_zone(name: str) -> Finding:
    """See that the zones' data is installed for the site and each county."""
    from zoneinfo import ZoneInfo

    from django.conf import settings

    from anlan.service.places.models import Area

    zones = {
        settings.TIME_ZONE,
        *Area.objects.filter(level=6).exclude(time_zone="").values_list("time_zone", flat=True),
    }
    return Finding(name, OK, ", ".join(sorted(ZoneInfo(zone).key for zone in zones)))


def translations(name: str) -> Finding:
    """Look for the compiled catalogue."""
    from django.conf import settings

    return _files(
        name,
        Path(settings.LOCALE_PATHS[0]),
        "*/LC_MESSAGES/django.mo",
        "python tools/translations.py compile",
    )


CHECKS: dict[str, Callable[[str], Finding]] = {
    "database": database, "migrations": migrations, "keys": keys, "ui bundle": bundle, "fonts": fonts,
    "translations": translations, "administrator": staff, "county": county, "time zones": time_zone,
    "grids": grids, "roads": roads, "history": history,
}  # fmt: skip
