"""Exact, near and spun prints of one text are told from each other, from second reports, and from forms filled in twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from classifiers.copies import Signature, fact_likeness, signature
from classifiers.sameness import OWN_LIKENESS, Sameness, compare, print_of, worth_a_look
from classifiers.spun import facts_of, meaning, root, skeleton, spun_likeness

SPUN = Path(__file__).resolve().parents[2] / "data" / "gold" / "copies" / "spun.jsonl"
TEXTS = {row["id"]: row for row in map(json.loads, SPUN.read_text(encoding="utf-8").splitlines())}
FAMILIES = sorted({row["family"] for row in TEXTS.values()})

RELEASE = (
    "Polres Sijunjung menahan dua pemuda yang diduga merusak baliho di Nagari Muaro, Senin (11/11) malam.\n"
    "Kapolres Sijunjung Andre Anas mengatakan kedua pemuda itu ditangkap warga saat hendak pulang.\n"
    "Polisi menyita satu gergaji dan sebelas potong bambu sebagai barang bukti di kantor polsek.\n"
    "Keduanya diperiksa sampai pagi dan mengaku disuruh seseorang dengan upah Rp200 ribu.\n"
    "Bawaslu setempat meminta kedua tim pemenangan menahan diri selama masa kampanye berlangsung."
)


def kind(one: tuple[str, str], other: tuple[str, str], *, one_outlet: bool = False) -> Sameness:
    return compare(print_of(*one), print_of(*other), one_outlet=one_outlet).kind


def text(name: str) -> tuple[str, str]:
    return TEXTS[name]["title"], TEXTS[name]["text"]


def test_another_dateline_title_and_sign_off_make_an_exact_copy() -> None:
    printed = "SIJUNJUNG, KabarRanah.example - " + RELEASE + "\nEditor: Siapa Saja"
    assert kind(("Perusak Baliho Ditahan", RELEASE), ("Dua Pemuda Ditangkap", printed)) is Sameness.EXACT


def test_edited_words_make_a_near_copy() -> None:
    edited = RELEASE.replace("diduga merusak", "disangka merusak").replace("malam", "tengah malam")
    assert kind(("A", RELEASE), ("B", edited)) is Sameness.NEAR


def test_the_first_third_of_a_release_is_a_near_copy_of_it() -> None:
    whole = RELEASE + "\n" + "\n".join(
        f"{start} {middle} sementara petugas mencatat setiap laporan yang masuk dari warga nagari sekitar."
        for start, middle in (
            ("Wali nagari menutup jalan menuju pasar lama", "agar kendaraan tidak menumpuk di simpang"),
            ("Pedagang memindahkan gerobak ke lapangan bola", "karena khawatir keributan terulang lagi"),
            ("Ketua pemuda mengumpulkan anggotanya di surau", "untuk membagi giliran ronda setiap malam"),
            ("Guru sekolah dasar memulangkan murid lebih awal", "atas permintaan orang tua yang cemas"),
            ("Sopir angkutan memilih jalur lingkar timur", "selama garis polisi belum dilepas petugas"),
        )
    )  # fmt: skip
    assert kind(("A", whole), ("A", RELEASE)) is Sameness.NEAR


@pytest.mark.parametrize("family", FAMILIES)
def test_a_release_in_other_words_is_spun(family: str) -> None:
    assert kind(text(f"{family}-rilis"), text(f"{family}-putaran")) is Sameness.SPUN


@pytest.mark.parametrize("family", FAMILIES)
def test_a_reporters_own_story_of_the_event_is_no_copy_of_the_release(family: str) -> None:
    assert kind(text(f"{family}-rilis"), text(f"{family}-laporan_lain")) is Sameness.NONE
    assert kind(text(f"{family}-putaran"), text(f"{family}-laporan_lain")) is Sameness.NONE


def test_one_form_filled_in_for_two_days_is_no_copy() -> None:
    monday = (
        "Harga cabai di Pasar Raya Padang hari ini, Senin (4/11), Rp45 ribu per kilogram menurut Dinas Pangan. " * 3
    )
    tuesday = monday.replace("Senin (4/11)", "Selasa (5/11)").replace("Rp45", "Rp48")
    assert kind(("Harga Cabai", monday), ("Harga Cabai", tuesday)) is Sameness.NONE


def test_one_release_of_two_polres_is_two_releases() -> None:
    other = RELEASE.replace("Sijunjung", "Dharmasraya")
    one_title, other_title = "Polres Sijunjung Tahan Dua Pemuda", "Polres Dharmasraya Tahan Dua Pemuda"
    assert kind((one_title, RELEASE), (other_title, other)) is Sameness.NONE


def test_within_one_outlet_only_nearly_the_same_text_is_a_copy() -> None:
    lines = RELEASE.splitlines()
    follow_up = "\n".join(
        [
            "Dua pemuda perusak baliho di Nagari Muaro dipulangkan Polres Sijunjung, Senin (11/11) malam juga.",
            *lines[1:4],
        ]
    )
    across = compare(print_of("A", RELEASE), print_of("B", follow_up))
    assert across.likeness < OWN_LIKENESS
    assert kind(("A", RELEASE), ("B", follow_up), one_outlet=True) is Sameness.NONE
    assert kind(("A", RELEASE), ("B", RELEASE), one_outlet=True) is Sameness.EXACT
    assert kind(text("tps-rilis"), text("tps-putaran"), one_outlet=True) is Sameness.NONE


def test_captions_are_like_nothing() -> None:
    assert kind(("Foto", "Warga antre."), ("Foto", "Warga antre.")) is Sameness.NONE


def test_facts_are_names_numbers_and_days_without_the_words_that_open_sentences() -> None:
    facts = facts_of(
        "Warga Nagari Muaro antre, Ahad (03/11). Polisi mencatat 007 orang. Kata warga, sepi.", "Muaro Antre"
    )
    assert facts.names == {"nagari", "muaro"}
    assert facts.numbers == {"3", "11", "7"}
    assert facts.days == {"minggu", "3/11"}
    assert facts.subjects == {"muaro"}


@pytest.mark.parametrize(
    "words", [("memukul", "dipukul", "pemukulan"), ("menyita", "disita"), ("terbakar", "membakar")]
)
def test_inflections_have_one_root(words: tuple[str, ...]) -> None:
    assert len({root(word) for word in words}) == 1


def test_synonyms_mean_the_same_and_other_words_do_not() -> None:
    assert meaning("ujarnya") == meaning("tuturnya")
    assert meaning("meringkus") == meaning("ditangkap")
    assert meaning("banjir") != meaning("kebakaran")


def test_the_skeleton_leaves_quotations_out_and_keeps_their_facts() -> None:
    bones = skeleton(
        "A", '"Ada 14 korban di rumah sakit," kata Bupati Agam kepada wartawan yang menunggu sejak pagi tadi.'
    )
    assert "14" in bones.facts.numbers
    assert all("@14" not in sentence for sentence in bones.sentences)


def test_texts_of_few_sentences_are_never_called_spun() -> None:
    brief = skeleton("A", "Banjir merendam puluhan rumah warga di tepi sungai sejak kemarin malam.")
    assert spun_likeness(brief, brief) == 0.0


def test_signatures_find_what_is_worth_comparing() -> None:
    one, spun, other = (signature(*text(f"demo-{name}")) for name in ("rilis", "putaran", "laporan_lain"))
    assert fact_likeness(one, spun) >= 0.5 > fact_likeness(one, other)
    assert worth_a_look(one, spun)
    assert not worth_a_look(one, signature(*text("longsor-rilis")))


def test_a_signature_of_the_first_format_is_read_and_has_no_facts() -> None:
    mark = signature(*text("demo-rilis"))
    old = Signature.from_bytes(b"\x01" + mark.digest[1:514])
    assert old.bands == mark.bands[:32]
    assert fact_likeness(old, mark) == 0.0
