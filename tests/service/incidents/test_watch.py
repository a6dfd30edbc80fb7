"""The watch: one holds it, hands it over with a frozen sheet, overrides with a reason."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY, HandoverFactory, WatchFactory, posted, signed_in

from anlan.service.incidents import commands, domain, handover_sheet
from anlan.service.incidents.domain.escalation import set_level
from anlan.service.incidents.domain.override import override_dispatch
from anlan.service.incidents.domain.watch import (
    accept_handover,
    offer_handover,
    set_overrides,
    take_watch,
    withdraw_handover,
)
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Handover, Watch
from anlan.service.log.models import Event
from anlan.service.staff.models import Unit

CODE = COUNTY[:6]


def test_one_holds_the_watch(commander: Any) -> None:
    """Taken twice by the same it is one watch; another is told who holds it and needs a reason."""
    first, second = (take_watch(COUNTY, commander) for _ in range(2))
    assert first == second
    other = posted("watch_commander")
    with pytest.raises(Refused, match=str(commander)):
        take_watch(COUNTY, other)
    with pytest.raises(NeedsConfirmation):
        take_watch(COUNTY, other, "fell ill")
    taken = take_watch(COUNTY, other, "fell ill", confirmed=True)
    first.refresh_from_db()
    assert (first.ended_at, taken.reason) == (taken.began_at, "fell ill")
    assert Event.objects.get(verb="watch.seized").data["from"] == str(commander)


def test_only_a_commander_takes_the_watch(dispatcher: Any) -> None:
    """A dispatcher may not."""
    with pytest.raises(PermissionDenied):
        take_watch(COUNTY, dispatcher)


def test_the_sheet_is_frozen_when_it_is_offered(
    commander: Any, dispatcher: Any, take: Any, units: Any
) -> None:
    """What happens between the offer and the acceptance does not change the sheet; the page shows it."""
    watch = take_watch(COUNTY, commander)
    Watch.objects.update(began_at=timezone.now() - timedelta(hours=8))
    watch.refresh_from_db()
    incident = take(address="5 Bridge Road")
    domain.assign(incident, [units[0]], dispatcher)
    set_level(incident, 3, "spreads", commander, confirmed=True)
    key = uuid.uuid4()
    sheets = [offer_handover(watch, "mind the bridge", commander, key) for _ in range(2)]
    assert sheets[0] == sheets[1]
    take(address="9 Quiet Lane")
    body = Handover.objects.get().body
    assert [one["address"] for one in body["incidents"]] == ["5 Bridge Road"]
    assert body["units"]["busy"][0]["unit"] == units[0].call_sign
    assert [one["level"] for one in body["levels"]] == [3]
    assert [one["verb"] for one in body["events"]] == ["incident.level_changed"]
    assert (body["figures"]["reported"], body["figures"]["dispatched"]) == (1, 1)
    report = handover_sheet.report(Handover.objects.get())
    assert [part.key for part in report.sections][:2] == ["remarks", "incidents"]
    page = signed_in(dispatcher).get(reverse("incidents:handover", args=[sheets[0].pk])).content.decode()
    assert "5 Bridge Road" in page
    assert "mind the bridge" in page
    assert "9 Quiet Lane" not in page


def test_acceptance_ends_one_watch_and_begins_the_next(commander: Any) -> None:
    """Both at the same moment; accepted again it is the same watch; a rival is told."""
    watch = take_watch(COUNTY, commander)
    sheet = offer_handover(watch, "", commander, uuid.uuid4())
    successor, rival = posted("watch_commander"), posted("watch_commander")
    with pytest.raises(Refused):
        accept_handover(sheet, commander)
    first, second = (accept_handover(sheet, successor) for _ in range(2))
    assert first == second
    watch.refresh_from_db()
    assert watch.ended_at == first.began_at
    assert Watch.objects.get(ended_at=None).commander == successor
    with pytest.raises(Refused):
        accept_handover(sheet, rival)
    assert Event.objects.filter(verb="watch.handover_accepted").count() == 1


def test_an_offer_may_be_withdrawn_and_made_anew(commander: Any) -> None:
    """One offer at a time; a withdrawn one cannot be accepted; while one waits nobody seizes the watch."""
    watch, other = take_watch(COUNTY, commander), posted("watch_commander")
    sheet = offer_handover(watch, "", commander, uuid.uuid4())
    with pytest.raises(Refused):
        offer_handover(watch, "", commander, uuid.uuid4())
    with pytest.raises(Refused, match="accept"):
        take_watch(COUNTY, other, "why", confirmed=True)
    with pytest.raises(Refused):
        withdraw_handover(sheet, other)
    for _ in range(2):
        withdraw_handover(sheet, commander)
    with pytest.raises(Refused):
        accept_handover(sheet, other)
    assert offer_handover(watch, "", commander, uuid.uuid4()).pk != sheet.pk
    assert Event.objects.filter(verb="watch.handover_withdrawn").count() == 1


def test_the_sheet_comes_as_pdf(commander: Any) -> None:
    """Also one of an empty night."""
    sheet = offer_handover(take_watch(COUNTY, commander), "", commander, uuid.uuid4())
    answer = signed_in(commander).get(reverse("incidents:handover_pdf", args=[sheet.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_the_page_hands_over_by_its_buttons(commander: Any, county: Any) -> None:
    """Taken, offered, accepted from the page; a late tap on an offer that is over is told so."""
    mine, other = signed_in(commander), signed_in(posted("watch_commander"))
    act = lambda client, name, **facts: client.post(  # noqa: E731  a name for three lines
        reverse("incidents:watch_act", args=[name]), facts, follow=True
    )
    assert act(mine, "take").status_code == 200
    assert act(other, "take", reason="ill").status_code == 409
    act(mine, "offer", client_key=str(uuid.uuid4()), remarks="all calm")
    sheet = Handover.objects.get()
    assert b"Accept the watch" in other.get(reverse("incidents:watch")).content
    assert act(other, "accept", handover=sheet.pk).status_code == 200
    assert Watch.objects.get(ended_at=None).commander == other.account
    assert act(mine, "offer", client_key="no key").status_code == 409
    assert act(mine, "nothing").status_code == 404


def test_a_rule_is_overridden_with_a_reason_where_policy_allows(
    commander: Any, take: Any, units: Any
) -> None:
    """Not without the watch, not without policy; then confirmed, done and logged, once."""
    incident, unit = take(), units[0]
    Unit.objects.filter(pk=unit.pk).update(on_duty=False)
    send = lambda **facts: override_dispatch(incident, unit, "nobody else", commander, **facts)  # noqa: E731
    with pytest.raises(Refused, match="watch"):
        send()
    take_watch(COUNTY, commander)
    with pytest.raises(Refused, match="Policy"):
        send()
    set_overrides(COUNTY, ["off_duty"], posted("leader"))
    with pytest.raises(NeedsConfirmation, match="off duty"):
        send()
    first, second = (send(confirmed=True) for _ in range(2))
    assert first == second
    event = Event.objects.get(verb="incident.rule_overridden")
    assert (event.data["rules"], event.data["reason"]) == (["off_duty"], "nobody else")


def test_a_unit_is_taken_from_another_incident(commander: Any, take: Any, units: Any) -> None:
    """It is called off there with the reason, and sent here, both or neither."""
    first, second = take(), take(address="elsewhere")
    domain.assign(first, [units[0]], commander)
    take_watch(COUNTY, commander)
    set_overrides(COUNTY, ["busy"], posted("leader"))
    line = f"override {second.number} {units[0].call_sign} child in the water"
    with pytest.raises(NeedsConfirmation, match=first.number):
        commands.run(CODE, commander, line)
    commands.run(CODE, commander, line, confirmed=True)
    statuses = list(first.assignments.values_list("status", flat=True))
    assert (statuses, second.assignments.get().unit) == (["cancelled"], units[0])


def test_a_unit_with_a_queued_incident_is_overridden_and_both_that_wait_are_named(
    commander: Any, take: Any, units: Any
) -> None:
    """What it leaves waits again, what is queued stays its next; the answer holds for what was asked."""
    first, queued, urgent = take(), take(), take(priority=1)
    (old,) = domain.assign(first, [units[0]], commander)
    row = domain.stack(queued, units[0], commander)
    take_watch(COUNTY, commander)
    set_overrides(COUNTY, ["busy"], posted("leader"))
    send = lambda **facts: override_dispatch(urgent, units[0], "child", commander, **facts)  # noqa: E731
    with pytest.raises(NeedsConfirmation) as asked:
        send()
    said = " ".join(asked.value.warnings)
    assert f"{first.number} (3 routine), which goes back to waiting" in said
    assert f"{queued.number}: queued for {units[0].call_sign}" in said
    with pytest.raises(NeedsConfirmation):
        send(confirmed=True, seen="0")
    sent = send(confirmed=True, seen=asked.value.seen)
    for record in (first, queued, urgent, old, row):
        record.refresh_from_db()
    assert (first.status, queued.status, urgent.status) == ("open", "open", "dispatched")
    assert (old.status, old.preempted_for, row.ended_at) == ("cancelled", urgent, None)
    assert Event.objects.get(verb="assignment.cancelled").data["reason"].endswith(": child")
    domain.advance(sent, "cleared", commander)
    row.refresh_from_db()
    assert row.assignment is not None


def test_overriding_for_what_is_queued_uses_it_up(commander: Any, take: Any, units: Any) -> None:
    """The unit goes to its next incident now, and does not begin it a second time."""
    first, queued = take(), take()
    domain.assign(first, [units[0]], commander)
    row = domain.stack(queued, units[0], commander)
    take_watch(COUNTY, commander)
    set_overrides(COUNTY, ["busy"], posted("leader"))
    sent = override_dispatch(queued, units[0], "now", commander, confirmed=True)
    row.refresh_from_db()
    assert row.assignment == sent


def test_policy_is_the_leaders(commander: Any) -> None:
    """The commander does not widen what he may override; unknown rules are refused; unchanged is silent."""
    leader = posted("leader")
    with pytest.raises(PermissionDenied):
        set_overrides(COUNTY, ["busy"], commander)
    with pytest.raises(Refused):
        set_overrides(COUNTY, ["everything"], leader)
    for _ in range(2):
        set_overrides(COUNTY, ["busy"], leader)
    assert Event.objects.filter(verb="watch.overrides_changed").count() == 1


def test_handovers_take_the_same_queries_however_many(
    commander: Any, county: Any, django_assert_max_num_queries: Any
) -> None:
    """One row or thirty."""
    client, url = signed_in(commander), reverse("incidents:watch")
    counts = []
    for number in (1, 29):
        watches = WatchFactory.create_batch(number, ended_at=timezone.now())
        for watch in watches:
            HandoverFactory(watch=watch, accepted_at=timezone.now(), accepted_by=watch.commander)
        with django_assert_max_num_queries(60) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]
