"""Positions a second through the clients' own formats, and how soon open boards show them.

Starts the real server (`anlan serve`, two web processes) on PostgreSQL with fsync. A load generator in a
process of its own sends fixes of 1,000 units as OwnTracks, OsmAnd and a Traccar server send them, one a
request, over kept connections; a third holds 50 boards open at the stream and notes when each fix arrives.
All share this machine's cores. Fails when an acknowledged fix is not in the database.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson
import psutil
from tests.browser.site import Site, installation
from tools import postgres

from bench import claims

UNITS, BOARDS, CONNECTIONS = 1000, 50, 500
PER_SECOND, SECONDS, WARM_S = 2050, 60, 5
WORKERS = 2
TARGET, TARGET_MS = 2000, 500
COUNTY = "990101"
SECRET = "bench-secret"  # noqa: S105
FORMATS = ("owntracks", "osmand", "tracker")
SET_UP = f"""
from django.utils import timezone
from anlan.service.patrol.devices import hashed
from anlan.service.patrol.models import Device
from anlan.service.patrol.positions import make_ahead
from anlan.service.staff.models import Account, Agency, Posting, Unit
from tests.sessions import session_of
make_ahead()
account = Account.objects.create_user("watcher", is_demo=True)
area = "990101000000"
Posting.objects.create(account=account, role="dispatcher", area_code=area)
agency = Agency.objects.create(code="station", name="S", area_code=area)
units = Unit.objects.bulk_create(
    [Unit(call_sign=f"C{{n}}", agency=agency, area_code=area) for n in range({UNITS})]
)
now = timezone.now()
facts = dict(area_code=area, registered_at=now, changed_at=now)
kinds = {FORMATS!r}
Device.objects.bulk_create([
    Device(kind=kinds[n % 3], identifier=f"c{{n}}", unit=unit,
           secret_hash="" if n % 3 == 2 else hashed("{SECRET}"), **facts) for n, unit in enumerate(units)
])
Device.objects.create(kind="server", identifier="traccar", secret_hash=hashed("{SECRET}-server"), **facts)
print("session", session_of(account))
"""
COUNT = """
from anlan.service.patrol.models import Fix, Position
print("count", Fix.objects.count(), Fix.objects.filter(aside="").count(), Position.objects.count())
"""


def request(unit: int, serial: int, at: float) -> bytes:
    """Return a request as the unit's client sends it; OwnTracks' seconds get a fraction of their own."""
    lon, lat = 105.0 + unit % 40 / 100 + serial * 1e-5, 30.0 + unit // 40 / 100
    return SENDERS[unit % 3](unit, lon, lat, at)


def osmand(unit: int, lon: float, lat: float, at: float) -> bytes:
    """A GET with milliseconds and knots."""
    query = f"id=c{unit}:{SECRET}&lat={lat:.6f}&lon={lon:.6f}&timestamp={at * 1000:.0f}&speed=12.0"
    return f"GET /positions/osmand?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def owntracks(unit: int, lon: float, lat: float, at: float) -> bytes:
    """A POST with Basic authentication."""
    login = base64.b64encode(f"c{unit}:{SECRET}".encode()).decode()
    facts = {
        "_type": "location",
        "lat": lat,
        "lon": lon,
        "tst": round(at, 3),
        "tid": "c1",
        "acc": 9,
        "vel": 40,
    }
    return posted("owntracks", facts | {"batt": 80, "cog": 90}, f"Basic {login}\r\nX-Limit-U: c{unit}")


def tracker(unit: int, lon: float, lat: float, at: float) -> bytes:
    """What a Traccar server forwards."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03}+00:00"
    position = {
        "protocol": "jt808", "fixTime": stamp, "valid": True, "outdated": False, "latitude": lat,
        "longitude": lon,
        "speed": 20.0, "course": 90.0, "accuracy": 0.0, "attributes": {"ignition": True},
    }  # fmt: skip
    facts = {"device": {"id": unit, "uniqueId": f"c{unit}"}, "position": position}
    return posted("traccar", facts, f"Bearer {SECRET}-server")


