"""Feeds of every kind, whole and broken; all made up."""

from __future__ import annotations

import gzip
import json

import pytest

from scrapers.finders.feed import read_feed
from scrapers.finders.markup import NotReadableError
from scrapers.finders.moments import Moment, read_moment
from scrapers.finders.offers import Offer

URL = "https://kabar.example/rss/latest"
TIME = "Tue, 05 Nov 2024 22:13:00 +0700"


def at(text: str) -> Moment | None:
    return read_moment(text)


def rss(items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    text = f'{head}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>K</title>{items}</channel></rss>'
    return text.encode()


ITEM = f"<item><title>Banjir di Lembah</title><link>https://kabar.example/banjir-di-lembah</link><pubDate>{TIME}</pubDate></item>"
OFFER = Offer("https://kabar.example/banjir-di-lembah", "Banjir di Lembah", at(TIME))

ATOM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://kabar.example/arsip/">
 <title>Kabar</title><link rel="self" href="https://kabar.example/atom"/>
 <entry><title type="html">Banjir &amp;amp; Longsor</title>
  <link rel="replies" href="https://kabar.example/komentar/1"/>
  <link rel="alternate" type="text/html" href="../banjir-dan-longsor"/>
  <id>tag:kabar.example,2024:1</id><updated>2024-11-06T01:00:00Z</updated><published>2024-11-05T15:13:00Z</published></entry>
</feed>"""

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://kabar.example/"><title>K</title></channel>
 <item rdf:about="https://kabar.example/jembatan-putus"><title>Jembatan Putus</title>
 <dc:date>2024-11-05T22:13:00+07:00</dc:date></item></rdf:RDF>"""

OLD = """<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.example/rss-0.91.dtd">
<rss version="0.91"><channel><title>K</title><item><title>Jembatan Putus</title>
<link>https://kabar.example/jembatan-putus</link></item></channel></rss>"""

JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": "1",
                "url": "/jembatan-putus",
                "title": "Jembatan Putus",
                "date_published": "2024-11-05T22:13:00+07:00",
            },
            {"id": "https://kabar.example/banjir-lagi", "content_text": "…"},
            {"id": "tanpa-alamat"},
            "bukan benda",
        ],
    }
)

