"""Addresses for signed messages: alarms of devices, incidents of neighbours; the signature is the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.http import require_POST

from anlan.gateway import alarms, eido, webhooks
from anlan.service.incidents.domain import feeds as domain
from anlan.service.incidents.domain.eido import take_document
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Feed
from anlan.service.staff.access import signed

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    Reader = Callable[[bytes], Callable[[Feed, UUID], domain.Taken]]

LARGEST_ALARM = 64 * 1024


class Wrong(Exception):  # noqa: N818  it is an answer
    """An answer other than 200: status, field and message."""

    def __init__(self, status: int, field: str, message: str) -> None:
        """Keep the parts of the answer."""
        super().__init__(message)
        self.status, self.field, self.message = status, field, message


@signed
@require_POST
def alarm(request: HttpRequest, feed_code: str) -> HttpResponse:
    """Take an alarm of a registered feed."""

    def read(body: bytes) -> Callable[[Feed, UUID], domain.Taken]:
        found = alarms.read(body)
        return lambda feed, key: domain.take_alarm(feed, key, found)

    return answered(request, feed_code, Feed.Kind.ALARM, LARGEST_ALARM, read)


@signed
@require_POST
def document(request: HttpRequest, feed_code: str) -> HttpResponse:
    """Take an incident that a neighbour hands over as EIDO-JSON."""

    def read(body: bytes) -> Callable[[Feed, UUID], domain.Taken]:
        found = eido.read(body)
        return lambda feed, key: take_document(feed, key, found)

    return answered(request, feed_code, Feed.Kind.EIDO, eido.LARGEST, read)


def answered(request: HttpRequest, code: str, kind: str, largest: int, read: Reader) -> HttpResponse:
    """Check the signature, read the body, take it; whatever is wrong is named, and never a fault of ours."""
    try:
        return taken(request, code, kind, largest, read)
    except Wrong as wrong:
        return refused(wrong.status, wrong.field, wrong.message)
    except webhooks.UnsignedError as error:
        return refused(401, error.field, error.message)
    except (alarms.AlarmError, eido.EidoError) as error:
        return refused(400 if error.field == "body" else 422, error.field, error.message)
    except Refused as refusal:
        return refused(422, refusal.field, str(refusal))
    except DatabaseError:
        return refused(503, "", "not taken: try again")


def refused(status: int, field: str, message: str) -> HttpResponse:
    """Return an error: which field, and what it should be."""
    return JsonResponse({"error": {"field": field, "message": message}}, status=status)


def taken(request: HttpRequest, code: str, kind: str, largest: int, read: Reader) -> HttpResponse:
    """Take a message and say what became of it."""
    feed = Feed.objects.filter(code=code, kind=kind).select_related("type").first()
    if feed is None:
        raise Wrong(404, "address", "no such feed")
    body = body_of(request, largest)
    message_id = webhooks.verify(feed.secret, request.headers, body)
    if not feed.active:
        raise Wrong(403, "address", "this feed is out of use")
    message = domain.receive(feed, message_id, read(body))
    number = message.incident.number if message.incident else None
    return JsonResponse({"outcome": message.outcome, "incident": number, "left_out": message.dropped})


def body_of(request: HttpRequest, largest: int) -> bytes:
    """Return the body if it is not too large."""
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError) as error:
        raise Wrong(413, "body", f"at most {largest} bytes") from error
    if len(body) > largest:
        raise Wrong(413, "body", f"at most {largest} bytes")
    return body
