"""Watch-words: the list that the desk keeps, and the articles that have one and are in no incident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from classifiers.watch_words import WATCH_WORDS_KEY, hits_in
from desk.pages.settings import save, setting_page
from desk.permissions import Permission
from flows.desk_rules import watch_words_in_use

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from classifiers.watch_words import Hit, WatchWord
    from data.records import StoredArticle
    from data.store import Store
    from desk.frame import Call, Desk

DAYS: Final = 7
PAGE: Final = 50
MOST_COUNTED: Final = 99
COUNTED_FOR: Final = timedelta(minutes=2)
"""How long a count is shown before it is counted anew: every open queue asks for it."""
AROUND: Final = 110
"""Characters of the text shown on either side of a watch-word."""


@dataclass(frozen=True, slots=True)
class Line:
    """An article with watch-words, and the text around the first one: before it, itself, behind it."""

    article: StoredArticle
    words: tuple[WatchWord, ...]
    before: str
    found: str
    behind: str


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of watch-words and of what has them."""
    return [
        desk.route("/kata-pantau", show, Permission.LIHAT),
        desk.route("/kata-pantau/jumlah", count, Permission.LIHAT),
        desk.route("/setelan/kata-pantau", show_words, Permission.SETELAN),
        desk.route("/setelan/kata-pantau", add_words, Permission.SETELAN, methods=["POST"]),
        desk.route("/setelan/kata-pantau/hapus", remove_word, Permission.SETELAN, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """List the articles of the last days that have a watch-word and are in no incident."""
    words, asked = watch_words_in_use(call.store), call.asked("kata")
    wanted = [word for word in words if not asked or word.phrase == asked]
    before = call.asked("sebelum")
    found = call.store.watch_hits.of(
        [word.phrase for word in wanted],
        call.now - timedelta(days=DAYS),
        before=int(before) if before.isdecimal() and len(before) < 12 else None,
        limit=PAGE,
    )
    lines = [line for stored in found if (line := _line(stored, wanted)) is not None]
    return call.page(
        "watch_hits.html",
        words=words,
        asked=asked,
        lines=lines,
        days=DAYS,
        older=found[-1].id if len(found) == PAGE else None,
        sources=call.tools.load_sources(),
        signal_name=lambda slug: call.tools.taxonomy.signal(slug).name,
    )


def count(call: Call) -> Response:
    """Return the link with the number of hits, for the queue."""
    return call.page("watch_count.html", count=_counted(call.store, call.now), most=MOST_COUNTED)


def show_words(call: Call) -> Response:
    """Show the list, with forms to add and to remove."""
    return setting_page(
        call,
        (WATCH_WORDS_KEY,),
        "settings_watch_words.html",
        words=watch_words_in_use(call.store),
        signals=call.tools.taxonomy.signals,
        signal_name=lambda slug: call.tools.taxonomy.signal(slug).name,
    )


def add_words(call: Call) -> Response:
    """Add words, one on a line; one that is there already gets the signal and the note of the form."""
    lines = [" ".join(line.split()) for line in call.text("kata").splitlines() if line.strip()]
    entries = [{"kata": line, "sinyal": call.text("sinyal"), "catatan": call.text("catatan")} for line in lines]
    new = {entry["kata"].casefold() for entry in entries}
    kept = [one for one in _setting(call) if one["kata"].casefold() not in new]
    return save(call, WATCH_WORDS_KEY, [*kept, *entries])


def remove_word(call: Call) -> Response:
    """Take a word off the list."""
    kept = [one for one in _setting(call) if one["kata"] != call.text("kata")]
    return save(call, WATCH_WORDS_KEY, kept)


def _setting(call: Call) -> list[dict[str, Any]]:
    return list(call.store.desk_settings.get(WATCH_WORDS_KEY) or [])


def _line(stored: StoredArticle, words: list[WatchWord]) -> Line | None:
    """Return the line of an article; None where a word that the search met is, read closely, not there."""
    title, text = stored.article.title, stored.article.text
    hits = hits_in(title, text, words)
    if not hits:
        return None
    hit = next((one for one in hits if one.zone == "text"), hits[0])
    before, found, behind = _around(title if hit.zone == "title" else text, hit)
    return Line(stored, tuple(dict.fromkeys(one.word for one in hits)), before, found, behind)


def _around(text: str, hit: Hit) -> tuple[str, str, str]:
    begin, end = max(0, hit.start - AROUND), min(len(text), hit.end + AROUND)
    before = ("…" if begin else "") + text[begin : hit.start]
    behind = text[hit.end : end] + ("…" if end < len(text) else "")
    return before, text[hit.start : hit.end], behind


_counts: WeakKeyDictionary[Store, tuple[datetime, int, int]] = WeakKeyDictionary()
_guard = Lock()


def _counted(store: Store, now: datetime) -> int:
    """Return how many hits there are, MOST_COUNTED + 1 at most; kept for a while, or until the list changes."""
    version = store.desk_settings.version(WATCH_WORDS_KEY)
    with _guard:
        kept = _counts.get(store)
    if kept is not None and kept[1] == version and abs(now - kept[0]) < COUNTED_FOR:
        return kept[2]
    phrases = [word.phrase for word in watch_words_in_use(store)]
    counted = min(store.watch_hits.count(phrases, now - timedelta(days=DAYS)), MOST_COUNTED + 1)
    with _guard:
        _counts[store] = (now, version, counted)
    return counted
