"""Who may open a page: each view says which permission it asks for, or that it is public."""

from __future__ import annotations

from functools import wraps
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

import rules
from asgiref.sync import sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.views.decorators.csrf import csrf_exempt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpRequest

    from anlan.service.staff.models import Account

STAFF = "staff.is_posted"


def may(*roles: str) -> rules.Predicate:
    """Return the predicate: one posting has one of the roles and covers the record's area.

    Without a record only the role is asked. A record says its area in `area_code` (an Area in `code`).
    """

    @rules.predicate(name=f"may({', '.join(roles)})")  # type: ignore[untyped-decorator]
    def predicate(account: Account, record: Any = None) -> bool:
        if not account.is_authenticated:
            return False
        if account.is_superuser:
            return True
        area_code = None if record is None else getattr(record, "area_code", None) or record.code
        return account.holds(roles, area_code)

    return predicate


def grant(permission: str, *roles: Iterable[str] | str) -> None:
    """Register a permission, `app.verb`, for the roles; each app's rules.py is a list of these."""
    rules.add_perm(permission, may(*roles))


def requires(permission: str) -> Callable[..., Any]:
    """Let a view be opened only by staff who hold the permission somewhere; others get 403.

    The record's own area is checked by the view through `visible_to` and by the domain function.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return refusal(request, permission) or view(request, *args, **kwargs)

        @wraps(view)
        async def guarded_async(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            refused = await sync_to_async(refusal)(request, permission)
            return refused or await view(request, *args, **kwargs)

        chosen = guarded_async if iscoroutinefunction(view) else guarded
        chosen.permission = permission  # type: ignore[attr-defined]
        return chosen

    return decorate


def refusal(request: HttpRequest, permission: str) -> Any:
    """Return a redirect to sign-in, None when the request may pass; raise PermissionDenied otherwise."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not request.user.has_perm(permission):
        raise PermissionDenied(permission)
    return None


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view as open to everyone."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def signed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that only signed messages may use: no sign-in, no cookie, so no CSRF token either."""
    exempt = csrf_exempt(public(view))
    exempt.signed = True
    return exempt
