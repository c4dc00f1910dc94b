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
