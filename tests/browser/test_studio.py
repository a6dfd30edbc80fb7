"""The plan studio by keyboard and mouse: made, tried, a new version around the edits, signed, on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow]
A_PLAN = 120_000
A_TRY = 30_000
SIGNED = re.compile(r"^\s*(Approved\.|Signed\. Another)")
PLAN = re.compile(r"/planning/plan/\d{4}-\d\d-\d\d/")


def made(page: Page) -> None:
    """Make today's plan and wait for it."""
    page.goto("/planning/")
    page.locator("tr.table-active a").click()
    page.get_by_role("button", name=re.compile("Make the plan|Plan anew")).click()
    expect(page.locator("#studio")).to_be_visible(timeout=A_PLAN)
    assert PLAN.search(page.url), page.url


def shown(page: Page) -> Locator:
    """The posts of the shift that is looked at."""
    return page.locator("[role=tabpanel]:not([hidden]) [data-posts]")


def signed(page: Page) -> None:
    """Sign the plan that is shown, and wait until that is said."""
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_text(SIGNED)).to_be_visible(timeout=A_TRY)


def test_a_plan_is_tried_solved_signed_and_on_the_phone(open_as: Callable[..., Page]) -> None:
    """Edited by keyboard and mouse, the change is shown; signed and published, the crew has its order."""
    page = open_as("planner")
    made(page)
    version = page.locator(".page-head").inner_text()

    more = shown(page).locator("button[data-action^='more']").first
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#change li").first).to_be_visible(timeout=A_TRY)
    expect(page.locator("#edits li")).to_have_count(1)

    bar = page.locator(".gantt-bar").first
    before = bar.inner_text()
    bar.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".gantt-bar").first).not_to_have_text(before)
    box = page.locator(".gantt-bar").nth(1).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 15, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 75, box["y"] + 5, steps=4)
    page.mouse.up()
    expect(page.locator("#edits li")).to_have_count(3)

    page.locator("#solve button").click()
    expect(page.locator(".page-head")).not_to_have_text(version, timeout=A_PLAN)
    expect(page.locator("#studio")).to_be_visible(timeout=A_PLAN)
    address = page.url

    commander = open_as("watch-commander")
    commander.goto(address)
    signed(commander)
    if commander.get_by_role("button", name="Publish to the phones").count() == 0:  # level I or II
        leader = open_as("leader")
        leader.goto(address)
        signed(leader)
        commander.reload()
    commander.get_by_role("button", name="Publish to the phones").click()
    expect(commander.get_by_text("Published. The units have their orders.")).to_be_visible(timeout=A_TRY)

    phone = open_as("patrol", viewport={"width": 360, "height": 740})
    phone.goto("/patrol/duty/#round")
    expect(phone.get_by_role("heading", name="Your order")).to_be_visible()
