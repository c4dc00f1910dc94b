"""The base of severity where the words of a text decide it: peaceful or scuffle, warning or damage, routine or breach.

The table of the dossier (section 2.2) leaves some cells open ("1 peaceful, 2 scuffle, 3 clash with serious harm"); each
function here closes one. The words were found on the labelled development articles and checked on their misses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from classifiers.counting import NUMBER, read_number
from data.records import Modality

if TYPE_CHECKING:
    from collections.abc import Callable

    from classifiers.harm import Fact
    from classifiers.severity_case import Case

Refined = tuple[int, str, "Fact | None"]
"""A base, the note that a desk reads beside it, and the fact that it rests on."""


def _crowd_base(case: Case, _: int) -> Refined:
    """Peaceful 1, scuffle 2, clash with serious harm 3 (rulings, section 2.3); a brawl that hurt nobody is 1."""
    harm = case.harm
    serious = harm.first("luka_berat")
    if serious and harm.has("bentrok", "tawuran", "rusuh", "gesekan", "kepung"):
        return 3, "bentrok dengan korban", serious
    youths = harm.first("tawuran")
    if youths and _YOUTHS.search(case.text) and not (case.tense or harm.has("luka", "senjata", "tewas")):
        return 1, "tawuran remaja tanpa korban", youths
    scuffle = harm.first("gesekan", "bentrok", "rusuh", "luka", "luka_berat", "pingsan", "kepung", "pembakaran")
    if scuffle is None:
        return 1, "damai", harm.first("tawuran")
    return 2, "gesekan", scuffle


def _violence_base(case: Case, _: int) -> Refined:
    """3 for serious harm or arms, 2 for a threat or what left nobody badly hurt."""
    grave = case.harm.first("tewas", "luka_berat", "bom", "senjata", "pembakaran", "kelompok_bersenjata")
    if grave is not None:
        return 3, "", grave
    return 2, "ancaman atau kekerasan ringan", case.harm.first("ancaman", "gesekan", "luka")


def _damage_base(case: Case, value: int) -> Refined:
    """Props of a campaign 1, anything else 2."""
    if _PROPS.search(case.text) and not case.harm.has("pembakaran", "surat_suara_dibakar"):
        return 1, "hanya alat peraga", None
    return value, "", None


def _disaster_base(case: Case, value: int) -> Refined:
    """2, or 1 for a warning that is kept, a quake that broke nothing, a dry well, a fallen tree, a fire that is out."""
    harm, title = case.harm, case.title
    hurt = harm.first("tewas", "luka", "luka_berat", "mengungsi")
    if hurt is not None:
        return value, "", hurt
    if _QUAKE.search(title) and not _BROKEN.search(title):
        return 1, "gempa tanpa korban", None
    minor = _MINOR.search(title) or _CONTAINED.search(case.head)
    if _PROPS.search(title):
        return 1, "hanya alat peraga", None
    if _few(title, _HOTSPOTS, _FEW_HOTSPOTS) or _few(case.head, _HECTARES, _FEW_HECTARES):
        return 1, "luasan kecil", None
    if minor and not _SPREADING.search(title):
        return 1, f"dampak ringan: {minor.group()}", None
    return value, "", harm.first("dampak_bencana", "rusak")


def _local_risk_base(case: Case, value: int) -> Refined:
    """1 where the activity answers a real event or risk, 0 where it is an exercise, an appeal or a meeting."""
    if case.exercise:
        return 0, "simulasi", None
    grave = case.harm.first("rusuh", "bentrok", "kelompok_bersenjata", "pembakaran", "tewas", "luka_berat")
    ceremony = _CEREMONY.search(case.head) is not None
    proof = grave or (None if ceremony else case.harm.first("tawuran", "gesekan", "mengungsi", "rusak"))
    if proof is not None:
        return 1, "risiko nyata", proof
    return (0, "umum", None) if ceremony else (value, "", None)


def _rumour_base(case: Case, value: int) -> Refined:
    """1 where the appeal answers real unrest."""
    proof = case.harm.first("rusuh", "bentrok", "tawuran", "gesekan", "pembakaran")
    unrest = proof is not None or _SHUT_DOWN.search(case.text)
    return (1, "risiko nyata", proof) if unrest and not case.exercise else (value, "", None)


def _posters_base(case: Case, value: int) -> Refined:
    """1 where posters were found where none may hang; clearing them away for masa tenang is no finding."""
    found = _TAKEN_DOWN.search(case.text) and _FORBIDDEN_PLACE.search(case.text)
    return (1, "temuan rutin", None) if found else (value, "", None)


def _around_disaster_base(case: Case, value: int) -> Refined:
    """1 around a real disaster, 0 long after one, in an exercise or in general."""
    if case.exercise or _LONG_PAST.search(case.text):
        return 0, "umum", None
    struck = case.harm.first("tewas", "luka", "mengungsi", "dampak_bencana")
    if _CEREMONY.search(case.title) and struck is None:
        return 0, "umum", None
    return value, "", struck


def _correction_base(case: Case, value: int) -> Refined:
    """1 where an authority only sets a rumour right, 2 where somebody is prosecuted for it."""
    return (value, "", None) if _PROSECUTED.search(case.text) else (1, "klarifikasi", None)


def _rumour_of_candidate_base(case: Case, value: int) -> Refined:
    """2 where a rumour is aimed at a contestant or the vote: the ordinary level of an allegation."""
    return (2, "menyasar pemilihan", None) if _CONTESTANT.search(case.text) else (value, "", None)


def _rule_base(case: Case, value: int) -> Refined:
    """1 where a rule is withdrawn again or a law is tested in court: unsettling on paper, and no stage is touched."""
    if _WITHDRAWN.search(case.title) or _LAW_TESTED.search(case.head):
        return 1, "aturan, bukan tahapan", None
    return value, "", None


def _petty_base(case: Case, value: int) -> Refined:
    """1 for a like on social media or a single campaign prop."""
    return (1, "sepele", None) if _PETTY.search(case.text) else (value, "", None)


_PROPS = re.compile(r"(?<!\w)(?:baliho|spanduk|apk|alat peraga|poster|bendera partai|banner|billboard|reklame)(?!\w)")
_QUAKE = re.compile(r"(?<!\w)gempa(?:bumi)?(?!\w)")
_BROKEN = re.compile(
    r"(?<!tak ada )(?<!tidak ada )(?<!tanpa )(?<!belum ada )(?<!\w)(?:ke|di|me|ter)?rusak(?:an)?(?!\w)"
)
_MINOR = re.compile(
    r"(?<!\w)(?:(?:mulai )?berkurang|normal|kekeringan|krisis air|air bersih|kemarau|hot spell|cuaca panas|"
    r"pohon (?:\w+ ){0,4}tumbang|awan panas|"
    r"lava|letusan|wisatawan|turis|batal (?:tampil|ceramah|manggung)|konser|penonton|sepi pembeli|orangutan|satwa|"
    r"ular|harimau|liga \d|latihan)(?!\w)"
)
_CONTAINED = re.compile(
    r"(?<!belum )(?<!\w)(?:belum terganggu|tidak (?:\w+ )?terganggu|tak terganggu|berhasil (?:dikendalikan|"
    r"dipadamkan)|mulai berkurang|tidak ada korban)(?!\w)"
)
_SPREADING = re.compile(r"(?<!\w)(?:darurat|meluas|(?:makin|semakin|kian) (?:parah|pekat|tebal|luas)|rusak)(?!\w)")
_YOUTHS = re.compile(r"(?<!\w)(?:pelajar|remaja|siswa|anak sekolah|antarpelajar)(?!\w)")
_CEREMONY = re.compile(
    r"(?<!\w)(?:rakor|rapat koordinasi|sosialisasi|deklarasi|ikrar|apel|pelatihan|dilatih|bimtek|fgd|diskusi|"
    r"silaturahmi|seminar|lomba|kunjungan|"
    r"coffee morning|penyuluhan|ronda|patroli|lokakarya|edukasi|doa bersama|istisqa|kkn|gelar pasukan|ngopi)(?!\w)"
)
_FORBIDDEN_PLACE = re.compile(
    r"(?<!\w)(?:pohon|tiang listrik|sekolah|masjid|rumah ibadah|terlarang|dilarang|dipaku|melanggar)(?!\w)"
)
_SHUT_DOWN = re.compile(r"(?<!\w)(?:blokir|pemblokiran|belum kondusif|pembatasan akses)(?!\w)")
_TAKEN_DOWN = re.compile(
    rf"(?<![\w.,]){NUMBER}\s+(?:\w+\s+)?(?:apk|alat peraga|baliho|spanduk|poster|reklame|bahan kampanye)(?!\w)"
)
_PROSECUTED = re.compile(
    r"(?<!\w)(?:tersangka|dpo|buron\w*|ditangkap|menangkap|ditahan|menahan|sidang|terdakwa|didakwa|vonis|divonis|"
    r"dituntut|penjara|paspor|diperiksa|"
    r"memeriksa|pemeriksaan|dipanggil|penyidik\w*|penyelidik\w*|laporan polisi|dijerat|memburu|banding|"
    r"praperadilan)(?!\w)"
)
_CONTESTANT = re.compile(
    r"(?<!\w)(?:calon (?:bupati|gubernur|wali ?kota|wakil)|paslon|pasangan calon|tps|pencoblosan|"
    r"pemungutan suara)(?!\w)"
)
_FEW_HECTARES: Final = 10
_FEW_HOTSPOTS: Final = 50
_HECTARES = re.compile(rf"(?<![\w.,])({NUMBER})(?:,\d+)?\s+(?:hektare?|ha)(?!\w)")
_HOTSPOTS = re.compile(rf"(?<![\w.,])({NUMBER})\s+(?:titik (?:panas|api)|hotspot)(?!\w)")
_WITHDRAWN = re.compile(
    r"(?<!\w)(?:\w*batal\w*|\w*cabut\w*|tarik|ditarik|menarik)\b.{0,40}\b(?:aturan|keputusan|peraturan|pkpu)(?!\w)|"
    r"(?<!\w)(?:aturan|keputusan|peraturan|pkpu)\b.{0,60}\b(?:\w*batal\w*|\w*cabut\w*|ditarik)(?!\w)"
)
_LAW_TESTED = re.compile(r"(?<!\w)(?:uji materi|uji materiil|judicial review|pengujian undang-undang)(?!\w)")
_LONG_PAST = re.compile(r"setahun|tahun lalu|santunan|tips|penghargaan")
_PETTY = re.compile(r"(?<!\w)(?:like|menyukai|tombol suka|satu baliho|sebuah baliho)(?!\w)")

REFINED: dict[tuple[str, Modality], Callable[[Case, int], Refined]] = {
    ("konflik_massa", Modality.KEJADIAN): _crowd_base,
    ("kekerasan_intimidasi", Modality.KEJADIAN): _violence_base,
    ("perusakan", Modality.KEJADIAN): _damage_base,
    ("bencana_cuaca", Modality.KEJADIAN): _disaster_base,
    ("konflik_massa", Modality.PENCEGAHAN_KEGIATAN): _local_risk_base,
    ("kekerasan_intimidasi", Modality.PENCEGAHAN_KEGIATAN): _local_risk_base,
    ("perusakan", Modality.PENCEGAHAN_KEGIATAN): _local_risk_base,
    ("bencana_cuaca", Modality.PENCEGAHAN_KEGIATAN): _around_disaster_base,
    ("hoaks_disinformasi", Modality.PENCEGAHAN_KEGIATAN): _rumour_base,
    ("pelanggaran_kampanye", Modality.PENCEGAHAN_KEGIATAN): _posters_base,
    ("hoaks_disinformasi", Modality.PENANGANAN_HUKUM): _correction_base,
    ("hoaks_disinformasi", Modality.DUGAAN): _rumour_of_candidate_base,
    ("sengketa_tahapan", Modality.KEJADIAN): _rule_base,
    ("sengketa_tahapan", Modality.PENANGANAN_HUKUM): _rule_base,
    ("integritas_penyelenggara", Modality.KEJADIAN): _rule_base,
    ("integritas_penyelenggara", Modality.PENANGANAN_HUKUM): _rule_base,
    ("netralitas_aparatur", Modality.DUGAAN): _petty_base,
    ("pelanggaran_kampanye", Modality.DUGAAN): _petty_base,
}


def _few(text: str, pattern: re.Pattern[str], fewer_than: int) -> bool:
    """Return whether a text counts something, and never as many as ``fewer_than``."""
    numbers = [number for found in pattern.finditer(text) if (number := read_number(found.group(1))) is not None]
    return bool(numbers) and max(numbers) < fewer_than
