"""Each format says the same of an alert, in a form that its own readers parse."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import feedparser
import pytest
from geojson_pydantic import FeatureCollection
from lxml import etree

from data.errors import InputError, UnknownItemError
from feeds import FORMATS, format_named
from feeds.cap import NAMESPACE
from feeds.spreadsheet import harmless

if TYPE_CHECKING:
    from feeds import Channel
    from feeds.items import AlertItem

MASKED = 'Posko dibakar, korban B.S. (34) luka & "warga" panik'
HEADLINE = f"[TINGGI] Perusakan & pembakaran – Kecamatan Pariaman Tengah: {MASKED}"


def test_an_atom_entry_keeps_its_id_links_to_the_article_and_lies_on_the_map(item: AlertItem, channel: Channel) -> None:
    feed = feedparser.parse(FORMATS["atom"].write([item], channel))
    assert not feed.bozo
    (entry,) = feed.entries
    assert entry.id == "tag:desk.example,2024-11-26:kejadian:7"
    assert entry.title == HEADLINE
    assert entry.link == "https://kabar.example/a?x=1&y=2"
    assert entry.updated == "2024-11-26T15:00:00+00:00"
    scheme = "tag:desk.example,2024:kentongan:"
    assert {
        ("perusakan", f"{scheme}sinyal"),
        ("3", f"{scheme}tingkat"),
        ("P1", f"{scheme}urgensi"),
        ("13.77.01", f"{scheme}wilayah"),
        ("belum_terverifikasi", f"{scheme}status"),
    } <= {(tag.term, tag.scheme) for tag in entry.tags}
    assert entry.where["coordinates"] == (100.12345, -0.62512)
    assert "Status: belum terverifikasi." in entry.content[0].value


def test_an_empty_atom_feed_is_dated_now(channel: Channel) -> None:
    feed = feedparser.parse(FORMATS["atom"].write([], channel))
    assert not feed.bozo
    assert feed.feed.updated == "2024-11-27T00:00:00+00:00"
    assert feed.entries == []


def test_json_feed_holds_text_and_machine_fields(item: AlertItem, channel: Channel) -> None:
    feed = json.loads(FORMATS["jsonfeed"].write([item], channel))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://desk.example/umpan/alerts.json"
    (entry,) = feed["items"]
    assert entry["title"] == HEADLINE
    own = entry["_kentongan"]
    assert own["status"] == "belum terverifikasi"
    assert own["tempat"] == [
        {
            "kode": "13.77.01",
            "kode_bps": "1377010",
            "nama": "Kecamatan Pariaman Tengah",
            "titik": [-0.62512, 100.12345],
        }
    ]
    assert own["alasan_tingkat"] == [
        {"alasan": "dasar: perusakan x kejadian", "poin": 2},
        {"alasan": "masa tenang", "poin": 1},
    ]
    assert own["penangan"] == ["Polres", "Bawaslu"]
    assert [source["salinan"] for source in own["sumber"]] == [False, True]


def test_geojson_puts_longitude_first_and_null_where_no_place_is_known(item: AlertItem, channel: Channel) -> None:
    document = FORMATS["geojson"].write([item, replace(item, places=())], channel)
    FeatureCollection.model_validate_json(document)
    first, second = json.loads(document)["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [100.12345, -0.62512]}
    assert first["properties"]["presisi"] == "kecamatan"
    assert second["geometry"] is None


def test_csv_opens_in_a_spreadsheet_and_holds_no_formula(item: AlertItem, channel: Channel) -> None:
    evil = replace(item, incident=replace(item.incident, title="=HYPERLINK(1)"))
    document = FORMATS["csv"].write([item, evil], channel)
    assert document.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(document.decode("utf-8-sig"), newline="")))
    assert rows[0]["judul"] == MASKED
    assert rows[0]["tingkat_nama"] == "tinggi"
    assert rows[0]["waktu_kejadian"] == "26-11-2024 19.00–23.59 WIB"
    assert rows[1]["judul"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_cell_that_begins_like_a_formula_is_quoted(cell: str) -> None:
    assert harmless(cell) == "'" + cell


def test_cap_says_possible_until_a_person_has_verified_it(
    item: AlertItem, verified: AlertItem, channel: Channel
) -> None:
    said = [etree.fromstring(FORMATS["cap"].write([one], channel)) for one in (item, verified)]
    texts = [{element.tag.removeprefix(f"{{{NAMESPACE}}}"): element.text for element in one.iter()} for one in said]
    assert texts[0]["certainty"] == "Possible"
    assert texts[0]["msgType"] == "Alert"
    assert texts[0]["sent"] == "2024-11-26T15:00:00+00:00"
    assert texts[0]["severity"] == "Severe"
    assert texts[1]["certainty"] == "Likely"
    assert texts[1]["msgType"] == "Update"
    assert texts[1]["references"] == (
        "kentongan@desk.example,tag:desk.example-2024-11-26:kejadian:7.1,2024-11-26T15:00:00+00:00"
    )
    assert " " not in (texts[0]["identifier"] or "")


def test_cap_keeps_the_order_of_its_schema(item: AlertItem, channel: Channel) -> None:
    root = etree.fromstring(FORMATS["cap"].write([item], channel))
    names = [element.tag.removeprefix(f"{{{NAMESPACE}}}") for element in root]
    assert names == [
        "identifier",
        "sender",
        "sent",
        "status",
        "msgType",
        "source",
        "scope",
        "restriction",
        "note",
        "incidents",
        "info",
        "info",
    ]
    info = list(dict.fromkeys(element.tag.removeprefix(f"{{{NAMESPACE}}}") for element in root[-1]))
    assert info == [
        "language", "category", "event", "responseType", "urgency", "severity", "certainty", "eventCode", "onset",
        "expires", "senderName", "headline", "description", "web", "contact", "parameter", "area",
    ]  # fmt: skip


def test_cap_is_about_one_alert(item: AlertItem, channel: Channel) -> None:
    with pytest.raises(InputError, match="about one alert"):
        FORMATS["cap"].write([item, item], channel)


def test_a_drill_says_so_in_every_format(item: AlertItem, channel: Channel) -> None:
    drill = replace(item, alert=replace(item.alert, exercise=True))
    for name, word in {
        "atom": "LATIHAN",
        "jsonfeed": "LATIHAN",
        "geojson": "LATIHAN",
        "csv": ",ya",
        "cap": "Exercise",
        "rss": "LATIHAN",
        "ndjson": "LATIHAN",
        "cap-index": "LATIHAN",
    }.items():
        assert word in FORMATS[name].write([drill], channel).decode(), name


def test_markup_in_a_title_stays_text(item: AlertItem, channel: Channel) -> None:
    evil = replace(item, incident=replace(item.incident, title="<script>alert(1)</script>"))
    for name in ("atom", "cap"):
        assert b"<script" not in FORMATS[name].write([evil], channel), name


def test_an_unknown_format_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownItemError, match=r'no such format "rtf".*atom, rss, jsonfeed'):
        format_named("rtf")
