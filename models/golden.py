"""Made-up texts whose reading is beyond doubt: a model that reads one of them otherwise is broken, whatever its digest.

The card of a model holds them with what is expected; they are judged when it is loaded, before anything else is. They
are plain on purpose: a small change of cues or weights does not touch them, a damaged or mixed-up one does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from classifiers.text import read_document
from data.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.judge import Judge

MOST_OTHERS = 2
"""Signals beside the expected ones that a golden text may get."""

GOLDEN: tuple[dict[str, Any], ...] = (
    {
        "title": "Pendukung Dua Calon Bentrok di Depan Kantor KPU, Enam Orang Luka",
        "text": "Massa pendukung dua pasangan calon bentrok di depan kantor KPU, Rabu malam. Saling lempar batu "
        "terjadi sekitar pukul 20.30 dan polisi menembakkan gas air mata. Enam orang luka dan dibawa ke rumah sakit.",
        "signals": ["konflik_massa"],
        "modality": "kejadian",
    },
    {
        "title": "Banjir Bandang Terjang Tiga Nagari, Dua Warga Hilang",
        "text": "Banjir bandang menerjang tiga nagari setelah hujan deras, Senin dini hari. BPBD mencatat 40 rumah "
        "rusak, dua warga hilang, dan ratusan orang mengungsi. Tim SAR masih melakukan pencarian.",
        "signals": ["bencana_cuaca"],
        "modality": "kejadian",
    },
    {
        "title": "Anggota Tim Sukses Diduga Bagikan Amplop, Warga Lapor Bawaslu",
        "text": "Seorang anggota tim sukses diduga membagikan amplop berisi uang kepada pemilih. Dugaan politik uang "
        "itu dilaporkan warga ke Bawaslu, Selasa. Laporan belum dapat dipastikan kebenarannya.",
        "signals": ["politik_uang"],
        "modality": "dugaan",
    },
    {
        "title": "Hakim Vonis Camat Tidak Netral Dua Bulan Penjara",
        "text": "Majelis hakim memvonis seorang camat dua bulan penjara karena melanggar netralitas ASN saat kampanye. "
        "Putusan dibacakan dalam sidang di pengadilan negeri, Kamis. Terdakwa menyatakan banding.",
        "signals": ["netralitas_aparatur"],
        "modality": "penanganan_hukum",
    },
    {
        "title": "Bupati Hadiri Rakor Deteksi Dini Potensi Kerawanan Pilkada",
        "text": "Bupati menghadiri rapat koordinasi deteksi dini potensi kerawanan pilkada di aula kantor gubernur, "
        "Senin. Dalam sambutannya, ia mengajak seluruh pihak bersinergi demi mewujudkan pilkada yang aman, damai, dan "
        "kondusif. Rakor diikuti kepala Kesbangpol se-provinsi.",
        "signals": [],
        "modality": "pencegahan_kegiatan",
    },
    {
        "title": "Timnas Menang 3-0, Pelatih Puji Lini Depan",
        "text": "Tim nasional menang tiga gol tanpa balas pada laga persahabatan, Sabtu malam. Pelatih memuji lini "
        "depan dan penonton yang memenuhi stadion. Pertandingan berikutnya digelar pekan depan.",
        "signals": [],
        "modality": "tidak_relevan",
    },
)


def check_golden(judge: Judge, entries: Sequence[Any], where: str) -> None:
    """Raise ModelError where a judge reads one of the entries otherwise than it should."""
    try:
        documents = [read_document(str(entry["title"]), str(entry["text"])) for entry in entries]
        expected = [(frozenset(entry["signals"]), str(entry["modality"])) for entry in entries]
    except (KeyError, TypeError) as error:
        raise ModelError(
            f"{where}: the card's golden texts cannot be read ({error!r}); train the model anew"
        ) from error
    for document, (signals, modality), found in zip(documents, expected, judge.judge(documents), strict=True):
        asserted = set(found.flagged_signals)
        # A second signal may be a matter of taste; the one that the text is about is not, nor that there is none.
        right = signals <= asserted and bool(signals) == found.flagged and len(asserted - signals) <= MOST_OTHERS
        if found.modality != modality or not right:
            said = ", ".join(found.flagged_signals) or "no signal"
            raise ModelError(
                f'{where}: the model reads "{document.title}" as {found.modality.value} with {said}, not as {modality} '
                f"with {', '.join(sorted(signals)) or 'no signal'}: it is damaged, or not made for this program; "
                "restore the model folder or train the model anew"
            )
