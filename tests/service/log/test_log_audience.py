"""Who the live stream tells of what."""

from __future__ import annotations

import pytest

from anlan.service.log.audience import hears
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Role


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.HANDLER, Role.GRID_LEADER, Role.COORDINATOR])
def test_roles_that_may_not_open_incidents_are_not_told_of_them(role: str) -> None:
    """An address and a note reach only those who may open the incident."""
    assert not hears(role, Verb.INCIDENT_REPORTED)
    assert not hears(role, Verb.INCIDENT_NOTED)
    assert hears(role, Verb.BRIEFING_PUBLISHED)


def test_colleagues_sign_ins_and_readings_of_numbers_go_to_readers_of_the_log_only() -> None:
    """A dispatcher hears of incidents but not of who signed in; an auditor hears both."""
    assert hears(Role.DISPATCHER, Verb.INCIDENT_REPORTED)
    assert not hears(Role.DISPATCHER, Verb.CALLER_READ)
    assert hears(Role.AUDITOR, Verb.ACCOUNT_SIGNED_IN)
