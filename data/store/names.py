"""Whether two addresses are of one site: only there may a page say that its real name is another one."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from tld import get_fld

SAME_SITE_LABELS = frozenset({"www", "m", "amp", "mobile", "wap"})
"""First labels under which sites serve the same pages to another screen."""


def host_of(url: str) -> str:
    """Return the host of a URL in lower case, without a label that only names another screen; "" where it has none."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
    first, _, rest = host.partition(".")
    return rest if first in SAME_SITE_LABELS and "." in rest else host


def same_site(one: str, other: str) -> bool:
    """Return whether two URLs have one host, or hosts under one registered domain (``padang.x.co.id``, ``x.co.id``)."""
    first, second = host_of(one), host_of(other)
    return bool(first) and (first == second or _site(first) == _site(second))


def is_root(url: str) -> bool:
    """Return whether a URL is a site's front page: never the name of one article, whatever a template declares."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path in {"", "/"} and not parts.query


def _site(host: str) -> str:
    """Return the registered domain of a host; for a made-up ending its last two labels, for an address the whole."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        registered = get_fld(f"http://{host}", fail_silently=True, search_private=True)
        return registered if isinstance(registered, str) else ".".join(host.split(".")[-2:])
    return host
