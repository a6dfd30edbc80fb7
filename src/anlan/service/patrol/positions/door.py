"""Where phones, trackers and Traccar servers post: an ASGI application in front of the site.

Two thousand positions a second leave no time for sessions, cookies and templates, and none of these clients
has any use for them. What each answer means to its client is in docs/command-centre-positions.md.
"""

from __future__ import annotations

import base64
import binascii
import time
from asyncio import AbstractEventLoop, Task, get_running_loop, shield
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import orjson

from anlan.engine.geo import codes
from anlan.gateway.positions import PositionError, Report, osmand, owntracks, traccar
from anlan.service.environment import environment
from anlan.service.log.broadcast import read
from anlan.service.patrol.models import Device
from anlan.service.patrol.positions.keep import Arrival
from anlan.service.patrol.positions.rate import admits
from anlan.service.patrol.positions.registry import Entry, registry
from anlan.service.patrol.positions.writer import NotKeptError, writer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    Scope = Mapping[str, Any]
    Receive = Callable[[], Awaitable[Mapping[str, Any]]]
    Send = Callable[[Mapping[str, Any]], Awaitable[None]]
    App = Callable[[Any, Any, Any], Awaitable[None]]

ROOT = "/positions/"
LARGEST = 64 * 1024
UNSEEN_S = 0.5
JSON, TEXT = b"application/json", b"text/plain; charset=utf-8"


class RefusedError(Exception):
    """What is answered instead of taking the report."""

    def __init__(self, status: int, message: str, field: str = "", **headers: str) -> None:
        """Keep the answer; headers are named with underscores."""
        super().__init__(message)
        self.status, self.field, self.headers = status, field, headers


@dataclass(slots=True)
class Request:
    """A request as the formats need it."""

    method: str
    headers: dict[str, str]
    query: dict[str, str]
    body: bytes

    @property
    def bearer(self) -> str:
        """The secret of `Authorization: Bearer`, else of `?key=`."""
        kind, _space, given = self.headers.get("authorization", "").partition(" ")
        return given.strip() if kind.lower() == "bearer" else self.query.get("key", "")

    @property
    def login(self) -> tuple[str, str]:
        """User and password of Basic authentication, empty where there is none."""
        kind, _space, given = self.headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic":
            return "", ""
        try:
            user, _colon, password = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return user, password


def positions(site: App) -> App:
    """Return an application that takes positions and leaves all else to the site."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(ROOT):
            await site(scope, receive, send)
            return
        try:
            status, body, kind, headers = 200, *await answered(scope, receive), {}
        except RefusedError as refusal:
            said = (
                {"error": str(refusal), "field": refusal.field} if refusal.field else {"error": str(refusal)}
            )
            status, body, kind, headers = refusal.status, orjson.dumps(said), JSON, refusal.headers
        lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        lines += [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": body})

    return application


async def answered(scope: Scope, receive: Receive) -> tuple[bytes, bytes]:
    """Take a report and return the body and its type that the client expects."""
    name = scope["path"][len(ROOT) :].strip("/")
    if name not in TAKERS:
        raise RefusedError(404, "There is: owntracks, osmand, traccar")
    take, methods = TAKERS[name]
    if scope["method"] not in methods:
        raise RefusedError(405, f"Use {' or '.join(methods)}", allow=", ".join(methods))
    request = Request(
        scope["method"],
        {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]},
        dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)),
        b"" if scope["method"] == "GET" else await body_of(receive),
    )
    try:
        return await take(request)
    except PositionError as error:
        raise RefusedError(400, str(error), error.field) from error


async def body_of(receive: Receive) -> bytes:
    """Return the whole body, refused where it is larger than any position."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(400, "The client left")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST:
            raise RefusedError(413, f"A position has at most {LARGEST} bytes")
        if not message.get("more_body"):
            return b"".join(parts)


