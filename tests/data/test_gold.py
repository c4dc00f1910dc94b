"""The made-up labelled examples: they parse, keep the labelling rules, and no two are near copies."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.gazetteer import load_gazetteer
from data.records import WATCHED, Modality
from data.taxonomy import load_taxonomy

GOLD = Path(__file__).resolve().parents[2] / "data" / "gold"
FILES = sorted(GOLD.glob("*.jsonl"))
REQUIRED = {"id", "title", "text", "signals", "signals_optional", "modality", "negasi", "historis"}
SPREAD = ("politik_uang", "netralitas_aparatur", "penyalahgunaan_wewenang", "pelanggaran_kampanye", "data_pemilih",
          "logistik_tps", "integritas_penyelenggara", "sengketa_tahapan")  # fmt: skip
RUN = 5
COPY = 0.3


def entries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def everything() -> list[dict[str, Any]]:
    return [entry for path in FILES for entry in entries(path)]


def runs(text: str) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def test_there_are_examples_of_every_file_that_is_named_in_the_card() -> None:
    card = (GOLD / "CARD.md").read_text(encoding="utf-8")
    assert FILES
    assert [path.name for path in FILES if path.name not in card] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_line_is_a_labelled_article_with_known_labels(path: Path) -> None:
    known = set(load_taxonomy().slugs)
    for entry in entries(path):
        assert set(entry) >= REQUIRED, entry["id"]
        assert all(entry[name].strip() for name in ("title", "text")), entry["id"]
        assert set(entry["signals"]) <= known, entry["id"]
        assert set(entry["signals_optional"]) <= known - set(entry["signals"]), entry["id"]
        assert entry["modality"] in set(Modality), entry["id"]
        assert entry["made_up"] is True, entry["id"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_labelling_rules_hold(path: Path) -> None:
    for entry in entries(path):
        modality, severity = Modality(entry["modality"]), entry.get("severity", 0)
        if modality is Modality.TIDAK_RELEVAN:
            assert (entry["signals"], severity) == ([], 0), entry["id"]
        if modality in WATCHED:
            assert entry["signals"], f"{entry['id']}: a watched modality speaks of a signal"
        if modality in {Modality.PENCEGAHAN_KEGIATAN, Modality.OPINI}:
            assert severity in {0, 1}, entry["id"]
        if modality is Modality.PENANGANAN_HUKUM and entry["negasi"]:
            assert severity == 0, f"{entry['id']}: an authority found nothing"
        if entry["historis"]:
            assert severity == 0, f"{entry['id']}: an old event has no severity"
        assert severity in range(4 if modality is not Modality.KEJADIAN else 5), entry["id"]


def test_no_id_is_given_twice() -> None:
    ids = [entry["id"] for entry in everything()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", [path for path in FILES if "_" in path.stem], ids=lambda path: path.name)
def test_places_dates_and_lengths_are_real_where_they_are_given(path: Path) -> None:
    gazetteer = load_gazetteer()
    for entry in entries(path):
        if "published" not in entry:
            continue
        assert date(2015, 1, 1) < date.fromisoformat(entry["published"]) < date(2026, 1, 1), entry["id"]
        assert 38 <= len(entry["text"].split()) <= 165, entry["id"]
        for place in entry["event_places"] + entry["other_places"]:
            assert place["code"] in gazetteer, f"{entry['id']}: {place}"


def test_rare_signals_are_seen_in_every_modality() -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for entry in everything():
        for signal in entry["signals"]:
            seen[signal].add(entry["modality"])
    assert {signal: set(Modality) - {Modality.TIDAK_RELEVAN} - seen[signal] for signal in SPREAD} == {
        signal: set() for signal in SPREAD
    }


def test_no_two_examples_are_near_copies() -> None:
    holders: dict[str, list[int]] = defaultdict(list)
    all_runs = [runs(f"{entry['title']} {entry['text']}") for entry in everything()]
    close = []
    for number, own in enumerate(all_runs):
        shared: dict[int, int] = defaultdict(int)
        for run in own:
            for other in holders[run]:
                shared[other] += 1
            holders[run].append(number)
        close += [(number, other) for other, count in shared.items()
                  if count >= COPY * (len(own) + len(all_runs[other]) - count)]  # fmt: skip
    assert close == []
