"""A county's own standards of answering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.domain.guard import allow
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import CallStandard, Moment
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from anlan.service.staff.models import Account

FIELDS = ("label", "begins", "ends", "seconds", "percent", "least_urgent", "active")


def save_standard(standard: CallStandard, actor: Account | None, **values: Any) -> CallStandard:
    """Store a county's own standard, new or changed; nothing changed, nothing logged.

    Raises:
        Refused: a value is no good, or the clock would stop before it starts.

    """
    with transaction.atomic():
        allow(actor, "incidents.edit_standards", standard)
        new = standard.pk is None
        own = standard if new else CallStandard.objects.select_for_update().get(pk=standard.pk)
        before = {name: None if new else getattr(own, name) for name in FIELDS}
        for name in FIELDS:
            setattr(own, name, values.get(name, getattr(own, name)))
        check(own)
        changed = {
            name: [before[name], getattr(own, name)] for name in FIELDS if before[name] != getattr(own, name)
        }
        if changed:
            own.save()
            data = {"text": own.label, "changes": changed}
            log.append(Verb.CALL_STANDARD_SAVED, own, actor=actor, area_code=own.area_code, data=data)
    return own


def check(standard: CallStandard) -> None:
    """Refuse what the model's validation rejects, and a clock that runs backwards."""
    order = Moment.values
    if (
        standard.begins in order
        and standard.ends in order
        and order.index(standard.begins) >= order.index(standard.ends)
    ):
        raise Refused(_("The clock must stop after it starts."), "ends")
    try:
        standard.full_clean()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise Refused(messages[0], "" if name == "__all__" else name) from error
