"""All formats say the same of an alert: what it is, whether anybody verified it, where from, who handles it, that it is a drill."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from feeds import FORMATS
from tests.feeds.cap_rules import NAMES
from tests.feeds.documents import TITLES, parsed, rows, titles, written

if TYPE_CHECKING:
    from feeds import Channel
    from feeds.items import AlertItem

WHOLE = [name for name in FORMATS if name != "cap-index"]
"""Formats that tell all; the index only names the messages."""


SAID = (
    "tag:desk.example", "2024-11-26:kejadian:7", "belum terverifikasi", "Massa membakar posko, kata saksi.",
    "https://kabar.example/a?x=1&y=2", "https://rantau.example/b", "13.77.01", "Kecamatan Pariaman Tengah",
    "Perusakan & pembakaran", "perusakan", "P1", "Polres, Bawaslu", "Kabar Nagari", "Suara Rantau",
)  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("said", SAID)
def test_every_format_says(name: str, said: str, item: AlertItem, channel: Channel) -> None:
    assert said in written(name, item, channel).replace('", "', ", ")


@pytest.mark.parametrize("name", ["jsonfeed", "geojson", "ndjson", "csv", "xlsx", "cap"])
def test_machines_get_the_code_of_the_statistics_office_too(name: str, item: AlertItem, channel: Channel) -> None:
    assert "1377010" in written(name, item, channel)


def test_every_format_counts_sources_and_copies(item: AlertItem, channel: Channel) -> None:
    line = "Sumber asli yang berdiri sendiri: 1; sebaran: 2 berita, 1 di antaranya salinan."
    for name in ("atom", "rss", "jsonfeed", "ndjson", "cap"):
        assert line in written(name, item, channel), name
    (row,) = rows("xlsx", FORMATS["xlsx"].write([item], channel))
    assert (row["sumber_mandiri"], row["sebaran"], row["salinan"], row["tingkat"]) == (1, 2, 1, 3)
    (feature,) = json.loads(FORMATS["geojson"].write([item], channel))["features"]
    facts = feature["properties"]
    assert (facts["sumber_mandiri"], facts["sebaran"], facts["salinan"]) == (1, 2, 1)


def test_once_verified_no_format_says_otherwise(verified: AlertItem, channel: Channel) -> None:
    for name in FORMATS:
        document = written(name, verified, replace(channel, description="", source=""))
        assert "belum terverifikasi" not in document.casefold(), name
        assert "terverifikasi" in document, name


def test_in_a_drill_the_title_and_the_first_line_say_so(item: AlertItem, channel: Channel) -> None:
    drill = replace(item, alert=replace(item.alert, exercise=True))
    for name in TITLES:
        (title,) = titles(name, FORMATS[name].write([drill], channel))
        assert title.startswith("LATIHAN – "), name
    (entry,) = json.loads(FORMATS["jsonfeed"].write([drill], channel))["items"]
    assert entry["content_text"].split("\n")[0] == "LATIHAN: ini bukan kejadian nyata."
    message = etree.fromstring(FORMATS["cap"].write([drill], channel))
    assert message.findtext(f"{NAMES}status") == "Exercise"
    assert (message.findtext(f"{NAMES}note") or "").startswith("LATIHAN: ini bukan kejadian nyata.")
    first, second = message.findall(f"{NAMES}info")
    assert (first.findtext(f"{NAMES}headline") or "").startswith("LATIHAN – ")
    assert (second.findtext(f"{NAMES}headline") or "").startswith("EXERCISE - ")
    assert (second.findtext(f"{NAMES}description") or "").startswith("EXERCISE: this is not a real event.")
    assert parsed(FORMATS["cap-index"].write([drill], channel)).entries[0].title.startswith("LATIHAN – ")


def test_a_feed_of_drills_says_so_at_its_head(channel: Channel) -> None:
    drill = replace(channel, exercise=True)
    for name in ("atom", "rss", "cap-index"):
        assert parsed(FORMATS[name].write([], drill)).feed.title.startswith("LATIHAN – "), name
    assert json.loads(FORMATS["jsonfeed"].write([], drill))["title"].startswith("LATIHAN – ")
    assert json.loads(FORMATS["geojson"].write([], drill))["title"].startswith("LATIHAN – ")


def test_an_alert_that_was_taken_back_says_so_in_every_title(item: AlertItem, channel: Channel) -> None:
    gone = replace(item, alert=replace(item.alert, state="cancelled", revision=2, reason="berita ditarik oleh media"))
    for name in ("atom", "rss", "jsonfeed", "geojson", "ndjson"):
        (title,) = titles(name, FORMATS[name].write([gone], channel))
        assert title.startswith("DICABUT – [TINGGI]"), name
    (row,) = rows("csv", FORMATS["csv"].write([gone], channel))
    assert (row["keadaan"], row["catatan"]) == ("dicabut", "berita ditarik oleh media")
    message = etree.fromstring(FORMATS["cap"].write([replace(gone, earlier=(item.alert,))], channel))
    assert message.findtext(f"{NAMES}msgType") == "Cancel"
    info = message.find(f"{NAMES}info")
    assert info is not None
    assert info.findtext(f"{NAMES}urgency") == "Past"


def test_cap_says_the_same_in_indonesian_and_in_english(item: AlertItem, channel: Channel) -> None:
    message = etree.fromstring(FORMATS["cap"].write([item], channel))
    indonesian, english = message.findall(f"{NAMES}info")
    assert [info.findtext(f"{NAMES}language") for info in (indonesian, english)] == ["id-ID", "en"]
    assert [info.findtext(f"{NAMES}event") for info in (indonesian, english)] == [
        "Perusakan & pembakaran", "Damage and arson",
    ]  # fmt: skip
    assert english.findtext(f"{NAMES}headline") == (
        "[HIGH] Damage and arson - Kecamatan Pariaman Tengah (NOT VERIFIED)"
    )
    assert (english.findtext(f"{NAMES}description") or "").split("\n") == [
        "Level: 3 (high), P1. Status: NOT VERIFIED.",
        "Kind: Damage and arson, Violence; reported as fact.",
        "Place: Kecamatan Pariaman Tengah (13.77.01).",
        "Time of the event: 2024-11-26T12:00:00+00:00 to 2024-11-26T16:59:00+00:00.",
        'As reported (Indonesian): “Posko dibakar, korban B.S. (34) luka & "warga" panik”',
        "“Massa membakar posko, kata saksi.”",
        "Independent sources: 1; articles: 2, of which copies: 1.",
        "- Kabar Nagari: https://kabar.example/a?x=1&y=2",
        "- Suara Rantau: https://rantau.example/b",
        "To be handled by: Polres, Bawaslu.",
        "Revision 1, raised.",
    ]
    for name in ("urgency", "severity", "certainty", "expires", "onset", "responseType"):
        assert indonesian.findtext(f"{NAMES}{name}") == english.findtext(f"{NAMES}{name}"), name
    assert indonesian.findtext(f"{NAMES}expires") == "2024-11-27T15:00:00+00:00"


def test_a_cap_area_names_the_unit_and_covers_it(item: AlertItem, channel: Channel) -> None:
    area = etree.fromstring(FORMATS["cap"].write([item], channel)).find(f"{NAMES}info/{NAMES}area")
    assert area is not None
    assert [one.text for one in area.iter(f"{NAMES}areaDesc", f"{NAMES}circle", f"{NAMES}valueName", f"{NAMES}value")] == [
        "Kecamatan Pariaman Tengah (wilayah di sekitar titik tengahnya, perkiraan: 3.5 km)",
        "-0.62512,100.12345 3.5",
        "Kemendagri", "13.77.01",
        "BPS", "1377010",
    ]  # fmt: skip


def test_a_cap_area_without_a_radius_claims_no_spot(item: AlertItem, channel: Channel) -> None:
    place = replace(item.places[0], radius_km=None)
    document = FORMATS["cap"].write([replace(item, places=(place,))], channel)
    assert b"<circle>" not in document
    assert b"13.77.01" in document
    nowhere = FORMATS["cap"].write([replace(item, places=())], channel)
    assert b"<areaDesc>tempat belum diketahui</areaDesc>" in nowhere


def test_the_index_has_an_item_for_each_message_with_its_address(
    item: AlertItem, verified: AlertItem, channel: Channel
) -> None:
    first = parsed(FORMATS["cap-index"].write([item], channel)).entries[0]
    assert first.link == "https://desk.example/umpan/cap/kejadian-7.xml"
    assert first.title.endswith("(belum terverifikasi)")
    message = etree.fromstring(FORMATS["cap"].write([verified], channel))
    later = parsed(FORMATS["cap-index"].write([verified], channel)).entries[0]
    assert later.id == message.findtext(f"{NAMES}identifier") != first.id


def test_a_feed_is_dated_by_its_latest_alert_or_as_it_is_told(item: AlertItem, channel: Channel) -> None:
    late = replace(
        item, alert=replace(item.alert, uid="tag:desk.example,2024:b", at=datetime(2024, 11, 28, tzinfo=UTC))
    )
    assert parsed(FORMATS["atom"].write([item, late], channel)).feed.updated == "2024-11-28T00:00:00+00:00"
    assert parsed(FORMATS["atom"].write(iter([late, item]), channel)).feed.updated == "2024-11-28T00:00:00+00:00"
    told = replace(channel, updated=datetime(2024, 11, 29, tzinfo=UTC))
    assert parsed(FORMATS["atom"].write([item], told)).feed.updated == "2024-11-29T00:00:00+00:00"
    assert parsed(FORMATS["rss"].write([item], told)).feed.updated == "Fri, 29 Nov 2024 00:00:00 +0000"


def test_an_rss_guid_is_no_link_and_its_description_is_html(item: AlertItem, channel: Channel) -> None:
    (entry,) = etree.fromstring(FORMATS["rss"].write([item], channel)).iter("item")
    assert entry.findtext("guid") == item.alert.uid
    assert entry.find("guid").get("isPermaLink") == "false"  # type: ignore[union-attr]  # looked at in the line before
    description = entry.findtext("description") or ""
    assert description.startswith("<p>Tingkat: 3 (tinggi), P1. Status: belum terverifikasi.<br>Sinyal: Perusakan &amp;")
    assert entry.findtext("pubDate") == "Tue, 26 Nov 2024 15:00:00 +0000"
