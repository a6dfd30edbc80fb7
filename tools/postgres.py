"""Run a command against a throw-away PostgreSQL: ``python tools/postgres.py run -- pytest``.

Finds PostgreSQL's programs, installs them if it may, starts a cluster of its own in a temporary folder (as
an ordinary user when called by root, since PostgreSQL refuses root), sets ANLAN_DATABASE_URL for it and
removes the cluster afterwards. Needs nothing but Python's standard library.
"""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
OLDEST = 15
USER = "anlan"
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "64MB",
}


class NoPostgresError(RuntimeError):
    """PostgreSQL is neither there nor could it be installed; the message says what was tried."""


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL (>= 15) with initdb and pg_ctl, None for none."""
    folders = [folder for place in PLACES for folder in Path("/").glob(place.lstrip("/"))]
    on_path = shutil.which("pg_ctl")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    usable = [(version(folder), folder) for folder in folders if (folder / "initdb").exists()]
    usable = [found for found in usable if found[0] >= OLDEST]
    return max(usable)[1] if usable else None


def version(folder: Path) -> int:
    """Return the major version of the PostgreSQL in a folder, 0 when it does not answer."""
    asked = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    digits = asked.stdout.rsplit(" ", 1)[0].split(")")[-1] if "Debian" in asked.stdout else asked.stdout
    numbers = [word.split(".")[0] for word in digits.replace(")", " ").split() if word[:1].isdigit()]
    return int(numbers[0]) if numbers and numbers[0].isdigit() else 0


def install() -> Path:
    """Install PostgreSQL by apt-get or Homebrew and return its programs' folder.

    Raises:
        NoPostgresError: it could not be installed.

    """
    tried = []
    for command in installers():
        print("PostgreSQL not found; running:", " ".join(command), file=sys.stderr)
        done = subprocess.run(command, check=False)
        tried.append(f"`{' '.join(command)}` ended with {done.returncode}")
        if found := programs():
            return found
    detail = "; ".join(tried) or "no apt-get with root rights or passwordless sudo, and no Homebrew"
    raise NoPostgresError(f"PostgreSQL >= {OLDEST} was not found and could not be installed: {detail}")


def installers() -> Iterator[list[str]]:
    """Yield the commands that may install PostgreSQL here."""
    if shutil.which("apt-get"):
        sudo: list[str] | None = [] if os.geteuid() == 0 else None
        if sudo is None and shutil.which("sudo"):
            allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
            sudo = ["sudo", "-n"] if allowed.returncode == 0 else None
        if sudo is not None:
            yield [*sudo, "apt-get", "update", "-qq"]
            yield [*sudo, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql"]
    if shutil.which("brew"):
        yield ["brew", "install", "postgresql@17"]


def owner() -> str:
    """Return the user who runs the cluster: oneself, or for root the user postgres, else nobody."""
    if os.geteuid() != 0:
        return getpass.getuser()
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise NoPostgresError("run as root, but there is no user postgres or nobody to run PostgreSQL as")


def run_as(user: str, command: list[str | Path], folder: Path) -> None:
    """Run a program as the user and show what it said if it fails."""
    as_other = (
        {} if os.geteuid() != 0 else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    )
    environment = {**os.environ, "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"}
    log = folder / "tool.log"
    with log.open("ab") as output:
        done = subprocess.run(
            command, cwd=folder, env=environment, stdout=output, stderr=output, check=False, **as_other
        )
    if done.returncode:
        said = "\n".join(path.read_text(errors="replace")[-2000:] for path in folder.glob("*.log"))
        raise NoPostgresError(f"{command[0]} ended with {done.returncode}:\n{said}")


def free_port() -> int:
    """Return a TCP port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def cluster(**settings: str) -> Iterator[str]:
    """Run a throw-away cluster and give its ``postgresql://`` address; `settings` replace those above.

    Raises:
        NoPostgresError: PostgreSQL is missing or does not start.

    """
    folder = Path(tempfile.mkdtemp(prefix="anlan-postgres-"))
    try:
        found = programs() or install()
        user, port, data = owner(), free_port(), folder / "data"
        if os.geteuid() == 0:
            shutil.chown(folder, user)
        start = ["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        run_as(user, [found / "initdb", "-D", data, *start], folder)
        options = " ".join(f"-c {name}='{value}'" for name, value in {**SETTINGS, **settings}.items())
        control: list[str | Path] = [found / "pg_ctl", "-D", data, "-w"]
        log = folder / "server.log"
        run_as(user, [*control, "-t", "60", "-l", log, "-o", f"-p {port} {options}", "start"], folder)
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
        finally:
            run_as(user, [*control, "-m", "immediate", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Run ``run -- command …`` and return the command's exit code."""
    if arguments[:1] != ["run"] or len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    command = arguments[2:] if arguments[1] == "--" else arguments[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with cluster() as url:
            return subprocess.run(
                command, env={**os.environ, "ANLAN_DATABASE_URL": url}, check=False
            ).returncode
    except NoPostgresError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
