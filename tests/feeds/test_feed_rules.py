"""Wrong feeds that are made up show that the rules of `feed_rules` and `cap_rules` see what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from feeds import FORMATS
from tests.feeds.cap_rules import cap_faults
from tests.feeds.feed_rules import faults

if TYPE_CHECKING:
    from feeds import Channel
    from feeds.items import AlertItem


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("<id>tag:desk.example,2024:kentongan:alerts</id>", "", "MissingElement"),
        ("<generator>Kentongan</generator>", "<generator>a</generator><generator>b</generator>", "DuplicateElement"),
        ("tag:desk.example,2024:kentongan:alerts<", "tag:desk.example,24:alerts<", "InvalidTAG"),
        ("tag:desk.example,2024:kentongan:alerts<", "alerts<", "InvalidFullLink"),
        ("<updated>2024-11-26T15:00:00+00:00", "<updated>2024-11-26 15:00", "InvalidRFC3339Date"),
        ("<updated>2024-11-26T15:00:00+00:00", "<updated>2024-02-30T15:00:00+00:00", "InvalidRFC3339Date"),
        ('rel="self"', 'rel="via"', "MissingSelf"),
        ('type="application/cap+xml"', 'hreflang="id"', "DuplicateAtomLink"),
        ('type="application/cap+xml"', 'type="cap"', "InvalidMIMEType"),
        ("https://kabar.example/a", "https://kabar.example/a b", "InvalidLink"),
        ('hreflang="id"', 'hreflang="bahasa indonesia"', "InvalidLanguage"),
        ('term="perusakan"', 'term=""', "NotBlank"),
        ("<author><name>Kentongan</name></author>", "", "MissingElement"),
        ("<author><name>Kentongan</name></author>", "<author><name/></author>", "NotBlank"),
        ('<content type="text">', '<content type="teks">', "InvalidMIMEType"),
        ("[TINGGI]", "&lt;b&gt;[TINGGI]&lt;/b&gt;", "ContainsUndeclaredHTML"),
        ("-0.62512 100.12345", "100.12345 -0.62512", "InvalidLatitude"),
        ("<entry>", "<entry><published>x</published><harga/>", "UndefinedElement"),
        ("<entry>", "<entry>teks", "UnexpectedText"),
        ("</feed>", "", "SAXError"),
    ],
)
def test_a_wrong_atom_feed_is_seen(right: str, wrong: str, fault: str, item: AlertItem, channel: Channel) -> None:
    document = FORMATS["atom"].write([item], channel).decode()
    assert right in document
    assert faults(document.encode()) == set()
    assert fault in faults(document.replace(right, wrong).encode())


def test_an_atom_entry_twice_is_seen(item: AlertItem, channel: Channel) -> None:
    assert "DuplicateEntries" in faults(FORMATS["atom"].write([item, item], channel))


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("<link>https://desk.example/umpan/</link>", "", "MissingLink"),
        ("<link>https://desk.example/umpan/</link>", "<link>desk.example</link>", "InvalidLink"),
        ("<pubDate>Tue, 26 Nov", "<pubDate>Wed, 26 Nov", "InvalidRFC2822Date"),
        ("<pubDate>Tue, 26 Nov", "<pubDate>Sel, 26 Nov", "InvalidRFC2822Date"),
        ('isPermaLink="false"', 'isPermaLink="tidak"', "InvalidBooleanAttribute"),
        ('isPermaLink="false"', "", "InvalidHttpGUID"),
        ("<language>id</language>", "<language>Indonesia</language>", "InvalidLanguage"),
        ('rel="self"', 'rel="via"', "MissingSelf"),
        ("&#x26;", "&amp;", "ContainsHTML"),
        ("<ttl>5</ttl>", "<ttl>lima</ttl>", "InvalidInteger"),
        ("<item>", "<item><harga>1</harga>", "UndefinedElement"),
        ("<item>", "<item><title>a</title>", "DuplicateElement"),
    ],
)
def test_a_wrong_rss_feed_is_seen(right: str, wrong: str, fault: str, item: AlertItem, channel: Channel) -> None:
    document = FORMATS["rss"].write([item], channel).decode()
    assert right in document
    assert faults(document.encode()) == set()
    assert fault in faults(document.replace(right, wrong).encode())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<status>Actual</status>", "<status>actual</status>"),
        ("<status>Actual</status>", ""),
        ("+00:00</sent>", "Z</sent>"),
        ("<urgency>Immediate</urgency>", "<urgency>Now</urgency>"),
        ("<event>", "<event>a</event><event>"),
        ("</headline>", f"{'x' * 160}</headline>"),
        ("-0.62512,100.12345 3.5", "-0.62512 100.12345"),
        ("<scope>Restricted</scope>", "<scope>Restricted</scope><info/>"),
        ("<identifier>tag:", "<identifier>tag ,"),
        ("<msgType>Alert</msgType>", "<msgType>Update</msgType>"),
        ("<valueName>Kemendagri</valueName>", ""),
    ],
)
def test_a_wrong_cap_message_is_seen(right: str, wrong: str, item: AlertItem, channel: Channel) -> None:
    document = FORMATS["cap"].write([item], channel).decode()
    assert right in document
    assert cap_faults(document.encode()) == []
    assert cap_faults(document.replace(right, wrong).encode())
