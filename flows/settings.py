"""What an operator can set, read once at the edge and handed on as a record.

Three places, the later one wins: the defaults here, ``$KENTONGAN_HOME/kentongan.toml``, and ``KENTONGAN_*`` in the
environment. This is the only module that knows where runtime data lies; nothing is ever written into the installed
program's folders.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs

from data.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PRODUCT = "Kentongan"
VERSION = "0.1.0"
PREFIX = "KENTONGAN_"
MAX_PORT = 65535
AREA = re.compile(r"\d\d(?:\.\d\d)?")
MAX_DELAY_S = 3600
"""An hour between two requests; the catalogue allows a source no more either."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between two installations.

    ``home`` holds all that is kept. ``database_url`` is SQLAlchemy's (SQLite or ``postgresql+psycopg``).
    ``contact`` is the address or URL that the User-Agent names (empty: none set, which `doctor` complains of).
    ``allow_private_hosts`` are the only hosts that may resolve to a private address; ``connect_to`` maps some of
    them to where they really answer. ``workers`` is the number of processes that read pages (0: in this process).
    ``min_free_mb`` is the room on the disk under which no run starts. ``exercise`` marks everything raised as a
    drill. ``model_dir`` names a model's folder; None is the one that the registry has in use. ``registry_dir`` is
    where the registry lies (None: in ``home``): one folder for all machines that share a store.
    ``office`` stands at the head of reports; ``report_area`` is the code of the province or kabupaten/kota that the
    scheduled ones are about ("": the whole country). ``feeds_url`` is the address that a web server serves
    `feeds_dir` under, with a slash at the end ("": none does). ``mail_server`` is a URL,
    ``smtps://user:password@host`` or ``smtp://`` with STARTTLS, which is never printed; ``mail_from`` the address that
    alerts are written from.
    ``desk_url`` is where recipients reach the desk: messages then carry links by which they are acknowledged.
    ``feeds_title``, ``feeds_rights`` (with ``feeds_rights_url``, the address of a licence), ``feeds_corrections`` and
    ``feeds_contact`` (an e-mail address for corrections) are what feeds state of themselves; "" leaves our own words.
    """

    home: Path
    database_url: str
    catalogues: tuple[Path, ...] = ()
    contact: str = ""
    allow_private_hosts: frozenset[str] = frozenset()
    connect_to: tuple[tuple[str, tuple[str, int]], ...] = ()
    workers: int = 2
    default_delay_s: float = 2.0
    min_free_mb: int = 200
    timezone: str = "Asia/Jakarta"
    model_dir: Path | None = None
    registry_dir: Path | None = None
    desk_host: str = "127.0.0.1"
    desk_port: int = 8787
    prefect_port: int = 4287
    exercise: bool = False
    tag_authority: str = "kentongan.local"
    office: str = "Desk Pilkada"
    report_area: str = ""
    feeds_url: str = ""
    mail_server: str = field(default="", repr=False)
    mail_from: str = ""
    desk_url: str = ""
    feeds_title: str = ""
    feeds_rights: str = ""
    feeds_rights_url: str = ""
    feeds_corrections: str = ""
    feeds_contact: str = ""

    @property
    def user_agent(self) -> str:
        """The name under which we ask, honest about who is asking."""
        return (
            f"{PRODUCT}/{VERSION} (+{self.contact})"
            if self.contact
            else f"{PRODUCT}/{VERSION} (news watch; no contact set)"
        )

    @property
    def warc_dir(self) -> Path:
        """Where the raw pages are kept."""
        return self.home / "warc"

    @property
    def feeds_dir(self) -> Path:
        """Where feed files are written, ready for a plain web server."""
        return self.home / "feeds"

    @property
    def models_dir(self) -> Path:
        """Where the versions of the model are kept, and which of them is in use."""
        return self.registry_dir or self.home / "models"

    @property
    def places_dir(self) -> Path:
        """Where the place names are kept that this installation was taught."""
        return self.home / "places"

    @property
    def reports_dir(self) -> Path:
        """Where reports are kept, a folder per year."""
        return self.home / "reports"

    @property
    def user_catalogue(self) -> Path:
        """The sources file that `kentongan sources` edits; it need not exist."""
        return self.home / "sources.toml"

    @property
    def bundled_catalogue(self) -> Path:
        """The catalogue that comes with the program."""
        return Path(__file__).resolve().parent.parent / "data" / "reference" / "sources.toml"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings of this process.

        Raises SettingsError naming the variable or the line of the file, and what would be right.
        """
        environ = os.environ if environ is None else environ
        home = (
            Path(environ.get(f"{PREFIX}HOME") or platformdirs.user_data_path("kentongan", appauthor=False))
            .expanduser()
            .absolute()
        )
        given: dict[str, object] = {"home": home, "database_url": f"sqlite:///{home / 'kentongan.sqlite3'}"}
        given |= {"workers": os.cpu_count() or 1}
        given |= _from_file(home / "kentongan.toml")
        for name, read in READERS.items():
            value = environ.get(PREFIX + name.upper())
            if value is not None and value != "":
                given[name] = _read(read, value, PREFIX + name.upper())
        settings = cls(**given)  # type: ignore[arg-type]  # each value went through its reader
        _check(settings)
        return settings


def _hosts(value: str) -> frozenset[str]:
    return frozenset(host.strip().lower().rstrip(".") for host in value.split(",") if host.strip())


