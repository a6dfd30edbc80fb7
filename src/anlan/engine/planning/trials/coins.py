"""The coins: from a secret that was committed to before, so that nobody can pick a lucky draw.

Commit: publish the digest of the design and that of the secret. Then let something be drawn in public that
nobody knew at that time (the beacon: a lottery's numbers). Reveal the secret at the end: everybody can toss
the same coins again. Without a beacon whoever chose the secret could have tried many before; with it not.

One coin is the last bit of HMAC-SHA-256(secret, "beacon|pair|number"). It depends on the pair's codes only,
not on its place in a list, nor on a generator that the next version of a library may change.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.trials.model import Design

SHORTEST = 32  # hexadecimal digits: 128 bits cannot be found by trying


@dataclass(frozen=True)
class Commitment:
    """What is published before the first coin: SHA-256 of the design and of the secret."""

    design: str
    secret: str


def commit(design: Design, secret: str) -> Commitment:
    """Return what to publish.

    Raises:
        ValueError: the secret is short or not hexadecimal.

    """
    return Commitment(design.digest(), hashlib.sha256(_checked(secret)).hexdigest())


def kept(commitment: Commitment, design: Design, secret: str) -> bool:
    """Whether this design and this secret are those committed to."""
    return commit(design, secret) == commitment


def coins(design: Design, secret: str, beacon: str = "") -> NDArray[np.bool_]:
    """Whether each pair's first place by code has the coin's face up, (pairs, coins).

    Raises:
        ValueError: the secret is short or not hexadecimal.

    """
    key = _checked(secret)
    rows = [[_coin(key, beacon, pair.code, k) for k in range(design.protocol.coins)] for pair in design.pairs]
    ordered = np.array([pair.first < pair.second for pair in design.pairs])
    return np.asarray(np.array(rows, bool) == ordered[:, None])


def _coin(key: bytes, beacon: str, pair: str, number: int) -> int:
    return hmac.new(key, f"{beacon}|{pair}|{number}".encode(), hashlib.sha256).digest()[-1] & 1


def _checked(secret: str) -> bytes:
    try:
        key = bytes.fromhex(secret)
    except ValueError:
        raise ValueError("secret: hexadecimal digits") from None
    if len(secret) < SHORTEST:
        raise ValueError(f"secret: at least {SHORTEST} hexadecimal digits, not {len(secret)}")
    return key
