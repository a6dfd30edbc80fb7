"""Standard Webhooks, judged by npm's `standardwebhooks`: it verifies ours, and ours verifies its own."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from anlan.gateway import webhooks

HERE = Path(__file__).parent
PACKAGES = HERE.parent.parent / "ui/node_modules"
BODY = webhooks.message("linkage.offered", datetime(2026, 3, 4, tzinfo=UTC), {"task": "三楼冒烟 – “quick”"})


def peer(what: str, **given: Any) -> dict[str, Any]:
    """Let npm's library sign or verify; skips where it or node is not installed."""
    node = shutil.which("node")
    if node is None or not (PACKAGES / "standardwebhooks").is_dir():
        pytest.skip("node or ui/node_modules/standardwebhooks is not there: could not check")
    script = [node, str(HERE / "webhook.mjs"), str(PACKAGES / "x.js"), what]
    done = subprocess.run(
        script, input=json.dumps(given).encode(), capture_output=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Asia/Shanghai"), ZoneInfo("America/St_Johns")])
def test_the_peer_verifies_ours(zone: Any) -> None:
    """Signed in whatever zone, npm's library reads the message back; one changed letter and it refuses."""
    secret = webhooks.new_secret()
    sent = webhooks.headers(secret, "msg_1", datetime.now(zone), BODY)
    assert peer("verify", secret=secret, body=BODY, headers=sent) == {"verified": json.loads(BODY)}
    assert "refused" in peer("verify", secret=secret, body=BODY.replace("quick", "slick"), headers=sent)


def test_ours_verifies_the_peer() -> None:
    """What npm's library signed we accept, and return its id; under another secret we refuse it."""
    secret, now = webhooks.new_secret(), int(datetime.now(UTC).timestamp())
    signature = peer("sign", secret=secret, id="msg_2", time=now, body=BODY)["signature"]
    given = {"Webhook-Id": "msg_2", "Webhook-Timestamp": str(now), "Webhook-Signature": signature}
    assert webhooks.verify(secret, given, BODY.encode()) == "msg_2"
    with pytest.raises(webhooks.UnsignedError, match="webhook-signature"):
        webhooks.verify(webhooks.new_secret(), given, BODY.encode())


def test_one_of_several_signatures_is_enough() -> None:
    """While a secret is being exchanged a message carries a signature of each."""
    old, new, now = webhooks.new_secret(), webhooks.new_secret(), datetime.now(UTC)
    given = webhooks.headers(old, "m", now, BODY)
    given[webhooks.SIGNATURE] += " " + webhooks.headers(new, "m", now, BODY)[webhooks.SIGNATURE]
    assert [webhooks.verify(secret, given, BODY.encode()) for secret in (old, new)] == ["m", "m"]


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_message_outside_the_window_is_refused(minutes: int) -> None:
    """An old message is a replay, one from the future a wrong clock."""
    secret = webhooks.new_secret()
    given = webhooks.headers(secret, "m", datetime.now(UTC) + timedelta(minutes=minutes), BODY)
    with pytest.raises(webhooks.UnsignedError) as refused:
        webhooks.verify(secret, given, BODY.encode())
    assert refused.value.field == webhooks.TIMESTAMP


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (webhooks.ID, ""),
        (webhooks.ID, "x" * 300),
        (webhooks.ID, "a\x00"),
        (webhooks.TIMESTAMP, ""),
        (webhooks.TIMESTAMP, "soon"),
        (webhooks.TIMESTAMP, "nan"),
        (webhooks.TIMESTAMP, "١٧٠٠"),
        (webhooks.TIMESTAMP, "9" * 40),
        (webhooks.TIMESTAMP, "-5"),
        (webhooks.SIGNATURE, ""),
        (webhooks.SIGNATURE, "v1"),
        (webhooks.SIGNATURE, "v1,not base64!"),
        (webhooks.SIGNATURE, "v1,é"),
        (webhooks.SIGNATURE, "v1a,AAAA"),
        (webhooks.SIGNATURE, "v1,AAAA,BBBB"),
    ],
)
def test_a_malformed_header_is_named(header: str, value: str) -> None:
    """Whatever stands in a header, the refusal says which one it is."""
    secret = webhooks.new_secret()
    given = webhooks.headers(secret, "m", datetime.now(UTC), BODY) | {header: value}
    with pytest.raises(webhooks.UnsignedError) as refused:
        webhooks.verify(secret, given, BODY.encode())
    assert refused.value.field == header


def test_a_body_that_is_no_text_is_refused() -> None:
    """Bytes that are not UTF-8 cannot be signed."""
    given = webhooks.headers(webhooks.new_secret(), "m", datetime.now(UTC), BODY)
    with pytest.raises(webhooks.UnsignedError, match="body"):
        webhooks.verify(webhooks.new_secret(), given, b"\xff\xfe")


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_####", "whsec_" + base64.b64encode(b"short").decode()]
)
def test_a_weak_secret_is_refused(secret: str) -> None:
    """Too short, or no base64."""
    with pytest.raises(ValueError, match="a secret"):
        webhooks.check_secret(secret)


def test_a_moment_without_zone_is_refused() -> None:
    """A naive moment would be signed as whatever the machine's zone makes of it."""
    with pytest.raises(ValueError, match="zone"):
        webhooks.headers(webhooks.new_secret(), "m", datetime(2026, 3, 4), BODY)
