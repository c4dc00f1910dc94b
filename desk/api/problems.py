"""Errors as programs are told of them: RFC 9457 problems, of our own errors, of requests that do not fit, of paths."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import structlog
from starlette.responses import Response

from data.errors import (
    ConflictError,
    InputError,
    KentonganError,
    LeaseError,
    ModelError,
    SettingsError,
    UnknownItemError,
)
from desk.api.limits import TooLargeError, TooManyRequestsError
from desk.api.views import FieldProblem, Problem
from desk.entry.doorkeeper import ForgedRequestError
from desk.permissions import ForbiddenError
from desk.terminal.speech import reword

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException
    from starlette.requests import Request

log = structlog.get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"


class UnknownCallerError(KentonganError):
    """No valid token came with the request."""

    def __init__(self, message: str = "bring a valid token: Authorization: Bearer ktg_…") -> None:
        super().__init__(message)


class StaleError(KentonganError):
    """What If-Match named is not what stands any more (RFC 9110, section 13.1.1); nothing was written."""

    def __init__(self, conflict: ConflictError) -> None:
        super().__init__(str(conflict))
        self.conflict = conflict


KINDS: Final[tuple[tuple[type[Exception], int, str], ...]] = (
    (UnknownCallerError, 401, "tidak-dikenal"),
    (ForgedRequestError, 403, "permintaan-asing"),
    (ForbiddenError, 403, "tidak-berhak"),
    (UnknownItemError, 404, "tidak-ada"),
    (StaleError, 412, "sudah-berubah"),
    (ConflictError, 409, "bentrok"),
    (LeaseError, 409, "sedang-dikerjakan"),
    (TooLargeError, 413, "terlalu-besar"),
    (TooManyRequestsError, 429, "terlalu-sering"),
    (ModelError, 409, "model-tidak-layak"),
    (InputError, 422, "ditolak"),
    (SettingsError, 422, "ditolak"),
)
"""Status and name of the problem of each of our errors; every other one is a 503: the store cannot be asked."""


def respond(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem as a response."""
    body = problem.model_dump_json(exclude_none=True)
    return Response(body, status_code=problem.status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def of_error(request: Request, error: Exception) -> Response:
    """Return one of our errors as a problem, in the language that the caller prefers."""
    status, name = next(
        ((status, name) for kind, status, name in KINDS if isinstance(error, kind)), (503, "tidak-tersedia")
    )
    say = _speaker(request)
    more: dict[str, Any] = {}
    headers: dict[str, str] = {}
    conflict = error.conflict if isinstance(error, StaleError) else error
    if isinstance(conflict, ConflictError):
        more = {"by": conflict.by, "at": conflict.at}
    elif isinstance(error, LeaseError):
        more = {"by": error.holder}
    elif isinstance(error, ForbiddenError):
        more = {"scope": error.permission.value}
        headers["www-authenticate"] = f'Bearer error="insufficient_scope", scope="{error.permission.value}"'
    elif isinstance(error, UnknownCallerError):
        headers["www-authenticate"] = "Bearer"
    elif isinstance(error, TooManyRequestsError):
        headers["retry-after"] = str(error.wait_s)
    if status == 503:
        # Its own words name files and hosts: they go to the log, never out of the house.
        log.error("api_failed", error=str(error), kind=type(error).__name__, path=request.url.path)
        detail = say("Desk sedang tidak dapat membaca data.", "The desk cannot read its data just now.")
        headers["retry-after"] = "30"
    else:
        detail = reword(say, str(error))
    return respond(_problem(request, status, name, detail, **more), headers)


def told_of(request: Request, error: KentonganError) -> tuple[str, str]:
    """Return type and detail of one of our errors that is a part of an answer, in the language of the caller."""
    name = next((name for kind, _, name in KINDS if isinstance(error, kind)), "tidak-tersedia")
    return _type_of(name), reword(_speaker(request), str(error))


def reworded(request: Request, sentence: str) -> str:
    """Return a sentence that a floor below said in the language of the caller."""
    return reword(_speaker(request), sentence)


def of_validation(request: Request, error: RequestValidationError) -> Response:
    """Return what of a request does not fit its description; values are not repeated."""
    say = _speaker(request)
    found = tuple(FieldProblem(field=_place(one), detail=str(one["msg"])) for one in error.errors())
    if any(
        one["type"] == "missing" and one["loc"][0] == "header" and one["loc"][1].lower() == "if-match"
        for one in error.errors()
    ):
        detail = say(
            "Sertakan If-Match dengan ETag atau versi yang dilihat.", "Send If-Match with the ETag or version seen."
        )
        return respond(_problem(request, 428, "tanpa-if-match", detail, errors=found))
    detail = say("Permintaan tidak sesuai dengan OpenAPI.", "The request does not fit the OpenAPI.")
    return respond(_problem(request, 422, "tidak-sesuai", detail, errors=found))


def of_http(request: Request, error: HTTPException) -> Response:
    """Return an error of the framework: no such path, no such method, a body that is none."""
    say = _speaker(request)
    names = {404: "tidak-ada", 405: "metode-salah", 400: "tidak-terbaca"}
    details = {
        404: say("Alamat ini tidak ada.", "There is no such address."),
        405: say("Metode ini tidak ada di alamat ini.", "There is no such method at this address."),
    }
    status = error.status_code
    detail = details.get(status, HTTPStatus(status).phrase)
    return respond(_problem(request, status, names.get(status, "ditolak"), detail), error.headers)


def of_failure(request: Request, error: Exception) -> Response:
    """Return what nobody foresaw, without its words; the server logs it."""
    say = _speaker(request)
    log.error("api_broken", kind=type(error).__name__, path=request.url.path)
    detail = say("Ada kesalahan di desk; sudah dicatat.", "Something is wrong with the desk; it was noted.")
    return respond(_problem(request, 500, "kesalahan", detail))


def _problem(request: Request, status: int, name: str, detail: str, **more: Any) -> Problem:
    return Problem(
        type=_type_of(name),
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        **more,
    )


def _type_of(name: str) -> str:
    return f"urn:kentongan:masalah:{name}"


def _place(error: Mapping[str, Any]) -> str:
    """Return where something does not fit: header names have no case."""
    where = "/".join(str(part) for part in error["loc"])
    return where.lower() if where.startswith("header/") else where


def _speaker(request: Request) -> Callable[[str, str], str]:
    first = request.headers.get("accept-language", "").split(",")[0].strip().lower()

    def say(indonesian: str, english: str) -> str:
        return english if first.startswith("en") else indonesian

    return say
