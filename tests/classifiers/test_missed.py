"""Stories that several outlets tell and nobody flagged; sources that keep silent about what three others report."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from classifiers.copies import signature
from classifiers.missed import Absence, Reported, Story, Telling, absences, stories, voices

NOON = datetime(2024, 11, 26, 5, 0, tzinfo=UTC)
NAMES = frozenset({"kota", "pariaman", "sumatera", "barat"})

MOLOTOV = (
    (
        "Posko relawan dilempar molotov di Pariaman Tengah",
        (
            "Sebuah posko relawan di Kelurahan Karan Aur dilempar bom molotov oleh dua pengendara sepeda motor pada Senin "
            "dini hari. Api membakar spanduk dan kursi, tidak ada korban jiwa. Warga memadamkan api dengan ember."
        ),
    ),
    (
        "Dua pengendara motor lempar molotov ke posko relawan",
        (
            "Polisi memburu dua pelaku yang melempar bom molotov ke posko relawan di Karan Aur. Menurut saksi, api sempat "
            "membesar sebelum dipadamkan warga sekitar. Spanduk dan kursi plastik hangus."
        ),
    ),
    (
        "Molotov di Karan Aur, polisi periksa empat saksi posko",
        (
            "Empat saksi diperiksa setelah posko relawan di Karan Aur dilempari bom molotov. Rekaman kamera pengawas "
            "memperlihatkan pengendara sepeda motor berboncengan. Kerugian ditaksir lima juta rupiah."
        ),
    ),
)
VOLLEY = (
    (
        "Tim voli putri melaju ke final",
        (
            "Tim voli putri daerah melaju ke babak final kejuaraan antarkecamatan setelah menang tiga set langsung di "
            "lapangan terbuka. Pelatih memuji servis para pemainnya."
        ),
    ),
    (
        "Final voli antarkecamatan digelar Sabtu",
        (
            "Babak final kejuaraan voli antarkecamatan digelar di lapangan terbuka. Tim putri yang menang tiga set langsung "
            "akan menghadapi juara bertahan. Pelatih menyiapkan servis andalan."
        ),
    ),
    (
        "Voli: tim putri siap hadapi juara bertahan di final",
        (
            "Pelatih tim putri menyatakan pemainnya siap menghadapi juara bertahan pada final kejuaraan voli "
            "antarkecamatan. Servis menjadi andalan setelah menang tiga set."
        ),
    ),
)


def tell(number: int, what: tuple[str, str], source: str, hours: float = 0, code: str = "13.77") -> Telling:
    title, text = what
    return Telling(
        number, source, source, 3, NOON + timedelta(hours=hours), title, text, (code,), signature(title, text)
    )


def three(what: tuple[tuple[str, str], ...], first: int = 1, code: str = "13.77") -> list[Telling]:
    return [tell(first + at, one, f"media-{first + at}", at, code) for at, one in enumerate(what)]


def test_three_outlets_in_their_own_words_tell_one_story() -> None:
    found = stories([*three(MOLOTOV), *three(VOLLEY, 11)], NAMES)
    assert [(story.article_ids, story.voices, story.title) for story in found] == [
        ((1, 2, 3), 3, MOLOTOV[0][0]),
        ((11, 12, 13), 3, VOLLEY[0][0]),
    ]
    assert found[0].region == "13.77"
    assert (found[0].first_seen, found[0].last_seen) == (NOON, NOON + timedelta(hours=2))


@pytest.mark.parametrize(
    "changed",
    [
        {"network": "media-1"},  # two hosts of one publisher
        {"tier": 4},  # a spinner
        {"mark": signature(*MOLOTOV[0])},  # a copy
        {"codes": ("13.71",)},  # another city
        {"first_seen": NOON + timedelta(hours=50)},  # three days later
    ],
)
def test_fewer_than_three_voices_are_no_story(changed: dict[str, object]) -> None:
    one, two, three_ = three(MOLOTOV)
    assert stories([one, two, replace(three_, **changed)], NAMES) == []  # type: ignore[arg-type]


def test_the_name_of_the_place_joins_nothing() -> None:
    common = [
        ("Kota Pariaman Sumatera Barat", "Harga cabai naik di pasar."),
        ("Kota Pariaman Sumatera Barat", "Sekolah libur sepekan penuh."),
        ("Kota Pariaman Sumatera Barat", "Nelayan menambal perahu kayu."),
    ]
    assert stories(three(tuple(common)), NAMES) == []


def test_a_story_that_names_two_regions_is_told_once() -> None:
    both = [replace(one, codes=("13.05", "13.77")) for one in three(MOLOTOV)]
    fourth = replace(tell(4, MOLOTOV[0], "media-4", 3), mark=signature("", ""))
    (story,) = stories([*both, fourth], NAMES)
    assert (story.region, story.article_ids) == ("13.77", (1, 2, 3, 4))


def test_copies_come_along_without_a_voice() -> None:
    copy = tell(9, MOLOTOV[0], "media-9", 3)
    (story,) = stories([*three(MOLOTOV), copy], NAMES)
    assert (story.article_ids, story.voices) == ((1, 2, 3, 9), 3)
    assert voices([*three(MOLOTOV), copy]) == 3


def test_what_is_nearest_to_the_flag_and_worst_in_words_ranks_first() -> None:
    plain = Story("13.77", (1,), ("a",), 3, NOON, NOON, "t", 1)
    assert plain.score == 0.0
    assert replace(plain, flag_score=0.4, danger=2.5).score == pytest.approx(0.9)
    assert replace(plain, flag_score=0.4, danger=99.0).score == pytest.approx(1.4)
    assert replace(plain, flag_score=0.4, danger=-3.0).score == pytest.approx(0.4)


# Sources.

WRITES_OF = {"a": {"13.77"}, "b": {"13.77"}, "c": {"13.77"}, "d": {"13.77", "13.71"}, "e": {"13.71"}}
ANSWERING = set(WRITES_OF)


def reported(number: int, *sources: str, regions: tuple[str, ...] = ("13.77",), also: str = "") -> Reported:
    return Reported(number, f"kejadian {number}", regions, frozenset(sources), frozenset(also.split()))


def test_a_source_that_does_not_report_what_three_others_do_is_named() -> None:
    found = absences([reported(1, "a", "b", "c"), reported(2, "a", "b", "c", "d")], WRITES_OF, ANSWERING)
    assert found == [Absence("d", (1,), 2)]


@pytest.mark.parametrize(
    "one",
    [
        reported(1, "a", "b"),  # two are not enough
        reported(1, "a", "b", "c", regions=("13.72",)),  # nobody else covers it
        reported(1, "a", "b", "c", also="d"),  # it has another incident there: perhaps the same one
    ],
)
def test_who_need_not_have_reported_is_not_named(one: Reported) -> None:
    assert absences([one], WRITES_OF, ANSWERING) == []


def test_a_source_that_was_not_reached_has_missed_nothing() -> None:
    assert absences([reported(1, "a", "b", "c")], WRITES_OF, ANSWERING - {"d"}) == []


def test_who_missed_the_greatest_part_stands_first() -> None:
    incidents = [
        reported(1, "a", "b", "c", regions=("13.71",)),
        reported(2, "a", "b", "c", "d", regions=("13.71",)),
    ]
    assert absences(incidents, WRITES_OF, ANSWERING) == [Absence("e", (1, 2), 2), Absence("d", (1,), 2)]
