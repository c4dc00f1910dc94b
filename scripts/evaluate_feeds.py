"""Feeds against what others say is right: OASIS's schema of CAP, and the cases of the W3C feed validator.

Our Atom, RSS and CAP are written for alerts that are made up, hostile ones among them. The schema and the cases are
other people's and stay beside the checkout. The validator is not run: its cases tell of each small document what it
must report, so they show whether our own rules (tests/feeds/feed_rules.py) see what it sees, in the elements that our
feeds have.
"""

from __future__ import annotations

import re
import sys
import tarfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import feedparser
from bench_feeds import CHANNEL, items
from figures import Figure
from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feeds import FORMATS
from tests.feeds.feed_rules import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.records import AlertState
    from feeds.items import AlertItem

HOSTILE = (
    "Posko \x00\x08dibakar\ud800 \ufffe\uffff",
    "Massa \U0001f525 di TPS\u202e7002 dab\u2069",
    "]]><script>alert(1)</script>&amp;&lt;b>",
    "x" * 10_000,
    "",
)
LEAST_AGREEMENT = 0.9
MANY = 10_000
OURS = re.compile(r"\"([A-Z][A-Za-z0-9]+)\"")
"""How the rules write the names of faults."""
FOLDERS = ("atom/", "rss20/", "ext/fh/")
NOT_OURS = re.compile(
    r"cloud|image|textinput|skiphours|skipdays|enclosure|item-source|xml-base|content-src|svg|trackback"
    r"|4\.2\.11/(multiple|source)|license|invalid-namespace|in_known_namespace|core_namespace",
    re.IGNORECASE,
)
"""Cases of elements, attributes and namespaces that no feed of ours has."""
EXPECTED = re.compile(r"Expect:\s*(!?)([A-Za-z0-9]+)")


def alerts() -> Iterator[AlertItem]:
    """Yield alerts of every state, urgency, modality and level, verified or not, some without place or source."""
    states: tuple[AlertState, ...] = ("raised", "updated", "cancelled")
    for number, item in enumerate(items(210)):
        title = HOSTILE[number % len(HOSTILE)] if number % 3 == 0 else item.incident.title
        alert = replace(
            item.alert,
            state=states[number % 3],
            verified=bool(number % 2),
            exercise=number % 7 == 0,
            reason=HOSTILE[number % len(HOSTILE)] if number % 5 == 0 else "",
        )
        incident = replace(
            item.incident,
            title=title,
            severity=number % 5,
            urgency=list(type(item.incident.urgency))[number % 4],
            modality=list(type(item.incident.modality))[number % 7],
            event_time=None if number % 4 == 0 else item.incident.event_time,
        )
        yield replace(
            item,
            alert=alert,
            incident=incident,
            earlier=(item.alert,) if number % 3 else (),
            places=() if number % 6 == 0 else item.places,
            sources=() if number % 8 == 0 else item.sources,
        )


def evaluate(shared: Path) -> list[Figure]:
    """Return how many CAP messages hold by the schema, and how far our rules agree with the validator's cases."""
    schema = etree.XMLSchema(etree.parse(str(shared / "data" / "cap" / "CAP-v1.2.xsd")))
    samples = list(alerts())
    wrong = 0
    for item in samples:
        message = etree.fromstring(FORMATS["cap"].write([item], CHANNEL))
        if not schema.validate(message):
            wrong += 1
            print(f"CAP of {item.alert.uid}: {schema.error_log}", file=sys.stderr)
    figures = [Figure("feeds.cap.wrong_by_schema", wrong, "messages", len(samples), most=0)]
    for name in ("atom", "rss", "cap-index"):
        found = faults(FORMATS[name].write(samples, CHANNEL)) - {"ContainsUndeclaredHTML"}
        print(f"{name}: {', '.join(sorted(found)) or 'keeps every rule'}")
        figures.append(Figure(f"feeds.{name}.faults", len(found), "rules", len(samples), most=0))
        read = feedparser.parse(FORMATS[name].write(items(MANY), CHANNEL))
        lost = MANY - len({entry.id for entry in read.entries})
        figures.append(Figure(f"feeds.{name}.odd_to_feedparser", float(read.bozo) + lost, "of the feed", MANY, most=0))
    return figures + agreement(shared / "data" / "feeds" / "feedvalidator" / "testcases.tar.xz")


def agreement(archive: Path) -> list[Figure]:
    """Return the share of the validator's cases of Atom, RSS 2.0 and RFC 5005 that our rules see alike."""
    root = Path(__file__).resolve().parent.parent
    ours = set(OURS.findall((root / "tests" / "feeds" / "feed_rules.py").read_text(encoding="utf-8")))
    seen: Counter[tuple[str, bool]] = Counter()
    with tarfile.open(archive) as cases:
        for member in cases:
            kind = member.name.removeprefix("./").removeprefix("testcases/")
            if (
                not member.isfile()
                or not kind.endswith(".xml")
                or not kind.startswith(FOLDERS)
                or NOT_OURS.search(kind)
            ):
                continue
            file = cases.extractfile(member)
            document = file.read() if file else b""
            expected = EXPECTED.search(document.decode("utf-8", "replace"))
            if expected is None or expected[2] not in ours:
                continue
            wanted = not expected[1]
            if not wanted and expected[2].startswith("Missing"):
                continue  # the cases are fragments that lack other things; the name does not tell of which it speaks
            right = (expected[2] in faults(document)) is wanted
            if not right:
                print(f"  {kind}: {'misses' if wanted else 'wrongly sees'} {expected[2]}")
            seen["fault" if wanted else "no fault", right] += 1
    figures = []
    for what in ("fault", "no fault"):
        count = seen[what, True] + seen[what, False]
        share = seen[what, True] / count
        name = f"feeds.validator_cases.{what.replace(' ', '_')}"
        figures.append(Figure(name, share, "seen alike", count, least=LEAST_AGREEMENT))
    return figures
