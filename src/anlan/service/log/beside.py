"""What a stream may bring besides the log's events: each app offers its own, by the name in `?with=`.

A source is subscribed with the stream's pulse, which it sets when it has news, and gives what to ask for it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import Event as Pulse
    from collections.abc import Callable, Iterator

    from anlan.service.log.stream import Subscription

    News = Callable[[Subscription], bytes]
    Source = Callable[[Pulse], AbstractContextManager[News]]

_sources: dict[str, Source] = {}


def offer(name: str, source: Source) -> None:
    """Let streams ask for a source by its name."""
    _sources[name] = source


def source_of(name: str) -> Source:
    """Return the source asked for; nothing comes from one that nobody offers."""
    return _sources.get(name, silence)


@contextmanager
def silence(_pulse: Pulse) -> Iterator[News]:
    """Bring nothing."""
    yield lambda _subscription: b""
