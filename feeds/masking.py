"""Names of suspects, victims and children become initials before a text leaves the house.

UU 27/2022 (PDP) and UU 11/2012 (SPPA), article 19: a child's identity stays secret even where the outlet printed it.
The machine cannot know every name, so it masks by what stands around one: an age behind it, or a word such as
*korban*, *tersangka*, *terlapor*, *siswa* before it. Office-holders speaking in their office keep theirs.
"""

from __future__ import annotations

import re

_NAME = r"[A-Z][a-z'’]+(?:\s+(?:bin|binti|als|alias)?\s*[A-Z][a-z'’]*\.?){0,3}"
_ROLE = (
    r"(?:[Tt]ersangka|[Tt]erdakwa|[Tt]erduga(?:\s+pelaku)?|[Tt]erlapor|[Tt]erpidana|[Pp]elaku|[Kk]orban|[Ss]iswa|[Ss]iswi"
    r"|[Pp]elajar|[Bb]ocah|[Aa]nak|[Bb]alita|[Rr]emaja|[Ss]antri|[Ss]aksi|[Aa]lmarhum|[Aa]lmarhumah|[Mm]endiang)"
)
_LINK = (
    r"(?:\s+(?:(?:yang\s+)?bernama|atas\s+nama|berinisial|tewas|luka|meninggal|utama|kedua|pertama|lain(?:nya)?|ialah"
    r"|adalah|yakni|yaitu))*"
)
_AGE = r"(?P<age>\s*(?:\(\s*\d{1,2}\s*(?:tahun|th)?\s*\)|,?\s*\d{1,2}\s+tahun\b))"

_WITH_AGE = re.compile(rf"\b(?P<name>{_NAME})(?={_AGE})")
_AFTER_ROLE = re.compile(rf"\b(?P<before>{_ROLE}{_LINK}[\s,:]+)(?P<name>{_NAME})")
_NEVER = frozenset(
    """
    Polisi Polres Polsek Polda Kapolres Kapolsek Kota Kabupaten Kecamatan Desa Nagari Kelurahan Jalan KPU Bawaslu TPS
    Pilkada Pemilu Senin Selasa Rabu Kamis Jumat Sabtu Minggu Januari Februari Maret April Mei Juni Juli Agustus
    September Oktober November Desember Banjir Gempa Longsor Kebakaran Dinas Badan Rumah Kantor Tim Satpol
    """.split()  # noqa: SIM905  # a list of quoted words reads worse
)
"""Capitalised words that follow such a role word or precede a number and are nobody's name."""


def masked(text: str) -> str:
    """Return ``text`` with names of suspects, victims, witnesses and children as initials (*Budi Santoso*: *B.S.*)."""
    text = _WITH_AGE.sub(lambda match: _initials(match["name"]), text)
    return _AFTER_ROLE.sub(lambda match: match["before"] + _initials(match["name"]), text)


def _initials(name: str) -> str:
    words = name.split()
    if words[0] in _NEVER:
        return name
    return "".join(f"{word[0].upper()}." for word in words if word.lower() not in {"bin", "binti", "als", "alias"})
