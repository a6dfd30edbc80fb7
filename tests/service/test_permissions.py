"""The matrix: every address of the site × every role × inside and outside the posting's area."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests import factories as make
from tests.factories import COUNTY, ELSEWHERE, TOWNSHIPS
from tests.service.planning import joint_cases as joint
from tests.service.planning import roster_cases as rosters

from anlan.service.incidents.models import FurtherCall, Linkage
from anlan.service.patrol.models import Shift
from anlan.service.planning import calendars
from anlan.service.staff.models import Role, Unit

FOREIGN = ("accounts/", "admin/")
UNDECLARED = object()

SAMPLES: dict[str, Callable[[], Any]] = {
    "account_id": lambda: make.posted(Role.PATROL, TOWNSHIPS[0]).pk,
    "posting_id": lambda: make.PostingFactory(role=Role.PATROL, area_code=TOWNSHIPS[0]).pk,
    "unit_id": lambda: make.UnitFactory().pk,
    "agency_id": lambda: make.AgencyFactory(area_code=TOWNSHIPS[0]).pk,
    "team_id": lambda: make.TeamFactory(area_code=TOWNSHIPS[0]).pk,
    "incident_id": lambda: make.IncidentFactory().pk,
    "assignment_id": lambda: make.AssignmentFactory().pk,
    "number": lambda: make.IncidentFactory().number,
    "type_id": lambda: make.IncidentTypeFactory().pk,
    "briefing_id": lambda: make.BriefingFactory(area_code=COUNTY).pk,
    "job_id": lambda: make.BriefingJobFactory(area_code=COUNTY).pk,
    "plan_id": lambda: make.DeploymentPlanFactory(area_code=COUNTY).pk,
    "planning_job_id": lambda: make.PlanningJobFactory(area_code=COUNTY).pk,
    "rehearsal_id": lambda: make.RehearsalFactory(plan__area_code=COUNTY).pk,
    "joint_id": lambda: joint.kept().pk,
    "roster_id": lambda: rosters.kept().pk,
    "member_id": lambda: rosters.member().pk,
    "absence_id": lambda: make.AbsenceFactory(member=rosters.member()).pk,
    "device_id": lambda: make.DeviceFactory().pk,
    "closure_id": lambda: make.RoadClosureFactory().pk,
    "calibration_id": lambda: make.CalibrationFactory().pk,
    "handover_id": lambda: make.HandoverFactory().pk,
    "notice_id": lambda: make.NoticeFactory().pk,
    "containment_plan_id": lambda: make.ContainmentPlanFactory().pk,
    "linkage_id": lambda: make.LinkageFactory().pk,
    "endpoint_id": lambda: make.EndpointFactory().pk,
    "delivery_id": lambda: make.DeliveryFactory().pk,
    "feed_id": lambda: make.FeedFactory().pk,
    "feed_code": lambda: make.FeedFactory().code,
    "token": lambda: calendars.token("unit", make.UnitFactory().pk),
    "report_id": lambda: make.PlaceReportFactory().pk,
    "picture_id": lambda: make.PictureFactory().pk,
    "shift_id": lambda: make.ShiftFactory().pk,
    "trial_id": lambda: make.TrialFactory(area_code=COUNTY).pk,
    "date": lambda: "2026-03-04",
    "day": lambda: "2026-03-04",
    "kind": lambda: "beats",
    "code": lambda: TOWNSHIPS[0],
    "county": lambda: COUNTY[:6],
    "form": lambda: "xlsx",
}
"""A record to put into an address, by the argument's name; all lie in the county or its first township."""


def further_call() -> FurtherCall:
    """Return the call that an address before this argument has made, else one more."""
    return FurtherCall.objects.order_by("-pk").first() or make.FurtherCallFactory()


