"""The wall shows figures and nothing that anybody said."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from anlan.service.incidents import domain, queries
from anlan.service.incidents.queries.wall import wall_of


def test_the_wall_holds_no_word_of_a_caller(client_as: Any, take: Any) -> None:
    """Neither address, details nor number of a caller, but how many wait."""
    take(address="张家院子", details="老王受伤", callback="13900001234")
    client = client_as("leader")
    texts = [client.get(reverse(f"incidents:{name}")).content.decode() for name in ("wall", "wall_figures")]
    for text in texts:
        assert not [word for word in ("张家院子", "老王受伤", "13900001234") if word in text]
    assert "Theft" in texts[0]


def test_the_wall_can_only_be_read(client_as: Any, take: Any) -> None:
    """There is no form on it, and it takes none."""
    client = client_as("leader")
    assert "<form" not in client.get(reverse("incidents:wall")).content.decode()
    assert client.post(reverse("incidents:wall")).status_code == 405


def test_figures_are_the_boards(take: Any, units: Any, dispatcher: Any) -> None:
    """Waiting, open, free and the longest waiting agree with the queue; a beat may have no free unit."""
    first, second = take(), take(priority=1)
    domain.assign(second, units[:2], dispatcher)
    wall = wall_of(queries.board("990101", dispatcher))
    assert (wall.counts["waiting"], wall.counts["live"], wall.counts["free"]) == (1, 2, 2)
    assert [row.incident.pk for row in wall.waiting] == [first.pk]
    by_priority = {one.priority: (one.live, one.waiting) for one in wall.urgencies}
    assert (by_priority[1], by_priority[3]) == ((1, 0), (1, 1))
    assert sorted((beat.free, beat.on_duty) for beat in wall.beats) == [(0, 2), (2, 2)]


def test_figures_answer_304_until_they_change(client_as: Any, take: Any) -> None:
    """A wall that has them is told so."""
    client, url = client_as("leader"), reverse("incidents:wall_figures")
    tag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    take()
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 200
