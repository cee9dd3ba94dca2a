"""Who may do what: the token, the sign-in, and writes from foreign hosts or origins.

The threat without a token is a page in the user's own browser: it may not write (Origin), not even under a name of its
owner's that points at this machine (Host). With a token, every call carries it or the cookie that a sign-in sets.
"""

import hashlib
import hmac
import ipaddress
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.problems import of_error
from backend.errors import FieldProblem, Forbidden, FrontierError, Invalid, NotFound, SetupError, Unauthorized
from backend.preflight import is_loopback
from backend.settings import Settings

COOKIE = "frontier_sign_in"
SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
_OPEN_PATHS = ("/healthz", "/readyz", SIGN_IN)
_READS = ("GET", "HEAD", "OPTIONS")
_WRITES_NOTHING = (SIGN_IN, SIGN_OUT, "/_dash-update-component")
"""Paths whose POST changes nothing by itself: the pages' callbacks write through REST, as everybody does."""
_MOST_FORM_BYTES = 10_000


def check_token(token: str) -> None:
    """
    Raises:
        SetupError: the token could not be sent in a header as it is.
    """
    if not (token.isascii() and token.isprintable() and token == token.strip()):
        raise SetupError("FRONTIER_API_TOKEN should be printable ASCII without spaces around it: choose another")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """ASGI middleware in front of everything: token, sign-in, Host and Origin."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._token = settings.api_token
        self._read_only = settings.read_only
        self._local = is_loopback(settings.host)
        self._hosts = {host.lower() for host in (settings.host, *settings.allowed_hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            _refuse_nul(scope)
            if scope["type"] == "websocket" or scope["method"] not in _READS:
                self._check_origin(headers)
                self._check_writable(scope["path"])
            response = await self._sign_in(scope, receive)
            if response is None and not self._may_enter(scope, headers):
                response = self._stop(scope, headers)
        except FrontierError as error:
            response = of_error(error)
        await (response or self._app)(scope, receive, _with_headers(send))

    def _check_origin(self, headers: Headers) -> None:
        host = headers.get("host", "")
        if not self._is_ours(host):
            raise Forbidden(f"writes do not come in as host {host}: add it to FRONTIER_ALLOWED_HOSTS if it is yours")
        origin = headers.get("origin")
        if origin is not None and _host_of(origin) != host.lower():
            raise Forbidden(f"writes do not come in from a page of {origin}")

    def _check_writable(self, path: str) -> None:
        if self._read_only and path not in _WRITES_NOTHING:
            raise Forbidden(
                "this server shows a frontier and changes nothing: import its file into a program of your own "
                "(frontier import FILE) to add to it"
            )

    def _is_ours(self, host: str) -> bool:
        """Whether a Host header names this server.

        Bound to loopback it has loopback's names and no other. Bound wider it cannot know its names; but only a name
        with a dot can belong to a stranger who points it here, addresses and bare names cannot.
        """
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        if not name:
            return False
        if name in self._hosts or host.lower() in self._hosts or is_loopback(name):
            return True
        return not self._local and ("." not in name or _is_address(name))

    def _may_enter(self, scope: Scope, headers: Headers) -> bool:
        if not self._token or scope["path"] in _OPEN_PATHS:
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _same(given.strip(), self._token):
            return True
        return _same(_cookie(headers), _sealed(self._token))

    def _stop(self, scope: Scope, headers: Headers) -> Response:
        page = scope["type"] == "http" and scope["method"] == "GET" and "text/html" in headers.get("accept", "")
        if page and not scope["path"].startswith("/api"):
            query = scope["query_string"].decode("latin-1")
            target = scope["path"] + (f"?{query}" if query else "")
            return RedirectResponse(f"{SIGN_IN}?next={quote(target, safe='/')}", status_code=303)
        return of_error(Unauthorized("this server wants its token: send it as 'Authorization: Bearer <token>'"))

    async def _sign_in(self, scope: Scope, receive: Receive) -> Response | None:
        """The answer to the sign-in and sign-out pages; null for any other path."""
        if scope["type"] != "http" or scope["path"] not in (SIGN_IN, SIGN_OUT) or not self._token:
            return None
        request = Request(scope, receive)
        if scope["path"] == SIGN_OUT:
            response: Response = RedirectResponse(SIGN_IN, status_code=303)
            response.delete_cookie(COOKIE)
            return response
        target = _local(request.query_params.get("next", "/"))
        if request.method == "GET":
            return HTMLResponse(_page(target, wrong=False))
        if request.method != "POST":
            raise NotFound(f"{SIGN_IN} is a page and a form")
        form = parse_qs((await _small_body(request)).decode("utf-8", "replace"))
        if not _same(form.get("token", [""])[0].strip(), self._token):
            return HTMLResponse(_page(target, wrong=True), status_code=401)
        response = RedirectResponse(target, status_code=303)
        response.set_cookie(
            COOKIE, _sealed(self._token), httponly=True, samesite="strict", secure=request.url.scheme == "https"
        )
        return response


def _host_of(origin: str) -> str:
    """Host and port of an origin; empty where it is none, and so nobody's."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _with_headers(send: Send) -> Send:
    """No foreign page may frame ours, guess types, or learn which run was looked at."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Frame-Options"] = "SAMEORIGIN"
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"
        await send(message)

    return sending


def _refuse_nul(scope: Scope) -> None:
    """No id and no text of ours holds a NUL, and not every database can be asked for one."""
    if "\0" in scope["path"]:
        raise NotFound("nothing has a NUL in its path")
    if b"%00" in scope["query_string"] or b"\0" in scope["query_string"]:
        raise Invalid([FieldProblem(("query",), "holds a NUL character: leave it out")])


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))


def _sealed(token: str) -> str:
    """What the cookie holds: proof of the token, not the token."""
    return hmac.new(token.encode("utf-8", "replace"), b"rd-frontier sign-in", hashlib.sha256).hexdigest()


def _cookie(headers: Headers) -> str:
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[COOKIE].value if COOKIE in cookies else ""


def _local(path: str) -> str:
    """A path of this server; anything else becomes the first page."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"


async def _small_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_FORM_BYTES:
            raise Unauthorized("this is no sign-in")
    return body


def _page(target: str, *, wrong: bool) -> str:
    message = '<p role="alert">That is not the token of this server.</p>' if wrong else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in · RD Frontier</title>
<style>
  :root {{ color-scheme: light dark }}
  body {{ font: 16px/1.5 system-ui, sans-serif; display: grid; place-items: center; min-height: 100vh; margin: 0 }}
  form {{ display: grid; gap: .75rem; width: 20rem }}
  h1 {{ font-size: 1.25rem; margin: 0 }}
  input, button {{ font: inherit; padding: .5rem .75rem; border-radius: .375rem; border: 1px solid GrayText }}
  button {{ cursor: pointer }}
  [role=alert] {{ color: #c92a2a; margin: 0 }}
</style>
</head>
<body>
<form method="post" action="{SIGN_IN}?next={quote(target, safe="/")}">
  <h1>RD Frontier</h1>
  {message}
  <label for="token">The token of this server (FRONTIER_API_TOKEN)</label>
  <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
  <button>Sign in</button>
</form>
</body>
</html>"""
