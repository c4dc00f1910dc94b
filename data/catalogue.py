"""The sources catalogue: which news sites are read, declared in TOML files of which later ones override earlier ones.

One ``[[source]]`` table a site (the bundled file's head describes every key). A table of a later file with a known
``id`` changes only the keys that it names, so that the user's file stays short. What a site on a known CMS need not
say (its finders, its zone) is filled in here. The user's file is edited by ``data.catalogue_edit``.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from data.cms import COMMON_OPTIONS, IMPLIED, KINDS, OPTIONS, implied_finders
from data.errors import CatalogueError
from data.gazetteer import FOLDER, load_gazetteer, read_lines
from data.records import Finder, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

MAX_TIER = 4
LEAST_DELAY_S = 0.0
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
PROFILE = re.compile(r"[a-z][a-z0-9_]{0,40}")
CODE = re.compile(r"\d\d(\.\d\d)?")


def load_catalogue(paths: Sequence[Path]) -> tuple[Source, ...]:
    """Return the sources declared in ``paths``, in the order in which their ids first appear.

    Raises CatalogueError naming file, line and key, what is wrong and what would be right.
    """
    entries: dict[str, Entry] = {}
    for path in paths:
        for entry in read_entries(path):
            earlier = entries.get(entry.id)
            if earlier is None and not {"name", "home"} & set(entry.values):
                near = _near(entry.id, entries) if entries else "no file before it declares any"
                raise CatalogueError(f"it changes a source that is declared nowhere; {near}", where=entry.where)
            entries[entry.id] = entry if earlier is None else earlier.changed_by(entry)
    return tuple(source_of(entry) for entry in entries.values())


def source_for_url(sources: Iterable[Source], url: str) -> Source | None:
    """Return the source that a URL belongs to: the longest host that fits, then the longest path; None where none does.

    A source whose home is a section of a site (``https://www.detik.com/sumut``) owns what lies under that path.
    """
    parts = urlsplit(url if "//" in url else f"//{url}")
    host, path = _bare_host(parts.hostname or ""), parts.path
    best: tuple[tuple[int, int], Source] | None = None
    for source in sources:
        home = urlsplit(source.home)
        own, section = _bare_host(home.hostname or ""), home.path.rstrip("/")
        if not own or not (host == own or host.endswith(f".{own}")):
            continue
        if section and not (path == section or path.startswith(f"{section}/")):
            continue
        rank = (len(own), len(section))
        if best is None or rank > best[0]:
            best = (rank, source)
    return None if best is None else best[1]


def _bare_host(host: str) -> str:
    host = host.lower().rstrip(".")
    return host.removeprefix("www.") if host.count(".") > 1 else host


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``[[source]]`` table as it was written: its values, the file, and the line it begins at (0: not known)."""

    id: str
    values: Mapping[str, Any]
    path: Path
    line: int = 0
    base: Entry | None = None

    def changed_by(self, later: Entry) -> Entry:
        """Return this entry with the keys of a later one; errors are then laid at the later file's door."""
        return Entry(self.id, {**self.values, **later.values}, later.path, later.line, self)

    @property
    def where(self) -> str:
        """File, line and id, for a message."""
        line = f", line {self.line}" if self.line else ""
        return f'{self.path}{line}, source "{self.id}"'


def read_entries(path: Path) -> list[Entry]:
    """Return the tables of one file, unchecked but for their shape, ids and doubles."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CatalogueError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"is not UTF-8 (byte {error.start}); save it as UTF-8", where=str(path)) from error
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"is not TOML: {error}", where=str(path)) from error
    if strange := sorted(set(document) - {"source"}):
        raise CatalogueError(
            f'unknown table or key "{strange[0]}"; a catalogue holds only [[source]] tables', where=str(path)
        )
    tables = document.get("source", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise CatalogueError(
            '"source" must be an array of tables: write [[source]], with two brackets', where=str(path)
        )
    lines = header_lines(text)
    known = len(lines) == len(tables)
    found: dict[str, Entry] = {}
    for number, table in enumerate(tables):
        line = lines[number] if known else 0
        entry = _entry(table, path, line, number + 1)
        if (double := found.get(entry.id)) is not None:
            before = f" (first in line {double.line})" if double.line else ""
            raise CatalogueError(f"the id is used twice{before}; give one of them another id", where=entry.where)
        found[entry.id] = entry
    return list(found.values())


def header_lines(text: str) -> list[int]:
    """Return the line numbers, from 1, of the ``[[source]]`` headers in a catalogue's text."""
    return [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if re.match(r"\s*\[\[\s*source\s*\]\]", line) is not None
    ]


def _entry(table: Mapping[str, Any], path: Path, line: int, number: int) -> Entry:
    at = f"{path}, line {line}" if line else f"{path}, source no. {number}"
    name = table.get("id")
    if not isinstance(name, str) or not ID.fullmatch(name):
        said = "has no id" if name is None else f"the id {name!r} will not do"
        raise CatalogueError(f'{said}; write id = "langgam": lower-case letters, digits and hyphens', where=at)
    entry = Entry(name, table, path, line)
    for key in table:
        if key not in KEYS:
            raise CatalogueError(f'unknown key "{key}"; {_near(key, KEYS)}', where=entry.where)
    return entry


def _near(word: str, words: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, list(words), n=1)
    return f'did you mean "{near[0]}"?' if near else f"there are {', '.join(sorted(words))}"


KEYS = {field.name for field in fields(Source)}


def source_of(entry: Entry) -> Source:
    """Return the source that an entry declares; CatalogueError says what is wrong with it and what would be right."""
    read = _Reader(entry)
    home = read.url("home")
    provinces, regencies = read.codes("provinces", 2), read.codes("regencies", 5)
    profile = read.text("profile", default="auto")
    if not PROFILE.fullmatch(profile):
        raise read.error("profile", f"{profile!r} is no profile; the CMS profiles are {', '.join(sorted(IMPLIED))}")
    return Source(
        id=entry.id,
        name=read.text("name"),
        home=home,
        timezone=read.zone((*regencies, *provinces)),
        profile=profile,
        finders=read.finders(home, profile),
        provinces=provinces,
        regencies=regencies,
        tier=read.whole("tier", 1, MAX_TIER, default=3),
        network=read.text("network", default="").lower() or None,
        delay_s=read.seconds("delay_s"),
        enabled=read.flag("enabled", default=True),
        verified=read.flag("verified", default=False),
        max_new_per_run=read.whole("max_new_per_run", 1, 100_000, default=200),
        note=read.text("note", default="", empty=True),
        tier_fixed=read.flag("tier_fixed", default=False),
    )


class _Reader:
    """Takes values out of one entry, each checked."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    def error(self, key: str, message: str) -> CatalogueError:
        entry: Entry | None = self._entry
        # The key may come from an earlier file: the message names the file in which it stands.
        while entry is not None and entry.base is not None and entry.values.get(key) == entry.base.values.get(key):
            entry = entry.base
        return CatalogueError(message, where=f"{(entry or self._entry).where}, {key}")

    def text(self, key: str, *, default: str | None = None, empty: bool = False) -> str:
        value = self._entry.values.get(key, default)
        if value is None:
            raise self.error(key, f"is missing; write {key} = {EXAMPLES[key]}")
        if not isinstance(value, str) or not (value.strip() or empty or value == default):
            example = EXAMPLES.get(key, '"…"')
            raise self.error(key, f"{value!r} must be text in quotes: {key} = {example}")
        return value.strip()

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._entry.values.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, f"{value!r} must be true or false, without quotes")
        return value

    def whole(self, key: str, least: int, most: int, *, default: int) -> int:
        value = self._entry.values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.error(key, f"{value!r} must be a whole number from {least} to {most}")
        return value

    def seconds(self, key: str) -> float | None:
        value = self._entry.values.get(key)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool) or not LEAST_DELAY_S <= value <= 3600:
            raise self.error(key, f"{value!r} must be a number of seconds from 0 to 3600")
        return float(value)

    def url(self, key: str) -> str:
        value = self.text(key)
        if (reason := bad_url(value)) is not None:
            raise self.error(key, f"{value!r} {reason}; write it whole, like https://langgam.id/")
        return value

    def codes(self, key: str, length: int) -> tuple[str, ...]:
        value = self._entry.values.get(key, [])
        example = '["13"]' if length == 2 else '["13.75"]'
        if not isinstance(value, list):
            raise self.error(key, f"{value!r} must be a list of codes in quotes: {key} = {example}")
        for code in value:
            if not isinstance(code, str) or not CODE.fullmatch(code) or len(code) != length:
                raise self.error(key, f"{code!r} is no code of this kind; Kemendagri codes in quotes: {example}")
            if code not in zones():
                if (former := load_gazetteer().older.by_code(code)) is not None:
                    raise self.error(key, f"{code!r} is an older code; write {former.now!r}")
                raise self.error(key, f"there is no unit {code!r}; see data/reference/gazetteer for the codes")
        return tuple(dict.fromkeys(value))

    def zone(self, codes: Sequence[str]) -> str:
        if "timezone" not in self._entry.values:
            return zones()[codes[0]] if codes else "Asia/Jakarta"
        value = self.text("timezone")
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            hint = "take Asia/Jakarta (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT)"
            raise self.error("timezone", f"{value!r} is no time zone; {hint}") from error
        return value

    def finders(self, home: str, profile: str) -> tuple[Finder, ...]:
        value = self._entry.values.get("finders")
        if value is None:
            implied = implied_finders(profile, home)
            if not implied:
                known = ", ".join(sorted(IMPLIED))
                raise self.error("finders", f'has none, and profile "{profile}" implies none (as do {known}); name one')
            return implied
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            raise self.error("finders", f"must be a list of at least one table: {EXAMPLES['finders']}")
        base = home if home.endswith("/") else f"{home}/"
        return tuple(self._finder(item, number, base) for number, item in enumerate(value, start=1))

    def _finder(self, item: Mapping[str, Any], number: int, base: str) -> Finder:
        at = f"finder {number}"
        if strange := sorted(set(item) - {"kind", "url", "options"}):
            raise self.error("finders", f'{at}: unknown key "{strange[0]}"; a finder has kind, url and options')
        kind = item.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            raise self.error("finders", f"{at}: kind {kind!r} is none of {', '.join(KINDS)}")
        address = item.get("url")
        if not isinstance(address, str) or not address.strip():
            raise self.error("finders", f'{at}: has no url; write url = "/feed/" (on the site) or a whole one')
        address = urljoin(base, address.strip())
        if (reason := bad_url(address)) is not None:
            raise self.error("finders", f"{at}: url {address!r} {reason}")
        options = item.get("options", {})
        if not isinstance(options, dict):
            raise self.error("finders", f'{at}: options must be a table: options = {{ links = "h2 a" }}')
        return Finder(kind, address, self._options(options, kind, at))  # type: ignore[arg-type]  # is one of KINDS

    def _options(self, options: Mapping[str, Any], kind: str, at: str) -> dict[str, str]:
        allowed = OPTIONS[kind] | COMMON_OPTIONS
        for name, value in options.items():
            if name not in allowed:
                raise self.error("finders", f'{at}: a {kind} has no option "{name}"; {_near(name, allowed)}')
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise self.error("finders", f"{at}: option {name} must be text or a whole number, not {value!r}")
            if (
                name in {"max_age_days", "per_page", "max_pages", "first_page", "after_days"}
                and not str(value).isdecimal()
            ):
                raise self.error("finders", f"{at}: option {name} must be a whole number, not {value!r}")
            if name in {"include", "exclude"}:
                try:
                    re.compile(str(value))
                except re.error as error:
                    raise self.error("finders", f"{at}: option {name} is no regular expression: {error}") from error
        if "pages" in options and "{page}" not in str(options["pages"]):
            raise self.error("finders", f'{at}: option pages must hold {{page}}, like "?page={{page}}"')
        return {name: str(value) for name, value in options.items()}


EXAMPLES: Mapping[str, str] = {
    "name": '"Langgam"',
    "home": '"https://langgam.id/"',
    "timezone": '"Asia/Jakarta"',
    "profile": '"wordpress"',
    "network": '"tribunnews.com"',
    "finders": '[{ kind = "feed", url = "/feed/" }]',
}


def bad_url(url: str) -> str | None:
    """Return why ``url`` cannot be a site's address, as the end of a sentence; None where it can."""
    if url != url.strip() or any(character.isspace() or ord(character) < 32 for character in url):
        return "has a space in it"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is no URL"
    if parts.scheme not in {"http", "https"}:
        return "does not begin with https:// or http://"
    if not parts.hostname or ".." in parts.hostname:
        return "names no host"
    if parts.username or parts.password:
        return "carries a user name or password, which are never sent"
    return "has port 0" if port == 0 else None


@cache
def zones() -> Mapping[str, str]:
    """Return the IANA zone of every province and kabupaten or kota, by code."""
    found: dict[str, str] = {}
    for line in read_lines(FOLDER / "areas.tsv.gz"):
        code, _name, _lat, _lon, zone, *_ = line.split("\t")
        if len(code) <= 5:
            found[code] = zone
    return found
