"""What CAP 1.2 asks of a message, written by hand from section 3.2 of the standard: order, numbers, words, patterns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = "{urn:oasis:names:tc:emergency:cap:1.2}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
CIRCLE = re.compile(r"-?\d{1,2}(?:\.\d+)?,-?\d{1,3}(?:\.\d+)? \d+(?:\.\d+)?")
NAME = re.compile(r"[^\s,<&]+")
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")

# Each element in its order: (name, least, most) with None for any number.
ALERT = (
    ("identifier", 1, 1), ("sender", 1, 1), ("sent", 1, 1), ("status", 1, 1), ("msgType", 1, 1), ("source", 0, 1),
    ("scope", 1, 1), ("restriction", 0, 1), ("addresses", 0, 1), ("code", 0, None), ("note", 0, 1),
    ("references", 0, 1), ("incidents", 0, 1), ("info", 0, None),
)  # fmt: skip
INFO = (
    ("language", 0, 1), ("category", 1, None), ("event", 1, 1), ("responseType", 0, None), ("urgency", 1, 1),
    ("severity", 1, 1), ("certainty", 1, 1), ("audience", 0, 1), ("eventCode", 0, None), ("effective", 0, 1),
    ("onset", 0, 1), ("expires", 0, 1), ("senderName", 0, 1), ("headline", 0, 1), ("description", 0, 1),
    ("instruction", 0, 1), ("web", 0, 1), ("contact", 0, 1), ("parameter", 0, None), ("resource", 0, None),
    ("area", 0, None),
)  # fmt: skip
AREA = (("areaDesc", 1, 1), ("polygon", 0, None), ("circle", 0, None), ("geocode", 0, None), ("altitude", 0, 1),
        ("ceiling", 0, 1))  # fmt: skip
PAIR = (("valueName", 1, 1), ("value", 1, 1))
WORDS = {
    "status": "Actual Exercise System Test Draft",
    "msgType": "Alert Update Cancel Ack Error",
    "scope": "Public Restricted Private",
    "category": "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
    "responseType": "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None",
    "urgency": "Immediate Expected Future Past Unknown",
    "severity": "Extreme Severe Moderate Minor Unknown",
    "certainty": "Observed Likely Possible Unlikely Unknown",
}


def cap_faults(document: bytes) -> list[str]:
    """Return what is wrong with a message; empty where nothing is."""
    return list(_faults(etree.fromstring(document)))


def _faults(alert: etree._Element) -> Iterator[str]:
    if alert.tag != f"{NAMES}alert":
        yield "root"
        return
    yield from _ordered(alert, ALERT)
    texts = {one.tag.removeprefix(NAMES): one.text or "" for one in alert}
    for name in ("identifier", "sender"):
        if not NAME.fullmatch(texts.get(name, "")):
            yield f"{name} has spaces, commas or markup"
    if texts.get("scope") == "Restricted" and "restriction" not in texts:
        yield "restriction is missing"
    if texts.get("status") == "Exercise" and not texts.get("note"):
        yield "note is missing"
    if texts.get("msgType") in {"Update", "Cancel"} and "references" not in texts:
        yield "references are missing"
    for reference in texts.get("references", "").split():
        if not re.fullmatch(rf"[^\s,<&]+,[^\s,<&]+,{MOMENT.pattern}", reference):
            yield f"reference {reference}"
    for one in alert.iter("*"):
        name = one.tag.removeprefix(NAMES)
        if name in WORDS and one.text not in WORDS[name].split():
            yield f"{name} {one.text}"
        if name in {"sent", "effective", "onset", "expires"} and not MOMENT.fullmatch(one.text or ""):
            yield f"{name} {one.text}"
    for info in alert.iter(f"{NAMES}info"):
        yield from _ordered(info, INFO)
        if not LANGUAGE.fullmatch(info.findtext(f"{NAMES}language") or ""):
            yield "language"
        if len(info.findtext(f"{NAMES}headline") or "") > 160:
            yield "headline is longer than devices show"
        if not re.fullmatch(r"https?://[!-~]+", info.findtext(f"{NAMES}web") or "http://none.example/"):
            yield "web"
        for area in info.iter(f"{NAMES}area"):
            yield from _ordered(area, AREA)
            for circle in area.findall(f"{NAMES}circle"):
                if not CIRCLE.fullmatch(circle.text or ""):
                    yield f"circle {circle.text}"
        for pair in (*info.iter(f"{NAMES}parameter"), *info.iter(f"{NAMES}geocode"), *info.iter(f"{NAMES}eventCode")):
            yield from _ordered(pair, PAIR)


def _ordered(parent: etree._Element, rules: tuple[tuple[str, int, int | None], ...]) -> Iterator[str]:
    order = [name for name, _, _ in rules]
    found = [child.tag.removeprefix(NAMES) for child in parent.iterchildren("*")]
    unknown = [name for name in found if name not in order]
    if unknown:
        yield f"{unknown[0]} is none of its elements"
        return
    if found != sorted(found, key=order.index):
        yield f"elements of {parent.tag.removeprefix(NAMES)} are out of order"
    for name, least, most in rules:
        count = found.count(name)
        if count < least or (most is not None and count > most):
            yield f"{count} {name}"
