"""Standard Webhooks: signing what goes out, verifying what comes in (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import binascii
import json
import math
import secrets
from datetime import UTC
from typing import TYPE_CHECKING, Any

from standardwebhooks import Webhook, WebhookVerificationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

SECRET_PREFIX = "whsec_"  # noqa: S105  a prefix, not a secret
KEY_BYTES = 32
SHORTEST_KEY, LONGEST_KEY = 24, 64
"""Bytes of a key, as the specification bounds them."""

TOLERANCE_S = 300
"""How far from now a timestamp may lie: the library's own window, in which replays must be told."""

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
LONGEST_ID = 256


class UnsignedError(ValueError):
    """A message that is not to be trusted; `field` names the header or `body` at fault."""

    def __init__(self, field: str, message: str) -> None:
        """Keep which part is at fault and why."""
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


def new_secret() -> str:
    """Return a new signing secret, 32 random bytes as the specification writes them."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def check_secret(secret: str) -> None:
    """Refuse what is no secret.

    Raises:
        ValueError: no base64 behind the prefix, or a key too short or too long.

    """
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("a secret is whsec_ and base64") from error
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise ValueError(f"a secret holds {SHORTEST_KEY} to {LONGEST_KEY} bytes; this one {len(key)}")


def message(kind: str, at: datetime, data: Mapping[str, Any]) -> str:
    """Return the body of a message: its type, when it happened, and what."""
    facts = {"type": kind, "timestamp": at.isoformat(), "data": dict(data)}
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def headers(secret: str, message_id: str, at: datetime, body: str) -> dict[str, str]:
    """Return the headers of a message sent at a moment (with its zone); the id stays the same in every try.

    Raises:
        ValueError: the moment has no zone.

    """
    seconds = at.timestamp()
    if at.tzinfo is None:
        raise ValueError("at: a moment without a time zone")
    signed = Webhook(secret).sign(message_id, at.astimezone(UTC), body)
    return {ID: message_id, TIMESTAMP: str(math.floor(seconds)), SIGNATURE: signed}


def verify(secret: str, given: Mapping[str, str], body: bytes) -> str:
    """Check the signature and the time of a message and return its id.

    Raises:
        UnsignedError: a header is missing or malformed, the time lies outside the window, or the signature
            is not of this secret.

    """
    told = {name.lower(): value for name, value in given.items()}
    for name in (ID, TIMESTAMP, SIGNATURE):
        if not told.get(name):
            raise UnsignedError(name, "the header is missing")
    if len(told[ID]) > LONGEST_ID or not told[ID].isprintable():
        raise UnsignedError(ID, f"at most {LONGEST_ID} printable characters")
    _check_timestamp(told[TIMESTAMP])
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise UnsignedError("body", "not UTF-8") from error
    try:
        Webhook(secret).verify(text, told, json_parse=False)
    except WebhookVerificationError as error:
        field = TIMESTAMP if "timestamp" in str(error).lower() else SIGNATURE
        raise UnsignedError(field, str(error)) from error
    except ValueError as error:  # a signature without comma, or no base64
        raise UnsignedError(SIGNATURE, "expected v1,<base64>, several separated by spaces") from error
    return told[ID]


def _check_timestamp(text: str) -> None:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise UnsignedError(TIMESTAMP, "expected whole seconds since 1970")
