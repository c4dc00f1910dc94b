"""The desk's own style, scripts and pictures, under an address that names what is in them.

A page asks for ``/static/<version>/desk.css``. The version is a digest of all the files, so after an update every
address is another one: a browser keeps a file for a year without asking, and still never shows an old one. Scripts
import one another by relative paths and so stay within one version.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.responses import Response
    from starlette.types import Scope

ADDRESS: Final = "/static"
FOREVER: Final = "public, max-age=31536000, immutable"
"""Of a file under the version that is in use (RFC 8246); a year is the most that HTTP caches are asked to keep."""
ASK_FIRST: Final = "no-cache"
"""Of a file under another version, or none: a page from before an update gets what is there now, and keeps nothing."""
_DIGITS: Final = 16
_VERSION: Final = re.compile(rf"[0-9a-f]{{{_DIGITS}}}")


def version_of(folder: Path) -> str:
    """Return the digest of all the files below a folder, names and contents, as 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        name, content = file.relative_to(folder).as_posix().encode(), file.read_bytes()
        digest.update(b"%d %d " % (len(name), len(content)) + name + content)
    return digest.hexdigest()[:_DIGITS]


class VersionedFiles(StaticFiles):
    """ASGI application that answers with a folder's files, with or without a version before their path."""

    def __init__(self, folder: Path, version: str) -> None:
        super().__init__(directory=folder)
        self.version = version

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, and how long it may be kept."""
        first, *rest = PurePath(path).parts or ("",)
        named = bool(rest) and _VERSION.fullmatch(first) is not None
        response = await super().get_response(str(PurePath(*rest)) if named else path, scope)
        response.headers["cache-control"] = FOREVER if named and first == self.version else ASK_FIRST
        return response
