"""200 boards at once: how long an action takes from its transaction to the rows of every open board.

Starts the real server (`anlan serve`) on PostgreSQL (on SQLite where its programs are missing, saying so).
200 boards, dispatchers of the county and of a township in both languages, do over HTTP what the page does:
one stream, whose patches they put together. A duty room in a process of its own takes calls, sends units,
sets them on scene and closes, five actions a second, each noted at the moment before its transaction began. A
board has an action when its own rows show it. At the end every board's queue must equal the database's.

`python -m bench.boards fetching` lets each board fetch both lists on every event, as the page once did.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import psutil
from tests.browser.site import Site, installation
from tools import postgres

from bench import claims

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

BOARDS, SECONDS, PER_SECOND = 200, 30, 5
UNITS, STANDING = 40, 30
TARGET_MS = 1000
WAIT_S = 60.0
POLL_S = 10.0
COUNTY = "990101"
SHOWN = re.compile(r"^(incident|assignment|unit|type|closure)\.")
SET_UP = f"""
from tests import factories as make
from tests.sessions import session_of
from anlan.service.incidents import domain
from anlan.service.incidents.models import IncidentType
from anlan.service.staff.models import Account, Agency, Posting
make.make_county()
station = Agency.objects.first()
for serial in range({UNITS}):
    make.UnitFactory(agency=station, area_code="990101001000", call_sign=f"M{{serial:02}}")
kind = IncidentType.objects.get(code="theft-shop")
for serial in range({STANDING}):
    where = {{"address": f"Standing {{serial}}", "lon": 105.005, "lat": 30.005}}
    domain.take_call(None, county="{COUNTY}", type=kind, **where)
keys = []
for serial in range({BOARDS}):
    area = "990101000000" if serial % 2 else "990101001000"
    language = ["en", "zh-hans"][serial % 3 == 0]
    account = Account.objects.create_user(f"board{{serial}}", is_demo=True, language=language)
    Posting.objects.create(account=account, role="dispatcher", area_code=area)
    keys.append(session_of(account))
print("sessions", *keys)
"""
WORK = f"""
import json, sys, time
from anlan.service.incidents import domain
from anlan.service.incidents.models import Incident, IncidentType
from anlan.service.staff.models import Unit
kind = IncidentType.objects.get(code="theft-shop")
units = list(Unit.objects.filter(call_sign__startswith="M").order_by("call_sign"))
live = []
def step(serial):
    stage, nth = serial % 4, serial // 4
    if stage == 0:
        live.append(None)
        where = {{"address": f"Call {{nth}}", "lon": 105.005, "lat": 30.005}}
        made = domain.take_call(None, county="{COUNTY}", type=kind, **where)
        live[-1] = made
        return made.pk, 1
    incident, unit = live[nth], units[nth % len(units)]
    if stage == 1:
        live[nth].sent = domain.assign(incident, [unit], None)[0]
    elif stage == 2:
        domain.advance(incident.sent, "on_scene", None)
    else:
        domain.close(incident, "handled", None, confirmed=True)
    return incident.pk, stage + 1
print("ready", flush=True)
sys.stdin.readline()
start = time.monotonic()
for serial in range({SECONDS * PER_SECOND}):
    time.sleep(max(0.0, start + serial / {PER_SECOND} - time.monotonic()))
    sent = time.time()
    pk, stage = step(serial)
    print(json.dumps([serial, pk, stage, sent]), flush=True)
