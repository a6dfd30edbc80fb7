"""A real server killed with -9: every acknowledged event reaches a resuming subscriber once, in order."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
COUNTY = "990101"
SET_UP = """
from anlan.service.staff.models import Account, Agency, Posting
from tests.sessions import session_of
account = Account.objects.create_user("watcher", password="calm-waters-7", is_demo=True)
Posting.objects.create(account=account, role="dispatcher", area_code="990101000000")
Agency.objects.create(code="station", name="S", area_code="990101000000")
print("session", session_of(account))
"""
WRITE = """
import sys
from django.db import transaction
from anlan.service.log import domain
from anlan.service.staff.models import Agency
agency, AREA = Agency.objects.get(), "990101000000"
for line in sys.stdin:
    with transaction.atomic():
        domain.append("incident.noted", agency, actor=None, area_code=AREA, data={"serial": int(line)})
    print("ok", line.strip(), flush=True)
"""
LOOK_AWAY = "from anlan.service.staff.models import Account; Account.objects.update(is_active=False)"


class Site:
    """An installation of its own: database, server process, writer process."""

    def __init__(self, folder: Path, url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **os.environ, "ANLAN_DATA_DIR": str(folder), "ANLAN_DATABASE_URL": url, "DEMO": "1",
            "ANLAN_HOSTS": "127.0.0.1", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self.processes: list[subprocess.Popen[str]] = []
        self.run("migrate")
        self.session = self.shell(SET_UP).split("session ")[1].strip()

    def run(self, *arguments: str) -> str:
        """Run an `anlan` command to its end."""
        command = [sys.executable, "-m", "anlan", *arguments]
        return subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def shell(self, code: str) -> str:
        """Run Python inside the site."""
        return self.run("manage", "shell", "--no-imports", "-c", code)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start an `anlan` command beside the test."""
        command = [sys.executable, "-m", "anlan", *arguments]
        process = subprocess.Popen(
            command, env=self.environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.processes.append(process)
        return process

    def serve(self) -> subprocess.Popen[str]:
        """Start the server and wait until it answers."""
        process = self.start("serve", "--port", str(self.port))
        wait_until(self.answers)
        return process

    def answers(self) -> bool:
        """Whether the server answers."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/log/stream").status_code == 302
        except httpx.TransportError:
            return False

    def watch(self, after: int) -> Iterator[tuple[str, str, str]]:
        """Yield (id, event, data) of the stream from a position on."""
        headers = {"Last-Event-ID": str(after), "Cookie": f"sessionid={self.session}"}
        url = f"http://127.0.0.1:{self.port}/log/stream?county={COUNTY}"
        with httpx.stream("GET", url, headers=headers, timeout=60) as response:
            assert response.status_code == 200
            fields: dict[str, str] = {}
            for line in response.iter_lines():
                if line:
                    name, value = line.split(": ", 1)
                    fields[name] = value
                elif fields:
                    yield fields.get("id", ""), fields.get("event", ""), fields.get("data", "")
                    fields = {}

    def serials(self, after: int, count: int) -> tuple[list[int], int]:
        """Read events until `count` have come; return their serials and the last position."""
        got = []
        for position, event, data in self.watch(after):
            if data and not event:
                got.append(json.loads(data)["data"]["serial"])
                after = int(position)
            if len(got) == count:
                break
        return got, after


def wait_until(holds: Callable[[], Any]) -> None:
    """Wait until something holds, for at most half a minute."""
    deadline = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def write(writer: subprocess.Popen[str], serials: range) -> None:
    """Write events; each is acknowledged when this returns."""
    for serial in serials:
        print(serial, file=writer.stdin, flush=True)
        assert writer.stdout.readline() == f"ok {serial}\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An installation on the database under test."""
    url = os.environ.get("ANLAN_DATABASE_URL", "")
    if url:
        name = f"site_{uuid.uuid4().hex}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        url = f"{url.rsplit('/', 1)[0]}/{name}"
    made = Site(tmp_path, url)
    yield made
    for process in made.processes:
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_over_kill_9(site: Site) -> None:
    """Events written before, during and after the kill arrive once each, in order; no child survives."""
    writer = site.start("manage", "shell", "--no-imports", "-c", WRITE)
    server = site.serve()
    write(writer, range(10))
    before, position = site.serials(after=0, count=6)
    children = psutil.Process(server.pid).children(recursive=True)
    server.send_signal(signal.SIGKILL)
    write(writer, range(10, 25))
    wait_until(lambda: not any(child.is_running() and child.status() != "zombie" for child in children))
    site.serve()
    write(writer, range(25, 30))
    rest, _position = site.serials(after=position, count=24)
    assert before + rest == list(range(30))
    assert "intact, rows 1–30" in site.run("log", "verify")


@pytest.mark.slow
def test_stream_ends_when_the_account_is_deactivated(site: Site) -> None:
    """A stream that is open when the account is deactivated ends by itself."""
    site.serve()
    frames = site.watch(after=0)
    assert next(frames)[1] in {"", "beat"}
    site.shell(LOOK_AWAY)
    assert [event for _id, event, _data in frames][-1] == "end"


@pytest.mark.slow
def test_server_stops_on_sigterm_with_its_workers(site: Site) -> None:
    """SIGTERM ends the web process, the sealer and the jobs, though a stream is open."""
    server = site.serve()
    frames = site.watch(after=0)
    next(frames)
    children = psutil.Process(server.pid).children(recursive=True)
    server.terminate()
    assert server.wait(timeout=30) == 0
    _ended, left = psutil.wait_procs(children, timeout=10)
    assert not [child for child in left if child.status() != psutil.STATUS_ZOMBIE]
