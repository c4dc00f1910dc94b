"""What a document of each format says, read by what its readers read it with."""

from __future__ import annotations

import csv
import html
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import feedparser
from lxml import etree
from openpyxl import load_workbook

from feeds import FORMATS

if TYPE_CHECKING:
    from feeds import Channel
    from feeds.items import AlertItem

TITLES = ("atom", "rss", "jsonfeed", "geojson", "csv", "xlsx", "ndjson")
"""Formats of many alerts that tell the title of each."""


def written(name: str, item: AlertItem, channel: Channel) -> str:
    """Return everything that a document with one alert says, as text, with nothing escaped any more."""
    document = FORMATS[name].write([item], channel)
    if name == "xlsx":
        with zipfile.ZipFile(io.BytesIO(document)) as parts:
            return html.unescape("\n".join(parts.read(part).decode("utf-8") for part in parts.namelist()))
    if name in {"jsonfeed", "geojson"}:
        return json.dumps(json.loads(document), ensure_ascii=False)
    if name == "ndjson":
        return "\n".join(json.dumps(json.loads(line), ensure_ascii=False) for line in document.decode().splitlines())
    text = document.decode("utf-8")
    return text if name == "csv" else html.unescape(html.unescape(text))


def titles(name: str, document: bytes) -> list[str]:
    """Return the title of each alert of a document, as its readers see it."""
    if name in {"atom", "rss"}:
        root = etree.fromstring(document, etree.XMLParser(huge_tree=True))
        path = "{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}title"
        return [
            one.text or "" for one in (root.iterfind(path) if name == "atom" else root.iterfind("channel/item/title"))
        ]
    if name == "jsonfeed":
        return [entry["title"] for entry in json.loads(document)["items"]]
    if name == "geojson":
        return [feature["properties"]["judul"] for feature in json.loads(document)["features"]]
    if name == "ndjson":
        return [json.loads(line)["title"] for line in document.decode().split("\n") if line]
    return [str(row["judul"]) for row in rows(name, document)]


def rows(name: str, document: bytes) -> list[dict[str, Any]]:
    """Return the rows of a table by the names of their columns."""
    if name == "csv":
        return list(csv.DictReader(io.StringIO(document.decode("utf-8-sig"), newline="")))
    sheet = load_workbook(io.BytesIO(document), read_only=True)["Peringatan"]
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in body]


def parsed(document: bytes) -> Any:
    """Return a feed as feedparser reads it, which must find nothing odd about it."""
    feed = feedparser.parse(document)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed
