"""Text of any kind goes in and comes back, and is found by its words."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.outcomes import Outcome
from data.records import PageRef
from data.store import Store
from data.store.columns import storable

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
NUMBERS = itertools.count(1)
ODD = st.text(st.characters(), max_size=200) | st.text(
    st.sampled_from("a \x00\ud800\udfff\u202e\u200b\ufeff\uffff\U0001f525é'\"\\%_*{}"), max_size=40
)


@pytest.fixture
def put(store, piece):
    def one(title, text, **fields):
        # A host each: the same text at one host is one article.
        url = f"https://kabar{next(NUMBERS)}.example/1"
        article = piece(url, title, text, **fields)
        settled = store.settle(url, PageRef(url, url, "kabar", "feed"), None, Outcome.FETCHED, article, NOW)
        return settled.article_id, article

    return one


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\x00b", "a�b"),
        ("a\ud83d b\udd25 c\U0001f525", "a� b� c\U0001f525"),
        ("bel \x07, vt \x0b, esc \x1b", "bel �, vt �, esc �"),
        ("\ufffe\uffff", "��"),
        ("baris\nbaru\ttab\rkembali", "baris\nbaru\ttab\rkembali"),
        ("kanan \u202eterbalik\u202c, nol lebar \u200b\ufeff", "kanan \u202eterbalik\u202c, nol lebar \u200b\ufeff"),
    ],
)
def test_what_no_feed_could_carry_becomes_one_replacement_character_each(put, store, given, kept):
    number, _ = put(given, given, tags=(given,))
    stored = store.articles.get(number).article
    assert (stored.title, stored.text, stored.tags) == (kept, kept, (kept,))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=ODD, text=ODD, author=st.none() | ODD, tags=st.lists(ODD, max_size=3))
def test_any_text_comes_back_as_both_engines_can_keep_it(put, store, title, text, author, tags):
    number, article = put(title, text, author=author, tags=tuple(tags))
    expected = replace(
        article,
        title=storable(title),
        text=storable(text),
        author=None if author is None else storable(author),
        tags=tuple(storable(tag) for tag in tags),
    )
    stored = store.articles.get(number)
    assert stored.article == expected
    assert len(stored.article.text) == len(text)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=ODD | st.text(st.sampled_from("ab *\"'()-:^+{}.,&|!<>NEAR OR AND NOT \\"), max_size=30))
def test_any_text_is_a_query(store, query):
    assert store.articles.search(query, 5) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("bentrok", True),
        ("BENTROK warga", True),
        ("bentrok panen", False),
        ('"pasar lama"', True),
        ('"lama pasar"', False),
        ("bentr*", True),
        ("bentr", False),
        ("padang's", False),
        ("jum'at", True),
        ("café", True),
        ("cafe", True),
        ("13.77", True),
        ("", False),
        ("***", False),
        ('"pasar', True),
        ("title:bentrok", False),
        ("OR", False),
    ],
)
def test_articles_are_found_by_their_words(put, store, query, found):
    number, _ = put("Warga bentrok di pasar lama", "Jum'at malam di Café Melati, kode 13.77.")
    assert [stored.id for stored in store.articles.search(query, 5)] == ([number] if found else [])


def test_a_hit_in_the_title_comes_first(put, store):
    in_text, _ = put("Kabar sore", "Ada bentrok di pasar.")
    in_title, _ = put("Bentrok di pasar", "Kabar sore.")
    assert [stored.id for stored in store.articles.search("bentrok", 5)] == [in_title, in_text]


def test_only_the_present_revision_is_found(store, piece):
    url = "https://kabar.example/r"
    for run, text in (("1", "Ada kericuhan."), ("2", "Keadaan tenang.")):
        store.settle(run, PageRef(url, url, "kabar", "feed"), None, Outcome.FETCHED, piece(url, "Judul", text), NOW)
    assert store.articles.search("kericuhan", 5) == []
    assert len(store.articles.search("tenang", 5)) == 1
    assert store.integrity_check() == []


def test_a_text_as_long_as_a_book_is_kept_and_found(put, store):
    number, article = put("Panjang", "akhir " + "kata-kata yang banyak sekali " * 60_000)
    assert store.articles.get(number).article.text == article.text
    assert [stored.id for stored in store.articles.search("akhir", 5)] == [number]


def test_an_index_that_no_longer_fits_is_said_and_made_anew(put, store, store_url):
    number, _ = put("Bentrok di pasar", "Tiga orang luka.")
    with store._database.write() as connection:
        if store._database.is_sqlite:
            connection.exec_driver_sql(
                "INSERT INTO article_search (article_search, rowid, title, text)"
                " VALUES ('delete', 1, 'Bentrok di pasar', 'Tiga orang luka.')"
            )
        else:
            connection.exec_driver_sql("DELETE FROM article_search")
    assert [problem.partition(":")[0] for problem in store.integrity_check()] == ["search index"]
    store.rebuild_search()
    assert store.integrity_check() == []
    with Store.open(store_url) as again:
        assert [stored.id for stored in again.articles.search("bentrok", 5)] == [number]
