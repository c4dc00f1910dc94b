"""What each article of an incident adds: the first report, a copy, a second witness, the arrest, the verdict."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from classifiers.incidents.members import CLONE_TIER
from data.records import Modality

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from classifiers.incidents.members import Member


class StepKind(StrEnum):
    """What an article adds to what was known before it."""

    LAPORAN_PERTAMA = "laporan_pertama"
    SALINAN = "salinan"  # the text of an earlier one
    KONFIRMASI = "konfirmasi"  # in words of its own, by another house that counts as a witness
    LAPORAN_LAIN = "laporan_lain"  # by a house that has reported already, or by one that is no witness
    RALAT = "ralat"  # the outlet corrects itself
    KLARIFIKASI = "klarifikasi"  # those concerned deny or explain
    PENANGKAPAN = "penangkapan"
    TERSANGKA = "tersangka"
    PEMERIKSAAN = "pemeriksaan"
    SIDANG = "sidang"
    PUTUSAN = "putusan"
    PENGHENTIAN = "penghentian"
    PENANGANAN = "penanganan"  # what else authorities do
    KONTEKS = "konteks"  # not flagged: aid, appeals, meetings after the event


@dataclass(frozen=True, slots=True)
class Step:
    """One article of an incident, with what it adds.

    ``at`` is when it was published, or first seen where that is unknown. ``of`` is the article that it copies.
    ``cue`` is the word that tells what it adds, "" where nothing but its place in the order does. ``withdrawn`` says
    that the outlet has taken it down since.
    """

    article_id: int
    source_id: str
    at: datetime
    kind: StepKind
    title: str
    of: int | None = None
    cue: str = ""
    withdrawn: bool = False


_CORRECTION = re.compile(r"\b(?:ralat|koreksi berita|pembetulan|permintaan maaf redaksi)\b", re.IGNORECASE)
_DENIAL = re.compile(
    r"\b(?:klarifikasi|bantah\w*|membantah|dibantah|hak jawab|menyangkal|menepis|angkat bicara)\b", re.IGNORECASE
)
# The latest stage that a headline names is what is new: "Tersangka Pembakar Posko Divonis" is the verdict.
_STAGES: Final = (
    (
        StepKind.PENGHENTIAN,
        re.compile(r"\b(?:dihentikan|menghentikan|sp3|tidak terbukti|tak terbukti|tidak cukup bukti)\b", re.IGNORECASE),
    ),
    (
        StepKind.PUTUSAN,
        re.compile(
            r"\b(?:divonis|vonis|putusan|diputus|memutuskan|dihukum|dijatuhi|bebas dari dakwaan|dipecat"
            r"|diberhentikan)\b",
            re.IGNORECASE,
        ),
    ),
    (
        StepKind.SIDANG,
        re.compile(r"\b(?:sidang|disidang\w*|persidangan|didakwa|dakwaan|dituntut|tuntutan|p-?21)\b", re.IGNORECASE),
    ),
    (StepKind.TERSANGKA, re.compile(r"\b(?:tersangka)\b", re.IGNORECASE)),
    (
        StepKind.PENANGKAPAN,
        re.compile(
            r"\b(?:ditangkap|tangkap|menangkap|dibekuk|bekuk|diringkus|ringkus|diamankan|ditahan|menyerahkan diri)\b",
            re.IGNORECASE,
        ),
    ),
    (
        StepKind.PEMERIKSAAN,
        re.compile(
            r"\b(?:diperiksa|periksa|memeriksa|pemeriksaan|dipanggil|penyelidikan|penyidikan|diregistrasi|registrasi"
            r"|gakkumdu|olah tkp|dimintai keterangan)\b",
            re.IGNORECASE,
        ),
    ),
)


def timeline(members: Sequence[Member]) -> tuple[Step, ...]:
    """Return the articles of an incident in the order of their moments, each with what it adds to those before it."""
    ordered = sorted(members, key=lambda member: (member.moment, member.article_id))
    return tuple(_step(member, ordered[:index]) for index, member in enumerate(ordered))


def _step(member: Member, before: Sequence[Member]) -> Step:
    kind, cue, of = _added(member, before)
    return Step(
        member.article_id, member.source_id, member.moment, kind, member.title, of, cue, withdrawn=member.withdrawn
    )


def _added(member: Member, before: Sequence[Member]) -> tuple[StepKind, str, int | None]:
    copied = next((one for one in before if member.shares_text(one)), None)
    if copied is not None:
        return StepKind.SALINAN, "", copied.article_id
    if found := _CORRECTION.search(member.title):
        return StepKind.RALAT, found[0], None
    if not before:
        return StepKind.LAPORAN_PERTAMA, "", None
    if member.assessment.modality is Modality.PENANGANAN_HUKUM:
        return *_stage(member), None
    if found := _DENIAL.search(member.title):
        return StepKind.KLARIFIKASI, found[0], None
    if not member.assessment.flagged:
        return StepKind.KONTEKS, "", None
    known = {one.network for one in before if one.tier < CLONE_TIER}
    if member.tier < CLONE_TIER and member.network not in known:
        return StepKind.KONFIRMASI, "", None
    return StepKind.LAPORAN_LAIN, "", None


def _stage(member: Member) -> tuple[StepKind, str]:
    """Return which step of the handling an article tells of: what its headline says, else its first sentence."""
    for text in (member.title, member.text.split(". ", 1)[0]):
        for kind, cue in _STAGES:
            if found := cue.search(text):
                return kind, found[0]
    return StepKind.PENANGANAN, ""