left = Incident.objects.exclude(status="closed").values_list("pk", flat=True)
print("open", json.dumps(sorted(left)), flush=True)
"""


@dataclass
class Action:
    """Something the duty room did, and since when a board is owed it."""

    serial: int
    incident: int
    stage: int
    sent: float


@dataclass
class Ledger:
    """What all boards are owed; ends with the incidents that the database has open."""

    actions: list[Action] = field(default_factory=list)
    standing: list[int] | None = None


@dataclass
class Board:
    """One open board: its rows by incident, and when it had which action."""

    client: httpx.AsyncClient
    session: str
    ledger: Ledger
    rows: dict[int, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    digest: str = ""
    took: dict[int, float] = field(default_factory=dict)
    opened: bool = False
    behind: int = 0
    newest: int = 0
    requests: int = 0
    received: int = 0
    failures: int = 0

    @property
    def cookie(self) -> str:
        """Who this board is."""
        return f"Cookie: sessionid={self.session}"

    def note(self) -> None:
        """Note each action that the rows now show."""
        now = time.time()
        self.newest = max(self.newest, *self.rows)
        owed = self.ledger.actions
        for action in owed[self.behind :]:
            if action.serial not in self.took and self.stage(action.incident) >= action.stage:
                self.took[action.serial] = now - action.sent
        while self.behind < len(owed) and owed[self.behind].serial in self.took:
            self.behind += 1

    def stage(self, incident: int) -> int:
        """How far the incident is by this board's rows: 1 waiting, 2 sent, 3 on scene, 4 gone."""
        html = self.rows.get(incident)
        if html is None:  # gone, if this board has had it or a later one; else not come yet
            return 4 if incident <= self.newest else 0
        return 3 if "state-on_scene" in html else 2 if "state-assigned" in html else 1

    async def messages(self, path: str) -> AsyncIterator[tuple[str, bytes]]:
        """Yield (event, data) of a stream, read as sparingly as can be: the clock runs meanwhile."""
        base = urlsplit(str(self.client.base_url))
        reader, writer = await asyncio.open_connection(base.hostname, base.port, limit=1 << 22)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {base.netloc}\r\n{self.cookie}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        rest = b""
        while size := int(await reader.readline(), 16):
            rest += (await reader.readexactly(size + 2))[:-2]
            self.received += size
            *frames, rest = rest.split(b"\n\n")
            for frame in frames:
                lines = dict(line.split(b": ", 1) for line in frame.split(b"\n"))
                if b"data" in lines:
                    yield lines.get(b"event", b"message").decode(), lines[b"data"]


class Pushed(Board):
    """The page as it is: patches come by the stream."""

    async def follow(self, ready: asyncio.Semaphore) -> None:
        """Follow the board's stream for good."""
        async for event, data in self.messages(f"/incidents/board/stream/?county={COUNTY}"):
            if event == "board":
                self.patch(json.loads(data))
                self.note()
            if event == "beat" and not self.opened:
                self.opened = True
                ready.release()

    def patch(self, message: dict[str, Any]) -> None:
        """Put a patch in; a row that is missing is a fault."""
        if message["had"] not in {"", self.digest}:
            self.failures += 1
        queue = message["parts"]["queue"]
        known = self.tokens | queue["rows"]
        self.tokens = {token: known[token] for token in queue["order"]}
        self.rows = {int(token.partition(":")[0]): html for token, html in self.tokens.items()}
        self.digest = message["digest"]


class Fetching(Board):
    """The page as it was: on every event, and every ten seconds, both lists anew."""

    running: asyncio.Task[None] | None = None
    again = False

    async def follow(self, ready: asyncio.Semaphore) -> None:
        """Follow the log's stream for good."""
        await self.fetch()
        poll = asyncio.create_task(self.poll())
        async for event, data in self.messages(f"/log/stream?county={COUNTY}"):
            if event == "message" and SHOWN.match(json.loads(data)["verb"]):
                self.refresh()
            if event == "beat" and not self.opened:
                self.opened = True
                ready.release()
        poll.cancel()

    async def poll(self) -> None:
        """Fetch every ten seconds."""
        while True:
            await asyncio.sleep(POLL_S)
            self.refresh()

    def refresh(self) -> None:
        """Fetch at once, and once more if asked for meanwhile."""
        if self.running and not self.running.done():
            self.again = True
            return
        self.running = asyncio.create_task(self.fetch_all())

    async def fetch_all(self) -> None:
        """Fetch until nothing was asked for meanwhile."""
        self.again = True
        while self.again:
            self.again = False
            try:
                await self.fetch()
            except (httpx.HTTPError, RuntimeError):  # refused, cut, or the run is over
                self.failures += 1

    async def fetch(self) -> None:
        """Fetch both lists."""
        self.requests += 1
        answer = await self.client.get("/incidents/board/rows/", headers=dict([self.cookie.split(": ", 1)]))
        answer.raise_for_status()
        self.received += len(answer.content)
        rows = answer.json()["parts"]["queue"].split('data-incident="')[1:]
        self.rows = {int(row.partition('"')[0]): row for row in rows}
        self.note()


