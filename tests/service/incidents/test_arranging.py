"""A board is arranged once and kept for the account; nobody else's board moves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse
from tests.factories import posted

from anlan.service.incidents import domain
from anlan.service.incidents.arrangement import DEFAULT, arrangement_from, arrangement_of
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import BoardLayout
from anlan.service.log.models import Event

COLUMNS = DEFAULT.model_dump()["columns"]


def changed(**parts: Any) -> dict[str, Any]:
    """Return the default with parts replaced."""
    return DEFAULT.model_dump() | parts


def test_an_arrangement_is_kept_for_the_account(client_as: Any, county: Any) -> None:
    """What was posted is what the board opens with; a colleague's stays the default."""
    wanted = changed(sort="waiting", columns=DEFAULT.model_dump()["columns"][::-1])
    client = client_as("dispatcher")
    client.post(reverse("incidents:arrange"), {"arrangement": json.dumps(wanted)})
    assert client.get(reverse("incidents:board")).context["arrangement"] == wanted
    other = client_as("dispatcher").get(reverse("incidents:board"))
    assert other.context["arrangement"] == DEFAULT.model_dump()


def test_said_again_nothing_changes(county: Any) -> None:
    """The same arrangement twice is one event; so is the default twice."""
    account = posted("dispatcher")
    wanted = arrangement_from(json.dumps(changed(sort="newest")))
    assert [domain.arrange_board(account, one) for one in (wanted, wanted, None, None)] == [
        True, False, True, False,
    ]  # fmt: skip
    assert Event.objects.filter(verb="board.arranged").count() == 2
    assert not BoardLayout.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        "", "null", "[]", "{}", "\x00", "{" * 100,
        json.dumps(changed(columns=[])),
        json.dumps(changed(columns=[{"name": "queue", "width": 1.0}] * 4)),
        json.dumps(changed(columns=[column | {"width": 9000} for column in COLUMNS])),
        json.dumps(changed(columns=[column | {"shown": False} for column in COLUMNS])),
        json.dumps(changed(fields=["callback"])),
        json.dumps(changed(fields=[])),
        json.dumps(changed(sort="by_mood")),
        json.dumps(changed(colour="red")),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words(client_as: Any, county: Any, wrong: str) -> None:
    """An arrangement that no board could show is answered by what is wrong with it, and nothing is kept."""
    answer = client_as("dispatcher").post(reverse("incidents:arrange"), {"arrangement": wrong})
    assert (answer.status_code, "not kept" in answer.json()["error"]) == (200, True)
    assert not BoardLayout.objects.exists()


def test_a_refusal_names_the_part(county: Any) -> None:
    """The part at fault is the refusal's field."""
    with pytest.raises(Refused) as refused:
        arrangement_from(json.dumps(changed(sort="by_mood")))
    assert refused.value.field == "sort"


def test_an_arrangement_of_an_older_kind_gives_the_default() -> None:
    """What an earlier version kept and this one cannot show falls back, it does not fail."""
    assert arrangement_of({"columns": ["queue"]}) == DEFAULT