def _connect_to(value: str) -> tuple[tuple[str, tuple[str, int]], ...]:
    pairs = []
    for item in value.split(","):
        host, _, target = item.strip().partition("=")
        address, _, port = target.rpartition(":")
        if not host or not address or not port.isascii() or not port.isdigit():
            raise ValueError('written as "host=address:port", with commas between them')
        if not 1 <= int(port) <= MAX_PORT:
            raise ValueError(f'written as "host=address:port", the port from 1 to {MAX_PORT}')
        pairs.append((host.lower(), (address.strip("[]"), int(port))))
    return tuple(pairs)


def _paths(value: str) -> tuple[Path, ...]:
    return tuple(Path(item).expanduser().absolute() for item in value.split(os.pathsep) if item)


def _flag(value: str) -> bool:
    words = {"1": True, "true": True, "ya": True, "yes": True, "0": False, "false": False, "tidak": False, "no": False}
    if value.strip().lower() not in words:
        raise ValueError("1 or 0")
    return words[value.strip().lower()]


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("a URL, such as https://desk.example.go.id/")
    return value


READERS: dict[str, Callable[[str], object]] = {
    "database_url": str,
    "catalogues": _paths,
    "contact": str,
    "allow_private_hosts": _hosts,
    "connect_to": _connect_to,
    "workers": int,
    "default_delay_s": float,
    "min_free_mb": int,
    "timezone": str,
    "model_dir": lambda value: Path(value).expanduser().absolute(),
    "registry_dir": lambda value: Path(value).expanduser().absolute(),
    "desk_host": str,
    "desk_port": int,
    "prefect_port": int,
    "exercise": _flag,
    "tag_authority": str,
    "office": str,
    "report_area": str,
    "feeds_url": _address,
    "mail_server": str,
    "mail_from": str,
    "desk_url": _address,
    "feeds_title": str,
    "feeds_rights": str,
    "feeds_rights_url": _address,
    "feeds_corrections": str,
    "feeds_contact": str,
}


HOLDER = f"{PREFIX}UP_HOME"
"""Not a setting: `kentongan up` marks the processes that it starts with it, to find them again."""

KNOWN_VARIABLES = frozenset({f"{PREFIX}HOME", HOLDER} | {PREFIX + name.upper() for name in READERS})
"""All variables of the environment that the program reads."""


def _read(read: Callable[[str], object], value: str, where: str) -> object:
    try:
        return read(value)
    except ValueError as error:
        expected = {"int": "a whole number", "float": "a number"}.get(getattr(read, "__name__", ""), str(error))
        raise SettingsError(f'"{value}" will not do: it should be {expected}', where=where) from error


def _from_file(path: Path) -> dict[str, object]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot be read: {error}", where=str(path)) from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"is not TOML: {error}", where=str(path)) from error
    given: dict[str, object] = {}
    for name, value in table.items():
        if name not in READERS:
            near = get_close_matches(name, READERS, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(sorted(READERS))}"
            raise SettingsError(f'no such setting "{name}"; {hint}', where=str(path))
        text_value = (
            ",".join(map(str, value))
            if isinstance(value, list)
            else str(value).lower()
            if isinstance(value, bool)
            else str(value)
        )
        given[name] = _read(READERS[name], text_value, f"{path}, {name}")
    return given


def _check(settings: Settings) -> None:
    for name in ("workers", "min_free_mb"):
        if getattr(settings, name) < 0:
            raise SettingsError("must be at least 0", where=PREFIX + name.upper())
    spans = {"default_delay_s": (0, MAX_DELAY_S), "desk_port": (1, MAX_PORT), "prefect_port": (1, MAX_PORT)}
    for name, (least, most) in spans.items():
        if not least <= getattr(settings, name) <= most:  # what is no number ("nan") lies in no span
            raise SettingsError(f"must be from {least} to {most}", where=PREFIX + name.upper())
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(
            f'"{settings.timezone}" is no time zone; take Asia/Jakarta, Asia/Makassar or Asia/Jayapura',
            where="KENTONGAN_TIMEZONE",
        ) from error
    for path in settings.catalogues:
        if not path.is_file():
            raise SettingsError(f"{path} is not there", where="KENTONGAN_CATALOGUES")
    if settings.report_area and not AREA.fullmatch(settings.report_area):
        raise SettingsError(
            f'"{settings.report_area}" is no code of a province or kabupaten/kota, such as "13" or "13.77"',
            where="KENTONGAN_REPORT_AREA",
        )
    if settings.feeds_url and not settings.feeds_url.endswith("/"):
        raise SettingsError("an address of a folder ends with a slash", where="KENTONGAN_FEEDS_URL")
    if settings.mail_server or settings.mail_from:
        from flows.mail_settings import letterhead_of, mail_server_of

        mail_server_of(settings)
        letterhead_of(settings)
    stray = {host for host, _ in settings.connect_to} - settings.allow_private_hosts
    if stray:
        raise SettingsError(
            f"{', '.join(sorted(stray))} must also stand in KENTONGAN_ALLOW_PRIVATE_HOSTS", where="KENTONGAN_CONNECT_TO"
        )


assert set(READERS) | {"home"} == {one.name for one in fields(Settings)}, "each setting has a reader"  # noqa: S101  # a typo here must not wait for a user
