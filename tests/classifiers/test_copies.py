"""One release is one text, whatever dateline, brand and sign-off it is printed under; two reports of an event are two."""

from __future__ import annotations

from itertools import combinations

import pytest

from classifiers.copies import BANDS, COPY_LIKENESS, EMPTY, Signature, is_copy, likeness, own_words, signature
from data.errors import InputError
from data.samples.truth import truth

RELEASE = """Satuan Polisi Pamong Praja menertibkan puluhan alat peraga kampanye yang dipasang di pohon dan tiang listrik.
Penertiban dilakukan bersama pengawas kecamatan setelah surat peringatan tidak ditanggapi oleh tim pasangan calon.
Alat peraga yang dicabut disimpan di kantor dan dapat diambil kembali oleh tim yang bersangkutan dalam tiga hari."""


@pytest.mark.parametrize(
    "printed",
    [
        "PADANG, KabarNagari.example — " + RELEASE,
        "Padang (KABAR) - " + RELEASE + "\n(Rel/LS)",
        RELEASE + "\nPewarta: Siapa Saja\nEditor: Orang Lain\nCopyright © KABAR 2024",
        "KBRN, Padang: " + RELEASE.replace("puluhan", "sejumlah") + " (**)",
    ],
)
def test_datelines_brands_and_sign_offs_do_not_make_another_text(printed: str) -> None:
    assert is_copy(signature("Satpol PP Tertibkan APK", RELEASE), signature("APK Liar Dicabut", printed))


def test_a_release_cut_to_its_half_is_still_a_copy() -> None:
    words = (RELEASE + "\n" + RELEASE.replace("pohon", "jembatan").replace("listrik", "telepon")).split()
    whole, half = " ".join(words), " ".join(words[: len(words) * 6 // 10])
    assert is_copy(signature("A", whole), signature("A", half))


def test_on_the_sample_sites_copies_and_only_copies_are_copies() -> None:
    articles = truth()
    marks = {article.url: signature(article.title, article.text) for article in articles}
    for one, other in combinations(articles, 2):
        alike = likeness(marks[one.url], marks[other.url])
        assert (alike >= COPY_LIKENESS) == (one.piece_id == other.piece_id), (one.url, other.url, alike)


def test_a_signature_comes_back_from_its_bytes_as_it_was() -> None:
    mark = signature("Judul", RELEASE)
    assert Signature.from_bytes(mark.digest) == mark
    assert len(mark.bands) == BANDS
    assert all(-(2**63) <= band < 2**63 for band in mark.bands)


def test_bytes_of_another_version_are_refused_with_the_mend() -> None:
    with pytest.raises(InputError, match="compute it again"):
        Signature.from_bytes(b"\x09\x09" + bytes(512))


def test_a_caption_is_like_nothing_not_even_itself() -> None:
    assert signature("Foto", "Warga antre.") == EMPTY
    assert likeness(EMPTY, EMPTY) == 0.0


def test_hyphenated_openings_are_not_taken_for_datelines() -> None:
    assert (
        own_words("Warga sudah lama meminta jembatan gantung itu segera diperbaiki pemerintah - kata mereka.")[0]
        == "warga"
    )
