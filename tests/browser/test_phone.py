"""The crew's phone: a shift without network, a server that dies meanwhile, a code before the camera."""

from __future__ import annotations

import io
import json
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import segno
from PIL import Image
from playwright.sync_api import Page, expect
from tests.browser.conftest import ARGUMENTS, find_or_install
from tests.browser.phone_duty import answered, kept, order_to_post, prepare

from anlan.demo.accounts import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Route
    from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SMALL = {"width": 360, "height": 640}
A_WHILE = 60_000
VERBS = {
    "check-in": "duty.checked_in", "stay": "duty.stay_begun", "stay-end": "duty.stay_ended",
    "report": "report.made", "entry": "duty.entry_written", "on": "unit.on_duty", "off": "unit.off_duty",
    "emergency": "incident.emergency", "backup": "incident.backup_asked",
}  # fmt: skip
SHELL_KEPT = """async () => {
  await navigator.serviceWorker.ready;
  const cache = await caches.open("anlan-duty-1");
  return Boolean(await cache.match("/patrol/duty/"));
}"""
OUTBOX = """() => new Promise((done) => {
  indexedDB.open("anlan-duty").onsuccess = (event) => {
    const ask = event.target.result.transaction("outbox").objectStore("outbox").getAll();
    ask.onsuccess = () => done(ask.result);
  };
})"""


@pytest.fixture
def duty(site: Site) -> Iterator[dict[str, Any]]:
    """An order and a call for the patrol login's unit; the server is up again afterwards."""
    yield prepare(site)
    if site.server is None:
        site.start()


