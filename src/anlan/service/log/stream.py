"""The live stream: sealed events of a county as server-sent events, resumable by sequence number."""

from __future__ import annotations

import random
import time
from asyncio import wait_for
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from anlan.engine.geo import codes
from anlan.service.log.audience import hears
from anlan.service.log.beside import silence
from anlan.service.log.broadcast import Message, broadcaster, facts, head, read

if TYPE_CHECKING:
    from asyncio import Event as Pulse
    from collections.abc import AsyncIterator, Awaitable, Callable

    from anlan.service.log.beside import News, Source
    from anlan.service.staff.models import Account

RETRY_MS = 1000
BEAT_S = 10.0
RECHECK_S = 15.0
STALLED_S = 30.0


@dataclass(frozen=True)
class Viewer:
    """What a subscriber may see: for each role held, its area's events of the kinds that the role is told."""

    held: tuple[tuple[str, str], ...]
    everything: bool = False

    def sees(self, message: Message) -> bool:
        """Whether one posting covers the event's area and its role is told of such events."""
        return self.everything or any(
            message.area_code.startswith(prefix) and hears(role, message.verb) for role, prefix in self.held
        )

    def areas(self, verb: str) -> tuple[str, ...]:
        """The area prefixes of the postings whose role is told of such events."""
        if self.everything:
            return ("",)
        return tuple(sorted({prefix for role, prefix in self.held if hears(role, verb)}))

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The area prefixes whose records may be seen."""
        return ("",) if self.everything else tuple(sorted({prefix for _role, prefix in self.held}))

    def covers(self, county: str) -> bool:
        """Whether any of the county may be seen."""
        return self.everything or any(county.startswith(prefix[:6]) for _role, prefix in self.held)


def viewer(account: Account) -> Viewer:
    """Return what the account may see now."""
    return Viewer(account.held, everything=account.is_superuser)


def viewer_of_session(session_key: str, county: str, permission: str = "log.stream") -> Viewer | None:
    """Return what the session's account may see of the county now; None once it may see nothing."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    account = get_user(request)
    if not account.is_authenticated or not account.has_perm(permission):
        return None
    now = viewer(account)
    return now if now.covers(county) else None


def position(header: str | None, parameter: str | None) -> int | None:
    """Return the sequence number to go on from: Last-Event-ID, else ?after=; None starts at the head.

    Raises:
        ValueError: it is not a whole number.

    """
    given = header or parameter
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise ValueError(f"after={given!r}: expected a sequence number")
    return int(given)


async def nothing(_subscription: Subscription) -> bytes:
    """Send nothing besides the events."""
    return b""


@dataclass
class Subscription:
    """Where one subscriber stands.

    `also` gives what else to send once it stands there, `beside` a source that has news of its own.
    """

    county: str
    at: int
    session_key: str
    viewer: Viewer
    permission: str = "log.stream"
    also: Callable[[Subscription], Awaitable[bytes]] = nothing
    beside: Source = silence


async def stream(subscription: Subscription, after: int | None) -> AsyncIterator[bytes]:
    """Yield the county's events behind `after` for as long as the session may see them.

    Control messages: `beat` (every 10 s and on a change; `live` false when the server itself cannot know),
    `reset` (the position lies ahead of the log: load the page again), `end` (no longer allowed).
    """
    county = subscription.county
    with broadcaster.subscribe() as pulse, subscription.beside(pulse) as news:
        last = await read(head, county)
        at = last if after is None else after
        yield f"retry: {RETRY_MS}\n\n".encode()
        if at > last:
            at = last
            yield b"event: reset\ndata: {}\n\n"
        subscription.at = at
        yield await subscription.also(subscription) + beat(at)
        async for chunk in follow(subscription, pulse, news):
            started = time.monotonic()
            yield chunk
            if time.monotonic() - started > STALLED_S:
                return


async def follow(subscription: Subscription, pulse: Pulse, news: News) -> AsyncIterator[bytes]:
    """Yield events as they come, beats while none come, `end` when the session may no longer see them."""
    beat_due = time.monotonic() + BEAT_S
    check_due = time.monotonic() + spread(RECHECK_S)
    was_live = broadcaster.live
    while True:
        pulse.clear()
        told = await advance(subscription) + await subscription.also(subscription)
        if chunk := told + news(subscription):
            yield chunk
        now = time.monotonic()
        if now >= check_due:
            allowed = await read(
                viewer_of_session, subscription.session_key, subscription.county, subscription.permission
            )
            if allowed is None:
                yield b"event: end\ndata: {}\n\n"
                return
            subscription.viewer, check_due = allowed, now + spread(RECHECK_S)
        if now >= beat_due or broadcaster.live != was_live:
            yield beat(subscription.at)
            was_live, beat_due = broadcaster.live, now + BEAT_S
        if not chunk:
            await pause(pulse, min(beat_due, check_due) - now)


def spread(seconds: float) -> float:
    """Return a time up to so long: what opened at once, as after a restart, must not ask at once for ever."""
    return seconds * random.uniform(0.6, 1.0)  # noqa: S311


async def advance(subscription: Subscription) -> bytes:
    """Move on by at most a page and return what may be seen of it; an id alone where nothing may."""
    messages = await broadcaster.after(subscription.county, subscription.at)
    if not messages:
        return b""
    subscription.at = messages[-1].sequence
    seen = [message.frame for message in messages if subscription.viewer.sees(message)]
    return b"".join(seen) or f"id: {subscription.at}\n\n".encode()


async def pause(pulse: Pulse, seconds: float) -> None:
    """Wait for news, at most so long."""
    try:
        await wait_for(pulse.wait(), max(seconds, 0.01))
    except TimeoutError:
        return


def beat(at: int) -> bytes:
    """Return a heartbeat: the position and whether the server knows that nothing is missing."""
    return f"id: {at}\nevent: beat\ndata: {facts(head=at, live=broadcaster.live)}\n\n".encode()


def county_of(request: HttpRequest) -> str:
    """Return the six-digit county asked for, else the one at hand, empty for none.

    Raises:
        ValueError: the code is no division code.

    """
    given = request.GET.get("county", "")
    if given:
        return codes.county(codes.normalise(given))
    return codes.county(request.county.code) if request.county else ""
