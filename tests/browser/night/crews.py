"""The crews: they hear of their assignments by the live stream and answer as their phones do."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
from tests.browser.night.county import COUNTY
from tests.browser.night.shift import LEAST_S

if TYPE_CHECKING:
    from tests.browser.night.record import Recorded
    from tests.browser.night.shift import Shift

TOKEN = "a" * 32


@dataclass(eq=False)
class Crews:
    """All crews of a shift. By unit: `sessions`, `accounts`; `ear` follows the stream."""

    shift: Shift
    base: str
    sessions: dict[str, str]
    accounts: dict[str, int]
    ear: str
    faults: list[str] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def listen(self, group: asyncio.TaskGroup) -> None:
        """Follow the log's stream and set a crew going for each assignment, until cancelled."""
        after = 0
        async with self.client(self.ear) as client:
            while True:
                try:
                    async for number, event in events(client, after):
                        after = number
                        self.hear(event, group)
                except httpx.TransportError:
                    await asyncio.sleep(LEAST_S)

    def hear(self, event: dict[str, Any], group: asyncio.TaskGroup) -> None:
        """Send the crew that is named on its way; one that fails ends the night."""
        if event["verb"] == "assignment.assigned":
            task = group.create_task(self.work(event))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def client(self, session: str) -> httpx.AsyncClient:
        """A phone that is signed in."""
        cookies = {"sessionid": session, "csrftoken": TOKEN}
        return httpx.AsyncClient(
            base_url=self.base, cookies=cookies, headers={"X-CSRFToken": TOKEN}, timeout=60
        )

    async def work(self, event: dict[str, Any]) -> None:
        """Accept, drive, arrive, clear: in the record's times, shortened as the whole night is."""
        unit, assignment = event["data"]["unit_id"], event["record_id"]
        call = self.shift.calls[event["data"]["incident"]]
        async with self.client(self.sessions[str(unit)]) as phone:
            for status, wait in stages(call):
                await self.shift.wait(wait)
                async with self.shift.action():
                    if status == "on_scene":
                        await self.post(phone, f"{unit}/position/", lon=call.lon, lat=call.lat)
                    await self.say(phone, unit, assignment=int(assignment), status=status)

    async def say(self, phone: httpx.AsyncClient, unit: int, **data: Any) -> None:
        """Send one action as the phone's outbox does; it must be done, not refused."""
        now = datetime.now(UTC).isoformat()
        item = {"key": str(uuid.uuid4()), "kind": "advance", "unit": unit, "at": now, "data": data}
        batch = {"account": self.accounts[str(unit)], "sent_at": now, "items": [item]}
        answer = await phone.post("/patrol/duty/sync/", json=batch)
        states = [one["state"] for one in answer.json().get("answers", [])]
        if states != ["done"]:
            self.faults.append(f"{data}: {answer.status_code} {answer.text[:300]}")

    async def post(self, phone: httpx.AsyncClient, path: str, **data: Any) -> None:
        """Send one form; the answer must be a good one."""
        answer = await phone.post(f"/patrol/duty/{path}", data=data)
        if answer.status_code not in {200, 302}:
            self.faults.append(f"{path} {data}: {answer.status_code} {answer.text[:200]}")


def stages(call: Recorded) -> list[tuple[str, float]]:
    """Return what a crew says, and how many recorded seconds after the thing said before."""
    return [
        ("accepted", call.turnout_s / 2), ("en_route", call.turnout_s / 2), ("on_scene", call.travel_s),
        ("cleared", call.scene_s),
    ]  # fmt: skip


async def events(client: httpx.AsyncClient, after: int) -> Any:
    """Yield (sequence, event) of the county's stream."""
    url = f"/log/stream?county={COUNTY}"
    async with client.stream("GET", url, headers={"Last-Event-ID": str(after)}, timeout=None) as response:
        response.raise_for_status()
        fields: dict[str, str] = {}
        async for line in response.aiter_lines():
            name, _, value = line.partition(": ")
            if line:
                fields[name] = value
                continue
            if fields.get("id") and fields.get("data") and not fields.get("event"):
                yield int(fields["id"]), json.loads(fields["data"])
            fields = {}
