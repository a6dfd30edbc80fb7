"""What phones send: once and in order, whatever came between; bad items are refused one by one."""

from __future__ import annotations

import base64
import io
import json
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from tests.factories import COUNTY, LAT, LON, STEP, PatrolLineFactory, PatrolPointFactory, posted, signed_in

from anlan.service.incidents import domain as incidents
from anlan.service.incidents.models import Assignment, Backup, Incident, IncidentType
from anlan.service.log.models import Event
from anlan.service.patrol.models import CheckIn, Fix, Picture, PlaceReport, Receipt, Shift, ShiftEntry, Stay
from anlan.service.patrol.place_codes import payload
from anlan.service.staff.models import Unit

NOW = timezone.now()
HERE = {"lon": LON + STEP / 2, "lat": LAT + STEP / 2}


@pytest.fixture
def unit(county: Any) -> Unit:
    """The first unit, and two patrol points of its beat."""
    first = Unit.objects.order_by("call_sign")[0]
    for code in ("bridge", "market"):
        PatrolPointFactory(code=code, beat_code=first.beat_code)
    return first


@pytest.fixture
def assignment(unit: Unit) -> Assignment:
    """The unit sent to an incident an hour and more ago."""
    kind = IncidentType.objects.get(code="theft-shop")
    incident = incidents.take_call(None, county=COUNTY[:6], type=kind, address="Pier 2")
    sent = incidents.assign(incident, [unit], None)[0]
    Assignment.objects.filter(pk=sent.pk).update(assigned_at=NOW - timedelta(minutes=70))
    return sent


class Phone:
    """Makes items and sends them."""

    def __init__(self, client: Any, account: int, unit: int) -> None:
        self.client, self.account, self.unit = client, account, unit

    def item(self, kind: str, minutes_ago: float = 1, /, **data: Any) -> dict[str, Any]:
        """Return an action done so many minutes ago."""
        at = NOW - timedelta(minutes=minutes_ago)
        return {"key": str(uuid.uuid4()), "kind": kind, "unit": self.unit, "at": at.isoformat(), "data": data}

    def post(self, items: list[Any], **more: Any) -> Any:
        """Send items and return the site's response."""
        batch = {"account": self.account, "sent_at": timezone.now().isoformat(), "items": items} | more
        return self.client.post(reverse("patrol:duty_sync"), json.dumps(batch), "application/json")

    def send(self, *items: Any, **more: Any) -> list[tuple[str, str]]:
        """Send items and return state and field of each answer."""
        answers = self.post(list(items), **more).json()["answers"]
        return [(answer["state"], answer.get("field", "")) for answer in answers]


def jpeg(exif: bool = False) -> bytes:
    """Return a small JPEG, with a camera's name and place in it if asked."""
    out, picture = io.BytesIO(), Image.new("RGB", (60, 40), "navy")
    tags = Image.Exif()
    if exif:
        tags[0x010F] = "CameraMaker"
        tags.get_ifd(0x8825)[1] = "N"
    picture.save(out, "JPEG", exif=tags)
    return out.getvalue()


def text(content: bytes) -> str:
    """Return bytes as a phone sends them."""
    return base64.b64encode(content).decode()


def shift_of(phone: Phone, assignment: Assignment) -> list[dict[str, Any]]:
    """Return one of every kind, in the order of a shift."""
    stay = phone.item("stay", 40, place="990101001000" + "0001", planned_s=720)
    return [
        phone.item("advance", 60, assignment=assignment.pk, status="accepted"),
        phone.item("advance", 55, assignment=assignment.pk, status="on_scene"),
        phone.item("advance", 50, assignment=assignment.pk, status="cleared"),
        phone.item("check-in", 45, place="bridge", **HERE),
        stay,
        phone.item("stay-end", 28, stay=stay["key"]),
        phone.item("check-in", 25, place="market", method="picture", picture=text(jpeg())),
        phone.item("report", 20, kind="light", words="dark", where="pier", picture=text(jpeg())),
        phone.item("entry", 15, text="quiet so far"),
        phone.item("off", 5),
    ]


def test_a_shift_is_recorded_at_the_times_at_which_it_was_done(phone: Phone, assignment: Assignment) -> None:
    """Everything sent at the end of a shift stands where it belongs."""
    items = shift_of(phone, assignment)
    assert phone.send(*items) == [("done", "")] * len(items)
    assignment.refresh_from_db()
    when = {item["key"]: datetime.fromisoformat(item["at"]) for item in items}
    assert assignment.on_scene_at == NOW - timedelta(minutes=55)
    assert assignment.ended_at == NOW - timedelta(minutes=50)
    for model in (CheckIn, PlaceReport, ShiftEntry):
        assert all(row.at == when[str(row.client_key)] for row in model.objects.all())
    stay = Stay.objects.get()
    assert stay.ended_at is not None
    assert (stay.ended_at - stay.begun_at, stay.planned_s) == (timedelta(minutes=12), 720)
    assert not Unit.objects.get(pk=phone.unit).on_duty


