"""What a search answers: contradictions and what would help, approval, where a roster stands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY, AbsenceFactory, DeploymentPlanFactory
from tests.service.planning import roster_cases as cases

from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.planning import calendars, domain
from anlan.service.planning.models import Roster
from anlan.service.planning.presentation.orders import on_duty
from anlan.service.planning.rosters import queries, relax, words
from anlan.service.planning.rosters.ask import AlertDays, Fixed, NeedRow
from anlan.service.planning.rosters.page import page
from anlan.service.staff.models import Role

if TYPE_CHECKING:
    from django.test import Client

NEW = "/planning/rosters/new/"
COUNTY6, FIRST = cases.COUNTY6, cases.FIRST


# asking


def test_rules_that_conflict_are_told_with_the_smallest_relaxation(county: Any, client_as: Any) -> None:
    """Nine of eight people: the page says which need, and that eight would do; the form takes that over."""
    held = cases.impossible()
    client = client_as(Role.PLANNER)
    said = cases.text_of(client.get(reverse("planning:roster", args=[held.pk])))
    assert "No roster keeps all of these rules" in said
    assert "9 people in the Day shift of 03-02 (Mon)" in said
    assert "The smallest relaxation that helps" in said
    assert "8 instead of 9 people in the Day shift of 03-02 (Mon)" in said
    form = client.get(f"{NEW}?from={held.pk}&relax=all").context["form"]
    assert form.initial["exceptions"] == "2026-03-02 day 8\n2026-03-03 day 8"


def test_what_is_proposed_helps(county: Any) -> None:
    """Made with all that is proposed, the roster is there."""
    held = cases.impossible()
    ask = relax.applied(held, words.Names(held), "all")
    mended = domain.make_roster(COUNTY6, ask, None, parent=held)
    assert (mended.body["why"], mended.parent, mended.version) == (None, held, 2)


def test_leave_that_stands_in_the_way_leads_to_the_member(county: Any) -> None:
    """All eight away, one wanted: somebody's absence would have to be shorter, or nobody come."""
    for one in cases.squad().members.all():
        AbsenceFactory(member=one, first=FIRST, last=FIRST)
    made = cases.impossible(needs=(NeedRow("day", (1,) * 7),))
    shown = page(made)["why"]
    assert any("away on 03-02" in cause for cause in shown["causes"])
    assert len(shown["changes"]) == 1


def test_a_sequence_set_by_hand_against_a_rule_is_told(county: Any) -> None:
    """Evening, then day by hand against eleven hours of rest: both cells and the rule are named, one goes."""
    key = str(cases.member().pk)
    fixed = (Fixed(key, FIRST, "evening"), Fixed(key, FIRST + timedelta(days=1), "day"))
    made = cases.impossible(needs=cases.needs(1), hard_needs=False, fixed=fixed)
    shown = page(made)["why"]
    assert "01: at least 11 h of rest between duties" in shown["causes"]
    assert "01: 03-02 (Mon) set by hand" in shown["causes"]
    assert len(shown["changes"]) == 1
    ask = relax.applied(made, words.Names(made), "0")
    assert domain.make_roster(COUNTY6, ask, None).body["why"] is None


def test_what_is_no_roster_can_be_neither_approved_nor_exported(county: Any, client_as: Any) -> None:
    """Each answers with words on the roster's page."""
    held = cases.impossible()
    client = client_as(Role.WATCH_COMMANDER)
    for name, send in (
        ("roster_approve", client.post),
        ("roster_file", client.get),
        ("roster_ill", client.get),
    ):
        answer = send(reverse(f"planning:{name}", args=[held.pk]), follow=True)
        assert "This roster could not be made" in cases.text_of(answer)
    assert "could not be made" in cases.text_of(client.get(reverse("planning:roster_print", args=[held.pk])))
    assert Roster.objects.filter(approved_at=None).count() == 1


# in force


def test_an_approved_roster_is_on_calendars_and_orders(county: Any, client: Client) -> None:
    """A draft is on neither; a member's calendar has its duties, the team's all, orders name who serves."""
    one = cases.member()
    held = cases.kept(cases.wanted(first=timezone.localdate()))
    plan = DeploymentPlanFactory(area_code=COUNTY, date=held.first)
    plan.body = {"shifts": held.body["problem"]["shifts"]}

    def feed(kind: str, pk: int) -> str:
        answer = client.get(reverse("planning:calendar", args=[calendars.token(kind, pk)]))
        assert answer.status_code == 200
        return cases.text_of(answer).replace("\r\n ", "")

    def paper() -> list[Any]:
        return on_duty(plan, queries.Served(COUNTY6, plan.date, plan.date), "squad")

    assert (feed("member", one.pk).count("BEGIN:VEVENT"), paper()) == (0, [])
    domain.approve_roster(held, None)
    rows = held.body["result"]["rows"]
    duties = [code for code in rows[str(one.pk)] if code]
    assert feed("member", one.pk).count("BEGIN:VEVENT") == len(duties)
    manned = {(at, code) for row in rows.values() for at, code in enumerate(row) if code}
    assert feed("team", one.team_id).count("BEGIN:VEVENT") == len(manned)
    told = dict(paper()[0].rows)
    assert len(told) == len({row[0] for row in rows.values()} - {""})
    assert "01, 05" in [*told.values()] or not rows[str(one.pk)][0]


def test_of_two_approved_rosters_the_later_one_counts(county: Any) -> None:
    """A day's duties are those of the version approved last."""
    old, new = cases.kept(), cases.kept(cases.wanted(ahead=2))
    for one in (new, old):
        domain.approve_roster(one, None)
    served = queries.Served(COUNTY6, FIRST, FIRST)
    key = str(cases.member().pk)
    assert served.of("squad", key)[FIRST] == old.body["result"]["rows"][key][0]
    assert old.body["result"]["rows"][key][0] != new.body["result"]["rows"][key][0]


def test_a_call_up_that_rest_forbids_is_told(county: Any) -> None:
    """Who has the day's shift next morning is not called for the evening."""
    cases.squad()
    alert = AlertDays(FIRST, FIRST, "I", "evening")
    made = domain.make_roster(COUNTY6, cases.wanted(days=2, alerts=(alert,), rules=cases.lenient()), None)
    assert page(made)["short"] == ["03-02 (Mon), level I: 0 of 2 called up; 2 more must rest."]


def test_approving_twice_is_once(county: Any, client_as: Any) -> None:
    """By a commander; a planner may not."""
    held = cases.kept()
    address = reverse("planning:roster_approve", args=[held.pk])
    assert client_as(Role.PLANNER).post(address).status_code == 403
    client = client_as(Role.WATCH_COMMANDER)
    for _ in range(2):
        assert "Calendars and orders follow" in cases.text_of(client.post(address, follow=True))
    held.refresh_from_db()
    assert held.approved_by == client.account
    assert Event.objects.filter(verb=Verb.ROSTER_APPROVED).count() == 1


def test_a_roster_that_breaks_a_hard_rule_is_not_approved(county: Any, client_as: Any) -> None:
    """The first rule is named."""
    held = cases.kept(cases.wanted(hard_needs=True, needs=cases.needs(8)))
    said = cases.text_of(
        client_as(Role.LEADER).post(reverse("planning:roster_approve", args=[held.pk]), follow=True)
    )
    assert "It breaks rules that must hold" in said
    held.refresh_from_db()
    assert held.approved_at is None


# shown
