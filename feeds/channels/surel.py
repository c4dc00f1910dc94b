"""Alerts by mail: handed to the office's own server, which then answers for them."""

from __future__ import annotations

import re
import smtplib
import ssl
from typing import TYPE_CHECKING, Final, Literal

from data.delivering import Receipt
from data.errors import InputError
from feeds.channels.mail import check_address, mail_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.delivering import Message, Recipient
    from feeds.channels import SendingTools
    from feeds.channels.mail import Letterhead
    from feeds.channels.post_office import PostOffice

_ENHANCED: Final = re.compile(r"\s*(\d\.\d{1,3}\.\d{1,3})\b")
_FOR_GOOD: Final = 500
NO_SERVER: Final = "no mail server is set; set KENTONGAN_MAIL_SERVER and KENTONGAN_MAIL_FROM"


class MailSender:
    """Sends mails through a post office, under a letterhead; without either nothing is sent, and everything waits."""

    def __init__(
        self, post_office: PostOffice | None, letterhead: Letterhead | None, *, clock: Callable[[], datetime]
    ) -> None:
        self._post_office = post_office
        self._letterhead = letterhead
        self._clock = clock

    async def send(self, message: Message, recipient: Recipient) -> Receipt:
        """Hand a mail in once; see `feeds.channels.Sender`. Delivered is what the server has taken."""
        if self._post_office is None or self._letterhead is None:
            return Receipt("retry", NO_SERVER)
        try:
            mail = mail_of(message, recipient, self._letterhead, self._clock())
        except InputError as error:
            return Receipt("refused", str(error))
        try:
            await self._post_office.post(self._letterhead.address, recipient.target, mail.as_bytes())
        except (OSError, smtplib.SMTPException) as error:
            return judged(error)
        return Receipt("delivered", "taken by the mail server")


def sender(tools: SendingTools) -> MailSender:
    """Return what sends mails."""
    return MailSender(tools.post_office, tools.letterhead, clock=tools.clock)


def check(target: str, plain_hosts: frozenset[str] = frozenset()) -> None:  # noqa: ARG001 - the same of all channels
    """Refuse what is not one plain address: InputError."""
    check_address(target)


def judged(error: OSError | smtplib.SMTPException) -> Receipt:
    """Return what a failure means (RFC 5321, 4.2.1): 4xx is for now, 5xx about this mail or address for good.

    What concerns the server as a whole (it cannot be reached, it does not take our login, it offers no TLS) is for now:
    the operator mends that, and no mail may be lost by it.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return _answered(code, words, "address")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Receipt("retry", f"the mail server does not take our login ({error.smtp_code})")
    if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError):
        return Receipt("retry", f"the mail server turned us away ({error.smtp_code})")
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _answered(error.smtp_code, error.smtp_error, "sender")
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(error.smtp_code, error.smtp_error, "mail")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Receipt("retry", "the mail server offers no TLS or no login; nothing is sent without what is set")
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Receipt("retry", "the mail server closed the connection before it had taken the mail")
    if isinstance(error, TimeoutError):
        return Receipt("retry", "the mail server was too slow")
    if isinstance(error, ssl.SSLError):
        why = getattr(error, "verify_message", "") or error.reason or "TLS"
        return Receipt("retry", f"the secure connection failed: {why}")
    return Receipt("retry", "no connection to the mail server")


def _answered(code: int, words: bytes | str, what: Literal["address", "sender", "mail"]) -> Receipt:
    """Return the receipt of a reply; its own words stay out, for they name addresses."""
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else words
    found = _ENHANCED.match(text)
    shown = f"{code} {found[1]}" if found else f"{code}"
    if what == "sender":  # ours to mend
        return Receipt("retry", f"the mail server does not take our sender ({shown})")
    noun = "address" if what == "address" else "mail"
    if code >= _FOR_GOOD:
        return Receipt("refused", f"the mail server refuses the {noun} ({shown})")
    return Receipt("retry", f"the mail server does not take the {noun} now ({shown})")