def test_an_answer_lost_on_the_way_doubles_nothing(phone: Phone, assignment: Assignment) -> None:
    """The same batch again, and half of it once more, gives the same answers and changes nothing."""
    items = shift_of(phone, assignment)
    first = phone.send(*items)
    events = Event.objects.count()
    assert phone.send(*items) == first
    assert phone.send(*items[3:7]) == first[3:7]
    assert Event.objects.count() == events
    assert (CheckIn.objects.count(), PlaceReport.objects.count(), ShiftEntry.objects.count()) == (2, 1, 1)
    assert Picture.objects.count() == 2


def test_a_summary_is_kept_when_the_shift_ends(phone: Phone, assignment: Assignment) -> None:
    """It names what was done; what comes in late, from the partner's phone, is added."""
    phone.send(*shift_of(phone, assignment))
    body = Shift.objects.get().body
    assert ([one["s"] for one in body["stays"]], body["entries"][0]["text"]) == ([720], "quiet so far")
    assert [one["how"] for one in body["visits"]] == ["button", "picture"]
    assert phone.send(phone.item("check-in", 30, place="market")) == [("done", "")]
    assert len(Shift.objects.get().body["visits"]) == 3


def test_out_of_order_changes_of_duty_are_refused(phone: Phone) -> None:
    """Coming on at a time before the unit last went off would rewrite what is known."""
    assert phone.send(phone.item("off", 10), phone.item("on", 20)) == [("done", ""), ("refused", "at")]
    assert phone.send(phone.item("check-in", 5, place="bridge")) == [("refused", "")]
    assert phone.send(phone.item("on", 4), phone.item("check-in", 3, place="bridge")) == [("done", "")] * 2


def test_a_late_tap_hits_no_other_assignment(phone: Phone, assignment: Assignment) -> None:
    """An answer to an assignment that was called off meanwhile is refused; the next one stays untouched."""
    kind = IncidentType.objects.get(code="theft-shop")
    incidents.cancel(assignment, "not needed", None)
    other = incidents.take_call(None, county=COUNTY[:6], type=kind, address="Elsewhere")
    following = incidents.assign(other, [assignment.unit], None)[0]
    late = phone.item("advance", 30, assignment=assignment.pk, status="on_scene")
    assert phone.send(late) == [("refused", "status")]
    following.refresh_from_db()
    assert following.status == "assigned"


def test_stages_keep_their_order_whatever_a_phones_clock_says(phone: Phone, assignment: Assignment) -> None:
    """A stage is never set before the one before it."""
    steps = [("accepted", 20), ("en_route", 40), ("on_scene", 10)]
    phone.send(*(phone.item("advance", ago, assignment=assignment.pk, status=name) for name, ago in steps))
    assignment.refresh_from_db()
    assert assignment.accepted_at == assignment.en_route_at == NOW - timedelta(minutes=20)
    assert assignment.on_scene_at == NOW - timedelta(minutes=10)


def test_a_clock_that_is_wrong_is_put_right(phone: Phone) -> None:
    """A phone an hour ahead sends its own time with the batch; what it did is set an hour back."""
    wrong = timezone.now() + timedelta(hours=1)
    item = phone.item("entry", -50, text="now")
    phone.send(item, sent_at=wrong.isoformat())
    off = ShiftEntry.objects.get().at - (NOW - timedelta(minutes=10))
    assert abs(off) < timedelta(minutes=1)


def test_anothers_unit_is_refused(phone: Phone) -> None:
    """An action for a unit in whose crew one is not changes nothing."""
    stranger = Unit.objects.exclude(pk=phone.unit).first()
    assert stranger is not None
    phone.unit = stranger.pk
    items = [
        phone.item("check-in", place="bridge"), phone.item("off"), phone.item("entry", text="x"),
        phone.item("track", fixes=[[NOW.timestamp() * 1000, LON, LAT]]),
    ]  # fmt: skip
    assert [state for state, _field in phone.send(*items)] == ["refused"] * 4
    assert Unit.objects.get(pk=stranger.pk).on_duty
    assert [model.objects.count() for model in (CheckIn, ShiftEntry, Fix)] == [0, 0, 0]