async def take_owntracks(request: Request) -> tuple[bytes, bytes]:
    """OwnTracks over HTTP: Basic authentication, and `[]` whatever became of the fix."""
    user, password = request.login
    if not user or not password:
        raise RefusedError(
            401, "Sign in with the device's secret", www_authenticate='Basic realm="positions"'
        )
    report = owntracks.from_http(request.body, request.headers, request.query, (user, password))
    entry = await known(Device.Kind.OWNTRACKS, report.device)
    if entry is None or not entry.shows(report.secret):
        raise RefusedError(403, "This device is not registered, or its secret is another")
    await take(entry, report)
    return owntracks.ANSWER, JSON


async def take_osmand(request: Request) -> tuple[bytes, bytes]:
    """OsmAnd's parameters, or the JSON of the Traccar Client app; to them a device unknown is 400 or 404."""
    is_json = request.body.lstrip()[:1] == b"{"
    if is_json:
        report = traccar.from_client(request.body, request.query.get("key", ""))
    else:
        report = osmand.from_parameters(parameters(request), ZoneInfo(environment().time_zone))
    entry = await known(Device.Kind.OSMAND, report.device)
    if entry is None or not entry.shows(report.secret):
        raise RefusedError(
            404 if is_json else 400, "This device is not registered, or its secret is another", "id"
        )
    await take(entry, report)
    return b"", TEXT


def parameters(request: Request) -> dict[str, str]:
    """Return the parameters of the address, and of a form."""
    if not request.body:
        return request.query
    try:
        form = dict(parse_qsl(request.body.decode(), keep_blank_values=True, max_num_fields=100))
    except (UnicodeDecodeError, ValueError) as error:
        raise PositionError("body", "is no form") from error
    return {**request.query, **form}


async def take_traccar(request: Request) -> tuple[bytes, bytes]:
    """What a Traccar server forwards: the server shows its secret, the tracker is named in the message."""
    await refresh()
    server = registry.server(request.bearer)
    if server is None:
        raise RefusedError(401, "The server's secret is missing or another", www_authenticate="Bearer")
    report = traccar.from_server(request.body)
    entry = await known(Device.Kind.TRACKER, report.device)
    if entry is None or not entry.area_code.startswith(codes.prefix(server.area_code)):
        raise RefusedError(404, "This tracker is not registered in the server's area", "uniqueId")
    await take(entry, report)
    return b"", TEXT


TAKERS = {
    "owntracks": (take_owntracks, ("POST",)),
    "osmand": (take_osmand, ("GET", "POST")),
    "traccar": (take_traccar, ("POST",)),
}


async def take(entry: Entry, report: Report) -> None:
    """Keep the report's fix; return once it is on the disk, or counted as what is not kept.

    Off duty, unbelievable or late is no error to the client: it would send the same again for ever.
    """
    if not admits(entry, time.monotonic()):
        writer.count(entry.pk, "rate")
        raise RefusedError(429, "Too many positions at once; go on later", retry_after="30")
    if report.fix is None or entry.unit is None:
        writer.count(entry.pk, report.why)
        return
    if writer.full:
        raise RefusedError(503, "Too much is waiting to be written; try again", retry_after="5")
    try:
        await writer.kept(entry.pk, Arrival(entry.unit, report.fix, time.time()))
    except NotKeptError as error:
        raise RefusedError(503, "The position could not be written; try again", retry_after="5") from error


async def known(kind: str, identifier: str) -> Entry | None:
    """Return a device in use; one registered a moment ago is looked for in the database."""
    await refresh()
    found = registry.find(kind, identifier)
    if found is None and registry.age > UNSEEN_S:
        await shield(reading())
        found = registry.find(kind, identifier)
    return found


async def refresh() -> None:
    """Read the devices again when it is time; wait for it only when they are too old to be used."""
    if registry.ageing:
        turn = reading()
        if not registry.fresh:
            await shield(turn)


_turns: WeakKeyDictionary[AbstractEventLoop, Task[None]] = WeakKeyDictionary()


def reading() -> Task[None]:
    """Return the reading of the devices, one for all requests: hundreds come in while it runs."""
    loop = get_running_loop()
    turn = _turns.get(loop)
    if turn is None or turn.done():
        turn = _turns[loop] = loop.create_task(read(registry.read))
    return turn
