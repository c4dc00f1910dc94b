"""Indonesian numbers as news writes them: *1.204*, *dua puluh tiga*, *belasan*, *ratusan*, *seribuan*."""

from __future__ import annotations

import re
from typing import Final

_UNITS = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
}  # fmt: skip
_POWERS = {"puluh": 10, "ratus": 100, "ribu": 1000, "juta": 1_000_000}
_WHOLE = {
    # What a round word means at the least: "ratusan" is 200 and more (two hundreds), "belasan" 11 and more.
    "seorang": 1, "sepasang": 2, "sebelas": 11, "selusin": 12, "sepuluh": 10, "seratus": 100, "seribu": 1000,
    "beberapa": 2, "sejumlah": 2, "belasan": 11, "puluhan": 20, "seratusan": 100,
    "ratusan": 200, "seribuan": 1000, "ribuan": 2000,
    "nol": 0, "nihil": 0,
}  # fmt: skip

_WORD = "|".join(sorted([*_UNITS, *_POWERS, *_WHOLE, "belas"], key=len, reverse=True))
NUMBER: Final = (
    rf"(?:\d+(?:,\d+)?\s(?:ribu|juta)|\d{{1,3}}(?:[.]\d{{3}})+|\d+|(?:{_WORD})(?:\s(?:{_WORD})){{0,7}})(?:-an)?"
)
"""A regular expression, without groups, that finds a number in lower-case text."""

_LONGEST_DIGITS: Final = 9
"""Longer runs of digits are telephone and registration numbers, no counts."""


def read_number(text: str) -> int | None:
    """Return what a number says at the least, None where the text is no number or has too many digits for a count."""
    text = text.strip().lower().removesuffix("-an")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+|\d+", text):
        digits = text.replace(".", "")
        return int(digits) if len(digits) <= _LONGEST_DIGITS else None
    if round_number := re.fullmatch(r"(\d+)(?:,(\d+))?\s(ribu|juta)", text):
        whole, part, power = round_number.groups()
        return int(float(f"{whole[:_LONGEST_DIGITS]}.{part or 0}") * _POWERS[power])
    words = text.split()
    if not words:
        return None
    total = part = 0
    for word in words:
        if word in _UNITS:
            part += _UNITS[word]
        elif word in _WHOLE:
            part += _WHOLE[word]
        elif word == "belas":
            part += 10
        elif word in _POWERS:
            power = _POWERS[word]
            if power >= 1000:  # "dua puluh ribu": everything so far is counted in thousands
                total, part = (total + (part or 1)) * power, 0
            else:
                part = (part // 10 * 10 if part >= 10 else 0) + (part % 10 or 1) * power
        else:
            return None
    return total + part
