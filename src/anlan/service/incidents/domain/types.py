"""The county's taxonomy: seeded once, edited by its administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anlan.engine.geo import codes
from anlan.gateway.files import taxonomy
from anlan.service.incidents.domain.guard import allow
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import IncidentType
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.places.models import Area

if TYPE_CHECKING:
    from anlan.service.staff.models import Account

EDITABLE = (
    "name",
    "name_en",
    "category",
    "priority",
    "source",
    "capabilities",
    "units_needed",
    "questions",
    "active",
)


def seed_types(county: str = "") -> list[IncidentType]:
    """Add the built-in types that the county (empty: every county) lacks; what it edited stays.

    Returns the types added.
    """
    known = set(IncidentType.objects.filter(county=county).values_list("code", flat=True))
    missing = [
        IncidentType(
            county=county,
            code=entry.code,
            name=entry.name,
            name_en=entry.name_en,
            category=entry.category,
            priority=entry.priority,
            source=entry.source,
            capabilities=list(entry.capabilities),
            units_needed=entry.units_needed,
        )
        for entry in taxonomy.load()
        if entry.code not in known
    ]
    if missing:
        with transaction.atomic():
            IncidentType.objects.bulk_create(missing)
            data = {"seeded": [kind.code for kind in missing]}
            log.append(Verb.TYPE_EDITED, missing[0], actor=None, area_code=home(county), data=data)
    return missing


def home(county: str) -> str:
    """Return the area code under which a county's taxonomy is logged."""
    return codes.normalise(county) if county else ""


def edit_type(kind: IncidentType, county: str, actor: Account | None, **changes: Any) -> IncidentType:
    """Change a type for one county; a type of every county is copied for it first.

    Raises:
        PermissionDenied: the actor does not administer the county.
        Refused: a value is no good; the message names its field.

    """
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise TypeError(f"cannot edit {sorted(unknown)}")
    with transaction.atomic():
        allow(actor, "incidents.edit_types", Area(code=codes.normalise(county)))
        own = own_type(kind, county)
        before = {name: getattr(own, name) for name in EDITABLE}
        for name, value in changes.items():
            setattr(own, name, value)
        check_type(own)
        after = {name: getattr(own, name) for name in EDITABLE}
        changed = {name: [before[name], after[name]] for name in EDITABLE if before[name] != after[name]}
        if changed:
            own.save()
            data = {"code": own.code, "changes": changed}
            log.append(Verb.TYPE_EDITED, own, actor=actor, area_code=home(county), data=data)
    return own


def own_type(kind: IncidentType, county: str) -> IncidentType:
    """Return the county's own row of the type, an unsaved copy where it has none."""
    if kind.county == county:
        return kind
    own = IncidentType.objects.filter(county=county, code=kind.code).first()
    if own is not None:
        return own
    shared = {name: getattr(kind, name) for name in EDITABLE}
    return IncidentType(county=county, code=kind.code, **shared)


def check_type(kind: IncidentType) -> None:
    """Refuse a type that the model's own validation rejects."""
    try:
        kind.full_clean()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise Refused(_("%(field)s: %(message)s") % {"field": name, "message": messages[0]}, name) from error
