"""The mail server that an operator set, and under whose name mails are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from data.errors import InputError, SettingsError
from feeds.channels.mail import Letterhead
from feeds.channels.post_office import MailServer

if TYPE_CHECKING:
    from feeds.channels.post_office import Security
    from flows.settings import Settings

SERVER_WHERE: Final = "KENTONGAN_MAIL_SERVER"
FROM_WHERE: Final = "KENTONGAN_MAIL_FROM"
SCHEMES: Final[dict[str, tuple[Security, int]]] = {
    "smtps": ("tls", 465),
    "smtp": ("starttls", 587),
    "smtp+plain": ("none", 25),
}
"""How each kind of mail server is asked, and on which port unless the URL has one (RFC 8314)."""
_NAMED: Final = re.compile(r"([^<>\"]*)<([^<>]*)>")
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def mail_server_of(settings: Settings) -> MailServer | None:
    """Return the mail server that is set, None where none is; SettingsError says what would be right."""
    if not settings.mail_server:
        return None
    try:
        parts = urlsplit(settings.mail_server)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if host is None or parts.scheme not in SCHEMES or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise SettingsError(
            "written as smtps://user:password@host or smtp://user:password@host:587", where=SERVER_WHERE
        )
    security, usual = SCHEMES[parts.scheme]
    if security == "none" and host not in LOOPBACK | settings.allow_private_hosts:
        raise SettingsError(
            "smtp+plain:// is for this machine and for hosts in KENTONGAN_ALLOW_PRIVATE_HOSTS; take smtps:// or smtp://",
            where=SERVER_WHERE,
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise SettingsError("user and password of a mail server are ASCII", where=SERVER_WHERE)
    helo = settings.mail_from.rpartition("@")[2].strip("> ") or "localhost"
    return MailServer(host, port or usual, security, user, password, helo)


def letterhead_of(settings: Settings) -> Letterhead | None:
    """Return under whose name mails are written, None where nothing is set; SettingsError says what would be right."""
    if not settings.mail_from:
        if settings.mail_server:
            raise SettingsError("a mail server needs an address to write from", where=FROM_WHERE)
        return None
    found = _NAMED.fullmatch(settings.mail_from.strip())
    name, address = (found[1], found[2]) if found else ("", settings.mail_from.strip())
    try:
        return Letterhead(address, name.strip() or settings.office, settings.tag_authority)
    except InputError as error:
        raise SettingsError('written as name@domain or "Desk Pilkada <name@domain>"', where=FROM_WHERE) from error
