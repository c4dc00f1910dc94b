"""The feeds as files, for a plain web server: every format for each selection, CAP messages, a page that lists them.

Files are replaced whole, so that a reader never sees half of one, and only where something changed: a web server then
answers *not modified* by itself. Drills lie in a folder of their own, ``latihan``: who reads the others never gets one.
"""

from __future__ import annotations

import errno
import json
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from data.errors import DiskFullError, InputError, SettingsError
from data.store.alert_feed import AlertFilter
from feeds import FORMATS, message_file
from flows.alert_items import alert_items
from flows.feed_filters import query_of, read_query, said
from flows.settings import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.gazetteer import Gazetteer
    from data.records import Alert
    from data.taxonomy import Taxonomy
    from feeds import Channel
    from flows.publish import PublishTools

IN_FEEDS: Final = 200
"""Alerts in a feed file, the newest first; readers poll far more often than this many come."""

CAP_KEPT: Final = timedelta(days=45)
"""How long the CAP message of an alert stays that is in no feed any more: as long as an incident is looked at again
(`flows.publish.LOOK_BACK`)."""

FEEDS_KEY: Final = "umpan"
"""The desk's setting of what is written besides the feeds of everything (`selections_of`)."""

DRILLS: Final = "latihan"
STATE: Final = ".kentongan.json"
"""Which files were written, of what: so that a pass that has nothing to do does nothing, and files that are no longer
wanted go. A web server shows no name that begins with a dot."""

BEGINNING: Final = datetime(2024, 1, 1, tzinfo=UTC)
"""When a feed that never had an alert was last changed: its file must not change with every pass."""

MOST_SELECTIONS: Final = 50
"""Each is written in every format with each change: a province and a signal each, and some."""
LONGEST_TITLE: Final = 120

SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MESSAGE: Final = re.compile(r"kejadian-\d+\.xml")

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""How a system says that a file has no room: disk, quota, limit of the process."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A feed of some alerts: its folder's name ("": the feeds' own folder), what people call it, and of what it is."""

    name: str
    title: str
    asked: AlertFilter

    def __post_init__(self) -> None:
        """Raise InputError for a name that is no name of a folder, or one that is taken."""
        if self.name and (not SLUG.fullmatch(self.name) or self.name in {DRILLS, "cap"}):
            raise InputError(f'"{self.name}" is no name of a feed; take letters, digits and dashes, such as sumbar')


EVERYTHING: Final = Selection("", "semua peringatan", AlertFilter())


@dataclass(frozen=True, slots=True)
class Site:
    """A folder of feeds: where it lies, under which address it is served ("": nobody said), and whether of drills."""

    folder: Path
    base_url: str
    drills: bool


def write_files(tools: PublishTools, selections: Sequence[Selection] = (EVERYTHING,)) -> tuple[Path, ...]:
    """Bring the feed files of an installation up to date and return them all; drills apart, where it is in one.

    DiskFullError where there is no room, SettingsError where a folder may not be written.
    """
    site = Site(tools.folder, tools.feeds_url, drills=False)
    files = write_site(tools, site, selections)
    if tools.exercise or (tools.folder / DRILLS).exists():
        address = f"{tools.feeds_url}{DRILLS}/" if tools.feeds_url else ""
        files += write_site(tools, Site(tools.folder / DRILLS, address, drills=True), selections)
    return files


