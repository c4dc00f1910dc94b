"""What pages may print to break a feed: every format stays whole, and its readers read the same words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds import FORMATS
from feeds.clean import address_of, line_of, text_of
from tests.feeds.cap_rules import NAMES, cap_faults
from tests.feeds.documents import TITLES, parsed, rows, titles, written
from tests.feeds.feed_rules import faults

if TYPE_CHECKING:
    from feeds import Channel
    from feeds.items import AlertItem

LONG = "Posko dibakar " + "x" * 9_986
HOSTILE = [
    # what the page prints, what leaves
    ("Posko \x00\x08\x0b\x1f\x7f\x9bdibakar", "Posko dibakar"),
    ("Posko \ud800\udfffdibakar\ufffe\uffff\U0001ffff", "Posko dibakar"),
    ("Posko\r\ndibakar\n\tmassa\u2028lagi", "Posko dibakar massa lagi"),
    ("Massa \U0001f525\U0001f468\u200d\U0001f469 di TPS", "Massa \U0001f525\U0001f468\u200d\U0001f469 di TPS"),
    ("TPS \u202e700 rab\u202c \u2067dab\u2069", "TPS 700 rab dab"),
    ("مركز اقتراع di TPS", "مركز اقتراع di TPS"),
    ("a ]]> b <![CDATA[ c", "a ]]> b <![CDATA[ c"),
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("AT&amp;T &lt;b&gt; &#38; 'x' \"y\"", "AT&amp;T &lt;b&gt; &#38; 'x' \"y\""),
    (
        "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
        "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
    ),
    (LONG, LONG[:299] + "…"),
    ("=HYPERLINK(1)", "=HYPERLINK(1)"),
    ("", ""),
]


def entitled(item: AlertItem, title: str) -> AlertItem:
    return replace(item, incident=replace(item.incident, title=title), quotes=(title[:320],), why=(title[:60],))


@pytest.mark.parametrize(("printed", "leaves"), HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", TITLES)
def test_readers_read_the_words_that_were_printed(
    name: str, printed: str, leaves: str, item: AlertItem, channel: Channel
) -> None:
    document = FORMATS[name].write([entitled(item, printed)], channel)
    (title,) = titles(name, document)
    if name == "rss":
        leaves = leaves.replace("<", "‹").replace(">", "›")
    if name == "csv" and leaves.startswith("="):
        leaves = "'" + leaves
    if name in {"csv", "xlsx"}:
        assert title == leaves
    else:
        assert title == f"[TINGGI] Perusakan & pembakaran – Kecamatan Pariaman Tengah: {leaves}"


@pytest.mark.parametrize("printed", [printed for printed, _ in HOSTILE], ids=range(len(HOSTILE)))
def test_no_rule_is_broken_by_what_pages_print(printed: str, item: AlertItem, channel: Channel) -> None:
    evil = entitled(item, printed)
    noted = replace(evil, alert=replace(evil.alert, reason=printed))
    for name in ("atom", "rss", "cap-index"):
        document = FORMATS[name].write([noted], channel)
        # That a text looks like markup is a warning; that it is none, says its type.
        assert faults(document) - {"ContainsUndeclaredHTML"} == set(), name
        assert parsed(document).entries
    assert cap_faults(FORMATS["cap"].write([noted], channel)) == []


def test_quotes_and_notes_come_back_too(item: AlertItem, channel: Channel) -> None:
    evil = replace(
        item, quotes=("a\x00 ]]> <b>b</b>\ud800",), alert=replace(item.alert, reason="salah\x1f &lt;tempat&gt;")
    )
    (entry,) = json.loads(FORMATS["jsonfeed"].write([evil], channel))["items"]
    assert entry["_kentongan"]["kutipan"] == ["a ]]> <b>b</b>"]
    assert entry["_kentongan"]["catatan"] == "salah &lt;tempat&gt;"
    root = etree.fromstring(FORMATS["cap"].write([evil], channel))
    assert "“a ]]> <b>b</b>”" in (root.findtext(f"{NAMES}info/{NAMES}description") or "")
    content = etree.fromstring(FORMATS["atom"].write([evil], channel)).findtext("{*}entry/{*}content") or ""
    assert "\n“a ]]> <b>b</b>”\n" in content
    assert "Catatan: salah &lt;tempat&gt;." in content


@given(printed=st.text(st.characters(codec=None, exclude_categories=())))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_printed_every_document_can_be_read(printed: str, item: AlertItem, channel: Channel) -> None:
    evil = entitled(item, printed)
    for name in ("atom", "rss", "cap", "cap-index"):
        etree.fromstring(FORMATS[name].write([evil], channel))
    for name in ("jsonfeed", "geojson"):
        json.loads(FORMATS[name].write([evil], channel))
    (entry,) = json.loads(FORMATS["jsonfeed"].write([evil], channel))["items"]
    (atom,) = titles("atom", FORMATS["atom"].write([evil], channel))
    assert atom == entry["title"]
    assert text_of(printed) == text_of(text_of(printed))
    assert line_of(line_of(printed)) == line_of(printed)


@pytest.mark.parametrize(
    ("printed", "leaves"),
    [
        ("https://kabar.example/a?x=1&y=2#z", "https://kabar.example/a?x=1&y=2#z"),
        ("HTTP://Kabar.Example/A b", "http://kabar.example/A%20b"),
        ("https://kabar.example/pariaman–ä?q=ü", "https://kabar.example/pariaman%E2%80%93%C3%A4?q=%C3%BC"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://kabar.example/100%/%41%zz", "https://kabar.example/100%25/%41%25zz"),
        ('https://kabar.example/"><script>', "https://kabar.example/%22%3E%3Cscript%3E"),
        ("https://kabar.example/a\x00b\u202ec", "https://kabar.example/abc"),
        ("http://kabar.example:8080/", "http://kabar.example:8080/"),
        ("http://[2001:db8::1]/", "http://[2001:db8::1]/"),
        ("https://berita_kita.example/a", "https://berita_kita.example/a"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("//kabar.example/a", None),
        ("/a", None),
        ("https://", None),
        ("https://orang:sandi@kabar.example/", None),
        ("https://kabar.example\\@lain.example/", None),
        ("https://kabar.example:99999/", None),
        ("https://kabar example/", None),
        ("https://kabar.example/" + "a" * 2_000, None),
        ("", None),
    ],
)
def test_only_addresses_to_follow_leave_as_uris_of_ascii(printed: str, leaves: str | None) -> None:
    assert address_of(printed) == leaves


def test_an_alert_without_an_address_to_follow_is_whole(item: AlertItem, channel: Channel) -> None:
    source = replace(item.sources[0], url="javascript:alert(1)")
    evil = replace(item, sources=(source,))
    for name in FORMATS:
        assert "javascript:" not in written(name, evil, channel), name
    for name in ("atom", "rss", "cap-index"):
        assert faults(FORMATS[name].write([evil], channel)) == set()
    assert cap_faults(FORMATS["cap"].write([evil], channel)) == []
    (entry,) = json.loads(FORMATS["jsonfeed"].write([evil], channel))["items"]
    assert "url" not in entry
    assert "pertama terlihat 26-11-2024 22.00 WIB: tanpa tautan" in entry["content_text"]


def test_no_cell_of_a_workbook_is_a_formula(item: AlertItem, channel: Channel) -> None:
    evil = replace(entitled(item, '=HYPERLINK("http://x","y")'), stage="+1", signal_names=("@SUM(1)", "-2"))
    (row,) = rows("xlsx", FORMATS["xlsx"].write([evil], channel))
    assert row["judul"] == '=HYPERLINK("http://x","y")'
    assert (row["tahapan"], row["sinyal_nama"]) == ("+1", "@SUM(1); -2")
    assert "<f>" not in written("xlsx", evil, channel)
    (row,) = rows("csv", FORMATS["csv"].write([evil], channel))
    assert (row["judul"], row["tahapan"]) == ('\'=HYPERLINK("http://x","y")', "'+1")
