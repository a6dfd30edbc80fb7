"""The standards page: figures in the reader's units, errors by field, defaults beside, changes logged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from tests.factories import COUNTY, ELSEWHERE

from anlan.engine.planning.shifts import Shift
from anlan.engine.planning.standards import Standards
from anlan.service.log.models import Event
from anlan.service.planning.domain.standards import reset_standards, set_standards
from anlan.service.planning.models import CountyStandards
from anlan.service.planning.standard_items import ITEMS
from anlan.service.planning.standards import plain, standards_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
COUNTY6, PAGE = COUNTY[:6], "/planning/standards/"
TWO = (Shift("day", 420, 720), Shift("night", 1140, 720))


def sent(client: Client, **changes: str) -> dict[str, str]:
    """What the page sends, with some fields changed."""
    form = client.get(PAGE).context["form"]
    found = {name: "" if field.initial is None else str(field.initial) for name, field in form.fields.items()}
    for one in form.shifts:
        row = {
            f"{one.prefix}-{name}": one.get_initial_for_field(field, name)
            for name, field in one.fields.items()
        }
        found |= {name: "" if value is None else str(value) for name, value in row.items()}
    management = form.shifts.management_form
    found |= {f"{management.prefix}-{name}": str(management[name].value()) for name in management.fields}
    return {name: value for name, value in found.items() if value != "None"} | changes


def leaves(value: Any, path: tuple[Any, ...] = ()) -> set[tuple[Any, ...]]:
    """The paths of all figures in plain standards."""
    if isinstance(value, dict):
        return {found for key, part in value.items() for found in leaves(part, (*path, key))}
    if isinstance(value, list):
        return {found for key, part in enumerate(value) for found in leaves(part, (*path, key))}
    return {path}


def test_every_figure_of_the_standards_is_on_the_page() -> None:
    """What is neither a figure of the list nor a shift, a share of people or the model would be forgotten."""
    kept = {path for path in leaves(plain(Standards())) if path[0] not in {"shifts", "force_shares", "model"}}
    assert {item.path for item in ITEMS} == kept


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_each_figure_survives_being_shown(item: Any) -> None:
    """Shown and put back it is the same; another number is stored in the engine's own unit and accepted."""
    body = plain(Standards())
    item.put(body, item.shown(body))
    assert body == plain(Standards())
    shown = item.shown(body)
    assert item.optional if shown is None else item.low <= shown <= item.high


def test_standards_are_set_once(county: Any) -> None:
    """The log says what changed, by its path; the same again is nothing."""
    ours = replace(Standards(), shifts=TWO, cap=3)
    assert set_standards(COUNTY6, ours, None)
    assert not set_standards(COUNTY6, ours, None)
    assert standards_of(COUNTY6) == ours
    (event,) = Event.objects.filter(verb="standards.changed")
    assert event.data["changes"]["cap"] == [2, 3]
    assert set(event.data["changes"]) == {"cap", "shifts"}


def test_resetting_defaults_is_nothing(county: Any) -> None:
    """Nothing to write, nothing to log."""
    assert not reset_standards(COUNTY6, None)
    assert not CountyStandards.objects.exists()


@pytest.mark.parametrize(("role", "area"), [("watch_commander", COUNTY), ("planner", ELSEWHERE)])
def test_only_those_who_may_set_standards(
    county: Any, posted: Callable[..., Any], role: str, area: str
) -> None:
    """Planners and administrators of the county itself."""
    with pytest.raises(PermissionDenied):
        set_standards(COUNTY6, Standards(), posted(role, area))


