"""The board as a dispatcher has it: completion by keyboard, an arrangement that stays, alarms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from anlan.demo.accounts import desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REPORT = """
from datetime import timedelta
from django.utils import timezone
from anlan.service.patrol.positions.keep import record_position
from anlan.service.staff.models import Unit
unit = Unit.objects.filter(on_duty=True, {which}).order_by("call_sign").first()
record_position(unit, unit.post_lon, unit.post_lat, timezone.now() - timedelta(seconds={seconds}))
print("unit", unit.call_sign)
"""
TONES = """
  let tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) {
    document.documentElement.dataset.tones = String(tones += 1);
    return start.apply(this, at);
  };
"""


def board(page: Page) -> Page:
    """Open the board and wait until it is live."""
    page.goto("/incidents/board/")
    expect(page.locator("#live")).to_have_text(re.compile("live|实时"), timeout=15_000)
    return page


def call(page: Page, priority: str) -> str:
    """Take a call of a priority and return the incident's id."""
    page.goto("/incidents/new/")
    page.locator("[name=address]").fill("Behind the old granary")
    page.locator("[name=type]").fill("noise")
    page.locator("[name=priority]").select_option(priority)
    page.locator("[name=address]").press("Control+Enter")
    page.wait_for_url(re.compile(r"/board/\?open=\d+"))
    return page.url.rpartition("=")[2]


def test_the_line_completes_by_keyboard(open_as: Callable[..., Page]) -> None:
    """A letter offers what begins with it, arrows choose, Tab takes; ArrowUp brings a sent line back."""
    page = open_as("dispatcher")
    incident = call(page, "3")
    board(page)
    number = page.locator(f'#queue [data-incident="{incident}"] .queue-number').inner_text()
    page.keyboard.press("/")
    page.keyboard.type(f"c {number} h")
    option = page.locator("#line-options [role=option]")
    expect(option).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#line")).to_have_attribute("aria-activedescendant", "line-option-0")
    page.keyboard.press("Tab")
    expect(page.locator("#line")).to_have_value(f"c {number} handled ")
    page.keyboard.press("Enter")
    expect(page.locator(f'#queue [data-incident="{incident}"]')).to_have_count(0)
    page.keyboard.press("ArrowUp")
    expect(page.locator("#line")).to_have_value(f"c {number} handled")


def test_an_arrangement_stays(open_as: Callable[..., Page]) -> None:
    """Columns moved and hidden by keyboard are so after a reload, until the default is asked for."""
    page = board(open_as("analyst"))
    page.keyboard.press("v")
    page.locator('[data-name="units"] [name=shown]').press("Space")
    page.locator('[data-name="queue"] [data-move="1"]').press("Enter")
    expect(page.locator(".arrange-answer")).not_to_be_empty()
    board(page)
    expect(page.locator('[data-column="units"]')).to_be_hidden()
    assert page.locator('[data-column="queue"]').evaluate("column => column.style.order") == "1"
    page.keyboard.press("v")
    page.locator("[data-default]").press("Enter")
    expect(page.locator('[data-column="units"]')).to_be_visible()


def test_a_call_of_priority_1_is_shown_until_it_is_seen(open_as: Callable[..., Page]) -> None:
    """It stands in a strip and in the title until `a` is pressed; the board says whether it may sound."""
    desk, other = open_as("dispatcher"), board(open_as("watch-commander"))
    incident = call(desk, "1")
    strip = other.locator("#alarm")
    expect(strip).to_be_visible(timeout=15_000)
    expect(other).to_have_title(re.compile(r"^\(\d+\) "))
    other.keyboard.press("a")
    expect(strip).to_be_hidden()
    expect(other.locator(".sound-word")).to_have_text("sound on")
    other.keyboard.press("u")
    expect(other.locator(".sound-word")).to_have_text("sound muted")
    expect(other.locator(f'#queue [data-incident="{incident}"]')).to_be_visible()


def test_the_age_of_a_units_position_ticks(open_as: Callable[..., Page], site: Site) -> None:
    """A free unit's row shows how old its last position is, before and after it reports anew."""
    page = board(open_as("dispatcher"))
    sign = site.shell(REPORT.format(which="position__isnull=True", seconds=90)).split("unit ")[1].strip()
    age = page.locator(f'#units [data-unit="{sign}"] [data-fix]')
    expect(age).to_have_text(re.compile(r"^[1-5]:\d\d$"), timeout=20_000)
    site.shell(REPORT.format(which=f"call_sign='{sign}'", seconds=0))
    expect(age).to_have_text(re.compile(r"^0:\d\d$"), timeout=20_000)


def test_an_agency_hears_a_new_request(open_as: Callable[..., Page]) -> None:
    """Its inbox sounds by the priority of what is newly asked, and not when muted."""
    room, agency = open_as("dispatcher"), open_as(desk("fire"))
    agency.add_init_script(TONES)
    agency.goto("/incidents/inbox/")
    agency.locator("h1").click()
    expect(agency.locator(".sound-word")).to_have_text("sound on")
    ask(room, "1")
    expect(agency.locator("html")).to_have_attribute("data-tones", "4", timeout=15_000)
    agency.keyboard.press("u")
    expect(agency.locator(".sound-word")).to_have_text("sound muted")
    rows = agency.locator("[data-asked]")
    before = rows.count()
    ask(room, "1")
    expect(rows).to_have_count(before + 1, timeout=15_000)
    expect(agency.locator("html")).to_have_attribute("data-tones", "4")


def ask(room: Page, priority: str) -> None:
    """Take a call and ask the fire brigade for help by the command line."""
    incident = call(room, priority)
    board(room)
    number = room.locator(f'#queue [data-incident="{incident}"] .queue-number').inner_text()
    room.keyboard.press("/")
    room.keyboard.type(f"l {number} fire smoke")
    with room.expect_response("**/command/"):
        room.keyboard.press("Enter")
