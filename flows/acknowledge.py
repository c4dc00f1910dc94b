"""Links by which whoever was sent a message says that they have it, and what is kept of that.

A link holds a token of 256 bits; the store has its hash alone. It asks for no login: who got the message may answer it.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final

from data.delivering import Acknowledgement
from data.errors import InputError, UnknownItemError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.delivering import Recipient
    from data.store import Store
    from feeds.items import AlertItem

PATH: Final = "terima/"
"""Where the desk answers, below its address."""

LONGEST_NOTE: Final = 500
SAID: Final = "peringatan_diterima"
"""What stands in the audit log, by the recipient's name."""


def links(store: Store, desk_url: str, clock: Callable[[], datetime]) -> Callable[[AlertItem, Recipient], str]:
    """Return what makes the link of a recipient about an incident; it makes none ("") where ``desk_url`` is empty."""

    def link(item: AlertItem, recipient: Recipient) -> str:
        if not desk_url:
            return ""
        token = secrets.token_urlsafe(32)
        kept = Acknowledgement(hash_of(token), item.incident.id, recipient.id, clock())
        store.acknowledgements.put(kept)
        return f"{desk_url.rstrip('/')}/{PATH}{token}"

    return link


def hash_of(token: str) -> str:
    """Return under what a token is kept: its SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def of_token(store: Store, token: str) -> Acknowledgement:
    """Return what a link stands for; UnknownItemError where it was never sent out."""
    found = store.acknowledgements.get(hash_of(token))
    if found is None:
        raise UnknownItemError("link", f"{token[:4]}…", hint="open it from the message as it came")
    return found


def acknowledge(store: Store, token: str, note: str, now: datetime) -> Acknowledgement:
    """Keep that whoever has the link has the message, with what they wrote; the first time counts.

    Raises UnknownItemError for a link that was never sent out, InputError for a note that is too long.
    """
    said = " ".join(note.split())
    if len(said) > LONGEST_NOTE:
        raise InputError(f"a note here has at most {LONGEST_NOTE} characters")
    with store.transaction():
        found = of_token(store, token)
        if store.acknowledgements.acknowledge(found.token_hash, now, said):
            name = store.recipients.names().get(found.recipient_id, "?")
            detail = {"catatan": said} if said else {}
            store.audit.add(name, SAID, f"kejadian/{found.incident_id}", now, detail)
    return of_token(store, token)
