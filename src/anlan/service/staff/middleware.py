"""Second factor before anything else; the county at hand, its time zone and the reader's language."""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from asgiref.sync import sync_to_async
from django.conf import settings
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.decorators import sync_and_async_middleware

from anlan.service.staff.queries import county_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    Step = Callable[[HttpRequest], HttpResponse | None]

ALWAYS = {"account_logout", "set_language", "healthz"}
PROVING = {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
SETTING_UP = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "account_reauthenticate",
}


def before(step: Step) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Turn `step` into a middleware: what it returns is the answer; None lets the request through."""

    @sync_and_async_middleware
    def middleware(get_response: Callable[..., Any]) -> Callable[..., Any]:
        if iscoroutinefunction(get_response):

            async def handle_async(request: HttpRequest) -> Any:
                return await sync_to_async(step)(request) or await get_response(request)

            return handle_async

        def handle(request: HttpRequest) -> Any:
            return step(request) or get_response(request)

        return handle

    return middleware


def is_exempt(account: Any) -> bool:
    """Whether the account needs no second factor: demo accounts, only while DEMO=1."""
    return account.is_demo and settings.DEMO


def has_proved(request: HttpRequest) -> bool:
    """Whether a second factor was shown in this session."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def ask_second_factor(request: HttpRequest) -> HttpResponse | None:
    """Send staff without a second factor to set one up, and those who have not shown theirs to show it."""
    account = request.user
    if not account.is_authenticated or is_exempt(account) or has_proved(request):
        return None
    enabled = is_mfa_enabled(account)
    if url_name(request) in ALWAYS | (PROVING if enabled else SETTING_UP):
        return None
    if enabled:
        return redirect(reverse("mfa_reauthenticate", query={"next": request.get_full_path()}))
    return redirect("mfa_index")


def url_name(request: HttpRequest) -> str:
    """Return the name of the address asked for, empty for none."""
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""


def settle(request: HttpRequest) -> None:
    """Set `request.county` (None where no area is imported), its time zone and the account's language."""
    request.county = None
    if request.path_info == "/healthz":
        return
    request.county = county_for(request)
    zone = request.county.time_zone if request.county else ""
    timezone.activate(ZoneInfo(zone or settings.TIME_ZONE))
    language = getattr(request.user, "language", "")
    if language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()


NO_SENSORS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


@sync_and_async_middleware
def no_sensors(get_response: Callable[..., Any]) -> Callable[..., Any]:
    """Tell browsers that pages use no camera, microphone or position; a view that does says so itself."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> Any:
            answer = await get_response(request)
            answer.headers.setdefault("Permissions-Policy", NO_SENSORS)
            return answer

        return handle_async

    def handle(request: HttpRequest) -> Any:
        answer = get_response(request)
        answer.headers.setdefault("Permissions-Policy", NO_SENSORS)
        return answer

    return handle


second_factor = before(ask_second_factor)
county = before(settle)
