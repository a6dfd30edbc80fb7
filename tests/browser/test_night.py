"""A night of recorded calls: three dispatchers by keyboard, forty crews, every call answered and closed.

`make test` plays its first hours, `make soak` the whole of it (`ANLAN_NIGHT_CALLS`, 300 there).
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import async_playwright
from tests.browser.conftest import ARGUMENTS, find_or_install
from tests.browser.night import county, record, verdict
from tests.browser.night.crews import Crews
from tests.browser.night.desks import Desk
from tests.browser.night.shift import Shift
from tests.browser.site import Site, installation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CALLS = int(os.environ.get("ANLAN_NIGHT_CALLS", "24"))
PACE_S = 2.0
CATCH_UP_S = 15.0
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.realdata]


@pytest.fixture
def site(tmp_path: Path, shared_data: Path) -> Iterator[Site]:
    """The city on PostgreSQL, not yet served."""
    if not os.environ.get("ANLAN_DATABASE_URL"):
        pytest.skip("the night is played on PostgreSQL: many hands write at once")
    with installation(tmp_path) as made:
        county.bring_in(made, shared_data / "sf")
        yield made


async def agree(desks: list[Desk], url: str) -> None:
    """Assert that every board shows what the database holds, once the last event has had time to come."""
    deadline = time.monotonic() + CATCH_UP_S
    while True:
        expected, seen = verdict.truth(url), [await desk.sees() for desk in desks]
        if all(one == expected for one in seen) or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.2)
    assert seen == [expected] * len(desks)


async def play(
    site: Site, sessions: dict[str, Any], calls: list[record.Recorded]
) -> tuple[list[Desk], Crews]:
    """Play the night; at half of it everything halts and the boards are looked at."""
    shift = Shift(scale=calls[-1].after_s / (len(calls) * PACE_S))
    crews = Crews(shift, site.base, sessions["crews"], sessions["accounts"], sessions["desks"][0])
    async with async_playwright() as playwright, asyncio.TaskGroup() as group:
        browser = await playwright.chromium.launch(executable_path=find_or_install(), args=ARGUMENTS)
        desks = [Desk(shift, await signed_in(browser, site.base, key)) for key in sessions["desks"]]
        for desk in desks:
            await desk.begin()
        shift.going.set()
        begin = time.monotonic()
        listening = group.create_task(crews.listen(group))
        work = [group.create_task(desk.work(calls[at :: len(desks)], begin)) for at, desk in enumerate(desks)]
        await halfway(shift, desks, len(calls), lambda: agree(desks, site.url), work)
        await asyncio.gather(*work)
        await asyncio.gather(*crews.tasks)
        await agree(desks, site.url)
        listening.cancel()
        await browser.close()
    return desks, crews


async def signed_in(browser: Any, base: str, session: str) -> Any:
    """Return a page of a window of its own, signed in."""
    context = await browser.new_context(
        base_url=base, locale="en-GB", viewport={"width": 1440, "height": 900}
    )
    await context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    return await context.new_page()


async def halfway(
    shift: Shift, desks: list[Desk], calls: int, look: Callable[[], Any], work: list[asyncio.Task[None]]
) -> None:
    """When half of the calls are in, halt the night and look."""
    while sum(len(desk.open | desk.closed) for desk in desks) < calls / 2 and not any(
        task.done() for task in work
    ):
        await asyncio.sleep(0.1)
    await shift.halt()
    try:
        await look()
    finally:
        shift.going.set()


def test_a_night_of_recorded_calls(
    site: Site, shared_data: Path, measured: Callable[[str, float], None]
) -> None:
    """Every call is answered and closed, no state was illegal, and the boards equal the database."""
    data = shared_data / "sf"
    sessions, calls = county.staff(site, data), record.calls(data, CALLS)
    site.start()
    began = time.monotonic()
    desks, crews = asyncio.run(play(site, sessions, calls))
    measured(f"a night of {CALLS} calls", time.monotonic() - began)
    print(
        f"{CALLS} calls, {sum(desk.confirmed for desk in desks)} warnings confirmed,"
        f" {sum(len(desk.beaten) for desk in desks)} times a unit was gone already"
    )
    assert [fault for desk in desks for fault in desk.faults] + crews.faults == []
    assert sum(len(desk.closed) for desk in desks) == CALLS
    assert verdict.illegal(site.url) == []
    assert verdict.truth(site.url)["queue"] == {}
    assert set(verdict.truth(site.url)["units"].values()) == {"available"}
    assert "intact" in site.run("log", "verify")
