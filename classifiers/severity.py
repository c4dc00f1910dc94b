"""Possible harm, 0 to 4, as points that a desk can read: a base, what lifts it, what lowers it, and a cap.

The law is the domain dossier, sections 2.2 and 2.3: base by the strongest signal and the modality, then at least the
level of any trigger that is stated as fact, then points for stage, target, scale and calm, then the cap of the modality.
Points never lift 3 to 4. The numbers are data (``data/reference/severity.toml``), the facts come from
`classifiers.harm`, and the reasons are Indonesian.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from classifiers.counting import NUMBER, read_number
from classifiers.harm import Fact, Harm, find_harm
from data.errors import SettingsError
from data.records import Evidence, Modality, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from classifiers.stages import StageWindow
    from classifiers.text import Document

REFERENCE = Path(__file__).resolve().parent.parent / "data" / "reference" / "severity.toml"
COLUMNS = (
    Modality.KEJADIAN,
    Modality.DUGAAN,
    Modality.ANCAMAN_POTENSI,
    Modality.PENANGANAN_HUKUM,
    Modality.PENCEGAHAN_KEGIATAN,
    Modality.OPINI,
)
ACTING = frozenset({Modality.KEJADIAN, Modality.DUGAAN, Modality.ANCAMAN_POTENSI})
"""Where something happens, is said to have happened or is coming; in a process or a ceremony the harm is past."""

LOCAL_CAP: Final = 3
"""Elections of village heads: the same bases, no modifiers of a stage, never above 3."""

Point = tuple[str, int]


@dataclass(frozen=True, slots=True)
class SeverityTable:
    """The numbers: base by signal and modality, the cap of a modality, and from how many on a scale counts."""

    base: dict[str, dict[Modality, int]]
    caps: dict[Modality, int]
    stage_signals: frozenset[str]
    scale: dict[str, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """A severity with the additive reasons that make it and the spans that they rest on."""

    level: int
    points: tuple[Point, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """All that severity is decided by, at hand for the rules."""

    document: Document
    signals: tuple[str, ...]
    modality: Modality
    harm: Harm
    window: StageWindow | None
    local: bool
    electoral: bool


def judge_severity(
    document: Document,
    signals: Sequence[str],
    modality: Modality,
    *,
    negasi: bool = False,
    historis: bool = False,
    window: StageWindow | None = None,
    local_election: bool | None = None,
    year: int | None = None,
    harm: Harm | None = None,
) -> Judged:
    """Return how bad it could be.

    ``signals`` are the asserted ones. ``window`` is the stage at the time and place of the event, None where that is
    unknown: then no modifier of a stage counts. ``local_election`` says that it is about the election of a village
    head (None: seen from the text). ``year`` is the year of publication.
    """
    table = load_table()
    if modality is Modality.TIDAK_RELEVAN or not signals:
        return Judged(0, (), ())
    if negasi and modality is not Modality.DUGAAN:
        return Judged(0, (("dinyatakan tidak terjadi atau tidak terbukti", 0),), ())
    if historis and modality in {Modality.KEJADIAN, Modality.ANCAMAN_POTENSI, Modality.PENCEGAHAN_KEGIATAN}:
        return Judged(0, (("kejadian lama sebagai latar", 0),), ())
    harm = find_harm(document, year) if harm is None else harm
    local = is_local_election(document) if local_election is None else local_election
    case = Case(document, tuple(signals), modality, harm, window, local, _is_electoral(document))
    return _add_up(case, table)


def _add_up(case: Case, table: SeverityTable) -> Judged:
    """Return base, triggers, points and cap as one sum."""
    level, points, facts = _base(case, table)
    trigger, why, fact = _trigger(case, table)
    own_four = trigger == Severity.KRITIS
    if trigger > level:
        points.append((why, trigger - level))
        level = trigger
        facts.append((fact, why))
    ceiling = Severity.KRITIS if own_four else Severity.TINGGI
    for amount, reason, proof in _modifiers(case, table):
        if amount > 0 and level >= ceiling:
            continue
        points.append((reason, amount))
        facts.append((proof, reason))
        level += amount
    cap = min(table.caps[case.modality], LOCAL_CAP if case.local else Severity.KRITIS)
    if level > cap:
        points.append((f"batas {'pilkades/pilwana' if case.local and cap == LOCAL_CAP else case.modality}", cap - level))
        level = cap
    if level < 0:
        points.append(("tidak di bawah 0", -level))
        level = 0
    evidence = tuple(
        Evidence("severity", one.zone, one.start, one.end, float(weight), reason)
        for one, reason in facts
        if one is not None
        for weight in [next((amount for name, amount in points if name == reason), 0)]
    )
    return Judged(int(level), tuple(points), evidence)


def _base(case: Case, table: SeverityTable) -> tuple[int, list[Point], list[tuple[Fact | None, str]]]:
    """Return the highest base of the asserted signals, with the reason that a desk reads."""
    best, chosen, fact, note = -1, "", None, ""
    for signal in case.signals:
        row = table.base.get(signal)
        if row is None:
            continue
        value = row[case.modality]
        refined = _REFINED.get((signal, case.modality))
        shown: Fact | None = None
        detail = ""
        if refined is not None:
            value, detail, shown = refined(case, value)
        if value > best:
            best, chosen, fact, note = value, signal, shown, detail
    reason = f"dasar: {chosen} x {case.modality}" + (f" ({note})" if note else "")
    return max(0, best), [(reason, max(0, best))], [(fact, reason)]


# --- bases that the words decide --------------------------------------------------------------------------------------

Refined = tuple[int, str, Fact | None]


def _crowd_base(case: Case, _: int) -> Refined:
    """Peaceful 1, scuffle 2, clash with serious harm 3 (rulings, section 2.3); a brawl that hurt nobody is 1."""
    harm = case.harm
    serious = harm.first("luka_berat")
    if serious and harm.has("bentrok", "tawuran", "rusuh", "gesekan", "kepung"):
        return 3, "bentrok dengan korban", serious
    youths = harm.first("tawuran")
    if youths and _YOUTHS.search(_all(case.document)) and not (_tense(case) or harm.has("luka", "senjata", "tewas")):
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
    if _PROPS.search(_all(case.document)) and not case.harm.has("pembakaran", "surat_suara_dibakar"):
        return 1, "hanya alat peraga", None
    return value, "", None


def _disaster_base(case: Case, value: int) -> Refined:
    """2, or 1 for a warning that is kept, a quake that broke nothing, a dry well, a fallen tree, a fire that is out."""
    harm, title = case.harm, case.document.title.lower()
    hurt = harm.first("tewas", "luka", "luka_berat", "mengungsi")
    if hurt is not None:
        return value, "", hurt
    if _QUAKE.search(title) and "rusak" not in title:
        return 1, "gempa tanpa korban", None
    minor = _MINOR.search(title) or _CONTAINED.search(f"{title} {_lead(case.document)}")
    if _PROPS.search(title):
        return 1, "hanya alat peraga", None
    if _few(title, _HOTSPOTS, _FEW_HOTSPOTS) or _few(f"{title} {_lead(case.document)}", _HECTARES, _FEW_HECTARES):
        return 1, "luasan kecil", None
    if minor and not _SPREADING.search(title):
        return 1, f"dampak ringan: {minor.group()}", None
    return value, "", harm.first("dampak_bencana", "rusak")


def _local_risk_base(case: Case, value: int) -> Refined:
    """1 where the activity answers a real event or risk, 0 where it is an exercise, an appeal or a meeting."""
    if is_exercise(case.document):
        return 0, "simulasi", None
    proof = case.harm.first("rusuh", "bentrok", "tawuran", "gesekan", "kelompok_bersenjata", "pembakaran", "mengungsi", "tewas", "rusak")
    if proof is not None:
        return 1, "risiko nyata", proof
    return (0, "umum", None) if _CEREMONY.search(_head(case.document)) else (value, "", None)


def _rumour_base(case: Case, value: int) -> Refined:
    """1 where the appeal answers real unrest."""
    proof = case.harm.first("rusuh", "bentrok", "tawuran", "gesekan", "pembakaran")
    unrest = proof is not None or _SHUT_DOWN.search(_all(case.document))
    return (1, "risiko nyata", proof) if unrest and not is_exercise(case.document) else (value, "", None)


def _posters_base(case: Case, value: int) -> Refined:
    """1 where the routine clearing names how many posters it took down."""
    return (1, "temuan rutin", None) if _TAKEN_DOWN.search(_all(case.document)) else (value, "", None)


def _around_disaster_base(case: Case, value: int) -> Refined:
    """1 around a real disaster, 0 long after one, in an exercise or in general."""
    if is_exercise(case.document) or _LONG_PAST.search(_all(case.document)):
        return 0, "umum", None
    return value, "", None


def _correction_base(case: Case, value: int) -> Refined:
    """1 where an authority only sets a rumour right, 2 where somebody is prosecuted for it."""
    return (value, "", None) if _PROSECUTED.search(_all(case.document)) else (1, "klarifikasi", None)


def _rumour_of_candidate_base(case: Case, value: int) -> Refined:
    """2 where a rumour is aimed at a contestant or the vote: the ordinary level of an allegation."""
    return (2, "menyasar pemilihan", None) if _CONTESTANT.search(_all(case.document)) else (value, "", None)


def _petty_base(case: Case, value: int) -> Refined:
    """1 for a like on social media or a single campaign prop."""
    return (1, "sepele", None) if _PETTY.search(_all(case.document)) else (value, "", None)


_PROPS = re.compile(r"(?<!\w)(?:baliho|spanduk|apk|alat peraga|poster|bendera partai|banner|billboard|reklame)(?!\w)")
_QUAKE = re.compile(r"(?<!\w)gempa(?:bumi)?(?!\w)")
_MINOR = re.compile(
    r"(?<!\w)(?:(?:mulai )?berkurang|normal|kekeringan|krisis air|air bersih|kemarau|hot spell|cuaca panas|pohon (?:\w+ ){0,4}tumbang|awan panas|"
    r"lava|letusan|wisatawan|turis|batal (?:tampil|ceramah|manggung)|konser|penonton|sepi pembeli|orangutan|satwa|ular|harimau|liga \d|latihan)(?!\w)"
)
_CONTAINED = re.compile(
    r"(?<!belum )(?<!\w)(?:belum terganggu|tidak (?:\w+ )?terganggu|tak terganggu|berhasil (?:dikendalikan|dipadamkan)|mulai berkurang|tidak ada korban)(?!\w)"
)
_SPREADING = re.compile(r"(?<!\w)(?:darurat|meluas|(?:makin|semakin|kian) (?:parah|pekat|tebal|luas)|rusak)(?!\w)")
_YOUTHS = re.compile(r"(?<!\w)(?:pelajar|remaja|siswa|anak sekolah|antarpelajar)(?!\w)")
_CEREMONY = re.compile(
    r"(?<!\w)(?:rakor|rapat koordinasi|sosialisasi|deklarasi|ikrar|apel|pelatihan|bimtek|fgd|diskusi|silaturahmi|seminar|lomba|kunjungan|coffee morning)(?!\w)"
)
_SHUT_DOWN = re.compile(r"(?<!\w)(?:blokir|pemblokiran|belum kondusif|pembatasan akses)(?!\w)")
_TAKEN_DOWN = re.compile(rf"(?<![\w.,]){NUMBER}\s+(?:\w+\s+)?(?:apk|alat peraga|baliho|spanduk|poster|reklame|bahan kampanye)(?!\w)")
_PROSECUTED = re.compile(
    r"(?<!\w)(?:tersangka|dpo|buron\w*|ditangkap|menangkap|ditahan|menahan|sidang|terdakwa|didakwa|vonis|divonis|dituntut|penjara|paspor|diperiksa|"
    r"memeriksa|pemeriksaan|dipanggil|penyidik\w*|penyelidik\w*|laporan polisi|dijerat|memburu|banding|praperadilan)(?!\w)"
)
_CONTESTANT = re.compile(r"(?<!\w)(?:calon (?:bupati|gubernur|wali ?kota|wakil)|paslon|pasangan calon|tps|pencoblosan|pemungutan suara)(?!\w)")
_FEW_HECTARES: Final = 10
_FEW_HOTSPOTS: Final = 50
_HECTARES = re.compile(rf"(?<![\w.,])({NUMBER})(?:,\d+)?\s+(?:hektare?|ha)(?!\w)")
_HOTSPOTS = re.compile(rf"(?<![\w.,])({NUMBER})\s+(?:titik (?:panas|api)|hotspot)(?!\w)")
_LONG_PAST = re.compile(r"setahun|tahun lalu|santunan|tips|penghargaan")
_PETTY = re.compile(r"(?<!\w)(?:like|menyukai|tombol suka|satu baliho|sebuah baliho)(?!\w)")

_REFINED: dict[tuple[str, Modality], Callable[[Case, int], Refined]] = {
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
    ("netralitas_aparatur", Modality.DUGAAN): _petty_base,
    ("pelanggaran_kampanye", Modality.DUGAAN): _petty_base,
}

# --- triggers of level 3 and 4 -----------------------------------------------------------------------------------------

UNREST = frozenset({"konflik_massa", "kekerasan_intimidasi", "perusakan", "sara_kebencian"})
VOTE = frozenset({"data_pemilih", "logistik_tps", "integritas_penyelenggara", "sengketa_tahapan", "bencana_cuaca", "konflik_massa"})


ALLEGED_HIGH = frozenset({"kekerasan_intimidasi", "konflik_massa", "perusakan", "sara_kebencian", "integritas_penyelenggara"})
"""An allegation reaches 3 only where organisers, a mass stirred against a group, or violence are in it."""


def _trigger(case: Case, table: SeverityTable) -> tuple[int, str, Fact | None]:
    """Return the highest level that a fact sets by itself, 0 where none does."""
    signals = set(case.signals)
    if case.modality is Modality.PENANGANAN_HUKUM:
        psu = case.harm.first("psu")
        if psu and signals & {"integritas_penyelenggara", "sengketa_tahapan", "data_pemilih", "logistik_tps"}:
            return 3, "pemicu 3: pemungutan suara ulang", psu
        return 0, "", None
    if case.modality is Modality.DUGAAN and not signals & ALLEGED_HIGH:
        return 0, "", None
    if case.modality not in {Modality.KEJADIAN, Modality.DUGAAN}:
        return (4, "pemicu 4: ancaman bom", fact) if (fact := _bomb_threat(case)) else (0, "", None)
    for level, why, fact in _triggers(case, signals, table):
        if fact is not None:
            return level, f"pemicu {level}: {why}", fact
    return 0, "", None


def _bomb_threat(case: Case) -> Fact | None:
    verified = case.modality is Modality.ANCAMAN_POTENSI and re.search(r"\bterverifikasi|dipastikan\b", _all(case.document))
    return case.harm.first("bom") if verified else None


def _triggers(case: Case, signals: set[str], table: SeverityTable) -> list[tuple[int, str, Fact | None]]:
    """Return the triggers in falling order, each with the fact that would set it off."""
    harm, unrest = case.harm, bool(signals & UNREST)
    dead = harm.most("tewas") if "bencana_cuaca" in signals else _in_event(case, "tewas")
    crowd_only = not case.electoral and not signals & (UNREST - {"konflik_massa"})
    armed = harm.first("senjata") if not crowd_only or harm.has("luka", "luka_berat") else None
    siege = harm.first("kepung") if case.electoral or not crowd_only else None
    tense = _tense(case)
    affected = harm.most("tps")
    stations = affected if affected is not None and affected.count >= table.scale["tps_tinggi"] and signals & VOTE else None
    fire = harm.first("pembakaran")
    return [
        (4, "korban jiwa", dead if unrest else None),
        (4, "bom", harm.first("bom") if unrest else None),
        (4, "kotak atau surat suara dibakar", harm.first("surat_suara_dibakar")),
        (4, "kerusuhan massa dengan pembakaran", fire if "konflik_massa" in signals and harm.has("rusuh") else None),
        (4, "bencana dengan korban jiwa pada hari tahapan", dead if tense and "bencana_cuaca" in signals else None),
        (3, "korban jiwa akibat bencana", dead if "bencana_cuaca" in signals else None),
        (3, "luka berat", harm.first("luka_berat") if unrest else None),
        (3, "senjata", armed if unrest else None),
        (3, "pembakaran atau penjarahan", fire if unrest else None),
        (3, "pengepungan", siege if unrest else None),
        (3, "tahapan terhenti", harm.first("tahap_terhenti") if case.electoral and not case.local and signals & (VOTE | UNREST) else None),
        (3, "pemungutan suara ulang", harm.first("psu") if signals & VOTE else None),
        (3, f"{affected.count if affected else 0} TPS terdampak", stations),
        (3, "tertangkap tangan dengan barang bukti", harm.first("ott") if "politik_uang" in signals and harm.has("barang_bukti") else None),
        (3, "hasutan SARA menyebar luas", harm.first("hasutan") if "sara_kebencian" in signals and harm.has("viral") and case.electoral else None),
    ]


_EVENT = re.compile(
    r"(?<!\w)(?:tawuran|bentrok\w*|kerusuhan|rusuh|ricuh|demo\w*|unjuk rasa|massa|\w*serang\w*|\w*tembak\w*|\w*bacok\w*|\w*keroyok\w*|\w*tikam\w*|"
    r"\w*tusuk\w*|\w*aniaya\w*|bom|panah|parang|senjata|kkb|kksb|teroris\w*|korban)(?!\w)"
)


def _in_event(case: Case, kind: str) -> Fact | None:
    """Return a fact that title or lead states, or a sentence that speaks of the unrest: other deaths are background."""
    for fact in case.harm.facts:
        if fact.kind != kind:
            continue
        for one in case.document.sentences:
            if one.zone == fact.zone and one.start <= fact.start < one.end:
                said = case.document.span(one.zone, one.start, one.end).lower()
                if one.zone == "title" or one.is_lead or _EVENT.search(said):
                    return fact
    return None


# --- points ------------------------------------------------------------------------------------------------------------


def _modifiers(case: Case, table: SeverityTable) -> list[tuple[int, str, Fact | None]]:
    """Return the points of stage, target, scale and calm that apply, in the order of the dossier."""
    found: list[tuple[int, str, Fact | None]] = []
    harm, signals = case.harm, set(case.signals)
    window = case.window
    if window is not None and _tense(case) and signals & table.stage_signals and case.modality is not Modality.OPINI:
        found.append((1, f"+1 {window.label}", None))
    if case.modality in ACTING:
        target = harm.first("sasaran_penyelenggara", "sasaran_pers", "sasaran_ibadah")
        if target is not None:
            found.append((1, f"+1 {_TARGETS[target.kind]}", target))
        if (scale := _scale(case, table)) is not None:
            found.append((1, *scale))
        # A crowd that scuffled stays a scuffle when calm returns; only what ended by agreement or by itself is lighter.
        calm = harm.first("usai") if "konflik_massa" in signals else harm.first("reda", "usai")
        hurt = harm.has("tewas", "luka", "luka_berat", "rusak", "pembakaran")
        natural = signals == {"bencana_cuaca"}  # a disaster that is over is a light one by its base already
        lowest = "konflik_massa" in signals and not harm.has("gesekan", "bentrok", "rusuh", "tawuran")  # peaceful is 1 already
        if calm is not None and not lowest and not hurt and not natural and case.modality is Modality.KEJADIAN:
            found.append((-1, "-1 sudah reda tanpa korban atau kerusakan", calm))
    return found


_TARGETS = {
    "sasaran_penyelenggara": "sasaran penyelenggara atau saksi",
    "sasaran_pers": "sasaran wartawan",
    "sasaran_ibadah": "sasaran rumah ibadah",
}


def _scale(case: Case, table: SeverityTable) -> tuple[str, Fact] | None:
    """Return why the scale adds a point, with the fact that says so."""
    harm, least = case.harm, table.scale
    crowd = harm.most("massa")
    if crowd and crowd.count >= least["massa"] and "konflik_massa" in case.signals and case.electoral:
        return f"+1 massa {crowd.count} orang", crowd
    hurt = harm.most("luka", "luka_berat")
    if hurt and hurt.count >= least["luka"]:
        return f"+1 {hurt.count} orang luka", hurt
    if case.modality is Modality.ANCAMAN_POTENSI:
        return None  # a map of places at risk is one finding, however long its list
    stations = harm.most("tps")
    if stations and stations.count >= least["tps"]:
        return f"+1 {stations.count} TPS", stations
    return None


# --- what a text is about ----------------------------------------------------------------------------------------------

_LOCAL = re.compile(
    r"(?<!\w)(?:pilkades|pilwana|pilwanag|pilkada desa|pemilihan (?:kepala desa|wali ?nagari|kepala kampung|keuchik|geuchik|perbekel|"
    r"kuwu|lurah|pambakal|peratin|hukum tua))(?!\w)"
)
_WIDER = re.compile(r"(?<!\w)(?:pilkada|pilgub|pilbup|pilwako|pilwalkot|pemilihan (?:gubernur|bupati|wali ?kota)|pemilu)(?!\w)")
_EXERCISE = re.compile(r"(?<!\w)(?:simulasi|skenario|peragaan|diperagakan|gladi|seolah-olah|sispamkota|latihan (?:gabungan|pengamanan))(?!\w)")
_ELECTORAL = re.compile(
    r"(?<!\w)(?:pilkada|pemilu|pilpres|pileg|pilgub|pilbup|pilwako|pilwalkot|kpu|bawaslu|tps|paslon|kpps|ppk|panwas\w*|rekapitulasi|"
    r"pemungutan suara|pencoblosan|calon (?:bupati|gubernur|wali ?kota)|pilkades|pilwana|psu)(?!\w)"
)


def is_local_election(document: Document) -> bool:
    """Return whether the text is about the election of a village head rather than a Pilkada or Pemilu."""
    text = _all(document)
    local = len(_LOCAL.findall(text))
    return local > 0 and local >= len(_WIDER.findall(text))


def _is_electoral(document: Document) -> bool:
    return _ELECTORAL.search(_all(document)) is not None


def is_exercise(document: Document) -> bool:
    """Return whether the text says anywhere that what it describes is an exercise."""
    return _EXERCISE.search(_all(document)) is not None


def _tense(case: Case) -> bool:
    return case.window is not None and case.window.tense and not case.local


def _few(text: str, pattern: re.Pattern[str], fewer_than: int) -> bool:
    """Return whether a text counts something, and never as many as ``fewer_than``."""
    numbers = [number for found in pattern.finditer(text) if (number := read_number(found.group(1))) is not None]
    return bool(numbers) and max(numbers) < fewer_than


def _head(document: Document) -> str:
    return f"{document.title.lower()} {_lead(document)}"


def _lead(document: Document) -> str:
    return " ".join(document.span(one.zone, one.start, one.end) for one in document.sentences if one.is_lead).lower()


def _all(document: Document) -> str:
    return f"{document.title}\n{document.text}".lower()


@cache
def load_table(path: Path = REFERENCE) -> SeverityTable:
    """Read the numbers; SettingsError names what is missing."""
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        base = {signal: dict(zip(COLUMNS, row, strict=True)) for signal, row in raw["dasar"].items()}
        caps = {modality: int(raw["batas"][modality.value]) for modality in Modality}
        return SeverityTable(base, caps, frozenset(raw["tahapan"]["sinyal"]), dict(raw["skala"]))
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"the severity table cannot be used: {error!r}", where=str(path)) from error
