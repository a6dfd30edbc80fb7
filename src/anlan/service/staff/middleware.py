"""Second factor before anything else; the county at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.decorators import sync_and_async_middleware

if TYPE_CHECKING:
    from collections.abc import Callable


@sync_and_async_middleware
def second_factor(get_response: Callable[..., Any]) -> Callable[..., Any]:
    """Placeholder: the staff helper completes this."""
    return get_response


@sync_and_async_middleware
def county(get_response: Callable[..., Any]) -> Callable[..., Any]:
    """Placeholder: the staff helper completes this."""
    return get_response
