"""The readable log: what it lists, its check, its export, the stream's refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import AsyncClient
from django.urls import reverse
from tests.service.log.test_log_chain import tamper, write

from anlan.service.log import queries, sealer
from anlan.service.staff.models import Agency

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("number", [1, 30])
def test_list_takes_the_same_queries_at_1_and_30_rows(
    county: Any, client_as: Callable[..., Any], django_assert_max_num_queries: Any, number: int
) -> None:
    """The list does not ask once per row."""
    write(number, note="bridge")
    sealer.seal()
    client = client_as("auditor")
    with django_assert_max_num_queries(14):
        response = client.get(reverse("log:index"))
    assert response.content.count(b"bridge") == number


def test_list_is_for_readers_of_the_log(county: Any, client_as: Callable[..., Any]) -> None:
    """A dispatcher may not read the trail."""
    assert client_as("dispatcher").get(reverse("log:index")).status_code == 403


def test_filter_finds_a_record(county: Any, client_as: Callable[..., Any]) -> None:
    """Filtering by record leaves the others out; a bad area code is explained."""
    write(2, note="kept")
    write(1, note="left out")
    sealer.seal()
    client, record = client_as("auditor"), Agency.objects.order_by("-id")[1]
    page = client.get(reverse("log:index"), {"record_type": "staff.agency", "record_id": record.pk})
    assert (page.content.count(b"kept"), page.content.count(b"left out")) == (2, 0)
    assert client.get(reverse("log:index"), {"area": "north"}).status_code == 400


def test_check_says_how_far_the_chain_holds(county: Any, client_as: Callable[..., Any]) -> None:
    """The button answers "intact" or names the first bad row."""
    write(3)
    sealer.seal()
    client = client_as("auditor")
    assert b"Chain intact: rows 1 to 3" in client.post(reverse("log:verify")).content
    tamper("UPDATE log_event SET record_id = 'x' WHERE sequence = 2")
    assert b"First bad row: 2" in client.post(reverse("log:verify")).content


def test_timeline_is_in_order(db: None) -> None:
    """A record's timeline holds its events, oldest first."""
    events = write(3)
    agency = Agency.objects.get(pk=events[0].record_id)
    assert [event.data["serial"] for event in queries.timeline(agency)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("query", "status"),
    [({"county": "990102"}, 403), ({"county": "abc"}, 400), ({"county": "990101", "after": "-1"}, 400)],
)
def test_stream_refuses(
    county: Any, client_as: Callable[..., Any], query: dict[str, str], status: int
) -> None:
    """A county outside the scope and a bad position are refused in words."""
    assert client_as("dispatcher").get(reverse("log:stream"), query).status_code == status


async def test_export_holds_every_row(transactional_db: None) -> None:
    """The export streams all pages."""
    from asgiref.sync import sync_to_async
    from tests.factories import make_county, posted, signed_in

    def prepare() -> Any:
        make_county()
        write(30, note="=1+1")
        sealer.seal()
        return signed_in(posted("auditor", "990101000000")).cookies

    client = AsyncClient()
    client.cookies = await sync_to_async(prepare)()
    response = await client.get(reverse("log:export"))
    text = b"".join([part async for part in response]).decode()
    assert text.count("=1+1") == 30