READ = {
    "RSS 2.0": (rss(ITEM), [OFFER]),
    "Atom, relative to xml:base": (
        ATOM.encode(),
        [Offer("https://kabar.example/banjir-dan-longsor", "Banjir & Longsor", at("2024-11-05T15:13:00Z"))],
    ),
    "RDF": (
        RDF.encode(),
        [Offer("https://kabar.example/jembatan-putus", "Jembatan Putus", at("2024-11-05T22:13:00+07:00"))],
    ),
    "RSS 0.91 with its DTD": (OLD.encode(), [Offer("https://kabar.example/jembatan-putus", "Jembatan Putus")]),
    "JSON Feed": (
        JSON_FEED.encode(),
        [
            Offer("https://kabar.example/jembatan-putus", "Jembatan Putus", at("2024-11-05T22:13:00+07:00")),
            Offer("https://kabar.example/banjir-lagi"),
        ],
    ),
    "byte order mark": (b"\xef\xbb\xbf" + rss(ITEM), [OFFER]),
    "gzip that nobody declared": (gzip.compress(rss(ITEM)), [OFFER]),
    "UTF-16": (rss(ITEM, '<?xml version="1.0" encoding="utf-16"?>').decode().encode("utf-16"), [OFFER]),
    "a server's notice before it": (b"<br />\n<b>Warning</b>: include(x.php) failed\n" + rss(ITEM), [OFFER]),
    "blank lines before it": (b"\n\n  " + rss(ITEM), [OFFER]),
    "control characters in it": (rss(ITEM.replace("Banjir", "Ban\x08jir")), [OFFER]),
    "an ampersand nobody escaped": (
        rss("<item><title>A & B</title><link>https://kabar.example/?p=123&lang=id&x=1</link></item>"),
        [Offer("https://kabar.example/?p=123&lang=id&x=1", "A & B")],
    ),
    "HTML's entities": (
        rss("<item><title>Longsor&nbsp;&ndash; Lagi</title><link>https://kabar.example/a</link></item>"),
        [Offer("https://kabar.example/a", "Longsor – Lagi")],
    ),
    "CDATA, escaped twice": (
        rss(
            "<item><title><![CDATA[Q&amp;A: <b>Siapa</b>?]]></title><link><![CDATA[https://kabar.example/a?x=1&y=2]]></link></item>"
        ),
        [Offer("https://kabar.example/a?x=1&y=2", "Q&A: Siapa ?")],
    ),
    "a guid in place of the link": (
        rss("<item><title>T</title><guid>https://kabar.example/tanpa-link</guid></item>"),
        [Offer("https://kabar.example/tanpa-link", "T")],
    ),
    "FeedBurner's original": (
        rss(
            '<item xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><link>https://feedproxy.example/1</link>'
            "<feedburner:origLink>https://kabar.example/asli</feedburner:origLink></item>"
        ),
        [Offer("https://kabar.example/asli")],
    ),
    "cut off in the middle": (rss(ITEM + ITEM.replace("banjir", "longsor"))[:-160], [OFFER]),
    "Indonesian days and months": (
        rss("<item><link>/a</link><pubDate>Sen, 05 Agu 2024 10:00:00 WIB</pubDate></item>"),
        [Offer("https://kabar.example/a", None, at("2024-08-05T10:00:00+07:00"))],
    ),
    "an empty feed": (rss(""), []),
    "items without any link": (rss("<item><title>T</title><guid isPermaLink='false'>7</guid></item>"), []),
    "windows-1252 that calls itself Latin-1": (
        (
            b'<?xml version="1.0" encoding="iso-8859-1"?>'
            b"<rss><channel><item><title>\x93Siaga\x94</title><link>/a</link></item></channel></rss>"
        ),
        [Offer("https://kabar.example/a", "“Siaga”")],
    ),
}


@pytest.mark.parametrize("name", READ)
def test_a_feed_is_read(name: str) -> None:
    body, offers = READ[name]
    assert read_feed(body, URL) == offers


BILLION = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
REFUSED = {
    "a web page": (b"<!DOCTYPE html><html><body>Just a moment...</body></html>", "a web page, not a feed"),
    "a web page in XML's clothes": (b'<?xml version="1.0"?><html xmlns="x"><body/></html>', "a web page"),
    "an entity bomb": (rss(ITEM.replace("Banjir", "&c;"), BILLION), "declares entities of its own"),
    "a reach for a local file": (
        rss(ITEM.replace("Banjir", "&f;"), '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/hostname">]>'),
        "declares entities of its own",
    ),
    "a sitemap": (
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>',
        "its root is <urlset>",
    ),
    "nothing": (b"", "empty answer"),
    "plain words": (b"Too many requests", "no XML"),
    "broken JSON": (b'{"items": [', "broken JSON"),
    "JSON of another kind": (b'{"error": "closed"}', "no JSON Feed"),
    "broken gzip": (b"\x1f\x8b\x08\x00garbage", "broken gzip"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_feed_is_refused_with_the_reason(name: str) -> None:
    body, reason = REFUSED[name]
    with pytest.raises(NotReadableError, match=reason):
        read_feed(body, URL)


def test_a_gzip_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b" " * 60_000_000)
    with pytest.raises(NotReadableError, match="unpacks to more than"):
        read_feed(bomb, URL)


def test_a_feed_that_is_not_xml_any_more_is_mended() -> None:
    body = b"<rss><channel><item><title>Banjir<link>https://kabar.example/banjir</title></item></channel>"
    assert [offer.url for offer in read_feed(body, URL)] == ["https://kabar.example/banjir"]
