"""How large a body may be: counted while it arrives, so that nothing large is ever held."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.problems import of_error
from backend.errors import TooLarge

_JSON_BYTES = 2**20
_MULTIPART_EXTRA = 2**16
_UPLOADS = ("/api/v1/datasets", "/api/v1/import")


class BodyLimit:
    """ASGI middleware: JSON for REST up to 1 MiB; uploads, and what the UI sends itself, up to the upload limit."""

    def __init__(self, app: ASGIApp, upload_limit_mb: int) -> None:
        self._app = app
        self._upload_bytes = upload_limit_mb * 2**20 + _MULTIPART_EXTRA

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_json = scope["path"].startswith("/api/") and scope["path"] not in _UPLOADS
        most = _JSON_BYTES if is_json else self._upload_bytes
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isascii() and declared.isdigit() and (len(declared) > 18 or int(declared) > most):
            await of_error(_too_large(most))(scope, receive, send)
            return
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > most:
                raise _too_large(most)
            return message

        await self._app(scope, counted, send)


def _too_large(most: int) -> TooLarge:
    return TooLarge(
        f"the body is larger than {most / 2**20:.0f} MiB, the limit here (FRONTIER_UPLOAD_LIMIT_MB for uploads)"
    )
