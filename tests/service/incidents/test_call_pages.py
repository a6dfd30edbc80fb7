"""The call form's search, questions, hints and further calls; the lists of later calls; the clocks' page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import shapely
from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY, IncidentFactory, IncidentTypeFactory, PremisesFactory

from anlan.service.incidents.models import (
    CallStandard,
    FurtherCall,
    Incident,
    IncidentLink,
    QuietCall,
    ScheduledCall,
)
from anlan.service.places import gazetteer

FORM = {"address": "河边路12号", "type": "theft-shop", "channel": "phone"}


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    """No test searches another's places."""
    gazetteer.forget()
    yield
    gazetteer.forget()


def found(client: Any, words: str, name: str = "find_place") -> list[str]:
    """Labels that a search returns."""
    answer = client.get(reverse(f"incidents:{name}"), {"q": words})
    assert answer.status_code == 200
    return [option["label"] for option in answer.json()["options"]]


def test_places_are_found_by_pinyin_and_words(client_as: Any, county: Any) -> None:
    """Premises are found by initials, full pinyin, English and within an address; the pin lies there."""
    PremisesFactory(name="第一中学", name_en="No. 1 Middle School", shape=shapely.Point(105.004, 30.004))
    client = client_as("call_taker")
    for words in ("dyzx", "diyi", "middle", "在第一中学3号门口"):
        assert found(client, words)[0] == "第一中学"
    option = client.get(reverse("incidents:find_place"), {"q": "dyzx"}).json()["options"][0]
    assert (option["lon"], option["lat"]) == (105.004, 30.004)


def test_coordinates_and_plus_codes_are_places(client_as: Any, county: Any) -> None:
    """Typed degrees are read as WGS-84 and, labelled, as GCJ-02; a Plus Code as its cell."""
    client = client_as("call_taker")
    assert found(client, "30.01, 105.01")[:2] == ["WGS-84", "GCJ-02"]
    assert found(client, "2625+22") == ["2625+22"]


@pytest.mark.parametrize("words", ["", " ", "\x00", "%", "x" * 5000, "٣", "'; DROP"])
@pytest.mark.parametrize("name", ["find_place", "find_kind"])
def test_searches_survive_anything(client_as: Any, county: Any, words: str, name: str) -> None:
    """No text makes a search fail."""
    found(client_as("call_taker"), words, name)


def test_places_outside_the_posting_are_not_found(client_as: Any, county: Any) -> None:
    """Who is posted to one township finds nothing of the other."""
    PremisesFactory(name="第一中学", area_code="990101002000")
    assert found(client_as("call_taker", "990101001000"), "dyzx") == []


@pytest.mark.parametrize("words", ["theft", "盗", "dq", "daoq", "THEFT-S"])
def test_types_are_found_by_code_name_and_pinyin(client_as: Any, county: Any, words: str) -> None:
    """Each way to name the type leads to it."""
    assert found(client_as("call_taker"), words, "find_kind")[0].startswith("theft-shop")


def test_the_form_asks_the_types_questions_and_advises(client_as: Any, county: Any) -> None:
    """Questions come with the type; the advice names the priority that the answers lead to, a hand's too."""
    client = client_as("call_taker")
    asked = client.get(reverse("incidents:questions"), {"type": "robbery-street"}).content.decode()
    assert "Is anyone hurt" in asked
    given = {"type": "theft-shop", "answer-0": "嫌疑人还在现场吗|是", "priority": "4"}
    told = client.get(reverse("incidents:advice"), given).content.decode()
    assert "Priority by the answers: 1 emergency" in told
    assert "set 4 by hand" in told


def test_answers_of_the_form_reach_the_incident(client_as: Any, county: Any) -> None:
    """What was ticked is kept; what the type does not ask is refused with the form kept."""
    client, url = client_as("call_taker"), reverse("incidents:new")
    assert client.post(url, FORM | {"answer-0": "嫌疑人还在现场吗|也许"}).status_code == 422
    client.post(url, FORM | {"answer-0": "嫌疑人还在现场吗|是"})
    incident = Incident.objects.get()
    assert (incident.priority, incident.answers[0]["answer"], incident.address) == (1, "是", "河边路12号")


