"""Names of suspects, victims, witnesses and children stand in no format, wherever the article or a person put them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.records import Place, PlaceRole
from feeds import FORMATS
from feeds.items import SourceLine
from feeds.masking import masked, masked_all, names_in
from tests.feeds.documents import written

if TYPE_CHECKING:
    from feeds import Channel
    from feeds.items import AlertItem

FIRST = ("Budi", "Sutini", "Rahmat", "Yusuf", "Dewinta", "Hendra", "Zulkifli", "Ma'ruf", "Nurhayati", "Joséphine")
LAST = ("Santoso", "Aminah", "Saleh", "Pratama", "Lestari", "Gunawan", "Marlina", "Al-Hakim", "bin Rusdi")
names = st.tuples(st.sampled_from(FIRST), st.sampled_from(LAST)).map(" ".join)
told = st.sampled_from(
    [
        "{name} ({age}) dirawat di puskesmas",
        "{name}, {age} tahun, dipulangkan polisi",
        "polisi menyebut korban {name} sudah pulang",
        "tersangka {name} dibawa ke kantor polisi",
        "seorang saksi bernama {name} diperiksa",
        "terduga pelaku {name} melarikan diri",
    ]
)


def with_name(item: AlertItem, name: str, told: str, age: int) -> AlertItem:
    """Return an alert that tells the name in its title, quotes, cues, reasons, note, stage, place and article."""
    sentence = told.format(name=name, age=age)
    first = name.split(maxsplit=1)[0]
    return replace(
        item,
        incident=replace(
            item.incident,
            title=f"Posko dibakar, {sentence}",
            # What the text calls a place is not printed: the gazetteer's name is.
            places=(Place("13.77.01", f"rumah {name}", PlaceRole.KEJADIAN, "text", 0, 9, 0.9),),
        ),
        quotes=(f"Kata kapolres, {sentence}.", f"Menurut warga, {first} sudah lama tinggal di sana bersama {name}."),
        why=(f"isyarat: {sentence}",),
        points=((f"alasan: {sentence}", 1),),
        sources=(SourceLine("Kabar", "https://kabar.example/1", f"Judul {name}", 3, None, item.alert.at),),
        alert=replace(item.alert, reason=f"petugas mencatat {sentence}"),
        article=f"Posko dibakar pada malam hari. Kata kapolres, {sentence}. Menurut warga, {first} sudah lama di sana.",
    )


@given(name=names, told=told, age=st.integers(3, 89))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("name_of_format", list(FORMATS))
def test_no_format_lets_a_name_out(
    name_of_format: str, name: str, told: str, age: int, item: AlertItem, channel: Channel
) -> None:
    document = written(name_of_format, with_name(item, name, told, age), channel)
    assert name not in document
    for word in name.split():
        if word != "bin":
            assert word not in document.replace(channel.authority, ""), word


def test_what_an_item_says_of_itself_is_masked_too(item: AlertItem) -> None:
    found = with_name(item, "Budi Santoso", "korban {name} ({age}) dirawat", 34)
    for text in (found.title, found.headline, found.body):
        assert "Budi" not in text
        assert "B.S." in text


def test_a_name_told_once_is_hidden_wherever_it_stands() -> None:
    article = (
        "Korban bernama Budi Santoso (34) dirawat. Menurut warga, Budi mengaku dipukul. Pak Santoso sendiri pulang."
    )
    found = names_in(article)
    assert found == ("Budi Santoso",)
    assert masked("Budi mengaku dipukul, kata warga.", names=found) == "B. mengaku dipukul, kata warga."
    assert masked("Ditemui di rumah, Budi Santoso diam.", names=found) == "Ditemui di rumah, B.S. diam."
    assert masked("Warga Kota Budi Luhur berkumpul.", names=found) == "Warga Kota Budi Luhur berkumpul."
    assert masked("Kapolres Pariaman datang.", names=found) == "Kapolres Pariaman datang."


def test_of_words_that_an_article_writes_small_no_name_is_learned() -> None:
    assert names_in("Korban Longsor mengungsi. Hujan membuat longsor terjadi lagi.") == ()
    assert names_in("Sekitar 34 tahun lalu jembatan dibangun (1990).") == ()


def test_several_texts_at_once_are_masked_as_one_after_the_other() -> None:
    texts = ["Korban Budi Santoso (34) dirawat.", "", "Kapolres", "Saksi Siti Aminah melihat\x00nya.", "Tersangka"]
    title = "Posko dibakar, tersangka Rahmat Saleh ditangkap"
    assert masked_all(title, texts) == [
        "Posko dibakar, tersangka R.S. ditangkap",
        "Korban B.S. (34) dirawat.",
        "",
        "Kapolres",
        "Saksi S.A. melihatnya.",
        "Tersangka",
    ]


def test_a_headline_is_masked_by_the_words_of_its_article() -> None:
    article = "Seorang saksi merekam. Ibu dan anak meninggal."
    assert masked_all("Longsor Timbun Rumah, Anak Meninggal", ["Aman."], article)[0] == (
        "Longsor Timbun Rumah, Anak Meninggal"
    )


@pytest.mark.parametrize("name", list(FORMATS))
def test_the_article_itself_never_leaves(name: str, item: AlertItem, channel: Channel) -> None:
    whole = replace(item, article="Kalimat yang hanya ada di dalam berita dan tidak dikutip.")
    assert "Kalimat yang hanya ada" not in written(name, whole, channel)
    assert item.sources[0].title not in "".join(
        line for line in written(name, replace(item, incident=replace(item.incident, title="x")), channel).splitlines()
    )


@pytest.mark.parametrize("between", ["\x07 ", "\u202e ", "\ufeff ", "\n\t", "\x00 "])
def test_what_is_cleaned_away_between_role_and_name_hides_no_name_from_masking(item: AlertItem, between: str) -> None:
    broken = f"Korban{between}Budi Santoso mengaku dipukul."
    told = replace(item, quotes=(broken,), article="", names=None).told()
    assert told.quotes == ("Korban B.S. mengaku dipukul.",)
