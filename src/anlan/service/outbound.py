"""Calls out of the house: checked addresses, no redirects, a deadline over the whole exchange.

Nothing here runs inside a page or a dispatch action; only the worker's loops call it.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpcore
from django.utils.translation import gettext_lazy as _

from anlan.service.environment import environment

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping

CONNECT_S, WHOLE_S = 5.0, 15.0
HIDING = tuple(
    ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""IPv6 networks whose addresses carry an IPv4 address that may be private."""


@dataclass(frozen=True)
class Outcome:
    """What came of a call: the HTTP status (None where none came) and, if it failed, why."""

    status: int | None
    error: str = ""

    @property
    def delivered(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


def check_url(url: str) -> None:
    """Refuse an address that no message may go to.

    Raises:
        ValueError: not https (http only where private addresses are allowed), no host, or a password in it.

    """
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError as error:
        raise ValueError(_("This is no web address.")) from error
    schemes = {"https", "http"} if environment().webhook_private else {"https"}
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(_("Give an address that starts with https://."))
    if parts.username or parts.password:
        raise ValueError(_("Leave name and password out of the address; messages are signed."))


def may_call(address: str) -> bool:
    """Whether an IP address may be called: public ones; private ones only if the operator allows it."""
    if environment().webhook_private:
        return True
    ip: Any = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    hidden = ip.version == 6 and any(ip in net for net in HIDING)
    return ip.is_global and not ip.is_multicast and not hidden


class Deadline(httpcore.NetworkStream):
    """A connection whose every read and write must end before one common moment."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        """Wrap a stream."""
        self.stream, self.until = stream, until

    def left(self, timeout: float | None) -> float:
        """Return the seconds that a step may take; raises httpcore.ReadTimeout when none are left."""
        rest = self.until - time.monotonic()
        if rest <= 0:
            raise httpcore.ReadTimeout("the whole exchange took too long")
        return rest if timeout is None else min(rest, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read within the time left."""
        return self.stream.read(max_bytes, self.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write within the time left."""
        self.stream.write(buffer, self.left(timeout))

    def close(self) -> None:
        """Close the connection."""
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Deadline:
        """Go on encrypted, under the same deadline."""
        return Deadline(self.stream.start_tls(ssl_context, server_hostname, self.left(timeout)), self.until)

    def get_extra_info(self, info: str) -> Any:
        """Return what the wrapped stream knows."""
        return self.stream.get_extra_info(info)


class CheckedNetwork(httpcore.NetworkBackend):
    """Resolves a name once, checks every address it has, and connects to one of those very addresses."""

    def __init__(self, until: float) -> None:
        """Set the moment by which all must be over."""
        self.until, self.plain = until, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a checked address of the host."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        refused = [address for address in addresses if not may_call(address)]
        if refused:
            raise httpcore.ConnectError(f"{host} is {refused[0]}: not a public address")
        stream = self.plain.connect_tcp(addresses[0], port, timeout, local_address, socket_options)
        return Deadline(stream, self.until)


def post(url: str, headers: Mapping[str, str], body: str) -> Outcome:
    """POST a body and return what came of it; never raises for the network's or the receiver's faults."""
    until = time.monotonic() + WHOLE_S
    timeout = {"connect": CONNECT_S, "read": WHOLE_S, "write": WHOLE_S, "pool": CONNECT_S}
    sent = {
        "Host": urlsplit(url).netloc,
        "Content-Type": "application/json",
        "User-Agent": "Anlan",
        **headers,
    }
    try:
        check_url(url)
        with (
            httpcore.ConnectionPool(network_backend=CheckedNetwork(until)) as pool,
            pool.stream(
                "POST", url, headers=sent, content=body.encode(), extensions={"timeout": timeout}
            ) as answer,
        ):
            return Outcome(answer.status, "" if 200 <= answer.status < 300 else f"HTTP {answer.status}")
    except (
        httpcore.NetworkError,
        httpcore.TimeoutException,
        httpcore.ProtocolError,
        OSError,
        ValueError,
    ) as error:
        return Outcome(None, f"{type(error).__name__}: {error}"[:300])