def write_site(tools: PublishTools, site: Site, selections: Sequence[Selection]) -> tuple[Path, ...]:
    """Write a folder of feeds and return its files; those of them that say the same as before are left untouched."""
    before = _read_state(site.folder)
    now = _state_of(tools, site, selections)
    known = [site.folder / name for name in before.get("files", ())]
    if before.get("of") == now and known and all(path.exists() for path in known):
        return tuple(known)
    written: dict[str, Path] = {}
    for selection in selections:
        asked = (replace(selection.asked, drills=site.drills),)
        page = tools.store.alert_feed.page(asked, IN_FEEDS)
        channel = _channel(tools, site, selection, page.alerts)
        items = list(alert_items(tools, page.alerts))
        for chosen in FORMATS.values():
            if not chosen.single:
                name = f"{selection.name}/{chosen.file}".lstrip("/")
                there = replace(channel, self_url=f"{site.base_url}{name}" if site.base_url else "")
                written[name] = write_changed(site.folder / name, chosen.write(items, there))
    written |= _messages(tools, site, since=int(before.get("change", 0)))
    page_ = index_page(tools, site, selections).encode()
    written["index.html"] = write_changed(site.folder / "index.html", page_)
    _take_out(site.folder, [name for name in before.get("files", ()) if name not in written], tools.clock())
    kept = sorted(name for name in {*written, *before.get("files", ())} if (site.folder / name).exists())
    told = {"of": now, "change": tools.store.alert_feed.state()[0], "files": kept}
    write_changed(site.folder / STATE, json.dumps(told, indent=0).encode())
    return tuple(written.values())


def _messages(tools: PublishTools, site: Site, since: int) -> dict[str, Path]:
    """Write the CAP message of each alert that is in the largest feed, or has changed since a change."""
    chosen, written = FORMATS["cap"], {}
    channel = _channel(tools, site, EVERYTHING, ())
    for alerts in _pages(tools, site, since):
        for item in alert_items(tools, alerts):
            name = message_file(item.incident.id)
            there = replace(channel, now=item.alert.at)
            written[name] = write_changed(site.folder / name, chosen.write([item], there))
    return written


def _pages(tools: PublishTools, site: Site, since: int) -> Iterator[tuple[Alert, ...]]:
    asked, before = (AlertFilter(drills=site.drills),), None
    while True:
        page = tools.store.alert_feed.page(asked, IN_FEEDS, before=before)
        yield page.alerts
        if page.older is None or page.older <= since:
            return
        before = page.older


def _channel(tools: PublishTools, site: Site, selection: Selection, alerts: Sequence[Alert]) -> Channel:
    newest = max((alert.at for alert in alerts), default=BEGINNING)
    plain = tools.channel(newest)
    return replace(
        plain,
        title=plain.title if selection is EVERYTHING else f"{plain.title}: {selection.title}",
        base_url=site.base_url,
        name="-".join(filter(None, (DRILLS if site.drills else "", selection.name))) or plain.name,
        updated=newest,
        exercise=site.drills,
    )


def index_page(tools: PublishTools, site: Site, selections: Sequence[Selection]) -> str:
    """Return the page that lists the feeds of a folder for people, in Indonesian and English."""
    channel = _channel(tools, site, EVERYTHING, ())
    parts = []
    for selection in selections:
        told = said(selection.asked, tools.gazetteer, tools.taxonomy)
        links = "".join(
            f'<li><a href="{escape(f"{selection.name}/{chosen.file}".lstrip("/"))}">{escape(name)}</a></li>'
            for name, chosen in FORMATS.items()
            if not chosen.single
        )
        narrowed = f"<p>{escape(told)}</p>" if told else ""
        parts.append(f"<section><h2>{escape(selection.title)}</h2>{narrowed}<ul>{links}</ul></section>")
    drill = '<p role="note"><strong>LATIHAN – bukan kejadian nyata. EXERCISE – not real.</strong></p>'
    return (
        '<!DOCTYPE html>\n<html lang="id"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(channel.heading)}</title><style>{STYLE}</style></head><body><main>"
        f"<h1>{escape(channel.heading)}</h1>{drill if site.drills else ''}<p>{escape(channel.statement)}</p>"
        '<p lang="en">Unverified unless said otherwise. Each alert keeps its id: it is updated or cancelled under the '
        "same one. Subscribe to any address below.</p>"
        f'{"".join(parts)}<p>CAP 1.2: <a href="cap/index.rss">cap/index.rss</a></p></main></body></html>\n'
    )


STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:44rem;padding:1rem}"
    "ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;padding:0}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}a{color:#9cf}}"
)


def selections_of(setting: Any, gazetteer: Gazetteer, taxonomy: Taxonomy) -> tuple[Selection, ...]:
    """Return the selections of a desk's setting, ``[{"nama": …, "judul": …, "saring": "wilayah=13&tingkat=3"}, …]``.

    The first one is always of everything. Raises InputError, UnknownItemError naming what will not do.
    """
    if setting is None:
        return (EVERYTHING,)
    if not isinstance(setting, list) or not all(isinstance(one, dict) for one in setting):
        raise InputError("selections of feeds are a list of name, title and filter")
    if len(setting) > MOST_SELECTIONS:
        raise InputError(f"there can be at most {MOST_SELECTIONS} selections of feeds")
    found = {EVERYTHING.name: EVERYTHING}
    for one in setting:
        asked = read_query(str(one.get("saring", "")), gazetteer, taxonomy)
        name = str(one.get("nama", ""))
        if not name or name in found:
            raise InputError(f'every selection of feeds has a name of its own; "{name}" will not do')
        if asked == AlertFilter() or asked.since is not None or asked.drills is not None:
            raise InputError("a selection names regions, signals, a level, urgencies or a status, and nothing else")
        title = " ".join(str(one.get("judul", "")).split())
        if len(title) > LONGEST_TITLE or not title.isprintable():
            raise InputError(f"the title of a selection has at most {LONGEST_TITLE} letters")
        plain = said(asked, gazetteer, taxonomy)
        plain = plain if len(plain) <= LONGEST_TITLE else f"{plain[: LONGEST_TITLE - 1]}…"
        found[name] = Selection(name, title or plain, asked)
    return tuple(found.values())


def _state_of(tools: PublishTools, site: Site, selections: Sequence[Selection]) -> list[Any]:
    told = [[one.name, one.title, query_of(one.asked)] for one in selections]
    stated = [list(pair) for pair in sorted(tools.stated.items())]
    made_by = [VERSION, tools.authority, tools.timezone, stated, sorted(FORMATS)]
    return [list(tools.store.alert_feed.state()), site.base_url, told, made_by]


def _read_state(folder: Path) -> dict[str, Any]:
    """Return what was noted of the files of a folder; nothing where that cannot be read: then all are written anew."""
    try:
        found = json.loads((folder / STATE).read_bytes())
    except (OSError, ValueError):  # none yet, or spoiled
        return {}
    fits = isinstance(found, dict) and isinstance(found.get("files"), list) and isinstance(found.get("change"), int)
    return found if fits else {}


def _take_out(folder: Path, names: Sequence[str], now: datetime) -> None:
    """Remove feed files that are no longer wanted, and CAP messages that no feed has had for long."""
    for name in names:
        path = folder / name
        with suppress(FileNotFoundError):
            written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if not MESSAGE.fullmatch(path.name) or now - written_at > CAP_KEPT:
                path.unlink()
                for left in path.relative_to(folder).parents[:-1]:
                    if not any((folder / left).iterdir()):
                        (folder / left).rmdir()


def write_changed(path: Path, content: bytes) -> Path:
    """Write a file as `write_whole` does, unless it has that content already: its time then stays what it was."""
    try:
        same = path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        same = False
    return path if same else write_whole(path, content)


def write_whole(path: Path, content: bytes) -> Path:
    """Put ``content`` in place of a file at once; the file stays as it was where that fails.

    Raises DiskFullError where there is no room, SettingsError where the folder may not be written.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(f".{path.name}.*"):
            left.unlink(missing_ok=True)  # of a pass that was killed while it wrote; only one pass writes at a time
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        if error.errno in NO_ROOM:
            raise DiskFullError(path.parent, needed_bytes=len(content)) from error
        raise SettingsError(
            f"cannot be written ({error.strerror}); see who owns it, or take another KENTONGAN_HOME", where=str(path)
        ) from error
    return path
