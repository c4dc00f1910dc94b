"""Copies are noted as articles come, whoever comes first, and make an outlet that only copies no witness."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from classifiers.copies import signature
from classifiers.syndication import Habit
from data.copying import Sameness
from data.records import Modality
from flows.syndication import graph, note_copies, witnesses

if TYPE_CHECKING:
    # tests/flows/conftest.py has it; conftest modules cannot be imported.
    from typing import Any as Newsroom

    from data.copying import CopyPair
    from data.records import StoredArticle

SPUN = Path(__file__).resolve().parents[2] / "data" / "gold" / "copies" / "spun.jsonl"
TEXTS = {row["id"]: row for row in map(json.loads, SPUN.read_text(encoding="utf-8").splitlines())}
HOUR = timedelta(hours=1)
NOTHING = SimpleNamespace(signals=(), modality=Modality.TIDAK_RELEVAN, severity=0, places=(), points=())
"""What the assessor says; these tests do not ask it."""


def printed(newsroom: Newsroom, outlet: str, name: str) -> StoredArticle:
    stored: StoredArticle = newsroom.prints(outlet, TEXTS[name]["title"], TEXTS[name]["text"], NOTHING)
    return stored


def noted(newsroom: Newsroom, stored: StoredArticle, **more: Any) -> tuple[CopyPair, ...]:
    mark = signature(stored.article.title, stored.article.text)
    newsroom.store.signatures.put(stored.id, mark.digest, mark.bands)
    return note_copies(newsroom.store, stored, mark, newsroom.now, **more)


def test_copies_and_spun_copies_are_noted_with_their_delay(newsroom: Newsroom) -> None:
    release = printed(newsroom, "asal", "demo-rilis")
    copy = printed(newsroom, "tiru", "demo-rilis")
    spun = printed(newsroom, "putar", "demo-putaran")
    other = printed(newsroom, "lain", "demo-laporan_lain")
    found = {one.id: noted(newsroom, one) for one in (release, copy, spun, other)}
    assert found[release.id] == found[other.id] == ()
    assert [(pair.of_article_id, pair.kind, pair.delay) for pair in found[copy.id]] == [
        (release.id, Sameness.EXACT, HOUR)
    ]
    assert {(pair.of_article_id, pair.kind, pair.delay) for pair in found[spun.id]} == {
        (release.id, Sameness.SPUN, 2 * HOUR),
        (copy.id, Sameness.SPUN, HOUR),
    }


def test_the_order_of_arrival_does_not_say_who_copied(newsroom: Newsroom) -> None:
    release, copy = printed(newsroom, "asal", "tps-rilis"), printed(newsroom, "tiru", "tps-rilis")
    assert noted(newsroom, copy) == ()
    assert [(pair.article_id, pair.of_article_id) for pair in noted(newsroom, release)] == [(copy.id, release.id)]


def test_a_revised_article_loses_what_it_no_longer_copies(newsroom: Newsroom) -> None:
    release, copy = printed(newsroom, "asal", "tps-rilis"), printed(newsroom, "tiru", "tps-rilis")
    noted(newsroom, release)
    noted(newsroom, copy)
    assert newsroom.store.copies.of(copy.id) != []
    noted(newsroom, printed(newsroom, "tiru", "longsor-laporan_lain"))
    assert newsroom.store.copies.of(copy.id) == []


def test_a_print_that_the_index_misses_is_found_where_it_happened(newsroom: Newsroom) -> None:
    release, spun = printed(newsroom, "asal", "asn-rilis"), printed(newsroom, "putar", "asn-putaran")
    # No signature of the release is kept: as with a brief that names hardly a fact.
    assert noted(newsroom, spun) == ()
    assert [pair.kind for pair in noted(newsroom, spun, near=[release.id, spun.id])] == [Sameness.SPUN]


def test_a_text_printed_again_much_later_is_a_new_occasion(newsroom: Newsroom) -> None:
    release = printed(newsroom, "asal", "apk-rilis")
    newsroom.now += timedelta(days=20)
    later = printed(newsroom, "tiru", "apk-rilis")
    noted(newsroom, release)
    assert noted(newsroom, later) == ()


def test_a_clone_counts_as_tier_four_and_the_catalogue_stays(newsroom: Newsroom) -> None:
    newsroom.outlet("asal", 2)
    newsroom.outlet("tiru", 3)
    sentence = "Warga nagari {0} mencatat {1} rumah rusak setelah angin kencang di jorong {2} kemarin malam sekali. "
    for number in range(25):
        words = [f"kata{number}x{at}" for at in range(40)]
        text = sentence.format(number, number + 3, number + 5) + " ".join(words)
        for outlet in ("asal", "tiru"):
            stored = newsroom.prints(outlet, f"Berita {number}", text, NOTHING, slug=f"n{number}")
            noted(newsroom, stored)
    seen = graph(newsroom.store, newsroom.sources)
    assert [(edge.copier, edge.origin, edge.pairs, edge.median_delay) for edge in seen.edges] == [
        ("tiru", "asal", 25, HOUR)
    ]
    assert seen.standings[0].habit is Habit.CLONE
    counted = witnesses(newsroom.store, newsroom.sources, newsroom.now)
    assert {name: source.tier for name, source in counted.items()} == {"asal": 2, "tiru": 4}
    assert newsroom.sources["tiru"].tier == 3
