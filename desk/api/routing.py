"""How an operation of the API is registered: its description, the errors that it may end with, its answer."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Annotated, Any, Final, get_args, get_type_hints

from fastapi import APIRouter, Header
from starlette.responses import Response

from desk.api.answers import IF_MATCH, answer
from desk.api.door import Caller, Reader, Writer
from desk.api.problems import MEDIA_TYPE
from desk.api.views import Problem, View

IfMatch = Annotated[
    str,
    Header(
        alias="If-Match",
        pattern=IF_MATCH,
        description="The ETag of what was seen, or its version in quotes.",
        examples=['"34"'],
    ),
]

_WORDS: Final = {
    400: "The body cannot be read.",
    401: "No valid token, or it has ended.",
    403: "The token has not the right that this needs.",
    404: "There is no such thing, or it is not of the caller's regions.",
    409: "Somebody changed it meanwhile, or works on it; nothing was written.",
    412: "What If-Match names is not what stands any more; nothing was written.",
    413: "The body is larger than 1 MiB.",
    422: "The request does not fit this description, or what it asks for is refused.",
    428: "If-Match is missing.",
    429: "Too many requests; Retry-After says when the next one is taken.",
    503: "The store cannot be read just now; try again.",
}
_ALWAYS: Final = (401, 403, 422, 429, 503)
_NOT_MODIFIED: Final = {"description": "The caller has it already (If-None-Match)."}


def operation(
    router: APIRouter,
    method: str,
    path: str,
    *,
    errors: tuple[int, ...] = (),
    status: int = 200,
) -> Callable[[Callable[..., View]], Callable[..., View]]:
    """Register what answers with the view that it is annotated to return; its door is the annotation of ``caller``.

    The operation's id is the function's name, its summary the first line of its docstring.
    """

    def register(function: Callable[..., View]) -> Callable[..., View]:
        hints = get_type_hints(function, include_extras=True)
        door = next(one.dependency for one in get_args(hints["caller"])[1:])
        codes = sorted({*_ALWAYS, *errors, *({400, 413} if method != "GET" else ())})
        responses: dict[int | str, dict[str, Any]] = {code: _problem(code) for code in codes}
        if method == "GET":
            responses[304] = dict(_NOT_MODIFIED)
        responses[status] = {"headers": _headers(hints["return"])}

        @wraps(function)
        def endpoint(*args: Any, **kwargs: Any) -> Response:
            caller: Caller = kwargs["caller"]
            return answer(caller.request, function(*args, **kwargs), status)

        router.add_api_route(
            path,
            endpoint,
            methods=[method],
            status_code=status,
            response_model=hints["return"],
            responses=responses,
            operation_id=function.__name__,
            summary=(function.__doc__ or "").partition("\n")[0].rstrip("."),
            openapi_extra={"x-scope": _scope(door)},
        )
        return function

    return register


def download(
    router: APIRouter, path: str, media_types: Sequence[str], *, errors: tuple[int, ...] = ()
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Register a GET that answers with a file, in one of some media types; else as `operation`."""

    def register(function: Callable[..., Response]) -> Callable[..., Response]:
        hints = get_type_hints(function, include_extras=True)
        door = next(one.dependency for one in get_args(hints["caller"])[1:])
        responses: dict[int | str, dict[str, Any]] = {code: _problem(code) for code in sorted({*_ALWAYS, *errors})}
        responses[304] = dict(_NOT_MODIFIED)
        binary = {"schema": {"type": "string", "format": "binary"}}
        responses[200] = {"description": "The file.", "headers": _TAGGED, "content": dict.fromkeys(media_types, binary)}
        router.add_api_route(
            path,
            function,
            methods=["GET"],
            response_class=Response,
            responses=responses,
            operation_id=function.__name__,
            summary=(function.__doc__ or "").partition("\n")[0].rstrip("."),
            openapi_extra={"x-scope": _scope(door)},
        )
        return function

    return register


def _scope(door: Reader | Writer) -> str | None:
    return door.permission.value if door.permission is not None else None


def _problem(code: int) -> dict[str, Any]:
    told: dict[str, Any] = {"description": _WORDS[code], "content": {MEDIA_TYPE: {"schema": _REFERENCE}}}
    if code in {429, 503}:
        told["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    if code == 401:
        told["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return told


_REFERENCE: Final = {"$ref": f"#/components/schemas/{Problem.__name__}"}


_TAGGED: Final = {"ETag": {"description": "To send back as If-None-Match.", "schema": {"type": "string"}}}


def _headers(kind: type[View]) -> dict[str, Any]:
    headers: dict[str, Any] = dict(_TAGGED)
    if "next" in kind.model_fields:
        headers["Link"] = {"description": "The next page (RFC 8288).", "schema": {"type": "string"}}
    return headers
