"""The facts that set a level by themselves, and the points of stage, target, scale and calm (dossier, section 2.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from data.records import Modality

if TYPE_CHECKING:
    from collections.abc import Mapping

    from classifiers.harm import Fact
    from classifiers.severity_case import Case

Reason = tuple[int, str, "Fact | None"]
"""A level or an amount, the reason that a desk reads, and the fact that it rests on."""

ACTING = frozenset({Modality.KEJADIAN, Modality.DUGAAN, Modality.ANCAMAN_POTENSI})
"""Where something happens, is said to have happened or is coming; in a process or a ceremony the harm is past."""

UNREST = frozenset({"konflik_massa", "kekerasan_intimidasi", "perusakan", "sara_kebencian"})
VOTE = frozenset(
    {"data_pemilih", "logistik_tps", "integritas_penyelenggara", "sengketa_tahapan", "bencana_cuaca", "konflik_massa"}
)


ALLEGED_HIGH = frozenset(
    {"kekerasan_intimidasi", "konflik_massa", "perusakan", "sara_kebencian", "integritas_penyelenggara"}
)
"""An allegation reaches 3 only where organisers, a mass stirred against a group, or violence are in it."""


BREACHES = frozenset(
    {"politik_uang", "netralitas_aparatur", "penyalahgunaan_wewenang", "integritas_penyelenggara", "sara_kebencian"}
)
"""What calm does not undo: money taken or a ballot pierced stays a breach when the queue moves on."""

DATED = ACTING | {Modality.PENANGANAN_HUKUM}
"""Where the nearness of a vote matters: a ceremony or a column is as harmless in masa tenang as in May."""


def trigger(case: Case, scale: Mapping[str, int]) -> Reason:
    """Return the highest level that a fact sets by itself, 0 where none does."""
    signals = set(case.signals)
    if case.modality in {Modality.KEJADIAN, Modality.PENANGANAN_HUKUM} and _by_a_head(case):
        return 3, "pemicu 3: penyalahgunaan oleh kepala daerah", None
    if case.modality is Modality.PENANGANAN_HUKUM:
        return _ordered_anew(case, scale)
    if case.modality is Modality.DUGAAN and not signals & ALLEGED_HIGH:
        return 0, "", None
    if case.modality not in {Modality.KEJADIAN, Modality.DUGAAN}:
        return (4, "pemicu 4: ancaman bom", fact) if (fact := _bomb_threat(case)) else (0, "", None)
    for level, why, fact in _triggers(case, signals, scale):
        if fact is not None:
            return level, f"pemicu {level}: {why}", fact
    return 0, "", None


_HEAD = re.compile(
    r"(?<!calon )(?<!wakil )(?<!kantor )(?<!mantan )(?<!\w)(?:bupati|wali ?kota|wako|gubernur|petahana)(?!\w)"
)
_PROVEN = re.compile(r"(?<!\w)(?:terbukti|dicoret|mencoret|\w*diskualifikasi|dibatalkan|membatalkan|tanpa izin)(?!\w)")


def _by_a_head(case: Case) -> bool:
    """Return whether the title names a head of a region whose abuse of office is proven or stands beyond dispute."""
    if not case.asserts("penyalahgunaan_wewenang"):
        return False
    return _HEAD.search(case.title) is not None and _PROVEN.search(case.head) is not None


def _ordered_anew(case: Case, scale: Mapping[str, int]) -> Reason:
    """Return level 3 where an authority orders a vote anew, or a count anew in several TPS: the order is the harm."""
    if not case.asserts("integritas_penyelenggara", "sengketa_tahapan", "data_pemilih", "logistik_tps"):
        return 0, "", None
    if (vote := case.harm.first("psu")) is not None:
        return 3, "pemicu 3: pemungutan suara ulang", vote
    count, stations = case.harm.first("hitung_ulang"), case.harm.most("tps")
    if count is not None and stations is not None and stations.count >= scale["tps_tinggi"]:
        return 3, f"pemicu 3: penghitungan ulang di {stations.count} TPS", count
    return 0, "", None


def allowed(case: Case, cap: int) -> int:
    """Return the cap of the modality: an allegation passes 2 only where organisers, a mass or violence are in it."""
    if case.modality is not Modality.DUGAAN or case.asserts(*ALLEGED_HIGH):
        return cap
    return cap if case.harm.has("sasaran_penyelenggara", "sasaran_pers", "sasaran_ibadah") else min(cap, 2)


_VERIFIED = re.compile(
    r"(?<!belum )(?<!tidak )(?<!tak )(?<!belum bisa )(?<!belum dapat )(?<!\w)(?:terverifikasi|dipastikan|memastikan|"
    r"pastikan|terbukti)(?= (?:\w+ ){0,6}(?:bom|bahan peledak|rakitan|benar))(?!\w)"
)


def _bomb_threat(case: Case) -> Fact | None:
    verified = case.modality is Modality.ANCAMAN_POTENSI and _VERIFIED.search(case.text)
    return case.harm.first("bom") if verified else None


def _triggers(case: Case, signals: set[str], scale: Mapping[str, int]) -> list[Reason]:
    """Return the triggers in falling order, each with the fact that would set it off."""
    harm, unrest = case.harm, bool(signals & UNREST)
    drowned = harm.most("tewas") if "bencana_cuaca" in signals else None
    dead = _in_event(case, "tewas")
    crowd_only = not case.electoral and not signals & (UNREST - {"konflik_massa"})
    armed = harm.first("senjata") if not crowd_only or harm.has("luka", "luka_berat") else None
    siege = harm.first("kepung") if case.electoral or not crowd_only else None
    tense = case.tense
    affected = harm.most("tps")
    stations = affected if affected is not None and affected.count >= scale["tps_tinggi"] and signals & VOTE else None
    ballots = harm.most("lembar")
    spoilt = ballots if ballots is not None and ballots.count >= scale["lembar_tinggi"] else None
    fire = harm.first("pembakaran")
    stormed = harm.first("serangan_bakar") if "konflik_massa" in signals else None
    broken = harm.first("situs_dirusak") if case.electoral and unrest and harm.has("rusak") else None
    running = case.window is not None and not case.local
    mass_death = drowned is not None and (tense or (running and drowned.count >= scale["tewas_besar"]))
    return [
        (4, "korban jiwa", dead if unrest else None),
        (4, "bom", harm.first("bom") if unrest else None),
        (4, "kotak atau surat suara dibakar", harm.first("surat_suara_dibakar")),
        (4, "massa membakar kantor penyelenggara atau polisi", stormed),
        (4, "kerusuhan massa dengan pembakaran", fire if "konflik_massa" in signals and harm.has("rusuh") else None),
        (4, "bencana dengan korban jiwa pada hari tahapan", drowned if mass_death else None),
        (3, "korban jiwa akibat bencana", drowned),
        (3, "luka berat", harm.first("luka_berat") if unrest else None),
        (3, "senjata", armed if unrest else None),
        (3, "pembakaran atau penjarahan", fire if unrest else None),
        (3, "pengepungan", siege if unrest else None),
        (3, "perusakan di tempat penyelenggara atau calon", broken),
        (
            3,
            "tahapan terhenti",
            harm.first("tahap_terhenti") if case.electoral and not case.local and signals & (VOTE | UNREST) else None,
        ),
        (3, "pemungutan suara ulang", harm.first("psu") if signals & VOTE else None),
        (3, f"{affected.count if affected else 0} TPS terdampak", stations),
        (
            3,
            f"{ballots.count if ballots else 0} surat suara tidak terpakai",
            spoilt if "logistik_tps" in signals else None,
        ),
        (
            3,
            "tertangkap tangan dengan barang bukti",
            harm.first("ott") if "politik_uang" in signals and harm.has("barang_bukti") else None,
        ),
        (
            3,
            "hasutan SARA menyebar luas",
            harm.first("hasutan") if "sara_kebencian" in signals and harm.has("viral") and case.electoral else None,
        ),
    ]


_EVENT = re.compile(
    r"(?<!\w)(?:tawuran|bentrok\w*|kerusuhan|rusuh|ricuh|demo\w*|unjuk rasa|massa|\w*serang\w*|\w*tembak\w*|"
    r"\w*bacok\w*|\w*keroyok\w*|\w*tikam\w*|"
    r"\w*tusuk\w*|\w*aniaya\w*|bom|panah|parang|senjata|kkb|kksb|teroris\w*)(?!\w)"
)


def _in_event(case: Case, kind: str) -> Fact | None:
    """Return a fact that title or lead states, or a sentence that speaks of the unrest: other deaths are background.

    Beside a disaster only the unrest's own sentence counts: those in the title may have drowned.
    """
    for fact in case.harm.facts:
        if fact.kind != kind:
            continue
        one = case.sentence_of(fact)
        told = one is not None and (one.zone == "title" or one.is_lead) and "bencana_cuaca" not in case.signals
        if told or (one is not None and _EVENT.search(case.document.span(one.zone, one.start, one.end).lower())):
            return fact
    return None


def modifiers(case: Case, scale: Mapping[str, int], stage_signals: frozenset[str]) -> list[Reason]:
    """Return the points of stage, target, scale and calm that apply, in the order of the dossier."""
    found: list[Reason] = []
    harm, signals = case.harm, set(case.signals)
    window = case.window
    if window is not None and case.tense and signals & stage_signals and case.modality in DATED:
        found.append((1, f"+1 {window.label}", None))
    if case.modality is Modality.PENANGANAN_HUKUM and signals & UNREST:
        target = harm.first("sasaran_penyelenggara")
        if target is not None:
            found.append((1, f"+1 {_TARGETS[target.kind]}", target))
    if case.modality in ACTING:
        kinds = ("sasaran_penyelenggara", "sasaran_pers", "sasaran_ibadah")
        target = harm.first(*kinds, "sasaran_panitia") if case.local else harm.first(*kinds)
        if target is not None:
            found.append((1, f"+1 {_TARGETS[target.kind]}", target))
        if (size := _scale(case, scale)) is not None:
            found.append((1, *size))
        # A crowd that scuffled stays a scuffle when calm returns; only what ended by agreement or by itself is lighter.
        calm = harm.first("usai") if "konflik_massa" in signals else harm.first("reda", "usai")
        hurt = harm.has("tewas", "luka", "luka_berat", "rusak", "pembakaran")
        natural = signals == {"bencana_cuaca"}  # a disaster that is over is a light one by its base already
        mendable = not signals & BREACHES
        if calm is not None and mendable and not hurt and not natural and case.modality is Modality.KEJADIAN:
            found.append((-1, "-1 sudah reda tanpa korban atau kerusakan", calm))
        rumour = harm.first("sumber_anonim")
        if rumour is not None and case.narrow_place is False and not _NAMED_SOURCE.search(case.text):
            found.append((-1, "-1 satu sumber tanpa nama, tempat tidak rinci", rumour))
    return found


_NAMED_SOURCE = re.compile(
    r"(?<!\w)(?:kapol\w+|kasat|kapendam|kabid humas|humas|ketua|kepala|komisioner|anggota (?:kpu|bawaslu)|camat|"
    r"lurah|bupati|wali ?kota|gubernur|"
    r"juru bicara|jubir|direktur|koordinator)(?!\w)"
)
_TARGETS = {
    "sasaran_penyelenggara": "sasaran penyelenggara atau saksi",
    "sasaran_panitia": "sasaran panitia pemilihan",
    "sasaran_pers": "sasaran wartawan",
    "sasaran_ibadah": "sasaran rumah ibadah",
}


# Readers gave the point for places that are hit, and none for a finding in the rolls or a forest fire across districts.
_SPREADS = ("konflik_massa", "kekerasan_intimidasi", "perusakan", "logistik_tps")


def _scale(case: Case, least: Mapping[str, int]) -> tuple[str, Fact] | None:
    """Return why the scale adds a point, with the fact that says so."""
    harm = case.harm
    crowd = harm.most("massa")
    # A peaceful demonstration is 1 however large (rulings, section 2.3).
    restless = case.modality is not Modality.KEJADIAN or harm.has("gesekan", "bentrok", "rusuh", "kepung", "rusak")
    if crowd and crowd.count >= least["massa"] and restless and case.electoral and case.asserts("konflik_massa"):
        return f"+1 massa {crowd.count} orang", crowd
    hurt = harm.most("luka", "luka_berat")
    if hurt and hurt.count >= least["luka"]:
        return f"+1 {hurt.count} orang luka", hurt
    if case.modality is Modality.ANCAMAN_POTENSI:
        return None  # a map of places at risk is one finding, however long its list
    districts = harm.most("kecamatan")
    if districts and districts.count >= least["kecamatan"] and case.electoral and case.asserts(*_SPREADS):
        return f"+1 {districts.count} kecamatan", districts
    stations = harm.most("tps")
    if stations and stations.count >= least["tps"] and set(case.signals) & (VOTE | UNREST):
        return f"+1 {stations.count} TPS", stations
    return None
