"""Saying who is sent alerts, and sending again what was parked; whoever does it stands in the audit log.

What is written there names no target and no key whole.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from data.delivering import Recipient, is_reference
from data.errors import ConflictError, InputError, UnknownItemError
from data.store.recipients import public
from feeds.channels import channel_named
from scrapers.addresses import is_public
from scrapers.hostnames import is_address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from data.delivering import Delivery
    from data.gazetteer import Gazetteer
    from data.store import Store
    from data.taxonomy import Taxonomy

REMOVED: Final = "its recipient was removed"
SECRET_BYTES: Final = 32
"""As long as the digest of SHA-256: a longer key makes HMAC no stronger (RFC 2104, section 3)."""

NEVER_PUBLIC: Final = ("localhost", ".localhost", ".local", ".internal")
"""Names that lead nowhere outside by definition (RFC 6761, RFC 6762, ICANN's .internal)."""


@dataclass(frozen=True, slots=True)
class Checks:
    """What a recipient is checked against; ``private_hosts`` are those that may be private, as an operator said."""

    gazetteer: Gazetteer
    taxonomy: Taxonomy
    private_hosts: frozenset[str] = frozenset()


def made_up_secret() -> str:
    """Return a new key for a webhook."""
    return secrets.token_urlsafe(SECRET_BYTES)


def add_recipient(store: Store, checks: Checks, by: str, recipient: Recipient, now: datetime) -> Recipient:
    """Keep a new recipient (whatever its id) and return it.

    Raises InputError for a name that is taken or a target that nothing is ever sent to, UnknownItemError for a region
    or signal that there is not.
    """
    check(recipient, checks)
    with store.transaction():
        made = store.recipients.add(recipient, by, now)
        store.audit.add(by, "penerima_ditambah", subject_of(made), now, public(made))
    return made


def change_recipient(store: Store, checks: Checks, by: str, recipient: Recipient, now: datetime) -> Recipient:
    """Write a recipient as it is from now on and return it; ``version`` is the one that the person saw.

    What waits for it is sent to where it is now. Raises as `add_recipient`; ConflictError where somebody was faster.
    """
    check(recipient, checks)
    with store.transaction():
        before = _held(store, recipient)
        after = store.recipients.change(recipient, by, now)
        store.audit.add(by, "penerima_diubah", subject_of(after), now, _difference(before, after))
    return after


def set_active(store: Store, by: str, recipient: Recipient, now: datetime, *, active: bool) -> Recipient:
    """Pause a recipient, or go on; what comes meanwhile is kept and told in one summary then. Unchanged if it is so.

    Raises ConflictError where somebody changed it since it was looked at.
    """
    if recipient.active == active:
        return recipient
    with store.transaction():
        _held(store, recipient)
        after = store.recipients.change(replace(recipient, active=active), by, now)
        done = "penerima_dilanjutkan" if active else "penerima_dijeda"
        store.audit.add(by, done, subject_of(after), now)
    return after


def send_trial(store: Store, send: Callable[[str], Delivery], by: str, recipient: Recipient, now: datetime) -> Delivery:
    """Have a recipient sent a message that says only that it arrived, and return what became of it.

    ``send`` takes the recipient's name and ends when the other side has answered: no transaction is held meanwhile.
    """
    done = send(recipient.name)
    store.audit.add(by, "uji_kirim", subject_of(recipient), now, {"hasil": done.state})
    return done


def remove_recipient(store: Store, by: str, recipient: Recipient, now: datetime) -> int:
    """Take a recipient out, its target and key with it, and return how much was still to be sent: that is parked.

    Raises ConflictError where somebody changed it since it was looked at.
    """
    with store.transaction():
        _held(store, recipient)
        store.recipients.remove(recipient.id, by, now)
        waiting = store.deliveries.end_all(recipient.id, REMOVED, now)
        store.audit.add(by, "penerima_dihapus", subject_of(recipient), now, {"tertunda": waiting})
    return waiting


def replay(store: Store, by: str, deliveries: Sequence[Delivery], now: datetime) -> list[Delivery]:
    """Let what was parked go out again, under the keys that it had, and return it as it is then.

    Raises InputError where one is not parked, or its recipient was removed: then nothing is changed.
    """
    again = []
    with store.transaction():
        for one in deliveries:
            recipient = store.recipients.get(one.recipient_id)
            if recipient is None:
                raise InputError(f"the recipient of delivery {one.id} was removed; nothing can be sent to it")
            done = store.deliveries.replay(one.id, now)
            again.append(done)
            store.audit.add(by, "kiriman_diulang", f"kiriman/{done.id}", now, {"penerima": recipient.name})
    return again


def check(recipient: Recipient, checks: Checks) -> None:
    """Refuse a recipient that is meant for a place or signal that there is not, or that nothing is ever sent to."""
    for code in recipient.rule.regions:
        checks.gazetteer.unit(code)  # raises where there is none
    for signal in recipient.rule.signals:
        checks.taxonomy.signal(signal)
    if is_reference(recipient.target):
        return
    channel_named(recipient.channel).check(recipient.target, checks.private_hosts)
    if recipient.channel == "webhook":
        host = (urlsplit(recipient.target).hostname or "").rstrip(".")
        hidden = (
            host.endswith(NEVER_PUBLIC[1:]) or host == NEVER_PUBLIC[0] or (is_address(host) and not is_public(host))
        )
        if hidden and host not in checks.private_hosts:
            raise InputError(
                f'"{host}" is not an address of the public net; for a trial name it in KENTONGAN_ALLOW_PRIVATE_HOSTS'
            )


def subject_of(recipient: Recipient) -> str:
    """Return how the audit log names a recipient."""
    return f"penerima/{recipient.id}"


def _held(store: Store, seen: Recipient) -> Recipient:
    """Return a recipient as it is, which nobody else holds until the transaction ends.

    Raises ConflictError where it is not the version that was seen, UnknownItemError where it was removed.
    """
    held = store.recipients.hold(seen.id)
    if held is None:
        raise UnknownItemError("recipient", seen.id, hint="see kentongan recipient list")
    if held.version != seen.version:
        last = store.recipients.versions(seen.id)[-1]
        raise ConflictError(f'recipient "{held.name}"', by=last["by"], at=last["at"])
    return held


def _difference(before: Recipient, after: Recipient) -> dict[str, Any]:
    was, now = public(before), public(after)
    changed: dict[str, Any] = {key: [was.get(key), value] for key, value in now.items() if was.get(key) != value}
    # What they show of themselves may be the same.
    if before.target != after.target:
        changed["target_diganti"] = True
    if before.secret != after.secret:
        changed["kunci_diganti"] = True
    return changed