def test_the_page_saves_in_the_readers_units(county: Any, client_as: Callable[..., Client]) -> None:
    """Minutes to seconds, percent to shares, an empty target left out; the rest to the bit as it was."""
    client = client_as("planner")
    changes = {
        "rings-ring_s": "4", "targets-wait_chance": "", "levels-red": "75", "model": "mexclp",
        "work-on_scene_min-0": "45", "signatures-III": "2",
    }  # fmt: skip
    assert client.post(PAGE, sent(client, **changes)).status_code == 302
    found, default = plain(standards_of(COUNTY6)), plain(Standards())
    assert (found["rings"]["ring_s"], found["targets"]["wait_chance"], found["levels"]["red"]) == (
        240,
        None,
        0.75,
    )
    assert (found["model"], found["signatures"]["III"]) == ("mexclp", 2)
    assert found["work"]["on_scene_min"] == [45, *default["work"]["on_scene_min"][1:]]
    assert {key: found[key] for key in ("shifts", "stops")} == {
        key: default[key] for key in ("shifts", "stops")
    }
    text = client.get(PAGE).content.decode()
    assert "Changed" in text
    assert "Default: 5<" in text


def test_shifts_are_rows(county: Any, client_as: Callable[..., Client]) -> None:
    """A row changed, one taken away, shares given; hours that no shift touches are told."""
    client = client_as("administrator")
    changes = {
        "shift-0-hours": "12", "shift-0-share": "60", "shift-1-code": "", "shift-2-begins": "22:00",
        "shift-2-share": "40",
    }  # fmt: skip
    assert client.post(PAGE, sent(client, **changes)).status_code == 302
    found = standards_of(COUNTY6)
    assert found.shifts == (Shift("day", 480, 720), Shift("night", 1320, 480))
    assert found.force_shares == (0.6, 0.4)
    assert "in these hours: 6, 7, 20, 21" in client.get(PAGE).content.decode()
    assert client.post(reverse("planning:standards_reset")).status_code == 302
    assert standards_of(COUNTY6) == Standards()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rings-ring_s": ""}, "rings-ring_s"),
        ({"rings-ring_s": "soon"}, "rings-ring_s"),
        ({"rings-ring_s": "1e400"}, "rings-ring_s"),
        ({"rings-support_s": "4"}, "rings-support_s"),
        ({"levels-red": "120"}, "levels-red"),
        ({"cap": "1.5"}, "cap"),
        ({"stops-longest_min": "2"}, "stops-longest_min"),
        ({"model": "astrology"}, "model"),
        ({"signatures-I": "0"}, "signatures-I"),
    ],
)
def test_a_wrong_figure_is_marked(
    changes: dict[str, str], field: str, county: Any, client_as: Callable[..., Client]
) -> None:
    """By its own field and no other; nothing is stored."""
    client = client_as("planner")
    answer = client.post(PAGE, sent(client, **changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not CountyStandards.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shift-0-code": "night"}, "The code night stands twice."),
        ({"shift-0-code": "no spaces"}, "Letters, digits, hyphens"),
        ({"shift-0-hours": ""}, "A shift needs it."),
        ({"shift-0-hours": "30"}, "less than or equal to 24"),
        ({"shift-0-begins": "25:00"}, "valid time"),
        ({"shift-0-share": "50"}, "100 % together, not 50.0 %"),
        ({f"shift-{row}-code": "" for row in range(3)}, "A day needs a shift."),
        ({"shift-TOTAL_FORMS": "x"}, "cut short"),
    ],
)
def test_a_wrong_shift_is_told(
    changes: dict[str, str], said: str, county: Any, client_as: Callable[..., Client]
) -> None:
    """At its row, or above the rows where they do not go together."""
    client = client_as("planner")
    answer = client.post(PAGE, sent(client, **changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CountyStandards.objects.exists()


def test_others_read_the_standards(county: Any, client_as: Callable[..., Client]) -> None:
    """Without a button, with everything disabled; sending it all the same is refused."""
    client = client_as("dispatcher")
    text = client.get(PAGE).content.decode()
    assert "fieldset disabled" in text
    assert client.post(PAGE, sent(client, cap="5")).status_code == 403
    assert client.post(PAGE, {"cap": "5"}).status_code == 422