BY_VIEW: dict[str, Callable[[], Any]] = {
    "staff:agency record_id": SAMPLES["agency_id"],
    "staff:team record_id": SAMPLES["team_id"],
    "staff:unit record_id": SAMPLES["unit_id"],
    "incidents:type code": lambda: make.IncidentTypeFactory().code,
    "incidents:run_cards code": lambda: make.IncidentTypeFactory().code,
    "patrol:briefing_file pk": SAMPLES["briefing_id"],
    "patrol:briefing_file kind": lambda: "json",
    "patrol:briefing_publish pk": SAMPLES["briefing_id"],
    "incidents:containment plan_id": SAMPLES["containment_plan_id"],
    "incidents:containment_act plan_id": SAMPLES["containment_plan_id"],
    "incidents:containment_act action": lambda: "approve",
    "incidents:handover handover_id": SAMPLES["handover_id"],
    "incidents:handover_pdf handover_id": SAMPLES["handover_id"],
    "incidents:watch_act action": lambda: "overrides",
    "incidents:notice notice_id": SAMPLES["notice_id"],
    "incidents:escalation_step code": lambda: "every-type",
    "incidents:escalation_step level": lambda: 2,
    "incidents:act action": lambda: "note",
    "incidents:inbox_act action": lambda: "say",
    "incidents:act_on_linkage action": lambda: "say",
    "incidents:eido feed_code": lambda: make.FeedFactory(kind="eido").code,
    "incidents:same pk": SAMPLES["incident_id"],
    "incidents:callers action": lambda: "link",
    "incidents:call_number pk": lambda: make.FurtherCallFactory().incident.pk,
    "incidents:call_number call_id": lambda: further_call().pk,
    "incidents:scheduled_cancel pk": lambda: make.ScheduledCallFactory().pk,
    "incidents:quiet_take kind": lambda: "silent",
    "incidents:quiet_act pk": lambda: make.QuietCallFactory().pk,
    "incidents:quiet_act action": lambda: "tried",
    "incidents:standard pk": lambda: make.CallStandardFactory().pk,
    "incidents:act_on_assignment pk": SAMPLES["assignment_id"],
    "incidents:act_on_assignment action": lambda: "accepted",
}
"""Samples of single views, where an argument's name alone does not say what it is."""

BY_APP: dict[str, Callable[[], Any]] = {
    "incidents pk": SAMPLES["incident_id"],
    "patrol pk": SAMPLES["unit_id"],
    "analysis kind": lambda: "comparison",
}
"""Samples of a whole app, the same way."""

RECORDLESS = {"date", "day", "kind", "county", "code", "form", "action", "level"}
UNSCOPED = {"type_id"}
STREAMS = {"log:stream", "incidents:stream"}
OWN_UNIT = {"patrol:position", "patrol:shift"}
"""Pages about a unit that only its own crew may open: 404 for everyone else, at home as elsewhere."""

OWN_AGENCY = {"incidents:inbox_item", "incidents:inbox_act"}
"""Pages about what one agency was asked: 404 for a colleague of another agency, at home as elsewhere."""

EMPTY = {"patrol:briefing_day": "patrol/briefing_empty.html"}
"""Pages that answer 404 while there is nothing for the day, and the template that says so."""


@dataclass(frozen=True)
class Address:
    """One address of the resolver: its name, path with placeholders, view and arguments' names."""

    name: str
    route: str
    view: Any
    arguments: tuple[str, ...]

    @property
    def permission(self) -> Any:
        """What the view asks for: a permission, None for public, UNDECLARED for neither."""
        return getattr(self.view, "permission", UNDECLARED)

    def sample(self, argument: str) -> Callable[[], Any] | None:
        """Return what makes a sample: for this view, else for its app, else by the argument's name."""
        app = self.name.partition(":")[0]
        return (
            BY_VIEW.get(f"{self.name} {argument}") or BY_APP.get(f"{app} {argument}") or SAMPLES.get(argument)
        )

    def fill(self) -> str:
        """Return the path with a sample record for every argument."""
        return reverse(self.name, kwargs={argument: self.sample(argument)() for argument in self.arguments})


def walk(resolver: Any, prefix: str = "", space: str = "", given: tuple[str, ...] = ()) -> Iterator[Address]:
    """Yield every address below a resolver."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        names = (*given, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            yield from walk(entry, route, f"{entry.namespace}:" if entry.namespace else space, names)
        elif isinstance(entry, URLPattern):
            yield Address(f"{space}{entry.name}", route, entry.callback, names)


ADDRESSES = [one for one in walk(get_resolver()) if not one.route.startswith(FOREIGN)]
GUARDED = [one for one in ADDRESSES if isinstance(one.permission, str) and one.name not in STREAMS]


def by_name(address: Address) -> str:
    """Return the test's id."""
    return address.name


def missing_samples() -> list[str]:
    """Return the addresses whose arguments have no sample."""
    return [
        f"{one.name} {argument}"
        for one in ADDRESSES
        for argument in one.arguments
        if not one.sample(argument)
    ]


def test_every_view_says_who_may_open_it():
    """A view carries @requires or @public."""
    assert [one.name for one in ADDRESSES if one.permission is UNDECLARED] == []


