"""One alert as CAP 1.2 (OASIS Common Alerting Protocol), so that it stands beside BMKG's in what BPBD already reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from feeds.items import UNVERIFIED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.records import Alert
    from feeds import Channel
    from feeds.items import AlertItem

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

_CATEGORY = {"bencana_cuaca": "Met", "logistik_tps": "Infra", "hoaks_disinformasi": "Security"}
_SEVERITY = ("Unknown", "Minor", "Moderate", "Severe", "Extreme")
_URGENCY = {"P1": "Immediate", "P2": "Expected", "P3": "Expected", "P4": "Future"}
_TYPE = {"raised": "Alert", "updated": "Update", "cancelled": "Cancel"}


def cap(items: Sequence[AlertItem], channel: Channel) -> bytes:
    """Return the CAP message of exactly one alert as UTF-8 XML; ValueError for any other number of items.

    A press item that nobody has verified is *Possible* at best, never *Observed* (domain dossier, section 2.2).
    """
    if len(items) != 1:
        msg = "a CAP message is about one alert"
        raise ValueError(msg)
    (item,) = items
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # lxml's own way to say "no prefix"
    sender = f"kentongan@{channel.authority}"
    _add(root, "identifier", _identifier(item.alert))
    _add(root, "sender", sender)
    _add(root, "sent", _stamp(item.alert))
    _add(root, "status", "Exercise" if item.alert.exercise else "Actual")
    _add(root, "msgType", _TYPE[item.alert.state])
    _add(root, "source", "Kentongan")
    _add(root, "scope", "Restricted")
    _add(root, "restriction", "Desk Pilkada dan instansi terkait")
    _add(root, "note", f"Status: {item.status}")
    if item.earlier:
        # Each message that this one replaces, by its own time (CAP 1.2, 3.2.1): receivers look for exactly these.
        messages = (f"{sender},{_identifier(alert)},{_stamp(alert)}" for alert in item.earlier)
        _add(root, "references", " ".join(messages))
    info = _add(root, "info")
    _add(info, "language", "id-ID")
    _add(info, "category", _CATEGORY.get(item.incident.signals[0] if item.incident.signals else "", "Security"))
    _add(info, "event", item.signal_names[0] if item.signal_names else "Kerawanan")
    _add(info, "urgency", "Past" if item.alert.state == "cancelled" else _URGENCY[str(item.incident.urgency)])
    _add(info, "severity", _SEVERITY[item.incident.severity])
    _add(info, "certainty", "Possible" if item.status == UNVERIFIED else "Likely")
    _add(info, "senderName", channel.title)
    _add(info, "headline", item.headline[:160])
    _add(info, "description", item.body)
    if item.link:
        _add(info, "web", item.link)
    if item.contacts:
        _add(info, "contact", ", ".join(item.contacts))
    for place in item.places or ():
        area = _add(info, "area")
        _add(area, "areaDesc", place.name)
        if place.point:
            _add(area, "circle", f"{place.point[0]:.5f},{place.point[1]:.5f} 0")
        code = _add(area, "geocode")
        _add(code, "valueName", "Kemendagri")
        _add(code, "value", place.code)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document


def _add(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    if text is not None:
        element.text = text
    return element


def _identifier(alert: Alert) -> str:
    return f"{_plain(alert.uid)}.{alert.revision}"


def _stamp(alert: Alert) -> str:
    return alert.at.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _plain(uid: str) -> str:
    """Return an identifier without the spaces, commas and markup that CAP forbids there (3.2.1)."""
    return "".join(letter if letter not in " ,<&" else "-" for letter in uid)
