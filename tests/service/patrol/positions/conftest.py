"""A site without what it knew in the test before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def post(transactional_db: None) -> Iterator[Callable[..., httpx.Response]]:
    """Send a request through the ASGI application as a client would; the writer ends with the test."""
    from anlan.service.patrol.positions.door import positions
    from anlan.service.patrol.positions.registry import registry
    from anlan.service.patrol.positions.tally import tally
    from anlan.service.patrol.positions.writer import writer

    async def site(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b"the site"})

    async def ask(method: str, path: str, **given: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=positions(site))
        async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
            return await client.request(method, path, **given)

    registry.forget()
    tally.take()
    yield lambda path, method="POST", **given: asyncio.run(ask(method, path, **given))
    writer.stop()
    registry.forget()