def posted(name: str, facts: dict[str, object], authorization: str) -> bytes:
    """Return a POST of JSON."""
    body = json.dumps(facts)
    head = f"POST /positions/{name} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}"
    return f"{head}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


SENDERS = (owntracks, osmand, tracker)


class Client(asyncio.Protocol):
    """One kept connection: sends when told to, one request at a time, and notes each answer."""

    def __init__(self, load: Load) -> None:
        self.load, self.waiting, self.sent = load, False, 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = transport

    def send(self, data: bytes) -> None:
        """Send a request."""
        self.waiting, self.sent = True, time.time()
        self.transport.write(data)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Note an answer."""
        if data.startswith(b"HTTP/1.1 "):
            self.waiting = False
            self.load.answered(data[9:12] == b"200", time.time() - self.sent)
            self.load.free.append(self)


class Load:
    """Sends at an even rate whatever comes back; what finds no free connection is late, and said."""

    def __init__(self) -> None:
        self.free: list[Client] = []
        self.took: list[float] = []
        self.failed = self.late = self.good = 0

    def answered(self, good: bool, seconds: float) -> None:
        """Count an answer."""
        self.good, self.failed = self.good + good, self.failed + (not good)
        self.took.append(seconds)

    async def run(self, port: int) -> dict[str, float]:
        """Open the connections, send for the time of the benchmark, wait for the last answers."""
        loop = asyncio.get_running_loop()
        for _ in range(CONNECTIONS):
            _transport, client = await loop.create_connection(lambda: Client(self), "127.0.0.1", port)
            self.free.append(client)
        total, start = PER_SECOND * (WARM_S + SECONDS), time.time()
        serial, measured, begun = 0, 0, 0.0
        while serial < total:
            now = time.time()
            if not begun and now - start >= WARM_S:
                begun, measured = now, self.good
                self.took.clear()
            due = min(total, int((now - start) * PER_SECOND))
            while serial < due and self.free:
                unit, at = serial % UNITS, time.time()
                self.free.pop(0).send(request(unit, serial // UNITS, at))
                serial += 1
            self.late = max(self.late, due - serial)
            await asyncio.sleep(0.004)
        rate = (self.good - measured) / (time.time() - begun)
        await asyncio.sleep(2)
        half, tail = claims.quantiles(self.took)
        return {"rate": rate, "good": self.good, "failed": self.failed, "late": self.late,
                "p50": half * 1e3, "p99": tail * 1e3, "begun": begun}  # fmt: skip


async def board(port: int, session: str, took: list[tuple[float, float]], ready: asyncio.Semaphore) -> None:
    """Read one board's stream for ever and note how old each fix is when it arrives."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    path = f"/incidents/board/stream/?county={COUNTY}&with=positions"
    # HTTP/1.0, whose answers come without chunks: a chunk may end amid a line
    writer.write(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nCookie: sessionid={session}\r\n\r\n".encode())
    known: dict[int, int] = {}
    first = True
    while line := await reader.readline():
        if first and b" 200 " not in line:
            raise RuntimeError(line.decode())
        first = False
        if line.startswith(b"event: beat"):
            ready.release()
        if not line.startswith(b'data: {"units"'):
            continue
        now = time.time()
        for unit, _lon, _lat, at, *_rest in orjson.loads(line[6:])["units"]:
            if known.get(unit) != at:
                known[unit] = at
                took.append((now, now - at / 1000))
    raise RuntimeError("the stream ended")


async def watch(port: int, session: str) -> None:
    """Hold the boards open; say when all are; on a line from outside print what was measured."""
    took: list[tuple[float, float]] = []
    ready = asyncio.Semaphore(0)
    boards = [asyncio.create_task(board(port, session, took, ready)) for _ in range(BOARDS)]
    for _ in range(BOARDS):
        await ready.acquire()
    print("ready", flush=True)
    end = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    await asyncio.wait([end, *boards], return_when=asyncio.FIRST_COMPLETED)
    for one in boards:
        if one.done():
            one.result()
        one.cancel()
    begun = float(await end)
    seconds = [late for now, late in took if begun <= now <= begun + SECONDS]
    half, tail = claims.quantiles(seconds)
    print(
        json.dumps(
            {"deliveries": len(seconds), "p50": half * 1e3, "p99": tail * 1e3, "most": max(seconds) * 1e3}
        )
    )


def child(*arguments: str) -> subprocess.Popen[str]:
    """Start a part of this benchmark in a process of its own."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-m", "bench.positions", *arguments], text=True, **pipes)


def measure(site: Site, session: str) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Let boards and load run; return what the load, the boards and the processes showed."""
    boards = child("boards", str(site.port), session)
    if not boards.stdout or not boards.stdin or boards.stdout.readline() != "ready\n":
        raise RuntimeError("the boards did not open")
    load = child("load", str(site.port))
    time.sleep(WARM_S + 1)
    busy = cpu(site, load.pid, boards.pid)
    sent = json.loads(load.communicate()[0])
    shown = json.loads(boards.communicate(f"{sent['begun']}\n")[0])
    return sent, shown, busy


def cpu(site: Site, load: int, boards: int) -> dict[str, float]:
    """Return the share of a core that each part takes over ten seconds in the midst of the run."""
    groups = {
        "load": [psutil.Process(load)],
        "boards": [psutil.Process(boards)],
        "server": [],
        "postgresql": [],
    }
    assert site.server is not None
    main = psutil.Process(site.server.pid)
    groups["server"] = [main, *main.children(recursive=True)]
    groups["postgresql"] = [one for one in psutil.process_iter(["name"]) if one.info["name"] == "postgres"]

    def used() -> dict[str, float]:
        return {name: sum(sum(one.cpu_times()[:2]) for one in group) for name, group in groups.items()}

    before, start = used(), time.monotonic()
    time.sleep(10)
    after, seconds = used(), time.monotonic() - start
    return {name: (after[name] - before[name]) / seconds for name in groups}


def report(folder: Path) -> None:
    """Run one installation on the database that the environment names and print the claims."""
    with installation(folder) as site:
        session = site.shell(SET_UP).split("session ")[1].strip()
        site.start("--workers", str(WORKERS))
        sent, shown, busy = measure(site, session)
        site.kill()
        stored, believed, positions = map(int, site.shell(COUNT).split("count ")[1].split())
    print(
        f"load at the end {os.getloadavg()[0]:.1f}; cores: "
        + ", ".join(f"{n} {v:.2f}" for n, v in busy.items())
    )
    print(f"answers: {sent['good']:.0f} good, {sent['failed']:.0f} not; p50 {sent['p50']:.0f} ms, "
          f"p99 {sent['p99']:.0f} ms; at most {sent['late']:.0f} late")  # fmt: skip
    print(f"boards: {shown['deliveries']:.0f} fixes, p50 {shown['p50']:.0f} ms, most {shown['most']:.0f} ms")
    print(f"stored: {stored}, {believed} believed, of {positions} units")
    if stored < sent["good"]:
        raise RuntimeError(f"{sent['good']:.0f} acknowledged, {stored} stored")
    claims.at_least("positions_per_second", sent["rate"], TARGET, "/s")
    claims.at_most("fix_to_board_p99", shown["p99"], TARGET_MS, "ms")


def main() -> None:
    """The parts by name, else the whole on PostgreSQL with fsync."""
    if sys.argv[1:2] == ["load"]:
        print(json.dumps(asyncio.run(Load().run(int(sys.argv[2])))))
        return
    if sys.argv[1:2] == ["boards"]:
        asyncio.run(watch(int(sys.argv[2]), sys.argv[3]))
        return
    if postgres.programs() is None:
        print("positions: could not check, PostgreSQL is not installed")
        return
    print(
        f"{claims.machine()}; {UNITS} units, {PER_SECOND}/s for {SECONDS} s, {BOARDS} boards;"
        f" load {os.getloadavg()[0]:.1f}"
    )
    settings = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    with postgres.cluster(**settings) as url, tempfile.TemporaryDirectory() as folder:
        os.environ["ANLAN_DATABASE_URL"] = url
        report(Path(folder))


if __name__ == "__main__":
    main()
