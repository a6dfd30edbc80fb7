"""Append → subscriber: how long an event takes from its writer to 50 open boards, over HTTP.

Starts the real server (`anlan serve`) on SQLite and, where PostgreSQL's programs are found, on PostgreSQL.
A writer in a process of its own commits 200 events, 20 a second, each carrying the moment before its
transaction began; 50 subscribers of the stream note when they hold the event. Also fails when one is missing.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from tests.browser.site import Site, installation
from tools import postgres

from bench import claims

if TYPE_CHECKING:
    from collections.abc import Iterator

SUBSCRIBERS, EVENTS, PER_SECOND = 50, 200, 20
TARGET_MS = 1000
WAIT_S = 120.0
COUNTY = "990101"
SET_UP = """
from anlan.service.staff.models import Account, Agency, Posting
from tests.sessions import session_of
account = Account.objects.create_user("watcher", is_demo=True)
Posting.objects.create(account=account, role="dispatcher", area_code="990101000000")
Agency.objects.create(code="station", name="S", area_code="990101000000")
print("session", session_of(account))
"""
WRITE = f"""
import sys, time
from django.db import transaction
from anlan.service.log import domain
from anlan.service.staff.models import Agency
agency = Agency.objects.get()
print("ready", flush=True)
sys.stdin.readline()
start = time.monotonic()
for serial in range({EVENTS}):
    time.sleep(max(0.0, start + serial / {PER_SECOND} - time.monotonic()))
    data = {{"serial": serial, "sent": time.time()}}
    with transaction.atomic():
        domain.append("incident.noted", agency, actor=None, area_code="990101000000", data=data)
"""


@contextmanager
def writer(site: Site) -> Iterator[subprocess.Popen[str]]:
    """Start the writer and wait until it may write."""
    command = [sys.executable, "-m", "anlan", "manage", "shell", "--no-imports", "-c", WRITE]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=site.environment, text=True, **pipes) as process:
        if not process.stdout or process.stdout.readline() != "ready\n":
            raise RuntimeError("the writer did not start")
        yield process


async def subscribe(client: httpx.AsyncClient, site: Site, ready: asyncio.Semaphore) -> dict[int, float]:
    """Read the stream until every event has come; return seconds on the way by the event's serial."""
    took: dict[int, float] = {}
    async with client.stream("GET", f"{site.base}/log/stream?county={COUNTY}") as response:
        response.raise_for_status()
        async for line in response.aiter_lines():
            if line == "event: beat":
                ready.release()
            if not line.startswith("data: ") or '"serial"' not in line:
                continue
            data = json.loads(line[6:])["data"]
            took[data["serial"]] = time.time() - data["sent"]
            if len(took) == EVENTS:
                break
    return took


async def watch(site: Site, session: str, process: subprocess.Popen[str]) -> list[dict[int, float]]:
    """Open all subscriptions, then let the writer go, then wait until all have everything."""
    ready = asyncio.Semaphore(0)
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=WAIT_S, cookies={"sessionid": session}) as client:
        open_boards = [asyncio.create_task(subscribe(client, site, ready)) for _ in range(SUBSCRIBERS)]
        async with asyncio.timeout(WAIT_S):
            for _ in range(SUBSCRIBERS):
                await ready.acquire()
            print("go", file=process.stdin, flush=True)
            return await asyncio.gather(*open_boards)


def latencies(folder: Path) -> list[float]:
    """Run one installation; return the seconds of every event to every subscriber."""
    with installation(folder) as site:
        session = site.shell(SET_UP).split("session ")[1].strip()
        site.start()
        with writer(site) as process:
            got = asyncio.run(watch(site, session, process))
    return [seconds for board in got for seconds in board.values()]


def report(database: str) -> bool:
    """Measure on the database that the environment names and print the claims."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = latencies(Path(folder))
    half, tail = claims.quantiles(seconds)
    print(f"{database}: {len(seconds)} deliveries, p50 {half * 1e3:.0f} ms, p99 {tail * 1e3:.0f} ms")
    return claims.at_most(f"event_to_subscriber_p99 {database}", tail * 1e3, TARGET_MS, "ms")


def main() -> None:
    """SQLite, then PostgreSQL; a missing PostgreSQL is said, not passed over."""
    print(f"{claims.machine()}; {SUBSCRIBERS} subscribers, {EVENTS} events, {PER_SECOND} a second")
    os.environ.pop("ANLAN_DATABASE_URL", None)
    report("sqlite")
    if postgres.programs() is None:
        print("event_to_subscriber_p99 postgresql: could not check, PostgreSQL is not installed")
        return
    with postgres.cluster() as url:
        os.environ["ANLAN_DATABASE_URL"] = url
        report("postgresql")


if __name__ == "__main__":
    main()
