"""Any history of reads, failures and wrong declarations leaves the store whole."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from data.outcomes import Outcome
from data.records import Article, Page, PageRef
from data.store.frontier import ANSWERED
from data.store.tables import articles, frontier

START = datetime(2026, 11, 26, 3, tzinfo=UTC)
TURNS = itertools.count()
NAMES = ["/1", "/1/amp", "/2", "/2/amp", "/kategori"]
TEXTS = [
    "Dua kelompok warga bentrok di pasar lama pada Rabu siang dan tiga orang dibawa ke rumah sakit terdekat.",
    "Dua kelompok warga bentrok di pasar lama pada Rabu siang dan empat orang dibawa ke rumah sakit terdekat.",
    "Panen padi di lembah utara naik dibanding musim lalu karena saluran air sudah diperbaiki bersama petani.",
]
FAILURES = [Outcome.GONE, Outcome.SOFT_404, Outcome.NOT_ARTICLE, Outcome.TIMEOUT, Outcome.NOT_MODIFIED]

READS = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(TEXTS),
    st.none() | st.sampled_from(NAMES),  # what the page declares itself to be
    st.lists(st.sampled_from(NAMES), max_size=2),  # where redirects led, further pages
)
EVENTS = st.lists(READS | st.tuples(st.sampled_from(NAMES), st.sampled_from(FAILURES)), max_size=14)


SENT_ON = [
    ("/1", TEXTS[0], "/1/amp", []),
    ("/1", TEXTS[2], None, []),
    ("/1/amp", TEXTS[0], "/1", ["/1"]),
]
"""The address of the first article is sent on to that of the second: the first has none any more, and is withdrawn."""


@example(events=SENT_ON)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_any_history_leaves_every_article_whole(store, events):
    turn = next(TURNS)
    for step, event in enumerate(events):
        outcome = settle(store, f"kabar{turn}.example", f"{turn}-{step}", START + timedelta(hours=step), *event)
        assert outcome.is_final
    assert store.integrity_check() == []
    with store._database.read() as connection:
        held = connection.execute(select(articles).where(articles.c.source_id == f"kabar{turn}.example")).all()
        rows = {row.canonical_url: row for row in connection.execute(select(frontier))}
    for article in held:
        owner = rows[article.read_url].article_id
        gone = article.withdrawn_at is not None and owner is not None
        assert owner == article.id or gone, "it is looked at under a name of its own, or its address leads to another"
        stored = store.articles.revisions(article.id)
        assert [one.revision for one in stored] == list(range(1, article.revision + 1))
        assert stored[-1].article.content_hash == article.content_hash
        looks = [url for url, row in rows.items() if row.article_id == article.id and row.next_check is not None]
        others = [url for url in looks if url != article.read_url]
        assert all(Outcome(rows[url].last_outcome) not in ANSWERED for url in others), (
            "no article is read under two names"
        )
        if article.withdrawn_at is not None:
            assert not any(
                row.article_id == article.id and row.last_outcome and Outcome(row.last_outcome) in ANSWERED
                for url, row in rows.items()
                if url == article.read_url
            ), "a withdrawn article does not answer where it is read"


def settle(store, host, run, now, path, what, declared=None, aliases=()):
    url = f"https://{host}{path}"
    ref = PageRef(url, url, host, "feed")
    if isinstance(what, Outcome):
        return store.settle(run, ref, Page(url, url, host, now, what), what, None, now).outcome
    name = url if declared is None else f"https://{host}{declared}"
    article = Article(host, url, name, "Judul", what, f"{TEXTS.index(what)}")
    also = [f"https://{host}{alias}" for alias in aliases]
    return store.settle(run, ref, None, Outcome.FETCHED, article, now, alias_urls=also).outcome
