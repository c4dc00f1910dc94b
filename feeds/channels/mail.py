"""An alert as a mail: plain text with a simple page beside it, which no machine answers and every program can thread.

RFC 5322 with RFC 2045 to 2047; ``Auto-Submitted`` is RFC 3834's, ``List-Id`` RFC 2919's. The Message-ID comes of the
idempotency key: a mail that was sent twice because an answer got lost has it twice, and most servers show it once.
"""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from email.errors import MessageDefect, MessageParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Final

from data.errors import InputError
from feeds.alert_texts import cut
from feeds.reports.content import clean

if TYPE_CHECKING:
    from datetime import datetime

    from data.delivering import Message, Recipient

LONGEST_SUBJECT: Final = 200
_ADDRESS: Final = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[^@\s<>,;:\"()\[\]\\]{1,255}")
_LINK: Final = re.compile(r"https?://[^\s<>\"“”]+")
_TRAILING: Final = ".,;:!?)"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: ``address`` and ``name`` in From, ``authority`` (a domain) in Message-ID and List-Id."""

    address: str
    name: str
    authority: str

    def __post_init__(self) -> None:
        """Refuse what would break a head."""
        check_address(self.address)


def check_address(address: str) -> None:
    """Refuse what is not one plain ASCII address: InputError. What would break a line of the head is not either."""
    why = "an e-mail address is written as name@domain, and only one"
    if not address.isascii() or not address.isprintable() or not _ADDRESS.fullmatch(address):
        raise InputError(why)
    try:
        Address(addr_spec=address)
    except (MessageParseError, MessageDefect) as error:
        raise InputError(why) from error


def message_id(key: str, authority: str) -> str:
    """Return the Message-ID of an idempotency key, the same for all time."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{authority}>"


def mail_of(message: Message, recipient: Recipient, letterhead: Letterhead, at: datetime) -> EmailMessage:
    """Return the mail of a message, written at ``at``; all of it is ASCII on the wire, no line longer than 78.

    Raises InputError for an address that will not do. Whatever breaks lines in the subject is a blank there.
    """
    check_address(recipient.target)
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(_words(letterhead.name), addr_spec=letterhead.address)
    made["To"] = Address(addr_spec=recipient.target)
    made["Subject"] = cut(_words(message.subject), LONGEST_SUBJECT)
    made["Date"] = at
    made["Message-ID"] = message_id(message.key, letterhead.authority)
    earlier = _earlier(message, recipient)
    if earlier:
        ids = [message_id(key, letterhead.authority) for key in earlier]
        made["In-Reply-To"] = ids[-1]
        made["References"] = " ".join(ids)
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"  # what Exchange heeds in place of RFC 3834
    made["List-Id"] = f"Kentongan <peringatan.{letterhead.authority}>"
    if message.exercise:
        made["Keywords"] = "LATIHAN"
    text = "\n".join(clean(line) for line in message.text.split("\n"))
    made.set_content(text, cte="quoted-printable")
    made.add_alternative(page_of(text), subtype="html", cte="quoted-printable")
    return made


def _words(text: str) -> str:
    """Return a text as a line of the head may have it.

    Python's email package decodes what looks like an encoded word (RFC 2047) in a value that is set: one that holds a
    line break would end the line and begin another header. Headlines are anybody's, so none may look like one.
    """
    return clean(text).replace("=?", "= ?")


def _earlier(message: Message, recipient: Recipient) -> list[str]:
    """Return the keys of the messages that this one goes on from: the alert's first, and the one right before."""
    if not message.uid:
        return []
    last = message.revision if message.kind == "escalation" else message.revision - 1
    return [f"{message.uid}.{revision}.{recipient.id}" for revision in sorted({1, last}) if 0 < revision <= last]


def page_of(text: str) -> str:
    """Return a text as a page: a paragraph for each block, web links that can be followed, nothing fetched."""
    blocks = [block for block in text.split("\n\n") if block.strip()]
    paragraphs = "\n".join(f"<p>{'<br>'.join(map(_linked, block.strip().split(chr(10))))}</p>" for block in blocks)
    return f'<!DOCTYPE html>\n<html lang="id"><head><meta charset="utf-8"></head><body>\n{paragraphs}\n</body></html>\n'


def _linked(line: str) -> str:
    pieces, end = [], 0
    for found in _LINK.finditer(line):
        url = found[0].rstrip(_TRAILING)
        pieces.append(html.escape(line[end : found.start()]))
        pieces.append(f'<a href="{html.escape(url)}" rel="noreferrer noopener">{html.escape(url)}</a>')
        end = found.start() + len(url)
    return "".join([*pieces, html.escape(line[end:])])
