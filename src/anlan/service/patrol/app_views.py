"""What makes the phone's page an app: its manifest and the script that keeps it without network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.service.staff.access import public
from anlan.service.tags import BUNDLE, bundled, manifest

if TYPE_CHECKING:
    from django.http import HttpRequest

ICONS = (("192", "any"), ("512", "any"), ("512", "maskable"))


@public
@require_GET
def app_manifest(_request: HttpRequest) -> HttpResponse:
    """The web app manifest, in the reader's language; it names nobody, so browsers may read it unsigned."""
    home = reverse("patrol:duty")
    facts = {
        "id": home, "start_url": home, "scope": home, "display": "standalone", "orientation": "portrait",
        "name": _("Anlan duty"), "short_name": _("Duty"), "lang": get_language(),
        "description": _("The crew's order, calls, check-ins and shift log, also without network."),
        "background_color": "#10191f", "theme_color": "#0d4a63",
        "icons": [
            {"src": bundled(f"icons/{use}-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png",
             "purpose": use}
            for size, use in ICONS
        ],
    }  # fmt: skip
    return JsonResponse(facts, content_type="application/manifest+json")


@public
@require_GET
def worker(_request: HttpRequest) -> HttpResponse:
    """The service worker, served below the page's address so that its scope is that page and no other."""
    chunk = manifest().get("src/worker.ts")
    if chunk is None:
        return HttpResponse(_("The interface has not been built."), status=503, content_type="text/plain")
    answer = HttpResponse(
        (BUNDLE / chunk["file"]).read_bytes(), content_type="text/javascript; charset=utf-8"
    )
    answer["Cache-Control"] = "no-cache"  # a new version must reach the phones
    return answer
