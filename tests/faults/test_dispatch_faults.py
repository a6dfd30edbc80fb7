"""The server killed with -9 during dispatch: what was acknowledged stands, and nothing is half done."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.browser.site import Site, installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KILLS = int(os.environ.get("ANLAN_KILLS", "3"))  # `make soak`: 200
DESKS = 3
SET_UP = """
from anlan.service.staff.models import Unit
from tests.factories import UnitFactory, make_county, posted
from tests.sessions import session_of
make_county()
for at in range(8):
    UnitFactory(call_sign=f"K{at}")
account = posted("watch_commander", is_demo=True)
print("session", session_of(account))
"""
LOOK = """
import json
from anlan.service.incidents.models import Assignment, Incident
from anlan.service.log.models import Event
print("state", json.dumps({
    "incidents": list(Incident.objects.values("pk", "number", "address", "status", "disposition")),
    "assignments": [
        {"pk": a.pk, "incident": a.incident_id, "unit": a.unit.call_sign, "status": a.status,
         "open": a.ended_at is None}
        for a in Assignment.objects.select_related("unit")
    ],
    "events": list(Event.objects.values("verb", "record_type", "record_id")),
}))
"""
TOKEN = "a" * 32


class Desk(threading.Thread):
    """A dispatcher who works until told to stop and remembers what was acknowledged."""

    def __init__(self, site: Site, session: str, serial: int, stop: threading.Event) -> None:
        super().__init__()
        cookies = {"sessionid": session, "csrftoken": TOKEN}
        headers = {"X-CSRFToken": TOKEN}
        self.client = httpx.Client(base_url=site.base, cookies=cookies, headers=headers, timeout=20)
        self.random = random.Random(serial)
        self.serial, self.stop = serial, stop
        self.calls: list[str] = []
        self.lines: list[tuple[str, str]] = []
        self.faults: list[str] = []

    def run(self) -> None:
        """Take calls, send a unit, move it on, close."""
        while not self.stop.is_set():
            try:
                self.work()
            except httpx.TransportError:
                time.sleep(0.05)

    def work(self) -> None:
        """Handle one call from its taking to its closing."""
        address = f"desk {self.serial} call {self.random.getrandbits(64):x}"
        form = {"address": address, "type": "theft-shop", "channel": "phone"}
        answer = self.checked(self.client.post("/incidents/new/", data=form))
        if answer.status_code != 302:
            return
        self.calls.append(address)
        card = self.client.get(answer.headers["Location"].replace("board/?open=", "") + "/")
        number = card.text.partition("<title>")[2].partition(" ")[0].strip()
        unit = f"K{self.random.randrange(8)}"
        for line in (f"d {number} {unit}", f"s {unit} onscene", f"c {number} handled"):
            if self.stop.is_set() or not self.give(line):
                return

    def give(self, line: str) -> bool:
        """Give a command; remember it if it was acknowledged."""
        answer = self.checked(
            self.client.post("/incidents/board/command/", data={"line": line, "confirmed": "1"})
        )
        done = "message" in answer.json()
        if done:
            self.lines.append((line.split(maxsplit=1)[0], line))
        return done

    def checked(self, answer: httpx.Response) -> httpx.Response:
        """Note an answer of the 500 kind."""
        if answer.status_code >= 500:
            self.faults.append(f"{answer.request.url}: {answer.status_code}")
        return answer


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An installation with the test county."""
    with installation(tmp_path) as made:
        yield made


def state(site: Site) -> dict[str, Any]:
    """Return what the database holds."""
    found: dict[str, Any] = json.loads(site.shell(LOOK).split("state ", 1)[1])
    return found


@pytest.mark.slow
def test_kill_9_during_dispatch_loses_nothing_acknowledged(site: Site) -> None:
    """After kills at random moments each acknowledged call, dispatch and closing stands, and every row has
    its event."""
    session = site.shell(SET_UP).split("session ")[1].strip()
    stop, chance = threading.Event(), random.Random(1)
    site.start()
    desks = [Desk(site, session, serial, stop) for serial in range(DESKS)]
    for desk in desks:
        desk.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(1.0, 2.5))
        site.kill()
        site.start()
    time.sleep(1.0)
    stop.set()
    for desk in desks:
        desk.join()
    site.kill()
    done = sum(len(desk.calls) + len(desk.lines) for desk in desks)
    print(f"{KILLS} kills, {done} actions acknowledged")
    assert [fault for desk in desks for fault in desk.faults] == []
    acknowledged(desks, state(site))
    whole(state(site))


def acknowledged(desks: list[Desk], now: dict[str, Any]) -> None:
    """Assert that each acknowledged action is in the database."""
    addresses = {incident["address"] for incident in now["incidents"]}
    calls = [address for desk in desks for address in desk.calls]
    assert calls
    assert set(calls) <= addresses
    by_number = {incident["number"]: incident for incident in now["incidents"]}
    sent = {(row["incident"], row["unit"]) for row in now["assignments"]}
    for kind, line in [pair for desk in desks for pair in desk.lines]:
        words = line.split()
        if kind == "d":
            assert (by_number[words[1]]["pk"], words[2]) in sent, line
        if kind == "c":
            assert by_number[words[1]]["status"] == "closed", line
    assert any(kind == "c" for desk in desks for kind, _line in desk.lines)


def whole(now: dict[str, Any]) -> None:
    """Assert that no row is without its event and no status without its reason."""
    logged = {(event["verb"], event["record_type"], event["record_id"]) for event in now["events"]}
    live = {row["incident"]: row["status"] for row in now["assignments"] if row["open"]}
    for incident in now["incidents"]:
        key = ("incidents.incident", str(incident["pk"]))
        assert ("incident.reported", *key) in logged
        assert (incident["status"] == "closed") == (("incident.closed", *key) in logged)
        expected = {None: "open", "assigned": "dispatched", "on_scene": "on_scene"}
        if incident["status"] == "closed":
            assert incident["pk"] not in live
        else:
            assert incident["status"] == expected[live.get(incident["pk"])]
    for row in now["assignments"]:
        verb = {"assigned": "assigned", "on_scene": "on_scene", "cleared": "cleared"}[row["status"]]
        assert (f"assignment.{verb}", "incidents.assignment", str(row["pk"])) in logged
    units = [row["unit"] for row in now["assignments"] if row["open"]]
    assert len(units) == len(set(units))
