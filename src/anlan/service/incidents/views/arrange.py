"""Keeping how somebody has arranged the board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.views.decorators.http import require_POST

from anlan.service.incidents import domain
from anlan.service.incidents.arrangement import DEFAULT, Arrangement, arrangement_from, arrangement_of
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import BoardLayout
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from anlan.service.staff.models import Account


def arranged(account: Account) -> Arrangement:
    """Return how the account has arranged its board."""
    return arrangement_of(
        BoardLayout.objects.filter(account=account).values_list("arrangement", flat=True).first()
    )


@requires("incidents.view")
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the `arrangement` posted as JSON, or with `default` the default again; answer what holds now."""
    try:
        wanted = (
            None if request.POST.get("default") else arrangement_from(request.POST.get("arrangement", ""))
        )
        domain.arrange_board(request.user, wanted)
    except Refused as refusal:
        return JsonResponse({"error": str(refusal)})
    return JsonResponse({"arrangement": (wanted or DEFAULT).model_dump()})
