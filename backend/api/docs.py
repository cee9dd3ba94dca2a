"""The OpenAPI page at ``/api/v1/docs``; its script and style come with a package, so it works offline."""

from importlib.resources import files

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, Response

from backend.api.parts import PREFIX
from backend.errors import NotFound

_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}


def install(app: FastAPI) -> None:
    """Add the page and its files."""

    @app.get(f"{PREFIX}/docs", include_in_schema=False)
    def page() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=f"{PREFIX}/openapi.json",
            title="RD Frontier · REST",
            swagger_js_url=f"{PREFIX}/docs/swagger-ui-bundle.js",
            swagger_css_url=f"{PREFIX}/docs/swagger-ui.css",
            swagger_favicon_url=f"{PREFIX}/docs/favicon.png",
        )

    @app.get(f"{PREFIX}/docs/{{name}}", include_in_schema=False)
    def asset(name: str) -> Response:
        if name not in _ASSETS:
            raise NotFound(f"no file {name!r} belongs to this page")
        content = (files("fastapi_offline") / "static" / name).read_bytes()
        return Response(content, media_type=_ASSETS[name], headers={"Cache-Control": "max-age=86400"})
