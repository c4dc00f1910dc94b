"""One alert as CAP 1.2 (OASIS Common Alerting Protocol), so that it stands beside BMKG's in what BPBD already reads.

Two blocks of the same: Indonesian, and English whose fixed words are translated; quotes and titles stay as printed.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from lxml import etree

from feeds import only_one
from feeds.cap_table import cap_words
from feeds.clean import line_of
from feeds.items import DRILL, STATE_NAMES, UNPLACED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from feeds import Channel
    from feeds.cap_table import CapWords
    from feeds.items import AlertItem, PlaceLine, Told

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
TYPES: Final = {"raised": "Alert", "updated": "Update", "cancelled": "Cancel"}
LONGEST_HEADLINE: Final = 160
"""Characters that devices show of a headline (CAP 1.2, 3.2.2)."""

_DRILL_EN = "EXERCISE: this is not a real event."
_SEVERITIES_EN = ("none", "low", "medium", "high", "critical")
_MODALITIES_EN = {
    "kejadian": "reported as fact",
    "dugaan": "alleged",
    "ancaman_potensi": "threat or potential",
    "pencegahan_kegiatan": "prevention or activity",
    "penanganan_hukum": "in the hands of the law",
    "opini": "opinion",
    "tidak_relevan": "not relevant",
}


def cap(items: Iterable[AlertItem], channel: Channel) -> Iterator[bytes]:
    """Yield the CAP message of exactly one alert as UTF-8 XML; InputError for any other number of items.

    An update names every message before it (CAP 1.2, 3.2.1), by the times these had.
    """
    told = only_one(items).told()
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # lxml's own way to say "no prefix"
    sender = sender_of(channel)
    _add(root, "identifier", identifier_of(told))
    _add(root, "sender", sender)
    _add(root, "sent", moment(told.at))
    _add(root, "status", "Exercise" if told.exercise else "Actual")
    _add(root, "msgType", TYPES[told.state])
    _add(root, "source", "Kentongan")
    _add(root, "scope", "Restricted")
    _add(root, "restriction", "Desk Pilkada dan instansi terkait")
    _add(root, "note", _note(told, channel))
    if told.earlier:
        named = (f"{sender},{_name(told.uid, revision)},{moment(at)}" for revision, at in told.earlier)
        _add(root, "references", " ".join(named))
    _add(root, "incidents", f"kejadian:{told.incident_id}")
    words = cap_words(
        signals=told.signals,
        modality=told.modality,
        severity=told.severity,
        urgency=told.urgency,
        verified=told.verified,
        cancelled=told.state == "cancelled",
    )
    _indonesian(_info(root, "id-ID", told, words), told, channel)
    _english(_info(root, "en", told, words), told, channel)
    yield etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def identifier_of(told: Told) -> str:
    """Return the name of this very message: the alert's, with its revision."""
    return _name(told.uid, told.revision)


def sender_of(channel: Channel) -> str:
    """Return the name of the sender, unique for all time: by the domain of the authority."""
    return f"kentongan@{channel.authority}"


