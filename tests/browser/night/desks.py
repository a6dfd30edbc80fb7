"""A dispatcher in a real browser: keyboard only, from the call to the closing."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playwright.async_api import expect

if TYPE_CHECKING:
    from playwright.async_api import Page
    from tests.browser.night.record import Recorded
    from tests.browser.night.shift import Shift

PATIENCE_MS = 60_000
BOARD = re.compile(r"/incidents/board/\?open=(\d+)")
LOOK = """() => {
  const state = (element) => [...element.classList].find((name) => name.startsWith("state-")).slice(6);
  const all = (name) => [...document.querySelectorAll(name)];
  const rows = all("#queue .queue-row").map((row) => [
    row.dataset.incident,
    Object.fromEntries([...row.querySelectorAll(".unit-chip")].filter((chip) => chip.querySelector("small"))
      .map((chip) => [chip.firstChild.textContent.trim(), state(chip)]))]);
  const units = all("#units .unit-row").map((row) => [row.dataset.unit, state(row)]);
  return { queue: Object.fromEntries(rows), units: Object.fromEntries(units) };
}"""
OWN = """() => [...document.querySelectorAll("#queue .queue-row")].map((row) => ({
  incident: Number(row.dataset.incident), number: row.querySelector(".queue-number").textContent.trim(),
  attended: row.querySelector(".state-cleared") !== null,
  none: row.querySelector(".state-none") !== null }))"""
DISPATCH = "button[data-dispatch]:not([data-none])"


@dataclass(eq=False)
class Desk:
    """One dispatcher: the page before them, and the incidents that are theirs to close."""

    shift: Shift
    page: Page
    open: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    confirmed: int = 0
    beaten: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    async def begin(self) -> None:
        """Open the board and note whatever goes wrong on it from now on."""
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("response", self.judge)
        await self.page.goto("/incidents/board/")
        await self.live()

    def judge(self, response: Any) -> None:
        """Note an answer of the 500 kind."""
        if response.status >= 500:
            self.faults.append(f"{response.url}: {response.status}")

    async def live(self) -> None:
        """Wait until the board says that it is live."""
        await expect(self.page.locator("#live")).to_have_text(re.compile("live"), timeout=PATIENCE_MS)

    async def work(self, calls: list[Recorded], begin: float) -> None:
        """Take the calls as they come in and see each of them to its closing."""
        for call in calls:
            await asyncio.sleep(max(0.0, begin + call.after_s / self.shift.scale - time.monotonic()))
            async with self.shift.action():
                await self.dispatch(await self.take(call))
            await self.tidy()
        while self.open:
            await self.tidy()
            await asyncio.sleep(0.2)

    async def take(self, call: Recorded) -> int:
        """Fill in the call form by keyboard; return the incident's id."""
        page = self.page
        await self.free_hands()
        await page.keyboard.press("n")
        await expect(page.locator("[name=address]")).to_be_focused(timeout=PATIENCE_MS)
        await page.keyboard.insert_text(call.address)
        for name, value in (("type", call.kind), ("lon", f"{call.lon:.6f}"), ("lat", f"{call.lat:.6f}")):
            await page.locator(f"#call-form [name={name}]").fill(value)
        await page.locator("#call-form [name=priority]").select_option(str(call.priority))
        await page.keyboard.press("Control+Enter")
        await page.wait_for_url(BOARD, timeout=PATIENCE_MS)
        incident = int(BOARD.search(page.url)[1])  # type: ignore[index]
        self.shift.calls[incident] = call
        self.open.add(incident)
        await self.live()
        return incident

    async def free_hands(self) -> None:
        """Leave whatever field has the keyboard."""
        await self.page.evaluate("document.activeElement.blur()")

    async def dispatch(self, incident: int) -> None:
        """Press d on the open card; confirm what asks for it. Without a free unit the incident waits."""
        card = self.page.locator(f'article.incident-card[data-incident="{incident}"]')
        ready = card.locator(f"{DISPATCH}, button[data-none], .recommended .alert, .assignment")
        await expect(ready.first).to_be_visible(timeout=PATIENCE_MS)
        if await card.locator(DISPATCH).count() == 0:
            return
        await self.free_hands()
        await self.page.keyboard.press("d")
        told = card.locator(".assignment, [role=alert]")
        await expect(told.first).to_be_visible(timeout=PATIENCE_MS)
        if await card.locator("form[role=alert]").count():
            self.confirmed += 1
            await self.page.keyboard.press("Enter")  # the confirming button has the focus
            await expect(card.locator(".assignment, .alert-danger").first).to_be_visible(timeout=PATIENCE_MS)
        if await card.locator(".alert-danger").count():
            self.beaten.append(await card.locator(".alert-danger").inner_text())

    async def tidy(self) -> None:
        """Close what has been attended, and try again where no unit was free."""
        for row in await self.page.evaluate(OWN):
            if row["incident"] in self.open and (row["attended"] or row["none"]):
                async with self.shift.action():
                    await (self.close(row) if row["attended"] else self.again(row))

    async def close(self, row: dict[str, Any]) -> None:
        """Close an incident by the command line."""
        if await self.command(f"c {row['number']} handled"):
            self.open.discard(row["incident"])
            self.closed.add(row["incident"])

    async def again(self, row: dict[str, Any]) -> None:
        """Open the card of an incident that waits, and dispatch if somebody is free now."""
        if await self.command(f"o {row['number']}"):
            await self.dispatch(row["incident"])

    async def command(self, line: str) -> bool:
        """Give a command; whether it was done. Warnings are confirmed by a second Enter."""
        answer = self.page.locator("#command-answer")
        await self.free_hands()
        await self.page.keyboard.press("/")
        await self.page.locator("#line").fill(line)
        await self.page.keyboard.press("Enter")
        told = await self.told(answer, "done|failed|warns")
        if "warns" in told:
            self.confirmed += 1
            await self.page.keyboard.press("Enter")
            told = await self.told(answer, "done|failed")
        await self.page.keyboard.press("Escape")
        return "done" in told

    async def told(self, answer: Any, kinds: str) -> str:
        """Wait for an answer of these kinds to a command; return its classes."""
        await expect(answer).to_have_class(re.compile(kinds), timeout=PATIENCE_MS)
        return str(await answer.get_attribute("class"))

    async def sees(self) -> dict[str, Any]:
        """What the board shows: units by incident of the queue, states by unit."""
        found: dict[str, Any] = await self.page.evaluate(LOOK)
        return found
