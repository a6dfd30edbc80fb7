"""Browser tests: a demo county served for real, and Chromium, found or installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.browser.site import Site, installation

from anlan.demo.accounts import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]  # fmt: skip
MEASURED = "seconds: "
LOAD = "from anlan.demo import generate, load; load.load(1, generate.SMALL)"


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[[str, float], None]:
    """Note the seconds something took; said in the summary, asserted nowhere."""
    return lambda name, seconds: record_property(MEASURED + name, seconds)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how long the other board took."""
    for report in terminalreporter.stats.get("passed", []):
        for name, seconds in report.user_properties:
            if name.startswith(MEASURED):
                terminalreporter.write_line(f"{name.removeprefix(MEASURED)}: {seconds:.2f} s")


def on_path() -> str | None:
    """Return a Chromium of the system, None if there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def own() -> str | None:
    """Return the Chromium that Playwright installed, None if there is none."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def installers() -> Iterator[list[str]]:
    """Yield commands that install Chromium, those that may work here."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (not sudo or shutil.which("sudo")):
        install = [*sudo, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        yield install
        yield [*sudo, "apt-get", "update", "-qq"]  # a fresh machine has no package lists yet
        yield install
    yield [sys.executable, "-m", "playwright", "install", "chromium"]


def find_or_install() -> str:
    """Return a Chromium, installing one if need be; fail saying what was tried and what it said."""
    said = []
    if found := on_path() or own():
        return found
    for command in installers():
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if found := on_path() or own():
            return found
        said.append(
            f"$ {' '.join(command)}\nexit {done.returncode}\n{done.stdout[-800:]}{done.stderr[-800:]}"
        )
    pytest.fail("Chromium is neither installed nor could it be installed:\n" + "\n".join(said), pytrace=False)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; it ends with its module, since Playwright's loop would bar Django's ORM later."""
    path = find_or_install()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The small demo county, served."""
    with installation(tmp_path_factory.mktemp("site")) as made:
        made.shell(LOAD)
        made.start()
        yield made


@pytest.fixture
def open_as(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Sign in as a demo login in a browser window of its own; a fault in the page's script fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def sign_in(login: str, **options: Any) -> Page:
        context = chromium.new_context(**{"base_url": site.base, "locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{login}: {error}"))
        page.goto("/accounts/login/")
        page.locator("[name=login]").fill(login)  # in whatever language
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert faults == []
