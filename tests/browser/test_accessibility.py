"""The main pages by machine: WCAG A and AA, no sideways scrolling, no complaint in the console."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from anlan.demo.generate.names import COUNTY6

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import ConsoleMessage, Page
    from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = Path(__file__).resolve().parents[2] / "ui/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (tags) => {
  const options = {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]};
  const found = await axe.run(document, options);
  const why = node => node.any.concat(node.all, node.none).map(check => check.message).join("; ");
  return found.violations.flatMap(({id, nodes}) => nodes.map(node => `${id}: ${node.html} ${why(node)}`));
}"""
WIDTHS = "[document.documentElement.scrollWidth, window.innerWidth]"
IGNORED = re.compile(r"status of 404|htmx:sendAbort|htmx:afterRequest")  # asked for; a request left behind
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
LOOKS = {
    "en-GB": [(DESK, "light"), (PHONE, "dark")],
    "zh-CN": [(DESK, "dark"), (PHONE, "light")],
}  # each language, screen and theme with each other one once; axe need not see all eight
DESK_PAGES = ["/", "/incidents/board/?open=INCIDENT", "/incidents/new/", "/incidents/", "/patrol/briefing/"]
MORE_DESK_PAGES = [
    "/incidents/board/", "/incidents/board/wall/", "/incidents/board/map/", "/incidents/INCIDENT/",
    "/incidents/history/",
    "/places/", "/places/areas/", "/places/partition/", "/places/list/grids/", "/log/",
    "/staff/units/", "/patrol/reports/", "/patrol/shifts/",
]  # fmt: skip
PHONE_PAGES = [
    "/",
    "/patrol/duty/",
    "/patrol/duty/#report",
    "/patrol/shifts/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/password/change/",
]
OFFICE_PAGES = ["/incidents/types/noise/", "/staff/accounts/", "/staff/accounts/new/", "/staff/units/new/"]
PLAN_PAGES = ["/planning/", "/planning/plan/DAY/", "/planning/rosters/new/", "/planning/trials/new/"]
MORE_PLAN_PAGES = [
    "/planning/rosters/", "/planning/rosters/members/", "/planning/joint/", "/planning/trials/",
    "/planning/done/", "/patrol/codes/", "/planning/calendars/", "/planning/standards/", "/places/roads/",
    "/places/roads/speeds/",
]  # fmt: skip
WALKS = {
    "planning, English": ("planner", "en-GB", [*PLAN_PAGES, *MORE_PLAN_PAGES]),
    "planning, Chinese": ("planner", "zh-CN", [*PLAN_PAGES, *MORE_PLAN_PAGES]),
    "dispatch, English": ("watch-commander", "en-GB", [*DESK_PAGES, *MORE_DESK_PAGES]),
    "dispatch, Chinese": ("watch-commander", "zh-CN", DESK_PAGES),
    "crew": ("patrol", "zh-CN", PHONE_PAGES),
    "office": ("administrator", "en-GB", ["/incidents/types/", *OFFICE_PAGES]),
}


@pytest.fixture
def complaints() -> list[str]:
    """What browsers complained of in their consoles."""
    return []


def heard(complaints: list[str], page: Page) -> Callable[[ConsoleMessage], None]:
    """Return a listener that keeps the page's errors, those of content security among them."""

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not IGNORED.search(message.text):
            complaints.append(f"{page.url}: {message.text}")

    return listen


def faults(page: Page, address: str, screen: Any, theme: Any) -> Iterator[str]:
    """Yield what is wrong with the page on this screen in this theme."""
    page.set_viewport_size(screen)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # no colour half-way between two
    page.wait_for_function("theme => document.documentElement.dataset.bsTheme === theme", arg=theme)
    where = f"{address} {screen['width']} {theme}"
    shown, width = page.evaluate(WIDTHS)
    if shown > width:
        yield f"{where}: {shown - width} px too wide"
    for violation in page.evaluate(RUN, RULES):
        yield f"{where}: {violation}"


def walk(page: Page, addresses: list[str], language: str) -> Iterator[str]:
    """Open every address in turn and yield its faults."""
    for address in addresses:
        page.goto(address)
        page.evaluate(AXE.read_text())
        for screen, theme in LOOKS[language]:
            yield from faults(page, f"{language} {address}", screen, theme)


def with_records(page: Page, site: Site, addresses: list[str]) -> list[str]:
    """Return the addresses with a call that is taken here and the day of the latest briefing put in."""
    given = {}
    if any("DAY" in address for address in addresses):
        page.goto("/patrol/briefing/")
        given["DAY"] = page.url.rstrip("/").rpartition("/")[2]
        site.run("plan", "--county", COUNTY6, "--date", given["DAY"])
    if any("INCIDENT" in address for address in addresses):
        given["INCIDENT"] = taken(page)
    for name, value in given.items():
        addresses = [address.replace(name, value) for address in addresses]
    return addresses


def taken(page: Page) -> str:
    """Take a call; return the incident's id."""
    page.goto("/incidents/new/")
    page.locator("#id_address").fill("老码头仓库后门")
    page.locator("#id_type").fill("noise")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"open=\d+"))
    return page.url.rpartition("=")[2]


@pytest.mark.parametrize("name", WALKS)
def test_pages_are_accessible(
    open_as: Callable[..., Page], site: Site, complaints: list[str], name: str
) -> None:
    """No page breaks a WCAG rule that a machine can check, scrolls sideways or complains in the console."""
    role, language, pages = WALKS[name]
    page = open_as(role, locale=language)
    addresses = with_records(page, site, pages)
    page.on("console", heard(complaints, page))
    assert "\n".join([*walk(page, addresses, language), *complaints]) == ""


@pytest.mark.parametrize("language", LOOKS)
def test_pages_without_an_account_are_accessible(
    chromium: Any, site: Any, complaints: list[str], language: str
) -> None:
    """The sign-in page and the page that is not there pass as well."""
    with chromium.new_context(base_url=site.base, locale=language) as context:
        page = context.new_page()
        page.on("console", heard(complaints, page))
        found = [*walk(page, ["/accounts/login/", "/no-such-page/"], language), *complaints]
    assert "\n".join(found) == ""


def test_chinese_is_drawn_where_the_device_has_no_chinese_font(chromium: Any, site: Any) -> None:
    """What was laid out before the bundled font came is drawn with it afterwards, not left as boxes."""
    with chromium.new_context(base_url=site.base, locale="zh-CN") as context:
        page = context.new_page()
        page.goto("/accounts/login/", wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        page.locator(".navbar-brand").evaluate("box => box.textContent = '\u0378'")  # no font has this sign
        boxes = fonts_of(page, ".navbar-brand")
        assert not boxes & (fonts_of(page, "h1") | fonts_of(page, ".alert"))


def fonts_of(page: Page, selector: str) -> set[tuple[str, bool]]:
    """Return the fonts that draw an element, each with whether it is the site's own."""
    browser = page.context.new_cdp_session(page)
    browser.send("DOM.enable")
    browser.send("CSS.enable")
    root = browser.send("DOM.getDocument")["root"]["nodeId"]
    found = browser.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    fonts = browser.send("CSS.getPlatformFontsForNode", {"nodeId": found})["fonts"]
    return {(font["familyName"], font["isCustomFont"]) for font in fonts}
