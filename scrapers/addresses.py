"""Addresses: which may be connected to, and what a host's name leads to, looked up once and vetted.

A name is looked up here and nowhere else, and the address that was vetted is the one that is connected to: a name
that changes its mind between look and connect (DNS rebinding) gains nothing. One bad address among good ones refuses
the whole host; no honest site has one.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from data.errors import FetchError, RefusedAddressError
from data.outcomes import Outcome
from scrapers.hostnames import is_address
from scrapers.urls import DEFAULT_PORTS, Url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

REMEMBER_S = 300.0
"""Seconds that a look-up is kept: the usual life of a record at the DNS hosts that news sites use."""

MOST_REMEMBERED = 10_000

_REFUSED_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # carrier-grade NAT; 100.100.100.200 is a cloud's metadata
            "127.0.0.0/8",
            "168.63.129.16/32",  # public by number, a cloud's own service by use
            "169.254.0.0/16",  # link-local; 169.254.169.254 is the metadata of most clouds
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)

_ASKED_6 = ipaddress.IPv6Network("2000::/3")
"""All that is given out for the public net; NAT64, mapped, compatible, unique local and multicast lie outside."""

_REFUSED_6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # Teredo, ORCHID, benchmarking
            "2001:db8::/32",
            "2002::/16",  # 6to4: carries any IPv4 address
            "2620:4f:8000::/48",
            "3fff::/20",
        ),
    )
)


def is_public(address: str) -> bool:
    """Return whether ``address`` (an IP literal) is one of the public net that a news site may have.

    IPv6 forms that carry an IPv4 address inside (mapped, compatible, NAT64, 6to4, Teredo) are refused whatever they
    carry. Text that is no address is not public.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    # The tables are ours because Python's differ between versions, and call NAT64 global.
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not any(ip in network for network in _REFUSED_4)
    return ip.scope_id is None and ip in _ASKED_6 and not any(ip in network for network in _REFUSED_6)


class Resolver(Protocol):
    """What looks up names."""

    async def __call__(self, host: str) -> Sequence[str]:
        """Return the addresses of ``host``, the preferred first; raises OSError where it has none."""


async def system_resolver(host: str) -> Sequence[str]:
    """Return what the machine's own resolver says of ``host``."""
    infos = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in infos))


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a host is connected to: vetted addresses, the preferred first.

    ``port`` is None for the URL's own. ``private`` is True for a host whose operator allowed it by name; such
    addresses were not vetted.
    """

    addresses: tuple[str, ...]
    port: int | None = None
    private: bool = False


class AddressBook:
    """The addresses of hosts, each looked up once in five minutes and vetted before anybody sees it.

    ``allow_private_hosts`` are the only names (or literals) whose addresses are taken as they are; ``connect_to``
    maps some of those to an address and port of their own.
    """

    def __init__(
        self,
        *,
        allow_private_hosts: Iterable[str] = (),
        connect_to: Mapping[str, tuple[str, int]] | None = None,
        resolver: Resolver | None = None,
        monotonic: Callable[[], float],
    ) -> None:
        self._private = frozenset(allow_private_hosts)
        self._connect_to = dict(connect_to or {})
        stray = set(self._connect_to) - self._private
        if stray:
            raise ValueError(f"{', '.join(sorted(stray))}: connect_to is for hosts in allow_private_hosts")
        self._resolve = resolver or system_resolver
        self._monotonic = monotonic
        self._known: OrderedDict[str, tuple[float, Destination]] = OrderedDict()

    def is_private(self, host: str) -> bool:
        """Return whether ``host`` was allowed by name to have any address."""
        return host in self._private

    def check(self, url: Url) -> None:
        """Refuse what can be refused by its looks: ports that no news site has, addresses written to deceive.

        Raises FetchError (BAD_URL) for a port, RefusedAddressError for an address; does not look anything up.
        """
        if url.odd_host:
            raise _refused(url.host, "an address in a form that hides it")
        if self.is_private(url.host):
            return
        if url.effective_port not in DEFAULT_PORTS.values():
            raise FetchError(Outcome.BAD_URL, str(url), f"port {url.effective_port} is none that a news site has")
        if is_address(url.host) and not is_public(url.host):
            raise _refused(url.host, "not an address of the public net")

    async def destination(self, host: str) -> Destination:
        """Return where to connect for ``host``.

        Raises RefusedAddressError where any of its addresses is not of the public net, FetchError (DNS_ERROR) where
        it has none.
        """
        kept = self._known.get(host)
        if kept is not None and kept[0] > self._monotonic():
            return kept[1]
        found = await self._look_up(host)
        self._known[host] = (self._monotonic() + REMEMBER_S, found)
        self._known.move_to_end(host)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return found

    async def _look_up(self, host: str) -> Destination:
        private = self.is_private(host)
        if host in self._connect_to:
            address, port = self._connect_to[host]
            return Destination((address,), port, private=True)
        if is_address(host):
            addresses: Sequence[str] = (host,)
        else:
            try:
                addresses = await self._resolve(host)
            except (OSError, UnicodeError) as error:
                raise FetchError(Outcome.DNS_ERROR, host, f"the name does not resolve: {error}") from error
        if not addresses:
            raise FetchError(Outcome.DNS_ERROR, host, "the name has no address")
        if not private:
            for address in addresses:
                if not is_public(address):
                    raise _refused(host, f"{address} is not an address of the public net")
        return Destination(tuple(addresses), private=private)


def _refused(host: str, why: str) -> RefusedAddressError:
    return RefusedAddressError(Outcome.REFUSED_ADDRESS, host, why)
