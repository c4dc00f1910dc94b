"""Each format holds by its own standard, for a feed without alerts, with a few, and with ten thousand."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from geojson_pydantic import FeatureCollection
from geojson_validator import validate_geometries, validate_structure

from data.records import Modality, Urgency
from feeds import FORMATS, Page
from tests.feeds.cap_rules import cap_faults
from tests.feeds.documents import TITLES, parsed, rows, titles
from tests.feeds.feed_rules import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.records import AlertState
    from feeds import Channel
    from feeds.items import AlertItem

MANY = 10_000


def several(item: AlertItem, count: int) -> Iterator[AlertItem]:
    """Yield alerts of every state, level, urgency and modality, some without places or sources."""
    states: tuple[AlertState, ...] = ("raised", "updated", "cancelled")
    if count == MANY:  # their texts are those of a few; to mask them again and again shows nothing
        item = replace(item, quotes=(), why=(), points=(), incident=replace(item.incident, title="Posko dibakar"))
    for number in range(count):
        alert = replace(
            item.alert,
            uid=f"tag:desk.example,2024-11-26:kejadian:{number}",
            incident_id=number,
            state=states[number % 3],
            revision=1 + number % 3,
            at=item.alert.at - timedelta(seconds=number),
            first_raised_at=item.alert.at - timedelta(seconds=number),
            verified=number % 2 == 0,
        )
        incident = replace(
            item.incident,
            id=number,
            severity=number % 5,
            urgency=list(Urgency)[number % 4],
            modality=list(Modality)[number % 7],
            event_time=item.incident.event_time if number % 4 else None,
        )
        yield replace(
            item,
            alert=alert,
            incident=incident,
            earlier=tuple(replace(alert, revision=one, state="raised") for one in range(1, alert.revision)),
            places=item.places if number % 5 else (),
            sources=item.sources if number % 6 else (),
        )


@pytest.mark.parametrize("name", ["atom", "rss", "cap-index"])
@pytest.mark.parametrize("count", [0, 40])
def test_feedparser_finds_nothing_odd_and_no_rule_is_broken(
    name: str, count: int, item: AlertItem, channel: Channel
) -> None:
    document = FORMATS[name].write(list(several(item, count)), channel)
    assert faults(document) == set()
    feed = parsed(document)
    assert len(feed.entries) == count
    assert len({entry.id for entry in feed.entries}) == count
    assert feed.feed.rights == channel.rights
    assert "diralat" in feed.feed.subtitle


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_ten_thousand_alerts_break_no_rule(name: str, item: AlertItem, channel: Channel) -> None:
    document = b"".join(FORMATS[name].chunks(several(item, MANY), channel))
    assert faults(document) == set()
    assert len(titles(name, document)) == MANY


@pytest.mark.parametrize("count", [0, 40, MANY])
def test_json_feed_holds_by_its_specification(count: int, item: AlertItem, channel: Channel) -> None:
    feed = json.loads(FORMATS["jsonfeed"].write(several(item, count), channel))
    assert list(json_feed_faults(feed)) == []
    assert len(feed["items"]) == count


def json_feed_faults(feed: dict[str, Any]) -> Iterator[str]:
    """Yield what is against JSON Feed 1.1."""
    known = {"version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url", "icon",
             "favicon", "authors", "language", "expired", "hubs", "items"}  # fmt: skip
    of_items = {"id", "url", "external_url", "title", "content_html", "content_text", "summary", "image",
                "banner_image", "date_published", "date_modified", "authors", "tags", "language",
                "attachments"}  # fmt: skip
    if feed.get("version") != "https://jsonfeed.org/version/1.1" or not feed.get("title"):
        yield "version or title"
    yield from (f"{name} of the feed" for name in feed if name not in known and not name.startswith("_"))
    for one in ("home_page_url", "feed_url", "next_url"):
        if one in feed and not re.fullmatch(r"https?://\S+", feed[one]):
            yield one
    if not all(set(author) & {"name", "url", "avatar"} for author in feed.get("authors", [])):
        yield "authors"
    seen = set()
    for entry in feed["items"]:
        yield from (f"{name} of an item" for name in entry if name not in of_items and not name.startswith("_"))
        if not isinstance(entry.get("id"), str) or not entry["id"] or entry["id"] in seen:
            yield "id"
        seen.add(entry["id"])
        if not ({"content_text", "content_html"} & set(entry)):
            yield "content"
        if any(datetime.fromisoformat(entry[one]).utcoffset() is None for one in ("date_published", "date_modified")):
            yield "a moment without a zone"
        if not all(isinstance(tag, str) for tag in entry["tags"]):
            yield "tags"
        if "." in "".join(name for name in entry if name.startswith("_")):
            yield "the name of an extension"


@pytest.mark.parametrize("count", [0, 40, MANY])
def test_geojson_holds_by_rfc_7946(count: int, item: AlertItem, channel: Channel) -> None:
    document = FORMATS["geojson"].write(several(item, count), channel)
    collection: FeatureCollection[Any] = FeatureCollection.model_validate_json(document)
    assert len(collection.features) == count
    plain = json.loads(document)
    assert "crs" not in plain, "RFC 7946, 4: there is one reference system"
    assert not {"coordinates", "geometries", "geometry", "properties"} & set(plain), "RFC 7946, 7.1"
    assert len({feature["id"] for feature in plain["features"]}) == count
    for feature in plain["features"]:
        assert not {"coordinates", "geometries", "features"} & set(feature)
        if feature["geometry"] is not None:
            longitude, latitude = feature["geometry"]["coordinates"]
            assert 94 < longitude < 142
            assert -12 < latitude < 7
    assert validate_structure(plain, check_crs=True) == {}
    found = validate_geometries(plain)
    assert (found["invalid"], found["problematic"]) == ({}, {})


def test_the_validator_of_geojson_sees_what_is_wrong(item: AlertItem, channel: Channel) -> None:
    plain = json.loads(FORMATS["geojson"].write([item], channel))
    plain["features"][0]["geometry"]["coordinates"] = ["100.1", -0.6]
    assert validate_structure(plain) != {}
    plain["features"][0]["geometry"]["coordinates"] = [400.1, -0.6]
    assert validate_geometries(plain)["problematic"] == {"outside_lat_lon_boundaries": [0]}


@pytest.mark.parametrize("count", [0, 40])
def test_each_line_of_ndjson_stands_alone(count: int, item: AlertItem, channel: Channel) -> None:
    document = FORMATS["ndjson"].write(several(item, count), channel).decode()
    lines = document.split("\n")[:-1]
    assert len(lines) == count
    for line in lines:
        entry = json.loads(line)
        assert entry["ketentuan"]["lisensi"] == channel.rights
        assert entry["_kentongan"]["status"] in {"terverifikasi", "belum terverifikasi"}


@pytest.mark.parametrize("name", ["csv", "xlsx"])
@pytest.mark.parametrize("count", [0, 40])
def test_tables_have_a_row_for_each_alert(name: str, count: int, item: AlertItem, channel: Channel) -> None:
    found = rows(name, FORMATS[name].write(several(item, count), channel))
    assert [row["id"] for row in found] == [f"tag:desk.example,2024-11-26:kejadian:{number}" for number in range(count)]


def test_cap_messages_of_every_kind_keep_the_standard(item: AlertItem, channel: Channel) -> None:
    for one in several(item, 84):
        assert cap_faults(FORMATS["cap"].write([one], channel)) == []


@pytest.mark.parametrize("name", [name for name, chosen in FORMATS.items() if not chosen.single])
def test_no_more_than_a_few_alerts_are_held_in_memory(name: str, item: AlertItem, channel: Channel) -> None:
    taken = []

    def counted() -> Iterator[AlertItem]:
        for one in several(item, 400):
            taken.append(one.alert.uid)
            yield one

    pieces = FORMATS[name].chunks(counted(), channel)
    next(pieces)
    if name == "xlsx":  # its parts are one archive, written to a file first
        assert len(taken) == 400
    else:
        assert len(taken) < 200


@pytest.mark.parametrize("name", TITLES)
def test_a_sequence_and_a_stream_are_written_alike(name: str, item: AlertItem, channel: Channel) -> None:
    found = list(several(item, 5))
    if name == "xlsx":
        assert rows(name, FORMATS[name].write(found, channel)) == rows(name, FORMATS[name].write(iter(found), channel))
    else:
        assert FORMATS[name].write(found, channel) == FORMATS[name].write(iter(found), channel)


def test_pages_are_linked_as_rfc_5005_says(item: AlertItem, channel: Channel) -> None:
    here = "https://desk.example/feeds/alerts"
    page = Page(first=f"{here}?page=1", previous=f"{here}?page=1", next=f"{here}?page=3", last=f"{here}?page=9")
    second = replace(channel, self_url=f"{here}?page=2", page=page)
    for name in ("atom", "rss"):
        document = FORMATS[name].write([item], second)
        assert faults(document) == set()
        links = {link.rel: link.href for link in parsed(document).feed.links if link.rel != "alternate"}
        assert links == {
            "self": f"{here}?page=2",
            "first": f"{here}?page=1",
            "previous": f"{here}?page=1",
            "next": f"{here}?page=3",
            "last": f"{here}?page=9",
        }
    assert json.loads(FORMATS["jsonfeed"].write([item], second))["next_url"] == f"{here}?page=3"


def test_a_complete_feed_says_so_and_has_no_other_pages(item: AlertItem, channel: Channel) -> None:
    whole = replace(channel, page=Page(next="https://desk.example/2", complete=True))
    document = FORMATS["atom"].write([item], whole)
    assert b"<fh:complete/>" in document
    assert faults(document) == set()
    assert "next_url" not in json.loads(FORMATS["jsonfeed"].write([item], whole))


def test_feeds_of_one_authority_have_ids_of_their_own(item: AlertItem, channel: Channel) -> None:
    region = replace(channel, name="wilayah:13.77", title="Peringatan Kota Pariaman")
    assert parsed(FORMATS["atom"].write([], channel)).feed.id == "tag:desk.example,2024:kentongan:alerts"
    assert parsed(FORMATS["atom"].write([], region)).feed.id == "tag:desk.example,2024:kentongan:wilayah:13.77"
    assert faults(FORMATS["atom"].write([item], region)) == set()


def test_a_licence_and_a_contact_that_are_set_are_stated(item: AlertItem, channel: Channel) -> None:
    own = replace(
        channel, rights="CC BY 4.0", rights_url="https://licence.example/by/4.0", contact="koreksi@desk.example"
    )
    for name in ("atom", "rss"):
        document = FORMATS[name].write([item], own)
        assert faults(document) == set()
        assert parsed(document).feed.rights == "CC BY 4.0"
        assert "koreksi@desk.example" in parsed(document).feed.subtitle
    terms = json.loads(FORMATS["jsonfeed"].write([item], own))["_kentongan"]
    assert (terms["lisensi"], terms["lisensi_url"]) == ("CC BY 4.0", "https://licence.example/by/4.0")
    assert terms["kontak"] == "koreksi@desk.example"
    assert rows("csv", FORMATS["csv"].write([item], own))[0]["ketentuan"] == "https://licence.example/by/4.0"
    assert b"koreksi@desk.example" in FORMATS["cap"].write([item], own)


def test_a_contact_that_is_no_address_is_no_address_of_the_author(item: AlertItem, channel: Channel) -> None:
    own = replace(channel, contact="telepon 0751-123 (bagian @humas)")
    for name in ("atom", "rss"):
        document = FORMATS[name].write([item], own)
        assert faults(document) == set()
        assert "telepon 0751-123" in parsed(document).feed.subtitle


def test_the_id_of_a_feed_takes_any_query(item: AlertItem, channel: Channel) -> None:
    own = replace(channel, name="alerts?wilayah=13.77&q=rusuh massa|ä#1")
    document = FORMATS["atom"].write([item], own)
    assert faults(document) == set()
    assert parsed(document).feed.id == (
        "tag:desk.example,2024:kentongan:alerts?wilayah=13.77&q=rusuh%20massa%7C%C3%A4%231"
    )
