"""Answers as they go out: JSON of a view, its ETag, 304 where the caller has it already, and the link to the next page.

The ETag of an incident begins with its version, so that it can be sent back as ``If-Match`` with a decision.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from data.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from desk.api.views import View

IF_MATCH: Final = r'^"\d{1,18}(-[0-9a-f]{16})?"$'
"""What a decision is made against: the ETag of the incident or setting, or its version alone in quotes."""

_CURSOR = re.compile(r"[A-Za-z0-9_-]{1,400}")


def answer(request: Request, view: View, status: int = 200) -> Response:
    """Return a view as JSON; nothing but 304 where a GET names its ETag in If-None-Match."""
    body = view.model_dump_json().encode()
    version = getattr(view, "version", None)
    digest = hashlib.sha256(body).hexdigest()[:16]
    tag = f'"{version}-{digest}"' if isinstance(version, int) else f'"{digest}"'
    headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "Authorization, Cookie, Accept-Language"}
    following = getattr(view, "next", None)
    if following:
        headers["link"] = f'<{request.url.include_query_params(cursor=following)}>; rel="next"'
    if request.method == "GET" and has_already(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, status_code=status, media_type="application/json", headers=headers)


def has_already(request: Request, tag: str) -> bool:
    """Return whether the caller has that already: weak comparison, a list, or any (RFC 9110, section 13.1.2)."""
    given = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return tag in given or given == ["*"]


def version_in(if_match: str) -> int:
    """Return the version that an If-Match names."""
    return int(if_match.strip('"').partition("-")[0])


def cursor_of(*parts: Any) -> str:
    """Return where a page ended as one opaque word."""
    plain = [part.isoformat() if isinstance(part, datetime) else part for part in parts]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, kinds: Sequence[type]) -> list[Any] | None:
    """Return the parts of a cursor of these types (int, str, datetime); None for none. InputError where it is none."""
    if not cursor:
        return None
    wrong = InputError("the cursor is none of ours; take it from the answer before")
    if not _CURSOR.fullmatch(cursor):
        raise wrong
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise wrong
        return [_part(part, kind, wrong) for part, kind in zip(parts, kinds, strict=True)]
    except ValueError as error:  # no base64, no UTF-8, no JSON, no time
        raise wrong from error


def _part(part: Any, kind: type, wrong: InputError) -> Any:
    if kind is datetime and isinstance(part, str):
        moment = datetime.fromisoformat(part)
        if moment.tzinfo is None:
            raise wrong
        return moment
    if kind is int and type(part) is int and 0 <= part < 2**31:
        return part
    if kind is str and isinstance(part, str):
        return part
    raise wrong