def duty_room(site: Site) -> subprocess.Popen[str]:
    """Start the duty room and wait until it may act."""
    command = [sys.executable, "-m", "anlan", "manage", "shell", "--no-imports", "-c", WORK]
    process = subprocess.Popen(
        command, env=site.environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    if not process.stdout or process.stdout.readline() != "ready\n":
        raise RuntimeError("the duty room did not start")
    return process


def keep(process: subprocess.Popen[str], ledger: Ledger) -> None:
    """Enter what the duty room does, until it has told which incidents are open."""
    for line in process.stdout or ():
        if line.startswith("open "):
            ledger.standing = json.loads(line[5:])
            return
        ledger.actions.append(Action(*json.loads(line)))


async def run(
    site: Site, sessions: list[str], process: subprocess.Popen[str], kind: type[Board]
) -> list[Board]:
    """Open all boards, let the duty room work, and wait until every board has everything or time is up."""
    ledger, ready = Ledger(), asyncio.Semaphore(0)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=site.base, limits=limits, timeout=WAIT_S) as client:
        boards = [kind(client, session, ledger) for session in sessions]
        following = []
        for board in boards:  # people do not open their boards in one millisecond
            following.append(asyncio.create_task(board.follow(ready)))  # type: ignore[attr-defined]
            await asyncio.sleep(0.02)
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_S):
                for _ in boards:
                    await ready.acquire()
        print(f"{sum(board.opened for board in boards)} of {len(boards)} boards open", flush=True)
        print("go", file=process.stdin, flush=True)
        await asyncio.to_thread(keep, process, ledger)
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline and any(board.behind < len(ledger.actions) for board in boards):
            await asyncio.sleep(0.05)
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
    return boards


@contextmanager
def processor_time(site: Site) -> Iterator[dict[str, float]]:
    """Note the seconds of processor that the server's processes take meanwhile."""
    used: dict[str, float] = {}
    family = [psutil.Process(site.server.pid), *psutil.Process(site.server.pid).children(recursive=True)]  # type: ignore[union-attr]
    before = {process.pid: sum(process.cpu_times()[:2]) for process in family}
    yield used
    used["server"] = sum(sum(process.cpu_times()[:2]) - before[process.pid] for process in family)


def report(kind: type[Board], database: str) -> bool:
    """Measure on the database that the environment names and print the claims."""
    with tempfile.TemporaryDirectory() as folder, installation(Path(folder)) as site:
        sessions = site.shell(SET_UP).split("sessions ")[1].split()
        site.start()
        process = duty_room(site)
        try:
            with processor_time(site) as used:
                boards = asyncio.run(run(site, sessions, process, kind))
        finally:
            process.kill()
            process.wait()
    ledger = boards[0].ledger
    seconds = [second for board in boards for second in board.took.values()]
    owed = BOARDS * len(ledger.actions)
    unequal = sum(sorted(board.rows) != ledger.standing for board in boards)
    half, tail = claims.quantiles(seconds)
    print(
        f"{kind.__name__.lower()} {database}: {len(seconds)} of {owed} seen, p50 {half * 1e3:.0f} ms, "
        f"p99 {tail * 1e3:.0f} ms; boards unequal to the database at the end {unequal}, failures "
        f"{sum(board.failures for board in boards)}; row fetches {sum(board.requests for board in boards)}, "
        f"{sum(board.received for board in boards) / 1e6:.0f} MB, server {used['server']:.1f} s of processor"
    )
    complete = claims.at_most(f"boards_lost_updates {database}", owed - len(seconds) + unequal, 0, "updates")
    return claims.at_most(f"event_to_200_boards_p99 {database}", tail * 1e3, TARGET_MS, "ms") and complete


def main() -> None:
    """PostgreSQL; where it is missing SQLite, and say so."""
    kind = Fetching if "fetching" in sys.argv[1:] else Pushed
    print(f"{claims.machine()}; {BOARDS} boards, {SECONDS * PER_SECOND} actions, {PER_SECOND} a second")
    os.environ.pop("ANLAN_DATABASE_URL", None)
    if postgres.programs() is None:
        print("event_to_200_boards_p99 postgresql: could not check, PostgreSQL is not installed")
        report(kind, "sqlite")
        return
    with postgres.cluster() as url:
        os.environ["ANLAN_DATABASE_URL"] = url
        report(kind, "postgresql")


if __name__ == "__main__":
    main()
