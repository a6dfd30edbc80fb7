"""Run cards: what is asked for by type and priority, edited by the county's administrator."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from tests.factories import COUNTY, ELSEWHERE, posted

from anlan.service.incidents import domain
from anlan.service.incidents.domain.run_cards import needs_of
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import IncidentType, RunCard
from anlan.service.log.models import Event

CODE = COUNTY[:6]
GOOD: dict[str, Any] = {"capabilities": {"armed": 2}, "units": 3}


def test_without_a_card_the_type_says_what_is_needed(take: Any, theft: Any) -> None:
    """One unit of each capability of the type, and its number of units."""
    IncidentType.objects.filter(pk=theft.pk).update(capabilities=["traffic"], units_needed=2)
    needs = needs_of(take(type=IncidentType.objects.get(pk=theft.pk)))
    assert (needs.capabilities, needs.units, needs.by_card) == ({"traffic": 1}, 2, False)


def test_a_card_holds_for_its_priority_alone(take: Any, theft: Any) -> None:
    """Priority 1 asks for two armed units, priority 3 for what the type says."""
    domain.save_run_card(CODE, theft, 1, None, **GOOD)
    assert needs_of(take(priority=1)).capabilities == {"armed": 2}
    assert needs_of(take(priority=3)).capabilities == {}


def test_sending_less_than_the_card_asks_warns(take: Any, units: Any, dispatcher: Any, theft: Any) -> None:
    """A capability of the card that nobody sent has needs a confirmation."""
    domain.save_run_card(CODE, theft, 3, None, **GOOD)
    with pytest.raises(NeedsConfirmation, match="Armed"):
        domain.assign(take(), units[:1], dispatcher)


def test_saving_the_same_again_is_silent(theft: Any) -> None:
    """Only a change is logged."""
    for _ in range(2):
        domain.save_run_card(CODE, theft, 1, None, **GOOD)
    assert Event.objects.filter(verb="type.run_card_saved").count() == 1
    assert domain.remove_run_card(CODE, theft, 1, None)
    assert not domain.remove_run_card(CODE, theft, 1, None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"capabilities": {"magic": 1}}, "magic"),
        ({"capabilities": {"armed": 51}}, "armed"),
        ({"units": 0}, "units"),
        ({"capabilities": {"armed": 4}}, "units"),
        ({"check_in_min": -1}, "check_in_min"),
        ({"check_in_min": 601}, "check_in_min"),
    ],
)
def test_a_bad_card_names_its_field(theft: Any, wrong: dict[str, Any], field: str) -> None:
    """Nothing is stored of it."""
    with pytest.raises(Refused) as refused:
        domain.save_run_card(CODE, theft, 1, None, **GOOD | wrong)
    assert refused.value.field == field
    assert not RunCard.objects.exists()


def test_only_the_countys_administrator_edits_cards(theft: Any) -> None:
    """A dispatcher and another county's administrator may not."""
    for account in (posted("dispatcher"), posted("administrator", ELSEWHERE)):
        with pytest.raises(PermissionDenied):
            domain.save_run_card(CODE, theft, 1, account, **GOOD)