def test_the_same_event_becomes_a_further_call(client_as: Any, take: Any) -> None:
    """The hint offers it while typing; the button keeps the call with the incident, shown on its card."""
    incident = take(address="河边路12号")
    client = client_as("call_taker")
    hints = client.get(reverse("incidents:hints"), {"address": "河边路12号"}).content.decode()
    assert reverse("incidents:same", args=[incident.pk]) in hints
    sent = {"address": "河边路", "details": "烟更大了", "callback": "139", "channel": "phone"}
    client.post(reverse("incidents:same", args=[incident.pk]), sent)
    call = FurtherCall.objects.get()
    assert (call.incident, call.words, Incident.objects.count()) == (incident, "烟更大了", 1)
    card = client.get(reverse("incidents:card", args=[incident.pk])).content.decode()
    assert "1 further call" in card
    assert "烟更大了" in card
    shown = client.post(reverse("incidents:call_number", args=[incident.pk, call.pk]), {}).content.decode()
    assert "139" in shown


def test_a_closed_incident_is_offered_for_linking_only(client_as: Any, take: Any, dispatcher: Any) -> None:
    """The hint of a closed one has no button to add a call."""
    from anlan.service.incidents import domain

    incident = take(address="河边路12号")
    domain.close(incident, "handled", dispatcher)
    hints = (
        client_as("call_taker").get(reverse("incidents:hints"), {"address": "河边路12号"}).content.decode()
    )
    assert reverse("incidents:same", args=[incident.pk]) not in hints
    assert f'value="{incident.pk}"' in hints


def test_a_new_call_is_linked_with_what_was_ticked(client_as: Any, take: Any) -> None:
    """Ticked incidents are related to the new one; nonsense is not."""
    other = take()
    client = client_as("call_taker")
    client.post(reverse("incidents:new"), FORM | {"link": [str(other.pk), "x", "99999999"]})
    link = IncidentLink.objects.get()
    assert (link.one, link.other) == (other, Incident.objects.latest("pk"))


def test_linking_from_the_card(client_as: Any, take: Any) -> None:
    """By number, and away again; an unknown number is said."""
    one, other = take(), take()
    client = client_as("dispatcher")
    for action, left in (("link", 1), ("unlink", 0)):
        client.post(reverse("incidents:callers", args=[one.pk, action]), {"number": other.number})
        assert IncidentLink.objects.count() == left
    said = client.post(reverse("incidents:callers", args=[one.pk, "link"]), {"number": "77"})
    assert "There is no incident 77" in said.content.decode()


def test_moments_from_the_telephone_system_are_kept(client_as: Any, county: Any) -> None:
    """A telephone system opens the form with its moments; impossible ones are dropped, not guessed."""
    client, now = client_as("call_taker"), timezone.now()
    rang, answered = (now - timedelta(seconds=seconds) for seconds in (20, 8))
    page = client.get(reverse("incidents:new"), {"rang_at": rang.isoformat()}).content.decode()
    assert rang.isoformat()[:19] in page
    client.post(
        reverse("incidents:new"), FORM | {"rang_at": rang.isoformat(), "answered_at": answered.isoformat()}
    )
    late = (now + timedelta(hours=3)).isoformat()
    client.post(reverse("incidents:new"), FORM | {"rang_at": late, "answered_at": late})
    first, second = Incident.objects.order_by("pk")
    assert (first.rang_at, first.answered_at) == (rang, answered)
    assert (second.rang_at, second.answered_at) == (None, None)