def test_anothers_batch_waits_for_its_owner(phone: Phone) -> None:
    """Signed in as somebody else the phone is told so, and keeps what it has."""
    phone.account += 1
    assert phone.post([phone.item("entry", text="x")]).status_code == 409
    assert not Receipt.objects.exists()


def test_a_key_belongs_to_one_action(phone: Phone) -> None:
    """Another action, or another's, under a key that was used is refused and changes nothing."""
    first = phone.item("entry", text="first")
    phone.send(first)
    assert phone.send(first | {"kind": "check-in", "data": {"place": "bridge"}}) == [("refused", "key")]
    mate = posted("patrol")
    Unit.objects.get(pk=phone.unit).crew.add(mate)
    other = Phone(signed_in(mate), mate.pk, phone.unit)
    assert other.send(first) == [("refused", "key")]


BAD: dict[str, Any] = {
    "no object": 7,
    "nothing": {},
    "no key": {"key": "x"},
    "unknown kind": {"kind": "dance"},
    "unit too large": {"unit": 2**70},
    "unit as text": {"unit": "1"},
    "no zone": {"at": "2026-03-04T05:06:07"},
    "year 1": {"at": "0001-01-01T00:00:00Z"},
    "long ago": {"at": "1999-01-01T00:00:00Z"},
    "data missing": {"data": {}},
    "data unknown": {"data": {"text": "x", "more": 1}},
    "data no object": {"data": []},
    "empty text": {"data": {"text": " \x00 "}},
    "too long": {"data": {"text": "x" * 3000}},
    "no such place": {"kind": "check-in", "data": {"place": "nowhere"}},
    "place with NUL": {"kind": "check-in", "data": {"place": "\x00"}},
    "half a position": {"kind": "check-in", "data": {"place": "bridge", "lon": 1}},
    "swapped": {"kind": "check-in", "data": {"place": "bridge", "lon": 30, "lat": 105}},
    "no picture": {"kind": "check-in", "data": {"place": "bridge", "method": "picture"}},
    "not base64": {"kind": "check-in", "data": {"place": "bridge", "method": "picture", "picture": "é"}},
    "not a picture": {
        "kind": "check-in",
        "data": {"place": "bridge", "method": "picture", "picture": text(b"<svg/>")},
    },
    "cut picture": {
        "kind": "check-in", "data": {"place": "bridge", "method": "picture", "picture": text(jpeg()[:200])},
    },
    "made-up code": {
        "kind": "check-in", "data": {"place": "bridge", "method": "code", "code": "anlan:place:bridge:x"},
    },
    "no such assignment": {"kind": "advance", "data": {"assignment": 99, "status": "accepted"}},
    "no such timer": {"kind": "stay-end", "data": {"stay": str(uuid.UUID(int=1))}},
    "no such problem": {"kind": "report", "data": {"kind": "person", "where": "x"}},
    "nowhere": {"kind": "report", "data": {"kind": "light"}},
    "fixes of two": {"kind": "track", "data": {"fixes": [[1, 2]]}},
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_item_is_refused_alone(phone: Phone, bad: Any) -> None:
    """It is answered in words, and those before and after it are done."""
    good = [phone.item("entry", 9, text="before"), phone.item("entry", 7, text="after")]
    item = bad if not isinstance(bad, dict) else phone.item("entry", 8, text="x") | bad if bad else {}
    if not isinstance(item, dict):
        answer = phone.post([good[0], item, good[1]])
        assert (answer.status_code, answer.json()["field"]) == (400, "items.1")
        return
    answers = phone.post([good[0], item, good[1]]).json()["answers"]
    assert [answer["state"] for answer in answers] == ["done", "refused", "done"]
    assert answers[1]["reason"]
    assert ShiftEntry.objects.count() == 2


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"account": 1}', b"\xff", b'{"account": NaN}', b"[" * 20_000, b'"\\ud800"',
     b'{"account":1,"sent_at":"2026-01-01T00:00:00Z","items":[{"key":"\\ud800"}]}'],
)  # fmt: skip
def test_a_batch_that_cannot_be_read_is_said_to_be_so(phone: Phone, body: bytes) -> None:
    """400 with the field at fault, never 500."""
    answer = phone.client.post(reverse("patrol:duty_sync"), body, "application/json")
    assert answer.status_code in {400, 409}
    assert answer.json()["error"]


def test_too_much_at_once_is_sent_in_parts(phone: Phone) -> None:
    """A body beyond what the site takes is answered by 413, more items than that by 400."""
    large = phone.item("report", kind="light", where="x", picture="A" * 3_000_000)
    assert phone.post([large]).status_code == 413
    assert phone.post([phone.item("off")] * 101).status_code == 400


