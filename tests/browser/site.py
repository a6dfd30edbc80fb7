"""A real installation for a test: a database of its own, and `anlan serve` as a process to kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil
import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
START_S = 180.0


def noon() -> str:
    """Return a time zone in which it is about noon: no test runs over its county's midnight."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


class Site:
    """An installation in `folder`, on SQLite or on the PostgreSQL database at `url`."""

    def __init__(self, folder: Path, url: str = "") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = url
        self.base = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ, "ANLAN_DATA_DIR": str(folder), "ANLAN_DATABASE_URL": url, "DEMO": "1",
            "ANLAN_HOSTS": "127.0.0.1", "ANLAN_COUNTY": "", "ANLAN_TIME_ZONE": noon(),
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self.output = folder / "server.log"
        self.server: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str) -> str:
        """Run an `anlan` command to its end and return what it printed."""
        command = [sys.executable, "-m", "anlan", *arguments]
        done = subprocess.run(command, env=self.environment, check=False, capture_output=True, text=True)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def shell(self, code: str) -> str:
        """Run Python inside the installation."""
        return self.run("manage", "shell", "--no-imports", "-c", code)

    def start(self, *options: str) -> None:
        """Start the server and wait until it answers."""
        command = [sys.executable, "-m", "anlan", "serve", "--port", str(self.port), *options]
        with self.output.open("ab") as output:
            self.server = subprocess.Popen(command, env=self.environment, stdout=output, stderr=output)
        deadline = time.monotonic() + START_S
        while not self.answers():
            assert self.server.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, f"no answer in {START_S} s: {self.output.read_text()}"
            time.sleep(0.1)

    def answers(self) -> bool:
        """Whether the server answers."""
        try:
            return httpx.get(f"{self.base}/accounts/login/").status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """End the server and all its processes by SIGKILL, as a power cut would."""
        if self.server is None:
            return
        try:
            family = [*psutil.Process(self.server.pid).children(recursive=True)]
        except psutil.NoSuchProcess:
            family = []
        for process in [psutil.Process(self.server.pid), *family] if self.server.poll() is None else family:
            try:
                process.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue
        self.server.wait()
        psutil.wait_procs(family, timeout=10)
        self.server = None


@contextmanager
def installation(folder: Path) -> Iterator[Site]:
    """Give a migrated site on the database under test; it and its processes are gone afterwards."""
    server = os.environ.get("ANLAN_DATABASE_URL", "")
    name = f"site_{uuid.uuid4().hex}"
    url = f"{server.rpartition('/')[0]}/{name}" if server else ""
    if server:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    site = Site(folder, url)
    try:
        site.run("migrate")
        yield site
    finally:
        site.kill()
        if server:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]
