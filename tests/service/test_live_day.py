"""The speed of the demo's simulated day, and static files."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tests.factories import COUNTY

from anlan.service import live_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import AsyncClient, Client
    from pytest_django.fixtures import SettingsWrapper

    from anlan.service.places.models import Area

pytestmark = pytest.mark.django_db
CONTROL = 'action="/demo/speed/"'


@pytest.fixture
def demo(settings: SettingsWrapper) -> Iterator[None]:
    """Let a live day run at speed 5."""
    settings.DEMO = True
    live_day.set_speed(5)
    yield
    live_day.end()


def test_a_visitor_pauses_the_day_from_any_page(
    demo: None, county: Area, client_as: Callable[..., Client]
) -> None:
    """The speed chosen is in force, the reader comes back, and the page shows it."""
    client = client_as("patrol", COUNTY)
    answer = client.post("/demo/speed/", {"speed": "0", "next": "/places/"})
    assert (answer.status_code, answer.url) == (302, "/places/")
    assert live_day.speed() == 0
    page = client.get("/places/").content.decode()
    assert 'value="0" aria-pressed="true"' in page
    assert 'value="5" aria-pressed="false"' in page


@pytest.mark.parametrize("wrong", ["", "-1", "1000", "fast"])
def test_other_speeds_are_not_taken(
    wrong: str, demo: None, county: Area, client_as: Callable[..., Client]
) -> None:
    """Only the speeds on the page are taken."""
    client_as("patrol", COUNTY).post("/demo/speed/", {"speed": wrong, "next": "https://elsewhere.example/"})
    assert live_day.speed() == 5


def test_a_site_that_is_no_demo_has_no_control(county: Area, client_as: Callable[..., Client]) -> None:
    """Without DEMO=1 neither the control nor the address exists, whatever a demo left behind."""
    live_day.set_speed(5)
    client = client_as("patrol", COUNTY)
    assert CONTROL not in client.get("/places/").content.decode()
    assert client.post("/demo/speed/", {"speed": "0"}).status_code == 404
    live_day.end()


def test_strangers_see_no_control(demo: None, county: Area, client: Client) -> None:
    """Who has not signed in cannot stop the day."""
    assert CONTROL not in client.get("/accounts/login/").content.decode()


def test_static_files_are_served_whole_under_asgi(async_client: AsyncClient) -> None:
    """A static file comes as one body, without the warning that a stream of a file would bring."""
    answer = asyncio.run(async_client.get("/static/logo.svg"))
    assert not answer.streaming
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"<svg" in answer.content
