"""The loop through a real browser: call, dispatch, a second board, closing, the log, today's briefing."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ONE_SECOND = 1_000
ADDRESS = "老码头仓库后门，灰色卷帘门"


def live(page: Page) -> None:
    """Open the board and wait until it says that it is live."""
    page.goto("/incidents/board/")
    expect(page.locator("#live")).to_have_text(re.compile("live"), timeout=15_000)


def take_call(page: Page) -> str:
    """Take a call by keyboard alone; return the incident's id."""
    page.keyboard.press("n")
    expect(page.get_by_label("Address as the caller says it")).to_be_focused()
    page.keyboard.type(ADDRESS)
    page.get_by_label("What is happening").fill("noise")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/incidents/board/\?open=\d+"))
    return page.url.rpartition("=")[2]


def free_patrol(page: Page) -> str:
    """Return the call sign of a free patrol unit."""
    return page.locator("#units .state-available .unit-sign", has_text=re.compile("^P")).first.inner_text()


def command(page: Page, line: str) -> None:
    """Give a command by the board's command line."""
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type(line)
    page.keyboard.press("Enter")


def seen_within_a_second(act: Callable[[], Any], shows: Callable[[], Any]) -> float:
    """Do something, expect it on the other board within a second, and return the seconds it took."""
    started = time.monotonic()
    act()
    shows()
    return time.monotonic() - started


def test_the_loop(open_as: Callable[..., Page], measured: Callable[[str, float], None]) -> None:
    """A call taken and dispatched in one browser is on another's board within a second, closed, logged; the
    briefing opens."""
    desk, second = open_as("dispatcher"), open_as("watch-commander")
    live(second)
    live(desk)
    incident = take_call(desk)
    row = second.locator(f'#queue [data-incident="{incident}"]')
    expect(row).to_contain_text(ADDRESS, timeout=ONE_SECOND)
    expect(desk.locator("#live")).to_have_text(re.compile("live"), timeout=15_000)
    expect(desk.locator("article.incident-card")).to_contain_text(ADDRESS)

    number = desk.locator(f'#queue [data-incident="{incident}"] .queue-number').inner_text()
    sign = free_patrol(desk)
    unit = second.locator(f'#units [data-unit="{sign}"]')
    steps = {
        f"d {number} {sign}": "Dispatched", f"s {sign} enroute": "En route", f"s {sign} onscene": "On scene",
        f"s {sign} clear": "Free",
    }  # fmt: skip
    for line, shown in steps.items():
        took = seen_within_a_second(
            lambda line=line: command(desk, line),  # type: ignore[misc]
            lambda shown=shown: expect(unit).to_contain_text(shown, timeout=ONE_SECOND),  # type: ignore[misc]
        )
        measured(f"typed, sent and seen on the other board: {shown}", took)
    command(desk, f"c {number} handled")
    expect(row).to_have_count(0, timeout=ONE_SECOND)

    second.goto(f"/log/?record_type=incidents.incident&record_id={incident}")
    expect(second.locator("table")).to_contain_text("closed")
    expect(second.locator("table")).to_contain_text(ADDRESS)
    second.goto("/patrol/briefing/")
    assert re.search(r"/patrol/briefing/\d{4}-\d\d-\d\d/$", second.url), second.url
    expect(second.locator("h1")).to_contain_text("riefing")


def test_a_warning_waits_for_a_second_enter(open_as: Callable[..., Page]) -> None:
    """Closing with a unit assigned asks on the command line; Enter again does it."""
    desk = open_as("dispatcher")
    live(desk)
    incident = take_call(desk)
    live(desk)
    number = desk.locator(f'#queue [data-incident="{incident}"] .queue-number').inner_text()
    sign = free_patrol(desk)
    command(desk, f"d {number} {sign}")
    expect(desk.locator(f'#units [data-unit="{sign}"]')).to_contain_text("Dispatched")
    command(desk, f"c {number} handled")
    expect(desk.locator("#command-answer")).to_contain_text("Still assigned")
    desk.keyboard.press("Enter")
    expect(desk.locator(f'#queue [data-incident="{incident}"]')).to_have_count(0)


def test_board_says_when_it_is_stale(open_as: Callable[..., Page]) -> None:
    """Cut off from the server the board says so, and is live again without a reload."""
    page = open_as("dispatcher")
    live(page)
    page.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(page.locator("#stale")).to_be_visible(timeout=40_000)
    page.context.set_offline(False)
    expect(page.locator("#stale")).to_be_hidden(timeout=40_000)


@pytest.mark.parametrize(
    "address", ["/incidents/board/", "/incidents/new/", "/incidents/", "/incidents/board/map/"]
)
def test_screens_fit_a_phone(open_as: Callable[..., Page], address: str) -> None:
    """At 360 px no screen scrolls sideways."""
    page = open_as("dispatcher", viewport={"width": 360, "height": 740})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_crew_answers_on_the_phone(open_as: Callable[..., Page]) -> None:
    """An assignment appears on the crew's phone by itself and is answered by one tap, seen on the board."""
    phone = open_as("patrol", viewport={"width": 360, "height": 740})
    phone.goto("/patrol/duty/")
    sign = phone.locator(".duty-sign").inner_text()
    desk = open_as("dispatcher")
    live(desk)
    incident = take_call(desk)
    live(desk)
    number = desk.locator(f'#queue [data-incident="{incident}"] .queue-number').inner_text()
    command(desk, f"d {number} {sign}")
    expect(phone.locator(".task-address")).to_have_text(ADDRESS, timeout=10_000)
    phone.get_by_role("button", name="Accept").click()
    expect(desk.locator(f'#units [data-unit="{sign}"]')).to_contain_text("Accepted", timeout=5_000)
