"""Static files under ASGI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware

if TYPE_CHECKING:
    from django.http import HttpRequest


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise whose answers are read at once, since ASGI cannot stream from a file without a thread.

    The largest file of the bundle has about one megabyte.
    """

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        """Answer with the file, the part asked for, or 304."""
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file as file:
                body = file.read()
        answer = HttpResponse(body, status=int(found.status))
        del answer["content-type"]
        for key, value in found.headers:
            answer[key] = value
        return answer
