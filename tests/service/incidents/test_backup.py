"""Backup is asked for, counted as it is sent, or declined with a reason."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from tests.factories import posted

from anlan.service.incidents import domain
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Backup
from anlan.service.log.models import Event


@pytest.fixture
def on_scene(take: Any, units: Any, dispatcher: Any) -> Any:
    """An incident that the first unit is on."""
    incident = take()
    domain.assign(incident, units[:1], dispatcher)
    return incident


def test_a_crew_asks_and_is_answered_by_the_units_sent(on_scene: Any, units: Any, dispatcher: Any) -> None:
    """The request counts units sent since, and is answered when all are."""
    crew = posted("patrol")
    units[0].crew.add(crew)
    row = domain.request_backup(on_scene, crew, uuid.uuid4(), unit=units[0], units=2, reason="三人持刀")
    domain.assign(on_scene, units[1:2], dispatcher)
    row.refresh_from_db()
    assert (row.sent, row.status, row.missing) == (1, "open", 1)
    domain.assign(on_scene, units[1:3], dispatcher)
    row.refresh_from_db()
    assert (row.sent, row.status) == (2, "sent")
    verbs = list(Event.objects.filter(verb__contains="backup").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["incident.backup_asked", "incident.backup_sent"]


def test_only_units_with_the_capability_count(on_scene: Any, units: Any, dispatcher: Any) -> None:
    """A patrol does not answer a request for armed backup."""
    row = domain.request_backup(on_scene, dispatcher, uuid.uuid4(), capability="armed")
    domain.assign(on_scene, units[1:2], dispatcher)
    row.refresh_from_db()
    assert row.sent == 0


def test_a_request_sent_twice_is_one(on_scene: Any, dispatcher: Any) -> None:
    """The same key returns the request already made."""
    key = uuid.uuid4()
    made = [domain.request_backup(on_scene, dispatcher, key) for _ in range(2)]
    assert made[0] == made[1]
    assert Event.objects.filter(verb="incident.backup_asked").count() == 1


def test_declining_needs_a_reason_and_ends_it(on_scene: Any, units: Any, dispatcher: Any) -> None:
    """Without a reason nothing; declined, units sent later do not turn it into sent."""
    row = domain.request_backup(on_scene, dispatcher, uuid.uuid4())
    with pytest.raises(Refused, match="why"):
        domain.decline_backup(row, " ", dispatcher)
    domain.decline_backup(row, "no unit free", dispatcher)
    domain.assign(on_scene, units[1:2], dispatcher)
    row.refresh_from_db()
    assert (row.status, row.sent) == ("declined", 0)


def test_closing_ends_what_is_still_asked_for(on_scene: Any, dispatcher: Any) -> None:
    """No request outlives its incident."""
    domain.request_backup(on_scene, dispatcher, uuid.uuid4())
    domain.close(on_scene, "handled", dispatcher, confirmed=True)
    assert list(Backup.objects.values_list("status", flat=True)) == ["lapsed"]


@pytest.mark.parametrize(
    ("facts", "field"), [({"units": 0}, "units"), ({"capability": "magic"}, "capability")]
)
def test_a_bad_request_names_its_field(on_scene: Any, dispatcher: Any, facts: Any, field: str) -> None:
    """A refusal says which input it is about."""
    with pytest.raises(Refused) as refused:
        domain.request_backup(on_scene, dispatcher, uuid.uuid4(), **facts)
    assert refused.value.field == field


def test_strangers_to_the_incident_do_not_ask(on_scene: Any, units: Any, dispatcher: Any) -> None:
    """Neither a colleague of another crew nor a unit that is not there."""
    with pytest.raises(PermissionDenied):
        domain.request_backup(on_scene, posted("patrol"), uuid.uuid4(), unit=units[0])
    with pytest.raises(Refused, match="not on incident"):
        domain.request_backup(on_scene, dispatcher, uuid.uuid4(), unit=units[1])
