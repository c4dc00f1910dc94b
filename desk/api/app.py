"""The API as an application of its own, which `desk.web` mounts at ``/api/v1``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from data.errors import KentonganError
from desk.api import (
    alerting,
    deciding,
    delivering,
    house,
    incidents,
    labels,
    learning,
    merging,
    problems,
    reading,
    reports,
    search,
    settings,
    together,
    watching,
    work,
)
from desk.api.bounded import BoundedBodies
from desk.api.door import Rules
from desk.api.limits import PER_MINUTE, Limiter
from desk.api.views import Problem
from desk.frame import language_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from desk.frame import Desk

VERSION: Final = "1.0"
DESCRIPTION: Final = """What the pages of the desk show and do, for programs.

Bring a token: `Authorization: Bearer ktg_…`; what it may do are its scopes, which are rights of the desk (`x-scope` of
each operation). Incidents of other regions than the user's are not there. Times are ISO 8601 in UTC. Lists go on by the
`Link` header with `rel="next"`; every GET has an `ETag`. A decision names in `If-Match` what was seen, and changes
nothing where somebody else was faster. Errors are `application/problem+json` (RFC 9457), Indonesian unless
`Accept-Language` begins with `en`.
"""
TAGS: Final = (
    ("incidents", "The queue, and what is known of an incident."),
    ("decisions", "What is done with an incident."),
    ("work", "Reports from the field, duty, notices, views of the queue."),
    ("reports", "Daily and weekly reports, Laporan Informasi."),
    ("articles", "Articles and units of the gazetteer."),
    ("alerts", "What left the house."),
    ("deliveries", "Recipients of alerts, what was sent to them, and sending it again."),
    ("regions", "Counts, coverage, early warnings, sources."),
    ("learning", "The label queue, and the model."),
    ("desk", "Persons, tokens, settings, the audit log."),
)


def make_api(desk: Desk, *, per_minute: int = PER_MINUTE) -> FastAPI:
    """Return the API of a desk; ``per_minute`` is how many requests of one user are taken in a minute."""
    api = FastAPI(
        title="Kentongan",
        version=VERSION,
        description=DESCRIPTION,
        openapi_tags=[{"name": name, "description": words} for name, words in TAGS],
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        separate_input_output_schemas=False,
        redirect_slashes=False,
    )
    api.state.rules = Rules(desk, Limiter(), per_minute)
    for router, tag in (
        (together.router, None),
        (work.router, None),
        (incidents.router, None),
        (deciding.router, None),
        (merging.router, None),
        (alerting.router, None),
        (delivering.router, None),
        (reports.router, None),
        (search.router, "articles"),
        (reading.router, "articles"),
        (labels.router, None),
        (learning.router, None),
        (settings.router, "desk"),
        (watching.router, "regions"),
        (house.router, "desk"),
    ):
        api.include_router(router, tags=[tag] if tag else None)
    api.add_exception_handler(KentonganError, problems.of_error)
    api.add_exception_handler(RequestValidationError, problems.of_validation)  # type: ignore[arg-type]  # its own kind
    api.add_exception_handler(HTTPException, problems.of_http)  # type: ignore[arg-type]  # its own kind
    api.add_exception_handler(Exception, problems.of_failure)
    api.add_middleware(BoundedBodies)
    described = api.openapi

    def openapi() -> dict[str, Any]:
        if api.openapi_schema is None:
            _with_problem(described())
        return described()

    def describe(request: Request) -> Response:
        """Show the operations to people, without a script or a file of another host."""
        values = {
            "lang": language_of(request),
            "request": request,
            "schema": openapi(),
            "base": request.scope.get("root_path", ""),
            "origin": f"{request.url.scheme}://{request.url.netloc}",
        }
        return HTMLResponse(desk.render("api.html", None, values))

    api.add_route("/", describe, include_in_schema=False)
    api.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's own documentation does
    return api


def _with_problem(schema: dict[str, Any]) -> None:
    """Add what FastAPI does not find by itself: the schema of a problem, and none of its own for what does not fit."""
    schemas = schema["components"]["schemas"]
    told = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    schemas |= told.pop("$defs", {})
    schemas["Problem"] = told
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
