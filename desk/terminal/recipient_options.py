"""The options by which a person says what a recipient of alerts is sent, and when."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from desk.hours import span_of, times_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.delivering import DeliveryRule

MODES = click.Choice(["segera", "ringkasan"])
URGENCIES = click.Choice(["P1", "P2", "P3", "P4"])


def rule_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command with the options of a rule, each None or () where it was not given."""
    options = (
        click.option(
            "--region", "regions", multiple=True, help='Code of a region, with all below it; repeat ("": all).'
        ),
        click.option("--signal", "signals", multiple=True, help='Slug of a signal; repeat ("": all).'),
        click.option("--urgency", "urgencies", multiple=True, type=URGENCIES, help="Only these urgencies; repeat."),
        click.option("--from-level", type=click.IntRange(0, 4), help="Least severity; 0 and 1 go in digests only."),
        click.option(
            "--unverified/--verified-only",
            "unverified",
            default=None,
            help="Also what no person has verified yet (default: verified only).",
        ),
        click.option("--quiet", help='Hours in which nothing is sent but P1, as 22:00-05:00 ("": none).'),
        click.option(
            "--p1-waits/--p1-breaks-quiet",
            "p1_waits",
            default=None,
            help="Whether P1 waits for the end of quiet hours too.",
        ),
        click.option("--digest", help='Hours of digests, as 06:00,18:00 ("": none).'),
        click.option("--mode", type=MODES, help="At once, or all in digests (default: with --digest ringkasan)."),
        click.option(
            "--most-per-hour", type=click.IntRange(0, 1000), help="Then one summary tells of the rest (0: no limit)."
        ),
        click.option(
            "--escalation",
            "escalations",
            multiple=True,
            type=URGENCIES,
            help="Called when nobody looks at these; repeat.",
        ),
        click.option("--timezone", help="Clock of quiet hours and digests (default: the desk's)."),
        click.option(
            "--exercise/--real", "exercise", default=None, help="For drills: gets exercises, and nothing else."
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def changed_rule(rule: DeliveryRule, given: dict[str, Any]) -> DeliveryRule:
    """Return a rule with what was given on the command line in place of what it said."""
    changed: dict[str, Any] = {}
    for name in ("regions", "signals", "urgencies", "escalations"):
        if given[name]:
            changed[name] = tuple(dict.fromkeys(one.strip() for one in given[name] if one.strip()))
    if given["from_level"] is not None:
        changed["from_level"] = given["from_level"]
    if given["unverified"] is not None:
        changed["unverified"] = given["unverified"]
    if given["p1_waits"] is not None:
        changed["p1_breaks_quiet"] = not given["p1_waits"]
    if given["quiet"] is not None:
        changed["quiet"] = span_of(given["quiet"])
    if given["digest"] is not None:
        changed["digest_at"] = times_of(given["digest"])
        changed["mode"] = "ringkasan" if changed["digest_at"] else "segera"
    if given["mode"] is not None:
        changed["mode"] = given["mode"]
    if given["most_per_hour"] is not None:
        changed["most_per_hour"] = given["most_per_hour"] or None
    return replace(rule, **changed)