def test_a_call_for_later_waits_in_its_list(client_as: Any, county: Any) -> None:
    """A moment ahead schedules; one in the past comes back; cancelling needs a reason."""
    client = client_as("call_taker")
    past = client.post(reverse("incidents:new"), FORM | {"due_at": "2020-01-01T08:00"})
    assert (past.status_code, ScheduledCall.objects.count()) == (422, 0)
    ahead = (timezone.localtime() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    client.post(reverse("incidents:new"), FORM | {"due_at": ahead})
    call = ScheduledCall.objects.get()
    assert "河边路12号" in client.get(reverse("incidents:scheduled")).content.decode()
    for reason, state in (("", "waiting"), ("rain", "cancelled")):
        client.post(reverse("incidents:scheduled_cancel", args=[call.pk]), {"reason": reason})
        call.refresh_from_db()
        assert call.state == state


def test_one_key_notes_a_silent_call(client_as: Any, county: Any) -> None:
    """An empty form is enough; the list shows it, its number only on request, until its outcome."""
    client = client_as("call_taker")
    client.post(
        reverse("incidents:quiet_take", args=["silent"]), {"channel": "phone", "callback": "13900001234"}
    )
    call = QuietCall.objects.get()
    assert "13900001234" not in client.get(reverse("incidents:quiet")).content.decode()
    shown = client.post(reverse("incidents:quiet_act", args=[call.pk, "read"]))
    assert "13900001234" in shown.content.decode()
    client.post(reverse("incidents:quiet_act", args=[call.pk, "tried"]), {"tries": "0"})
    client.post(reverse("incidents:quiet_act", args=[call.pk, "end"]), {"outcome": "not_reached"})
    call.refresh_from_db()
    assert (call.tries, call.outcome) == (1, "not_reached")


@pytest.mark.parametrize("action", ["read", "tried", "end", "explode"])
def test_quiet_actions_survive_bad_input(client_as: Any, county: Any, action: str) -> None:
    """Nonsense is answered in words or by 404."""
    client = client_as("call_taker")
    client.post(reverse("incidents:quiet_take", args=["abandoned"]), {"channel": "phone"})
    data = {"outcome": "?", "tries": "x", "incident": "\x00"}
    url = reverse("incidents:quiet_act", args=[QuietCall.objects.get().pk, action])
    assert client.post(url, data).status_code in {200, 302, 404}


def test_questions_are_edited_on_the_types_page(client_as: Any, county: Any, theft: Any) -> None:
    """A script with a fault names its line; a good one is the county's own and is shown again."""
    client, url = client_as("administrator"), reverse("incidents:type", args=["theft-shop"])
    form = {
        "name": "盗窃", "name_en": "Theft", "category": "theft", "priority": 3, "source": "resident",
        "units_needed": 1, "active": "on",
    }  # fmt: skip
    assert "Line 2" in client.post(url, form | {"questions": "? 有刀吗\n有"}).content.decode()
    client.post(url, form | {"questions": "? 有刀吗\n- 有 = 1\n- 没有"})
    own = type(theft).objects.get(code="theft-shop", county=COUNTY[:6])
    assert [question.text for question in own.script] == ["有刀吗"]
    untouched = client.get(url).context["form"].initial["questions"]
    assert untouched == "? 有刀吗\n- 有 = 1\n- 没有"


def test_clocks_page_says_what_it_could_not_check(client_as: Any, take: Any) -> None:
    """Without a call it says so, without moments that it could not check; a bad period names its field."""
    client, url = client_as("watch_commander"), reverse("incidents:clocks")
    assert "no call" in client.get(url).content.decode()
    take()
    assert "could not check" in client.get(url).content.decode()
    wrong = client.get(url, {"since": "2026-03-05", "until": "2026-03-01"})
    assert (wrong.status_code, "ends after it starts" in wrong.content.decode()) == (422, True)


def test_a_county_sets_its_own_standard(client_as: Any, county: Any) -> None:
    """The administrator's form stores it, names a clock that runs backwards, and changes it."""
    client = client_as("administrator")
    good = {
        "label": "County", "begins": "rang", "ends": "answered", "seconds": "12", "percent": "90",
        "least_urgent": "4", "active": "on",
    }  # fmt: skip
    assert client.post(reverse("incidents:standard_new"), good | {"ends": "rang"}).status_code == 422
    client.post(reverse("incidents:standard_new"), good)
    own = CallStandard.objects.get()
    assert client.post(reverse("incidents:standard_new"), good).status_code == 422
    client.post(reverse("incidents:standard", args=[own.pk]), good | {"seconds": "14"})
    own.refresh_from_db()
    assert own.seconds == 14
    assert "90 % in 14 s" in client.get(reverse("incidents:clocks")).content.decode()


@pytest.mark.parametrize("name", ["quiet", "scheduled", "clocks"])
def test_lists_cost_the_same_at_any_length(
    client_as: Any, county: Any, name: str, django_assert_max_num_queries: Any
) -> None:
    """One row or thirty make the same number of queries."""
    client, kind = client_as("watch_commander"), IncidentTypeFactory()
    costs = []
    for number in (1, 29):
        for _ in range(number):
            about = {"county": COUNTY[:6], "area_code": COUNTY}
            at = timezone.now() + timedelta(hours=1)
            ScheduledCall.objects.create(
                **about, due_at=at, type=kind, priority=3, address="A", made_by=client.account
            )
            QuietCall.objects.create(**about, kind="silent", received_at=at, callback="1")
            IncidentFactory(received_at=timezone.now())
        with django_assert_max_num_queries(40) as seen:
            assert client.get(reverse(f"incidents:{name}")).status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1]
