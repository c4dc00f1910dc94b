"""Texts of an incident's articles: marked where evidence stands, and compared revision by revision."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from data.records import Assessment, Evidence, Modality, Place, PlaceRole, Urgency
from data.store import IncidentChange
from desk.pages.incident_history import change_words
from desk.pages.incident_marks import Kind, marked_text
from desk.pages.incident_revisions import AROUND, changed, differences


def indonesian(words: str, _: str) -> str:
    return words


def assessed(*evidence: Evidence, places: tuple[Place, ...] = ()) -> Assessment:
    return Assessment(
        signals={"perusakan": 0.9}, flagged_signals=("perusakan",), modality=Modality.KEJADIAN, severity=3,
        severity_points=(), urgency=Urgency.P2, flagged=True, flag_score=0.9, places=places, evidence=evidence,
        model_version="m", rules_version="r",
    )  # fmt: skip


def marked(text: str, *evidence: Evidence, places: tuple[Place, ...] = ()) -> list[tuple[str, Any, int]]:
    shown = marked_text("", text, assessed(*evidence, places=places), str.title, indonesian, indonesian)
    return [(piece.text, piece.kind, len(piece.ends)) for piece in shown.text]


def test_what_decided_is_marked_and_what_spoke_against_it_or_for_little_is_not() -> None:
    text = "Posko dibakar di Pariaman kemarin"
    place = Place("13.77", "Kota Pariaman", PlaceRole.KEJADIAN, "text", 17, 25, 0.9)
    background = Place("13", "Sumatera Barat", PlaceRole.LATAR, "text", 0, 5, 0.9)
    found = marked(
        text,
        Evidence("perusakan", "text", 6, 13, 2.0, "isyarat: pembakaran"),
        Evidence("perusakan", "text", 0, 5, -1.0, "kata model, melawan"),
        Evidence("perusakan", "text", 0, 5, 0.2, "kata model"),
        Evidence("hoaks", "text", 0, 5, 2.0, "sinyal yang tidak ditandai"),
        Evidence("event_time", "text", 26, 33, 1.0, "waktu kejadian"),
        places=(place, background),
    )
    assert found == [
        ("Posko ", None, 0),
        ("dibakar", Kind.SIGNAL, 1),
        (" di ", None, 0),
        ("Pariaman", Kind.PLACE, 1),
        (" ", None, 0),
        ("kemarin", Kind.TIME, 1),
    ]


def test_where_spans_overlap_the_text_is_cut_and_each_is_named_where_it_ends() -> None:
    found = marked(
        "abcdef",
        Evidence("severity", "text", 0, 4, 3.0, "dasar"),
        Evidence("perusakan", "text", 2, 6, 2.0, "isyarat"),
    )
    assert found == [("ab", Kind.SEVERITY, 0), ("cd", Kind.SIGNAL, 1), ("ef", Kind.SIGNAL, 1)]


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (2, 2), (3, 1), (0, 99)])
def test_a_span_that_does_not_lie_in_the_text_marks_nothing(start: int, end: int) -> None:
    assert marked("abcdef", Evidence("perusakan", "text", start, end, 2.0, "x")) == [("abcdef", None, 0)]


def test_what_html_cannot_hold_keeps_the_spans_right() -> None:
    assert marked("a\x00b\r\nc", Evidence("perusakan", "text", 2, 3, 2.0, "x")) == [
        ("a\N{REPLACEMENT CHARACTER}", None, 0),
        ("b", Kind.SIGNAL, 1),
        (" \nc", None, 0),
    ]


def parts(old: str, new: str) -> list[tuple[str, str]]:
    return [(part.change, part.text) for part in differences(old, new)]


def test_two_revisions_differ_by_words() -> None:
    assert parts("Dua relawan luka ringan.", "Tiga relawan luka berat, ringan.") == [
        ("out", "Dua "),
        ("in", "Tiga "),
        ("same", "relawan luka "),
        ("in", "berat, "),
        ("same", "ringan."),
    ]
    assert not changed(differences("sama saja", "sama saja"))
    assert parts("", "baru") == [("in", "baru")]


def test_a_long_stretch_that_stayed_is_cut_short_and_says_by_how_much() -> None:
    words = " ".join(f"kata{number}" for number in range(500)) + " "
    found = parts(f"{words}lama", f"{words}baru")
    assert [change for change, _ in found] == ["gap", "same", "out", "in"]
    assert int(found[0][1]) == 500 - AROUND
    assert found[1][1].split()[0] == f"kata{500 - AROUND}"


def test_a_very_long_text_is_compared_line_by_line() -> None:
    lines = [f"baris {number} dengan beberapa kata" for number in range(1500)]
    other = [*lines[:700], "baris yang diganti", *lines[701:]]
    found = parts("\n".join(lines), "\n".join(other))
    assert ("out", "baris 700 dengan beberapa kata\n") in found
    assert ("in", "baris yang diganti\n") in found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": ("verifikasi", "terverifikasi")}, "status: verifikasi → terverifikasi"),
        ({"severity": (2, 3), "urgency": ("P3", "P1")}, "tingkat: 2 → 3; urgensi: P3 → P1"),
        ({"article_ids": (None, 7)}, "artikel 7 masuk"),
        ({"article_ids": (7, None)}, "artikel 7 keluar"),
        ({"merged_into": (None, 4)}, "digabung ke kejadian 4"),
        ({"merged_into": (4, None)}, "berdiri sendiri lagi"),
        ({"duplikat_dari": (None, 4)}, "duplikat dari kejadian 4"),
        ({"places": ([], [])}, "tempat berubah"),
        ({"last_seen": ("a", "b")}, ""),
    ],
)
def test_a_change_is_told_in_words_or_not_at_all(changes: dict[str, tuple[Any, Any]], words: str) -> None:
    change = IncidentChange(1, datetime(2024, 11, 26, tzinfo=UTC), "rina", changes)
    assert change_words(change, indonesian) == words
