"""The loop of call, dispatch and closing in a network of its own that leads nowhere but to itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOOP = "tests/browser/test_loop.py::test_the_loop"
# Loopback is down in a new network; pytest goes on from there.
ALONE = f"""
import fcntl, os, socket, struct
GET_FLAGS, SET_FLAGS, UP = 0x8913, 0x8914, 1  # SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP of Linux
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lo:
    flags = struct.unpack("16sH", fcntl.ioctl(lo, GET_FLAGS, struct.pack("16sH14x", b"lo", 0))[:18])[1]
    fcntl.ioctl(lo, SET_FLAGS, struct.pack("16sH14x", b"lo", flags | UP))
with socket.socket() as out:
    assert out.connect_ex(("1.1.1.1", 53)) != 0, "this network leads out"
arguments = [{sys.executable!r}, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", {LOOP!r}]
os.execv(arguments[0], arguments)
"""


def unshare() -> list[str]:
    """Return how to enter a network of one's own; skip where the system does not let us."""
    command = ["unshare", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if not shutil.which("unshare") or subprocess.run([*command, "true"], check=False).returncode:
        pytest.skip("this system gives no network of one's own (Linux's unshare)")
    return command


@pytest.mark.slow
def test_the_internet_cut_off_changes_nothing() -> None:
    """With no network but loopback a call is taken, dispatched, seen on another board and closed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [*unshare(), sys.executable, "-c", ALONE], cwd=ROOT, env=environment, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "1 passed" in done.stdout
