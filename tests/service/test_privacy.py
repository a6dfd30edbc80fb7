"""No model may hold an identity that the design does not name: the promise is kept by reading every field."""

import re

import pytest
from django.apps import apps

IDENTITY = re.compile(
    r"(^|_)(id_?(card|number|no)|identity|national_id|passport|phone|mobile|tel|telephone|callback|email|contact|"
    r"caller|resident|person|people|suspect|victim|witness|informant|first_name|last_name|full_name|surname|birth|"
    r"birthday|age|sex|gender|ethnic\w*|religion|nationality|plate|licen[cs]e|face|fingerprint|biometric\w*|dna|"
    r"voice|imsi|imei|mac_address|household|tenant|tenancy|score|watch_?list|photo|portrait|signature)(_|$)"
)

ALLOWED = {
    "staff.account.email": "Django's own column for staff; no form asks for it",
    "staff.account.first_name": "Django's own column for staff; `display_name` is used",
    "staff.account.last_name": "Django's own column for staff; `display_name` is used",
    "incidents.incident.callback": "a caller's number: encrypted, each reading logged, purged on a schedule",
    "incidents.furthercall.callback": "the same of whoever rings later about it",
    "incidents.scheduledcall.callback": "the same, until the call becomes an incident",
    "incidents.quietcall.callback": "the same, to ring back",
    "account.emailaddress.email": "allauth's table for staff; stays empty, no address is asked for",
    "account.emailconfirmation.email_address": "allauth's table for staff; a key to the table above",
}
PERSONAL_MODELS = re.compile(
    r"person|resident|people|suspect|petition|tenant|household|informant|watchlist|caller"
)


def fields():
    """Yield (dotted name, field) of every column of every model."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if getattr(field, "column", None):
                yield f"{model._meta.label_lower}.{field.name}", field


def looks_personal(name: str) -> bool:
    """Whether the last part of a dotted name reads like an identity."""
    return IDENTITY.search(name.rpartition(".")[2]) is not None


def test_no_field_holds_an_identity():
    """A new column that reads like an identity needs a reason in ALLOWED, and the design's consent."""
    assert {name for name, _ in fields() if looks_personal(name)} - set(ALLOWED) == set()


def test_every_allowance_is_still_needed():
    """An allowance for a column that is gone goes too."""
    assert set(ALLOWED) - {name for name, _ in fields()} == set()


def test_no_model_is_a_register_of_people():
    """No table is named for residents or lists of persons."""
    named = [
        model._meta.label for model in apps.get_models() if PERSONAL_MODELS.search(model.__name__.lower())
    ]
    assert named == []


@pytest.mark.parametrize(
    "name", ["x.caller_phone", "x.id_card", "x.birth_date", "x.plate", "x.face_hash", "x.email"]
)
def test_the_net_catches(name):
    """Names that such columns usually bear are caught."""
    assert looks_personal(name)


@pytest.mark.parametrize(
    "name", ["x.name", "x.area_code", "x.grid_id", "x.stage", "x.message", "x.surface", "x.page"]
)
def test_the_net_lets_places_through(name):
    """Names of places and events are not."""
    assert not looks_personal(name)


def test_the_callback_number_is_encrypted(db, county):
    """What lies in the table is not the number."""
    from django.db import connection
    from tests.factories import IncidentFactory

    made = IncidentFactory(callback="555 0142")
    with connection.cursor() as cursor:
        cursor.execute("SELECT callback FROM incidents_incident WHERE id = %s", [made.pk])
        stored = cursor.fetchone()[0]
    made.refresh_from_db()
    assert made.callback == "555 0142"
    assert "0142" not in stored
