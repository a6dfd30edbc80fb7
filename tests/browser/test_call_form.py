"""The call form by keyboard alone: find the place, keep the address, answer, join the same event."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ADDRESS = "songxi"  # 松溪, as it is typed; the demo county has a street, a school and a market of that name
WAIT = 15_000


def open_form(page: Page) -> None:
    """Open the call form from the board by its key."""
    page.goto("/incidents/board/")
    page.locator("#board").wait_for()
    page.keyboard.press("n")
    expect(page.get_by_label("Address as the caller says it")).to_be_focused(timeout=WAIT)


def choose_place(page: Page) -> str:
    """Type the address and take the first place found; return the longitude of the pin."""
    page.keyboard.type(ADDRESS)
    options = page.locator(".combo-list").first.locator("[role=option]")
    expect(options.first).to_be_visible(timeout=WAIT)
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=address]")).to_have_attribute("aria-activedescendant", re.compile("combo-1-0"))
    page.keyboard.press("Enter")
    expect(options.first).to_be_hidden()
    return page.locator("[name=lon]").input_value()


def choose_type(page: Page) -> None:
    """Go on to the type and take the first one found."""
    page.keyboard.press("Tab")
    page.keyboard.type("juzhong")
    expect(page.locator(".combo-list").nth(1).locator("[role=option]").first).to_be_visible(timeout=WAIT)
    page.keyboard.press("Enter")
    expect(page.locator("[name=type]")).to_have_value(re.compile("^affray"))
    expect(page.get_by_text("Is there fighting")).to_be_visible(timeout=WAIT)


def test_a_call_by_keyboard_alone(open_as: Callable[..., Page]) -> None:
    """The place sets the pin and leaves the address; answers advise; a second call joins the first."""
    page = open_as("call-taker")
    open_form(page)
    assert choose_place(page)
    expect(page.locator("[name=address]")).to_have_value(ADDRESS)
    page.keyboard.type(" 3号")
    expect(page.locator(".combo-list").first).to_be_visible(timeout=WAIT)
    page.keyboard.press("Escape")
    expect(page.locator(".combo-list").first).to_be_hidden()
    choose_type(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#advice")).to_contain_text("Priority by the answers: 1", timeout=WAIT)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/incidents/board/\?open=\d+"))
    expect(page.locator("article.incident-card")).to_contain_text(f"{ADDRESS} 3号", timeout=WAIT)

    incident = page.url.rpartition("=")[2]
    open_form(page)
    choose_place(page)
    expect(page.locator("#hints button[data-key=F2]")).to_be_visible(timeout=WAIT)
    page.keyboard.press("F2")
    page.wait_for_url(re.compile(rf"/incidents/board/\?open={incident}$"))
    expect(page.locator("article.incident-card")).to_contain_text("1 further call", timeout=WAIT)


def test_a_silent_call_by_one_key(open_as: Callable[..., Page]) -> None:
    """F8 on an empty form notes the call and shows whom to ring back."""
    page = open_as("call-taker")
    open_form(page)
    page.keyboard.press("F8")
    page.wait_for_url("**/incidents/quiet/")
    expect(page.locator(".task").first).to_contain_text("Silent")
