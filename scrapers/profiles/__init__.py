"""What is known of each CMS: one small declarative module per kind, found by its name, recognised by its marks.

``scrapers/profiles/<name>.py`` holds one ``PROFILE``. A source names its profile in the catalogue; "auto" looks at the
page. Selectors are tried in order; none of them is believed blindly (a title still has to agree with what the head
claims, a body still has to hold an article), so an outdated selector costs nothing but its turn.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from data.errors import UnknownItemError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selectolax.lexbor import LexborHTMLParser

AUTOMATIC = frozenset({"", "auto", "generic"})
"""Profile names that mean: look at the page."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One CMS or network of sites.

    All fields but ``name`` and ``family`` hold CSS selectors, tried in order. ``marks`` recognise a page of this kind
    (any one is enough), ``hosts`` are host suffixes that do so as well. ``family`` names the CMS of which this is a
    theme: a source that names the family gets whichever theme its page has. ``drops`` are taken out of the body.
    ``lists`` are found only on listing pages. ``pages`` find the links to an article's further pages.
    """

    name: str
    family: str = ""
    hosts: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    paywall: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


GENERAL = Profile(name="")
"""What is left where no CMS is recognised."""


@cache
def profile_names() -> tuple[str, ...]:
    """Return the names of all profiles, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


@cache
def profile_named(name: str) -> Profile:
    """Return the profile of that name; UnknownItemError tells which there are."""
    if name not in profile_names():
        known = ", ".join(("auto", *profile_names()))
        raise UnknownItemError("site profile", name, hint=f"known are {known}; see docs/how-to-add-a-site.md")
    profile = import_module(f"{__name__}.{name}").PROFILE
    if not isinstance(profile, Profile):
        raise UnknownItemError("site profile", name, hint=f"scrapers/profiles/{name}.py must hold a PROFILE")
    return profile


def profile_for(name: str, url: str, tree: LexborHTMLParser) -> Profile:
    """Return the profile to read a page with: the named one (or the theme of it that the page has), else what fits."""
    if name in AUTOMATIC:
        return recognised(url, tree, None)
    named = profile_named(name)
    return recognised(url, tree, named.family or named.name) if _is_family(named) else named


def _is_family(profile: Profile) -> bool:
    return any(other.family == profile.name for other in map(profile_named, profile_names()))


def recognised(url: str, tree: LexborHTMLParser, family: str | None) -> Profile:
    """Return the profile that fits a page by host or marks; within ``family`` only, where one is given."""
    host = (urlsplit(url).hostname or "").lower()
    profiles = [profile_named(name) for name in profile_names()]
    if family is not None:
        profiles = [profile for profile in profiles if family in {profile.name, profile.family}]
    for profile in profiles:
        if any(host == suffix or host.endswith("." + suffix) for suffix in profile.hosts):
            return profile
    # A theme knows more than the CMS it runs on.
    for profile in sorted(profiles, key=lambda each: each.family in {"", each.name}):
        if any(tree.css_first(mark) is not None for mark in profile.marks):
            return profile
    return GENERAL if family is None else profile_named(family)
