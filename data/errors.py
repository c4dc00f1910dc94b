"""Every error of the product, in one tree.

::

    KentonganError
    ├── SettingsError            a setting, an argument or a reference file is wrong; a person must mend it
    │   └── CatalogueError       a line of a sources catalogue is wrong
    ├── InputError               something handed in cannot be read (a WARC, a JSONL line, a page)
    ├── UnknownItemError         no such source, incident, article, model
    ├── StoreError               the database could not do what was asked
    │   ├── StoreBusyError       another writer held it too long (retryable)
    │   └── StoreSchemaError     the database is corrupt, or of another version
    ├── DiskFullError            no room is left; nothing half-written stays (retryable)
    ├── FetchError               a page could not be had; carries the Outcome it is counted as
    │   └── RefusedAddressError  the address is private, loopback, link-local or otherwise not for us
    ├── ExtractionError          a page was had but its parser failed or took too long
    ├── ConflictError            somebody else has changed it meanwhile; look again before you decide
    ├── LeaseError               somebody else is doing this work just now (retryable)
    └── ModelError               a model file is missing, corrupt, foreign or does not fit

Each carries facts as attributes, a sentence that says what to do, and ``retryable``: whether the same call may work
later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from data.outcomes import Outcome


class KentonganError(Exception):
    """The root: whatever the product raises on purpose.

    ``exit_code`` is what the command line ends with when this error reaches it (sysexits.h where one fits).
    """

    retryable: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1


class SettingsError(KentonganError):
    """A setting, argument or reference file is wrong; ``where`` names the variable or the file (and line)."""

    exit_code = 78  # EX_CONFIG

    def __init__(self, message: str, *, where: str | None = None) -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.where = where


class CatalogueError(SettingsError):
    """A sources catalogue cannot be used; ``where`` is file and line or table."""


class InputError(KentonganError):
    """Something handed in cannot be read; ``where`` names the file and, if known, the line or offset."""

    exit_code = 65  # EX_DATAERR

    def __init__(self, message: str, *, where: str | Path | None = None) -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.where = where


class UnknownItemError(KentonganError):
    """There is no such thing; ``kind`` and ``name`` say what was asked for, the message where to look."""

    exit_code = 66  # EX_NOINPUT

    def __init__(self, kind: str, name: object, *, hint: str = "") -> None:
        super().__init__(f'no such {kind} "{name}"' + (f"; {hint}" if hint else ""))
        self.kind = kind
        self.name = name


class StoreError(KentonganError):
    """The database could not do what was asked; the cause is chained."""

    exit_code = 74  # EX_IOERR


class StoreBusyError(StoreError):
    """Another writer held the database longer than the busy timeout."""

    retryable = True
    exit_code = 75  # EX_TEMPFAIL


class StoreSchemaError(StoreError):
    """The database is corrupt or of a version that this program does not know; it is never mended by deleting."""


class DiskFullError(KentonganError):
    """No room is left on ``path``'s disk; the write was undone and may be tried again when there is room."""

    retryable = True
    exit_code = 74

    def __init__(self, path: str | Path, *, free_bytes: int | None = None, needed_bytes: int | None = None) -> None:
        detail = (
            f": {free_bytes:,} bytes free, {needed_bytes:,} needed" if free_bytes is not None and needed_bytes else ""
        )
        super().__init__(f"{path}: the disk is full{detail}. Make room and start again; nothing was lost")
        self.path = path
        self.free_bytes = free_bytes
        self.needed_bytes = needed_bytes


class FetchError(KentonganError):
    """A page could not be had; ``outcome`` is what the page is counted as, ``url`` which page."""

    def __init__(self, outcome: Outcome, url: str, detail: str = "") -> None:
        super().__init__(f"{url}: {outcome}" + (f" ({detail})" if detail else ""))
        self.outcome = outcome
        self.url = url
        self.detail = detail


class RefusedAddressError(FetchError):
    """The address behind a URL is not for us; no connection was opened."""


class ExtractionError(KentonganError):
    """A page was had but reading it failed; ``url`` says which, the cause is chained."""

    def __init__(self, url: str, detail: str) -> None:
        super().__init__(f"{url}: {detail}")
        self.url = url
        self.detail = detail


class ConflictError(KentonganError):
    """Somebody else has changed it since it was looked at; nothing was written. ``by`` and ``at`` say who and when."""

    exit_code = 75

    def __init__(self, what: str, *, by: str, at: datetime) -> None:
        super().__init__(
            f"{what} was changed by {by} at {at:%Y-%m-%d %H:%M:%S} UTC; look at it again before you decide"
        )
        self.what = what
        self.by = by
        self.at = at


class LeaseError(KentonganError):
    """Somebody else is doing this work; ``holder`` and ``until`` say who and for how long."""

    retryable = True
    exit_code = 75

    def __init__(self, what: str, *, holder: str, until: str) -> None:
        super().__init__(f"{what} is being done by {holder} until {until}; it is not done twice")
        self.what = what
        self.holder = holder
        self.until = until


class ModelError(KentonganError):
    """A model file is missing, corrupt, foreign or does not fit; the model in use stays."""
