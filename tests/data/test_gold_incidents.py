"""The made-up incidents: well formed, in places that exist, invented throughout, and two events never share their words."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from data.gazetteer import Level, level_of, load_gazetteer
from data.records import Modality
from data.taxonomy import load_taxonomy

FOLDER = Path(__file__).resolve().parents[2] / "data" / "gold" / "incidents"
FIELDS = {"id", "incident", "kind", "copy_of", "source", "host", "tier", "title", "text", "published", "place_codes",
          "signals", "modality", "severity", "made_up"}  # fmt: skip
KINDS = ("asli", "laporan_lain", "salinan", "putaran", "tindak_lanjut")
COPIES = {"salinan", "putaran"}
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
RUN = 9
"""Words in a row that two incidents must not share: longer than a name of an office with its place, shorter than a sentence."""
SAME_RELEASE = {frozenset({"k050", "k051"})}
"""Two police releases from one template, on purpose (README)."""


def articles() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / "articles.jsonl").read_text(encoding="utf-8").splitlines()]


def outlets() -> dict[str, dict[str, Any]]:
    return {outlet["id"]: outlet for outlet in json.loads((FOLDER / "outlets.json").read_text(encoding="utf-8"))}


def near_misses() -> list[dict[str, str]]:
    pairs: list[dict[str, str]] = json.loads((FOLDER / "near_misses.json").read_text(encoding="utf-8"))
    return pairs


def by_incident() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for article in articles():
        if article["incident"] is not None:
            found[article["incident"]].append(article)
    return found


def runs(text: str, length: int) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[at : at + length]) for at in range(len(words) - length + 1)}


def regency(code: str) -> str:
    return ".".join(code.split(".")[:2])


def test_every_line_is_a_whole_article_with_an_id_of_its_own() -> None:
    entries = articles()
    assert len({entry["id"] for entry in entries}) == len(entries)
    for entry in entries:
        assert set(entry) - {"note"} == FIELDS, entry["id"]
        assert entry["kind"] in KINDS, entry["id"]
        assert entry["made_up"] is True, entry["id"]
        assert entry["title"].strip(), entry["id"]
        assert len(entry["text"].split()) >= 25, entry["id"]
        assert datetime.fromisoformat(entry["published"]).utcoffset() is not None, entry["id"]


def test_labels_are_those_of_the_taxonomy_and_places_those_of_the_gazetteer() -> None:
    known = set(load_taxonomy().slugs)
    gazetteer = load_gazetteer()
    for entry in articles():
        assert set(entry["signals"]) <= known, entry["id"]
        assert entry["modality"] in set(Modality), entry["id"]
        assert 0 <= entry["severity"] <= 4, entry["id"]
        assert entry["place_codes"], entry["id"]
        assert [code for code in entry["place_codes"] if code not in gazetteer] == [], entry["id"]
        if entry["incident"] is not None:
            assert entry["signals"], entry["id"]


def test_a_copy_follows_an_article_of_its_own_incident_and_nothing_else_names_one() -> None:
    entries = {entry["id"]: entry for entry in articles()}
    for entry in entries.values():
        if entry["kind"] in COPIES:
            copied = entries[entry["copy_of"]]
            assert copied["incident"] == entry["incident"] is not None, entry["id"]
            assert copied["kind"] not in COPIES, entry["id"]
            assert datetime.fromisoformat(copied["published"]) < datetime.fromisoformat(entry["published"]), entry["id"]
        else:
            assert entry["copy_of"] is None, entry["id"]


def test_a_copy_keeps_its_sources_words_and_a_spun_one_does_not() -> None:
    entries = {entry["id"]: entry for entry in articles()}
    for entry in entries.values():
        if entry["kind"] not in COPIES:
            continue
        own, source = runs(entry["text"], 3), runs(entries[entry["copy_of"]]["text"], 3)
        kept = len(own & source) / len(own)
        assert (kept >= 0.85) if entry["kind"] == "salinan" else (kept <= 0.55), (entry["id"], kept)


def test_the_counts_are_those_the_readme_claims() -> None:
    claimed = dict(re.findall(r"^- (\w+): (\d+)$", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    entries = articles()
    counted = Counter(entry["kind"] for entry in entries if entry["incident"] is not None)
    counted["tanpa_insiden"] = sum(entry["incident"] is None for entry in entries)
    counted["articles"] = len(entries)
    counted["incidents"] = len(by_incident())
    counted["near_misses"] = len(near_misses())
    assert {name: int(count) for name, count in claimed.items()} == dict(counted)


def test_the_set_is_as_large_and_as_varied_as_the_measure_needs() -> None:
    entries = articles()
    incidents = by_incident()
    kinds = Counter(entry["kind"] for entry in entries if entry["incident"] is not None)
    places = {code for members in incidents.values() for entry in members for code in entry["place_codes"]}
    sizes = [len(members) for members in incidents.values()]
    assert len(entries) >= 330
    assert len(incidents) >= 100
    assert sum(entry["incident"] is None for entry in entries) >= 40
    assert kinds["salinan"] >= 60
    assert kinds["putaran"] >= 40
    assert kinds["laporan_lain"] >= 60
    assert kinds["tindak_lanjut"] >= 50
    assert len({regency(code) for code in places if level_of(code) >= Level.KABKOTA}) >= 45
    assert len({code[:2] for code in places}) >= 20
    assert {signal for members in incidents.values() for entry in members for signal in entry["signals"]} == set(
        load_taxonomy().slugs
    )
    assert len({entry["modality"] for entry in entries}) >= 5
    assert sum(size == 1 for size in sizes) >= 20
    assert sum(size >= 8 for size in sizes) >= 10
    assert max(sizes) <= 14


def test_an_incident_begins_with_an_original_and_its_follow_ups_come_later() -> None:
    for name, members in by_incident().items():
        first = min(members, key=lambda entry: datetime.fromisoformat(entry["published"]))
        assert first["kind"] == "asli", name
        assert sum(entry["kind"] == "asli" for entry in members) == 1, name


def test_no_text_is_told_of_two_incidents_and_no_long_run_of_words_is_shared() -> None:
    homes: dict[str, set[str]] = defaultdict(set)
    for entry in articles():
        if entry["incident"] is not None:
            for run in runs(entry["text"], RUN):
                homes[run].add(entry["incident"])
    shared = {run: names for run, names in homes.items() if len(names) > 1 and names not in SAME_RELEASE}
    assert shared == {}


def test_near_misses_are_two_incidents_of_one_signal_within_two_days() -> None:
    incidents = by_incident()
    pairs = near_misses()
    assert len({frozenset((pair["first"], pair["second"])) for pair in pairs}) == len(pairs) >= 25
    neighbours = 0
    for pair in pairs:
        first, second = (
            min(incidents[pair[side]], key=lambda entry: str(entry["published"])) for side in ("first", "second")
        )
        apart = abs(datetime.fromisoformat(first["published"]) - datetime.fromisoformat(second["published"]))
        assert apart.total_seconds() <= 2 * 86400, pair
        assert set(first["signals"]) & set(second["signals"]), pair
        neighbours += regency(first["place_codes"][0]) == regency(second["place_codes"][0])
    assert neighbours >= 25


def test_outlets_are_invented_and_every_article_is_of_one() -> None:
    known = outlets()
    gazetteer = load_gazetteer()
    for outlet in known.values():
        assert outlet["host"].endswith((".test", ".example")), outlet["id"]
        assert outlet["network"].endswith((".test", ".example")), outlet["id"]
        assert all(code in gazetteer for code in (*outlet["provinces"], *outlet["regencies"])), outlet["id"]
    for entry in articles():
        outlet = known[entry["source"]]
        assert (entry["host"], entry["tier"]) == (outlet["host"], outlet["tier"]), entry["id"]
        assert (entry["kind"] in COPIES) or entry["tier"] < 4, entry["id"]
        assert not re.search(r"https?://|\bwww\.|\.com\b|\.co\.id\b", entry["text"].lower()), entry["id"]


def test_weekdays_and_dates_in_the_texts_agree() -> None:
    for entry in articles():
        year = datetime.fromisoformat(entry["published"]).year
        for name, day, month, told in re.findall(
            r"(Senin|Selasa|Rabu|Kamis|Jumat|Sabtu|Minggu|Ahad)(?: \w+)? \((\d+)/(\d+)(?:/(\d{4}))?\)", entry["text"]
        ):
            weekday = WEEKDAYS[date(int(told or year), int(month), int(day)).weekday()]
            assert weekday == ("Minggu" if name == "Ahad" else name), (entry["id"], name, day, month)
