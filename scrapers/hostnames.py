"""Host names as the web writes them: read as a browser reads them, and who registered them."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import unquote

import idna
from tld import get_fld

WITHOUT_CERTIFICATES = frozenset({"test", "localhost", "local", "internal", "invalid", "example", "lan", "home"})
"""Last labels for which no public certificate exists (RFC 2606, 6761, 6762, 9476): their identity is ``http:``."""

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NO_NAME = "its host is no name"
_NO_ADDRESS = "its host is no address"


def read_host(text: str) -> tuple[str, bool]:
    """Return a URL's host in normal form, and whether it is an address in a form that nobody means honestly.

    Names come in lower case and ASCII (IDNA, UTS 46) and without a dot at their end, IPv4 addresses of any form
    (decimal, octal, hexadecimal, short) dotted, IPv6 addresses without their brackets. Raises ValueError with a
    sentence where ``text`` is no host.
    """
    if text.startswith("[") and text.endswith("]"):
        try:
            address = ipaddress.IPv6Address(text[1:-1])
        except ValueError as error:
            raise ValueError("its host is no IPv6 address") from error
        if address.scope_id is not None:
            raise ValueError("its host is an address of one machine's link")
        return str(address), False
    try:
        mapped = idna.uts46_remap(unquote(text, errors="strict"), std3_rules=False)
    except (idna.IDNAError, UnicodeDecodeError) as error:
        raise ValueError(_NO_NAME) from error
    mapped = mapped.removesuffix(".").lower()
    if not mapped or len(mapped) > 253:
        raise ValueError(_NO_NAME)
    labels = mapped.split(".")
    if _looks_numeric(labels[-1]):
        return _ipv4(labels)
    return ".".join(map(_label, labels)), False


def _label(label: str) -> str:
    if not label.isascii():
        try:
            label = idna.alabel(label).decode("ascii")
        except idna.IDNAError as error:
            raise ValueError(_NO_NAME) from error
    # Underscores are no letters of host names, but blogs have them and resolvers answer.
    if not _LABEL.fullmatch(label):
        raise ValueError(_NO_NAME)
    return label


def _looks_numeric(label: str) -> bool:
    return bool(re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", label))


def _ipv4(labels: list[str]) -> tuple[str, bool]:
    """Read an IPv4 address in any of the forms that resolvers take, and tell whether it was another than the usual."""
    numbers = [_number(label) for label in labels]
    *high, last = numbers
    if len(numbers) > 4 or any(number > 255 for number in high) or last >= 256 ** (5 - len(numbers)):
        raise ValueError(_NO_ADDRESS)
    value = last + sum(number << (8 * (3 - place)) for place, number in enumerate(high))
    address = str(ipaddress.IPv4Address(value))
    return address, address != ".".join(labels)


def _number(label: str) -> int:
    if not _looks_numeric(label) or len(label) > 40:
        raise ValueError(_NO_ADDRESS)
    base, digits = (16, label[2:]) if label[:2] == "0x" else (8, label) if label[0] == "0" else (10, label)
    try:
        return int(digits or "0", base)
    except ValueError as error:
        raise ValueError(_NO_ADDRESS) from error


def is_address(host: str) -> bool:
    """Return whether ``host`` (in normal form) is an IP address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def has_no_certificate(host: str) -> bool:
    """Return whether no public certificate can exist for ``host``."""
    return "." not in host or is_address(host) or host.rpartition(".")[2] in WITHOUT_CERTIFICATES


@lru_cache(maxsize=16_384)
def registrable_domain(host: str) -> str:
    """Return the part of ``host`` that somebody registered: ``sumbar.kpu.go.id`` -> ``kpu.go.id``.

    By the public suffix list with its private part (each ``*.blogspot.com`` is a site of its own). A name under no
    known suffix counts by its last two labels; an IP address is itself.
    """
    host = host.lower().rstrip(".")
    if is_address(host):
        return host
    known = get_fld(f"http://{host}/", fail_silently=True, search_private=True)
    return known or ".".join(host.split(".")[-2:])
