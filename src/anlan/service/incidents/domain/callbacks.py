"""The short life of a callback number: read under log, out of reach once the incident is closed, purged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.environment import environment
from anlan.service.incidents.domain.guard import allow, hold
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import FurtherCall, Incident, QuietCall, ScheduledCall
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.staff.models import Account


def read_callback(incident: Incident, actor: Account, further: FurtherCall | None = None) -> str:
    """Return the callback number of the first call, or of a further one; each reading stands in the log.

    Raises:
        Refused: the incident is closed; reopening it, with the reason, is the way to the number.

    """
    with transaction.atomic():
        held = hold(incident)
        allow(actor, "incidents.read_callback", held)
        number = held.callback if further is None else held.further_calls.get(pk=further.pk).callback
        if not number:
            return ""
        if held.status == Incident.Status.CLOSED:
            text = _(
                "%(number)s is closed: its numbers are out of reach until it is reopened, with a reason."
            )
            raise Refused(text % {"number": held.number})
        data = {"number": held.number} | ({} if further is None else {"call": further.pk})
        log.append(Verb.CALLER_READ, held, actor=actor, area_code=held.area_code, data=data)
    return number


def read_quiet(call: QuietCall, actor: Account) -> str:
    """Return the number to ring back; each reading stands in the log.

    Raises:
        Refused: the task has ended.

    """
    with transaction.atomic():
        held = QuietCall.objects.select_for_update().get(pk=call.pk)
        allow(actor, "incidents.read_callback", held)
        if not held.callback:
            return ""
        if held.ended_at is not None:
            raise Refused(_("This call has its outcome; its number is out of reach."))
        log.append(Verb.QUIET_READ, held, actor=actor, area_code=held.area_code, data={})
    return held.callback


def purge_callbacks() -> int:
    """Delete the callback numbers of what ended longer ago than the installation keeps them.

    Returns how many incidents and calls had one deleted.
    """
    limit = timezone.now() - timedelta(days=environment().callback_days)
    return sum((*map(purge, due(limit)), *map(purge_call, due_calls(limit))))


def due(limit: datetime) -> list[Incident]:
    """Return the incidents closed before the limit that still hold a number of any who rang."""
    closed = Incident.objects.filter(status=Incident.Status.CLOSED, closed_at__lt=limit).only("pk")
    first = closed.exclude(callback="")
    further = closed.filter(pk__in=FurtherCall.objects.exclude(callback="").values("incident"))
    return list({incident.pk: incident for incident in (*first, *further)}.values())


def due_calls(limit: datetime) -> list[QuietCall | ScheduledCall]:
    """Return the silent and scheduled calls ended before the limit that still hold a number."""
    tables: tuple[Any, ...] = (QuietCall, ScheduledCall)
    return [
        call for table in tables for call in table.objects.filter(ended_at__lt=limit).exclude(callback="")
    ]


def purge(incident: Incident) -> bool:
    """Delete the numbers of everyone who rang if the incident is still closed."""
    with transaction.atomic():
        held = hold(incident)
        if held.status != Incident.Status.CLOSED:
            return False
        calls = held.further_calls.exclude(callback="").update(callback="")
        if not calls and not held.callback:
            return False
        held.callback = ""
        held.save(update_fields=["callback"])
        data = {"number": held.number, "further": calls}
        log.append(Verb.CALLER_PURGED, held, actor=None, area_code=held.area_code, data=data)
    return True


def purge_call(call: QuietCall | ScheduledCall) -> bool:
    """Delete one number of an ended call if it is still there."""
    verb = Verb.QUIET_PURGED if isinstance(call, QuietCall) else Verb.SCHEDULED_PURGED
    with transaction.atomic():
        rows = type(call).objects.filter(pk=call.pk, ended_at__isnull=False).exclude(callback="")
        if rows.update(callback="") != 1:
            return False
        log.append(verb, call, actor=None, area_code=call.area_code, data={})
    return True