def test_far_from_the_place_the_site_asks(phone: Phone) -> None:
    """A check-in by position a kilometre off waits for a confirmation; confirmed it counts."""
    far = {"place": "bridge", "method": "position", "lon": HERE["lon"] + 0.01, "lat": HERE["lat"]}
    assert phone.send(phone.item("check-in", **far)) == [("asks", "confirmed")]
    assert not CheckIn.objects.exists()
    assert phone.send(phone.item("check-in", **far, confirmed=True)) == [("done", "")]
    assert CheckIn.objects.get().method == "position"


def test_a_line_is_reached_anywhere_along_it(phone: Phone) -> None:
    """The distance to a line is to its nearest stretch, not to its middle."""
    PatrolLineFactory(code="quay")
    start = {"place": "quay", "method": "position", "lon": LON, "lat": LAT}
    assert phone.send(phone.item("check-in", **start)) == [("done", "")]


def test_the_printed_code_shows_that_one_was_there(phone: Phone) -> None:
    """A place's own code counts, another place's does not."""
    scan = {"place": "bridge", "method": "code"}
    assert phone.send(phone.item("check-in", **scan, code=payload("market"))) == [("refused", "code")]
    assert phone.send(phone.item("check-in", **scan, code=payload("bridge"))) == [("done", "")]


def test_a_picture_keeps_nothing_but_its_pixels(phone: Phone) -> None:
    """Camera and place in its data are gone; it is drawn anew."""
    content = jpeg(exif=True)
    assert b"CameraMaker" in content
    phone.send(phone.item("check-in", place="bridge", method="picture", picture=text(content)))
    kept = bytes(Picture.objects.get().content)
    assert b"CameraMaker" not in kept
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}


def test_a_track_is_kept_where_it_lies_on_duty(phone: Phone) -> None:
    """Fixes of the shift are kept once; those after it, in the future and off the Earth are not."""
    millis = [(NOW - timedelta(minutes=ago)).timestamp() * 1000 for ago in (30, 20, 2, -60)]
    fixes = [[at, LON, LAT] for at in millis] + [[millis[0] + 1000, 200, LAT]]
    phone.send(phone.item("off", 10))
    for _again in range(2):
        assert phone.send(phone.item("track", fixes=fixes)) == [("done", "")]
    assert [round(fix.at.timestamp() * 1000) for fix in Fix.objects.order_by("at")] == [
        round(at) for at in millis[:2]
    ]


@pytest.mark.parametrize("ended", [False, True], ids=["duty runs", "duty ended"])
def test_a_jump_in_a_track_is_kept_aside(phone: Phone, ended: bool) -> None:
    """No car comes a hundred kilometres in a minute, whether the shift runs or is over."""
    spots = [(30, LON), (29, LON + 1), (28, LON), (27, LON + 2)]
    fixes = [[(NOW - timedelta(minutes=ago)).timestamp() * 1000, lon, LAT] for ago, lon in spots]
    if ended:
        phone.send(phone.item("off", 10))
    for part in (fixes[:3], fixes[3:], fixes):
        assert phone.send(phone.item("track", fixes=part)) == [("done", "")]
    assert list(Fix.objects.order_by("at").values_list("aside", flat=True)) == ["", "jump", "", "jump"]


def test_one_timer_runs_at_a_time(phone: Phone) -> None:
    """Starting the next one ends the one before at that moment; going home ends the last."""
    phone.send(
        phone.item("stay", 40, place="bridge"), phone.item("stay", 30, place="market"), phone.item("off", 5)
    )
    stays = Stay.objects.order_by("begun_at")
    assert [one.ended_at for one in stays] == [NOW - timedelta(minutes=30), NOW - timedelta(minutes=5)]


def test_an_emergency_from_a_phone_is_one_incident(phone: Phone) -> None:
    """Sent twice it is one, of the first priority, where the phone was; off duty it counts as well."""
    call = phone.item("emergency", 3, **HERE)
    assert phone.send(phone.item("off", 10), call) == [("done", "")] * 2
    assert phone.send(call) == [("done", "")]
    raised = Incident.objects.get()
    assert (raised.priority, raised.lon, raised.lat) == (1, HERE["lon"], HERE["lat"])


def test_backup_is_asked_for_where_the_crew_is(phone: Phone, assignment: Assignment) -> None:
    """One request for the assignment that the action names; without one it is refused."""
    asked = phone.item("backup", 2, assignment=assignment.pk)
    for _again in range(2):
        assert phone.send(asked) == [("done", "")]
    assert [(row.unit_id, row.units) for row in Backup.objects.all()] == [(phone.unit, 1)]
    assert phone.send(phone.item("backup", 1, assignment=assignment.pk + 1)) == [("refused", "assignment")]
