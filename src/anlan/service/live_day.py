"""The demo's simulated day: how fast it runs, chosen on the page, read by the simulator beside the site."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from anlan.service.staff.access import STAFF, requires

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpRequest, HttpResponse

SPEEDS = (0, 1, 5, 20)


def state() -> Path:
    """Where the speed is kept; there only while a demo has a live day."""
    return settings.DATA_DIR / "live_day.json"


def speed() -> float | None:
    """Return the speed in force, 0 for paused; None where no live day runs."""
    if not settings.DEMO:
        return None
    try:
        return float(json.loads(state().read_text())["speed"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def set_speed(value: float) -> None:
    """Put a speed in force; the simulator follows at its next tick."""
    part = state().with_suffix(".part")
    part.write_text(json.dumps({"speed": value}))
    part.replace(state())


def end() -> None:
    """Say that no live day runs any more."""
    state().unlink(missing_ok=True)


@require_POST
@requires(STAFF)
def choose_speed(request: HttpRequest) -> HttpResponse:
    """Change the speed of the simulated day and go back; 404 where there is none, 0 to 20 alone are taken."""
    chosen = request.POST.get("speed", "")
    if speed() is None:
        raise Http404
    if chosen in {str(value) for value in SPEEDS}:
        set_speed(int(chosen))
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else "/")
