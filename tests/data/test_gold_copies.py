"""The pairs that were read hold numbers and verdicts and no text; each made-up release has its spun copy and its rival."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "data" / "gold" / "copies"
VERDICTS = {"copy", "other_text", "different"}
FIELDS = {"corpus", "first", "second", "kind", "likeness", "across_publishers", "verdict"}
SECOND = "second_reader"
"""Only where a second reader read the pair."""


def rows(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def test_pairs_are_numbers_and_verdicts_only_and_each_is_there_once() -> None:
    pairs = rows("pairs.jsonl")
    assert len(pairs) >= 100
    assert all(set(pair) - {SECOND} == FIELDS and pair["verdict"] in VERDICTS for pair in pairs)
    seconds = [pair[SECOND] for pair in pairs if SECOND in pair]
    assert len(seconds) == 100
    assert set(seconds) <= VERDICTS
    assert all(
        isinstance(pair[end], str) and len(str(pair[end])) == 12 for pair in pairs for end in ("first", "second")
    )
    assert len({(pair["corpus"], pair["first"], pair["second"]) for pair in pairs}) == len(pairs)
    assert all(str(pair["first"]) < str(pair["second"]) for pair in pairs)


def test_every_release_has_a_spun_copy_and_another_report() -> None:
    kinds: dict[object, set[object]] = defaultdict(set)
    for row in rows("spun.jsonl"):
        assert row["made_up"] is True
        assert row["title"]
        kinds[row["family"]].add(row["kind"])
    assert kinds
    assert all(found == {"rilis", "putaran", "laporan_lain"} for found in kinds.values())
