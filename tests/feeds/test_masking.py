"""Names of suspects, victims, witnesses and children leave as initials; everybody else's words stay as they were."""

from __future__ import annotations

import pytest

from feeds.masking import masked


@pytest.mark.parametrize(
    ("printed", "leaves"),
    [
        ("Tersangka Budi Santoso ditangkap.", "Tersangka B.S. ditangkap."),
        ("Korban bernama Siti Aminah (34) dirawat.", "Korban bernama S.A. (34) dirawat."),
        ("Ahmad Fauzi, 17 tahun, dipulangkan.", "A.F., 17 tahun, dipulangkan."),
        ("terdakwa Rahmat bin Saleh mengaku", "terdakwa R.S. mengaku"),
        ("Pelaku berinisial RS (23) kabur.", "Pelaku berinisial RS (23) kabur."),
        ("Kapolres Pariaman mengatakan situasi aman.", "Kapolres Pariaman mengatakan situasi aman."),
        ("Korban Banjir di Kota Padang mengungsi.", "Korban Banjir di Kota Padang mengungsi."),
    ],
)
def test_names_are_masked_by_what_stands_around_them(printed: str, leaves: str) -> None:
    assert masked(printed) == leaves


BODY = (
    "Polisi menangkap Budi Santoso. Saksi merekam kejadian itu. Seorang anak meninggal dan ibu dirawat di rumah sakit."
)


@pytest.mark.parametrize(
    ("headline", "leaves"),
    [
        ("Longsor Timbun Rumah, Ibu dan Anak Meninggal", "Longsor Timbun Rumah, Ibu dan Anak Meninggal"),
        ("Tersangka Budi Santoso Ditangkap Polisi", "Tersangka B.S. Ditangkap Polisi"),
        ("Surat Suara Dicoblos, Saksi Merekam", "Surat Suara Dicoblos, Saksi Merekam"),
        ("Pelaku Pembakaran Posko Ditangkap di Pariaman", "Pelaku Pembakaran Posko Ditangkap di Pariaman"),
        ("Korban Siti Aminah (34) Dirawat", "Korban S.A. (34) Dirawat"),
        ("KORBAN TEWAS BERTAMBAH JADI TIGA", "KORBAN TEWAS BERTAMBAH JADI TIGA"),
    ],
)
def test_in_a_headline_only_what_is_no_word_of_the_article_is_a_name(headline: str, leaves: str) -> None:
    assert masked(headline, BODY) == leaves