def photograph() -> dict[str, Any]:
    """Return a picture file as a camera gives it."""
    out = io.BytesIO()
    Image.effect_noise((1600, 1200), 40).convert("RGB").save(out, "JPEG")
    return {"name": "place.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


class Crew:
    """Does with a thumb what a crew does in a shift; `later` lets time go by on the phone."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def later(self, minutes: int = 14) -> None:
        """Let time go by."""
        self.page.clock.fast_forward(minutes * 60_000)

    def tab(self, name: str) -> None:
        """Open a part of the page."""
        self.page.locator("#duty-tabs").get_by_role("button", name=name).click()

    def press(self, name: str, nth: int = 0) -> None:
        """Press a button, then let time go by."""
        self.page.get_by_role("button", name=name, exact=True).nth(nth).click()
        self.later()

    def waiting(self, number: int) -> None:
        """Expect so many actions to wait."""
        expect(self.page.locator(".duty-net")).to_contain_text(f"{number} waiting")

    def check_in(self, place: str, how: str) -> None:
        """Check in at a place of the beat."""
        self.tab("Round")
        self.page.get_by_role("button", name=f"Check in at {place}", exact=True).last.click()
        if how == "Take a picture":
            self.page.locator("dialog input[type=file]").set_input_files(photograph())
        else:
            self.page.locator("dialog").get_by_role("button", name=how, exact=True).click()
        expect(self.page.locator("#duty-say")).to_contain_text("Checked in", timeout=20_000)
        self.later()

    def write(self, text: str) -> None:
        """Write into the shift log."""
        self.tab("Shift")
        self.page.get_by_label("Entry").fill(text)
        self.press("Write down")

    def report(self, where: str, *, picture: bool) -> None:
        """Report a problem of a place."""
        self.tab("Report")
        self.page.get_by_label("Where, in words").fill(where)
        if picture:
            self.page.get_by_label("Picture").set_input_files(photograph())
        self.page.locator(".report-form").get_by_role("button", name="Report").click()
        expect(self.page.locator("#duty-say")).to_contain_text("Reported", timeout=20_000)
        self.later()

    def stay(self) -> None:
        """Stop at the next hot spot for twelve minutes by the timer."""
        self.tab("Round")
        self.page.locator(".leg-stop").get_by_role("button", name="Stay").first.click()
        self.later(12)
        self.tab("Now")
        self.press("Stop the timer")


def shift(crew: Crew, duty: dict[str, Any]) -> None:
    """Play a shift of eight hours."""
    for answer in ("Accept", "En route", "On scene"):
        crew.press(answer)
    crew.page.get_by_role("button", name="Backup", exact=True).click()
    crew.page.get_by_role("button", name="Ask for backup").click()
    expect(crew.page.locator("#duty-say")).to_contain_text("Backup kept", timeout=20_000)
    crew.later()
    crew.press("Clear")
    crew.waiting(5)
    points = duty["points"]
    for _code, label, lon, lat in points:
        crew.page.context.set_geolocation({"longitude": lon, "latitude": lat})
        crew.check_in(label, "By position")
        crew.check_in(label, "I am here")
    crew.check_in(points[0][1], "Take a picture")
    for _spot in range(2):
        crew.stay()
    for number in range(12):
        crew.write(f"entry {number}")
    crew.page.get_by_role("button", name="Emergency", exact=True).click()
    crew.page.get_by_role("button", name="Send the emergency").click()
    expect(crew.page.locator("#duty-say")).to_contain_text("Emergency kept", timeout=20_000)
    crew.later()
    for number in range(3):
        crew.report(f"lamp {number}", picture=number == 0)
    crew.tab("Shift")
    crew.page.get_by_role("button", name="Go off duty").click()
    crew.page.locator("dialog").get_by_role("button", name="Go off duty").click()
    crew.later()
    crew.press("Come on duty")


def dies_while_told(site: Site, tries: list[str]) -> Callable[[Route], None]:
    """Let the first batch reach a server that is killed meanwhile, the second one's answer get lost."""

    def told(route: Route) -> None:
        tries.append(route.request.post_data or "")
        if len(tries) == 1:
            heard = threading.Thread(target=message(route, site), daemon=True)
            heard.start()
            time.sleep(0.15)
            site.kill()
            heard.join()
            route.abort()
            site.start()
        elif len(tries) == 2:
            assert message(route, site)() == 200
            route.abort()
        else:
            route.continue_()

    return told


def message(route: Route, site: Site) -> Callable[[], int]:
    """Return what sends the phone's message in its place; it gives the status, 0 where no answer came."""
    headers = {name: value for name, value in route.request.all_headers().items() if name[0] != ":"}
    headers.pop("content-length", None)
    body = route.request.post_data_buffer

    def send() -> int:
        try:
            answer = httpx.post(f"{site.base}/patrol/duty/sync/", content=body, headers=headers, timeout=60)
        except httpx.TransportError:
            return 0
        return answer.status_code

    return send


def test_a_shift_without_network(open_as: Callable[..., Page], site: Site, duty: dict[str, Any]) -> None:
    """Opened once with network, it opens cold without, takes a shift's work, and tells all of it once."""
    first = open_as("patrol", viewport=SMALL, permissions=["geolocation"], has_touch=True)
    first.goto("/patrol/duty/")
    expect(first.locator(".task-address")).to_have_text("旧渡口 2 号", timeout=A_WHILE)
    assert first.evaluate(SHELL_KEPT)
    context = first.context
    context.set_offline(True)
    site.kill()
    first.close()

    page = context.new_page()
    page.clock.install(time=datetime.now(UTC) - timedelta(hours=8, minutes=30))
    page.goto("/patrol/duty/")
    expect(page.locator(".task-address")).to_have_text("旧渡口 2 号")
    expect(page.locator(".duty-net")).to_contain_text("no network")
    crew = Crew(page)
    shift(crew, duty)
    done = [action for action in page.evaluate(OUTBOX) if action["kind"] != "track"]
    assert len(done) >= 30
    assert {action["state"] for action in done} == {"waiting"}
    crew.waiting(len(done))
    page.close()

    site.start()
    tries: list[str] = []
    page = context.new_page()
    context.clock.set_system_time(datetime.now(UTC))  # the shift is over: the phone's clock is right
    page.route("**/patrol/duty/sync/", dies_while_told(site, tries))
    context.set_offline(False)
    page.goto("/patrol/duty/#shift")
    expect(page.get_by_text("Everything has been sent.")).to_be_visible(timeout=4 * A_WHILE)
    assert len(tries) >= 3
    assert json.loads(tries[0])["items"][0]["kind"] == "emergency"
    expect(page.locator("#duty .alert-danger")).to_have_count(0)
    compare(kept(site, duty), done)


def compare(held: dict[str, Any], done: list[dict[str, Any]]) -> None:
    """Hold the database against what was done: everything once, at its time."""
    when = {action["key"]: moment(action["at"]) for action in done}
    assert Counter(map(tuple, held["receipts"])) == Counter((key, "done") for key in when)
    for kind in ("check-in", "report", "entry", "stay"):
        mine = sorted((action["key"], moment(action["at"])) for action in done if action["kind"] == kind)
        assert sorted((key, moment(at)) for key, at in held[kind] if key in when) == mine, kind
    ends = {action["data"]["stay"]: moment(action["at"]) for action in done if action["kind"] == "stay-end"}
    assert {key: moment(at) for key, at in held["stay-end"]} == ends
    steps = [moment(action["at"]) for action in done if action["kind"] == "advance"]
    assert [moment(at) for at in held["advance"]] == steps
    turns = [moment(action["at"]) for action in done if action["kind"] in {"off", "on"}]
    assert (moment(held["shift"][0][1]), moment(held["shift"][1][0])) == tuple(turns)
    assert held["pictures"] == 2
    said = Counter(VERBS[action["kind"]] for action in done if action["kind"] in VERBS)
    assert Counter(verb for verb in held["events"] if verb in said) == said


def moment(text: str) -> datetime:
    """Return a moment."""
    return datetime.fromisoformat(text)


def test_an_order_to_stand_by_is_answered_without_network(
    open_as: Callable[..., Page], site: Site, duty: dict[str, Any]
) -> None:
    """Two taps without network are shown at once and told later."""
    post = order_to_post(site, duty)
    page = open_as("patrol", viewport=SMALL)
    page.goto("/patrol/duty/")
    expect(page.locator(".task-address")).to_have_text(post, timeout=A_WHILE)
    page.context.set_offline(True)
    for tap in ("On the way", "At the post"):
        page.get_by_role("button", name=tap, exact=True).click()
        expect(page.locator(".task-status")).to_contain_text(tap)
    Crew(page).waiting(2)
    page.context.set_offline(False)
    expect(page.locator(".duty-net")).to_have_text("live", timeout=A_WHILE)
    assert answered(site, duty) == "arrived True"


def test_signed_out_the_outbox_waits(open_as: Callable[..., Page], site: Site, duty: dict[str, Any]) -> None:
    """What was done while signed out is kept, the page asks to sign in, and then it goes out."""
    page = open_as("patrol", viewport=SMALL, locale="zh-CN")
    page.goto("/patrol/duty/#shift")
    page.locator("#entry-text").fill("门锁已修")
    page.context.clear_cookies()
    page.locator(".entry-form button").click()
    sign_in = page.locator("#duty-head .alert a")
    expect(sign_in).to_be_visible(timeout=A_WHILE)
    sign_in.click()
    page.locator("[name=login]").fill("patrol")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/patrol/duty/**")
    expect(page.locator(".net-live")).to_be_visible(timeout=A_WHILE)
    assert len(kept(site, duty)["entry"]) >= 1


def test_a_printed_code_before_the_camera(
    chromium: Browser, site: Site, duty: dict[str, Any], tmp_path: Path
) -> None:
    """The code of a place, seen by the camera, checks the unit in there."""
    options = [
        *ARGUMENTS, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film(duty['code'], tmp_path)}",
    ]  # fmt: skip
    browser = chromium.browser_type.launch(executable_path=find_or_install(), args=options)
    context = browser.new_context(base_url=site.base, locale="en-GB")
    page = context.new_page()
    page.goto("/accounts/login/?next=/patrol/duty/%23round")
    page.locator("[name=login]").fill("patrol")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    Crew(page).tab("Round")
    page.get_by_role("button", name="Scan a place's code").click()
    expect(page.locator("#duty-say")).to_contain_text(f"Checked in: {duty['points'][0][1]}", timeout=A_WHILE)
    expect(page.locator(".net-live")).to_have_text("live", timeout=A_WHILE)
    browser.close()
    assert "duty.checked_in" in kept(site, duty)["events"]


def film(code: str, folder: Path) -> Path:
    """Return a film of a code for Chromium's make-believe camera: motion JPEG."""
    drawn = io.BytesIO()
    segno.make_qr(code, error="q").save(drawn, kind="png", scale=6, border=6)
    frame = Image.new("RGB", (640, 480), "white")
    frame.paste(Image.open(drawn).convert("RGB"), (120, 40))
    still = io.BytesIO()
    frame.save(still, "JPEG", quality=92)
    path = folder / "code.mjpeg"
    path.write_bytes(still.getvalue() * 30)
    return path
