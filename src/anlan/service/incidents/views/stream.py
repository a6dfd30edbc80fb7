"""The board's live stream: the county's events, and after them the rows that they changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.service.incidents.boards import Voice, readings, shown
from anlan.service.log import stream
from anlan.service.log.beside import source_of
from anlan.service.log.broadcast import read
from anlan.service.log.views.live import admit, answer, refuse
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

    from anlan.service.incidents.boards import Shown

VIEW = "incidents.view"


@require_GET
@requires(VIEW)
async def live(request: HttpRequest) -> HttpResponseBase:
    """Stream a county's events like the log's stream, each followed by `board`: the rows that changed.

    `?have=` is the digest of what the page shows; where it is still right nothing is sent again.
    """
    try:
        county = stream.county_of(request)
        after = stream.position(request.headers.get("Last-Event-ID"), request.GET.get("after"))
    except ValueError as error:
        return refuse(400, str(error))
    allowed = await sync_to_async(admit)(request, county)
    if allowed is None:
        return refuse(403, _("This county is outside your area."))
    patches = Patches(Voice.current(), request.GET.get("have", ""))
    subscription = stream.Subscription(
        county, 0, request.session.session_key, allowed, permission=VIEW, also=patches.due,
        beside=source_of(request.GET.get("with", "")),
    )  # fmt: skip
    return answer(stream.stream(subscription, after))


@dataclass
class Patches:
    """What one open board still lacks."""

    voice: Voice
    have: str
    last: Shown | None = None

    async def due(self, subscription: stream.Subscription) -> bytes:
        """Return the patch to the board as it is at the subscriber's position; nothing for no change."""
        reading = await readings.holding(subscription.county, subscription.at)
        prefixes = subscription.viewer.prefixes
        if self.voice in reading.drawings:
            now = shown(reading, self.voice, prefixes)
        else:
            now = await read(shown, reading, self.voice, prefixes)
        before = self.last
        if before is None and self.have == now.digest:
            before = now
        self.last = now
        return b"" if before is not None and before.digest == now.digest else now.frame(before)