def test_every_argument_has_a_sample():
    """A new argument joins the matrix by a line in SAMPLES."""
    assert missing_samples() == []


def test_navigation_leads_somewhere():
    """Each link of the navigation names an address that exists."""
    from anlan.service.context import NAVIGATION, address

    assert [link.name for link in NAVIGATION if not address(link.name)] == []


@pytest.mark.parametrize("address", GUARDED, ids=by_name)
def test_strangers_are_sent_to_sign_in(address, client, county):
    """Without sign-in a guarded address redirects there, whatever the method."""
    answers = [client.get(address.fill()), client.post(address.fill())]
    codes = [answer.status_code for answer in answers]
    assert set(codes) <= {302, 405}
    assert all(answer.url.startswith("/accounts/login/") for answer in answers if answer.status_code == 302)


@pytest.mark.parametrize("address", GUARDED, ids=by_name)
def test_roles_open_what_they_may(address, client_as, county):
    """In its own county a role with the permission gets in and every other role gets 403."""
    path = address.fill()
    for role in [*Role.values, None]:
        client = client_as(role, COUNTY)
        if address.name in OWN_UNIT:
            crew(path, client.account)
        if address.name in OWN_AGENCY:
            join_agency(path, client.account)
        answer = client.get(path)
        status = answer.status_code
        if status == 404 and address.name in EMPTY:
            status = 200
            assert EMPTY[address.name] in {template.name for template in answer.templates}
        if client.account.has_perm(address.permission):
            assert status in {200, 204, 302, 400, 405, 503}, (role, status)
        else:
            assert status in {403, 405}, (role, status)


def crew(path: str, account: Any) -> None:
    """Put the account into the crew of the unit, or of the shift's unit, that the path names."""
    pk = next(part for part in path.split("/") if part.isdigit())
    unit = Shift.objects.get(pk=pk).unit if "/shifts/" in path else Unit.objects.get(pk=pk)
    unit.crew.add(account)


def join_agency(path: str, account: Any) -> None:
    """Post the account on behalf of the agency that was asked in the linkage of the path."""
    key = next(part for part in path.split("/") if part.isdigit())
    account.postings.update(agency=Linkage.objects.get(pk=key).agency)


SIGNED = [one for one in ADDRESSES if getattr(one.view, "signed", False)]


@pytest.mark.parametrize("address", SIGNED, ids=by_name)
def test_signed_addresses_take_nothing_unsigned(address, county):
    """Open without sign-in and exempt from CSRF, they refuse what bears no signature, also from staff."""
    path = address.fill()
    assert (address.permission, address.view.csrf_exempt) == (None, True)
    for client in (Client(enforce_csrf_checks=True), make.signed_in(make.posted(Role.ADMINISTRATOR))):
        answers = [client.post(path, b"{}", content_type="application/json"), client.get(path)]
        assert [answer.status_code for answer in answers] == [401, 405]


@pytest.mark.parametrize("address", [one for one in GUARDED if one.name in OWN_AGENCY], ids=by_name)
def test_an_inbox_answers_its_agency_alone(address, client_as, county):
    """What one agency is asked does not exist for a handler of another agency, or of none."""
    path = address.fill()
    client = client_as(Role.HANDLER, COUNTY)
    ask = client.get if address.name == "incidents:inbox_item" else client.post
    assert ask(path).status_code == 404
    client.account.postings.update(agency=make.AgencyFactory())
    assert ask(path).status_code == 404
    join_agency(path, client.account)
    assert ask(path).status_code in {200, 302, 422}


@pytest.mark.parametrize("address", [one for one in GUARDED if one.name in OWN_UNIT], ids=by_name)
def test_a_unit_answers_its_crew_alone(address, client_as, county):
    """The page of a unit opens to its crew and does not exist for a colleague of the same station."""
    path = address.fill()
    client = client_as(Role.PATROL, COUNTY)
    ask = client.get if address.name == "patrol:shift" else client.post
    assert ask(path).status_code == 404
    crew(path, client.account)
    assert ask(path).status_code in {200, 302, 422}


RECORDS = [one for one in GUARDED if set(one.arguments) - RECORDLESS - UNSCOPED]


@pytest.mark.parametrize("address", RECORDS, ids=by_name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_records_elsewhere_do_not_exist(address, method, client_as, county):
    """Posted in another county, every role is told 404 (or 403) for a record of this one."""
    path = address.fill()
    for role in Role.values:
        status = getattr(client_as(role, ELSEWHERE), method)(path).status_code
        assert status in {403, 404, 405}, (role, status)