def moment(at: datetime) -> str:
    """Return a moment as CAP has it (3.3.2): whole seconds, an offset, never the letter Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def headline_of(told: Told) -> str:
    """Return the headline in as many characters as devices show, with the status, which is never cut off."""
    mark = f" ({told.status})"
    text = told.headline
    room = LONGEST_HEADLINE - len(mark)
    return (text if len(text) <= room else text[: room - 1].rstrip() + "…") + mark


def _note(told: Told, channel: Channel) -> str:
    drill = f"{DRILL} " if told.exercise else ""
    reason = f" {told.reason}." if told.reason else ""
    return f"{drill}Status: {told.status}; {STATE_NAMES[told.state]}.{reason} {line_of(channel.corrections)}"


def _info(root: etree._Element, language: str, told: Told, words: CapWords) -> etree._Element:
    info = _add(root, "info")
    _add(info, "language", language)
    for category in words.categories:
        _add(info, "category", category)
    names = told.signal_names if language == "id-ID" else told.signal_names_en
    _add(info, "event", names[0] if names else "Kerawanan" if language == "id-ID" else "Public-order risk")
    _add(info, "responseType", words.response)
    _add(info, "urgency", words.urgency)
    _add(info, "severity", words.severity)
    _add(info, "certainty", words.certainty)
    for signal in told.signals:
        _pair(info, "eventCode", "kentongan:sinyal", signal)
    if told.event is not None:
        _add(info, "onset", moment(told.event[0]))
    _add(info, "expires", moment(told.at + words.expires_after))
    return info


def _indonesian(info: etree._Element, told: Told, channel: Channel) -> None:
    _add(info, "senderName", line_of(channel.title))
    _add(info, "headline", headline_of(told))
    _add(info, "description", told.body)
    contact = [f"Yang menangani: {', '.join(told.contacts)}"] if told.contacts else []
    contact += [f"koreksi: {line_of(channel.contact)}"] if channel.contact else []
    _rest(info, told, channel, "; ".join(contact), "wilayah di sekitar titik tengahnya, perkiraan")


def _english(info: etree._Element, told: Told, channel: Channel) -> None:
    status = "verified" if told.verified else "NOT VERIFIED"
    level = _SEVERITIES_EN[told.severity]
    names = ", ".join(told.signal_names_en) or "Public-order risk"
    places = "; ".join(f"{place.name} ({place.code})" for place in told.places) or "place not yet known"
    drill = "EXERCISE - " if told.exercise else ""
    gone = "WITHDRAWN - " if told.state == "cancelled" else ""
    where = told.places[0].name if told.places else "place not yet known"
    headline = f"{drill}{gone}[{level.upper()}] {told.signal_names_en[0] if told.signal_names_en else names} - {where}"
    mark = f" ({status})"
    _add(info, "senderName", line_of(channel.title))
    _add(info, "headline", headline[: LONGEST_HEADLINE - len(mark)] + mark)
    lines = [
        *([_DRILL_EN] if told.exercise else []),
        f"Level: {told.severity} ({level}), {told.urgency}. Status: {status}.",
        f"Kind: {names}; {_MODALITIES_EN[told.modality]}.",
        f"Place: {places}.",
        "Time of the event: not known."
        if told.event is None
        else f"Time of the event: {moment(told.event[0])} to {moment(told.event[1])}.",
        f"As reported (Indonesian): “{told.title}”",
        *(f"“{quote}”" for quote in told.quotes),
        f"Independent sources: {told.independent_sources}; articles: {told.spread}, of which copies: {told.copies}.",
        *(f"- {source.outlet}: {source.url or 'no link'}" for source in told.sources),
        *([f"To be handled by: {', '.join(told.contacts)}."] if told.contacts else []),
        f"Revision {told.revision}, {told.state}.",
    ]
    _add(info, "description", "\n".join(lines))
    contact = [f"To be handled by: {', '.join(told.contacts)}"] if told.contacts else []
    contact += [f"corrections: {line_of(channel.contact)}"] if channel.contact else []
    _rest(info, told, channel, "; ".join(contact), "area around its middle, estimated")


def _rest(info: etree._Element, told: Told, channel: Channel, contact: str, around: str) -> None:
    """Add what stands behind the description: link, contact, the machine fields, and the places."""
    if told.link:
        _add(info, "web", told.link)
    if contact:
        _add(info, "contact", contact)
    fields = [
        ("status", told.status),
        ("revisi", str(told.revision)),
        ("modalitas", told.modality),
        ("tingkat", str(told.severity)),
        ("urgensi", told.urgency),
        ("sumber_mandiri", str(told.independent_sources)),
        ("sebaran", str(told.spread)),
        ("salinan", str(told.copies)),
        ("ketentuan", channel.rights_url or line_of(channel.rights)),
    ]
    fields += [("sumber", source.url) for source in told.sources if source.url]
    for name, value in fields:
        _pair(info, "parameter", f"kentongan:{name}", value)
    for place in told.places:
        _area(info, place, around)
    if not told.places:
        _add(_add(info, "area"), "areaDesc", UNPLACED)


def _area(info: etree._Element, place: PlaceLine, around: str) -> None:
    area = _add(info, "area")
    radius = f" ({around}: {place.radius_km:g} km)" if place.point and place.radius_km else ""
    _add(area, "areaDesc", f"{place.name}{radius}")
    if place.point and place.radius_km:
        # No boundary is known: a circle that covers the unit. A radius of 0 would claim a spot, so without a radius
        # the codes alone say where.
        _add(area, "circle", f"{place.point[0]:.5f},{place.point[1]:.5f} {place.radius_km:g}")
    _pair(area, "geocode", "Kemendagri", place.code)
    if place.bps:
        _pair(area, "geocode", "BPS", place.bps)


def _pair(parent: etree._Element, tag: str, name: str, value: str) -> None:
    pair = _add(parent, tag)
    _add(pair, "valueName", name)
    _add(pair, "value", value)


def _add(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    if text is not None:
        element.text = text
    return element


def _name(uid: str, revision: int) -> str:
    """Return an identifier without the spaces, commas and markup that CAP forbids there (3.2.1)."""
    plain = "".join(letter if letter not in " ,<&" else "-" for letter in uid)
    return f"{plain}.{revision}"
