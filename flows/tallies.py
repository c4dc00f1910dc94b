"""A run's tally of one source as a row of a table: the same on the screen, in JSON and in the engine's artifacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.outcomes import Outcome

if TYPE_CHECKING:
    from data.records import Tally

NAMED = {
    "baru": Outcome.BARU,
    "revisi": Outcome.REVISI,
    "tetap": Outcome.TETAP,
    "tak_berubah": Outcome.NOT_MODIFIED,
    "dikenal": Outcome.KNOWN,
    "ditunda": Outcome.DEFERRED,
}
"""The outcomes that have a column of their own; the others are named in ``lain``."""


def tally_row(tally: Tally) -> dict[str, Any]:
    """Return a tally as a row: how the offered URLs ended (they sum up to ``ditawarkan``), then the requests.

    ``permintaan_304`` counts requests that were answered *not modified*, feeds and sitemaps included.
    """
    rest = sorted(
        (str(outcome), count) for outcome, count in tally.counts.items() if outcome not in NAMED.values() and count
    )
    return {
        "sumber": tally.source_id,
        "ditawarkan": tally.offered,
        **{name: tally.counts.get(outcome, 0) for name, outcome in NAMED.items()},
        "lain": ", ".join(f"{word} {count}" for word, count in rest),
        "permintaan": sum(tally.requests.values()),
        "permintaan_304": tally.requests_not_modified,
        "galat": tally.error,
    }
