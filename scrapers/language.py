"""The language of an article: Indonesian, Malay, Javanese, Sundanese, Minangkabau, English, or not known.

pycld2 tells all but Minangkabau, which it takes for Indonesian or Malay; for that we count words that only Minang has.
"""

from __future__ import annotations

import re

import pycld2

MIN_CHARS = 40
"""Below this pycld2 guesses; such a text is "und"."""

MINANG_SHARE = 0.08
"""Share of Minang-only words from which a text is Minang. Made-up texts: Minang prose 0.15 to 0.35, Indonesian with
quoted Minang sayings below 0.04."""

MINANG_WORDS = 4
"""Different Minang-only words that a Minang text has at least; one word said often is a name or a refrain."""

_CODES = {"id": "id", "ms": "ms", "jw": "jv", "jv": "jv", "su": "su", "en": "en"}

_MINANG = frozenset(
    [
        "nan",
        "indak",
        "ndak",
        "indaklah",
        "dek",
        "jo",
        "urang",
        "awak",
        "kito",
        "sabana",
        "pulo",
        "pulolah",
        "lai",
        "alah",
        "kalua",
        "masuak",
        "duduak",
        "tagak",
        "bajalan",
        "sahinggo",
        "tampek",
        "inyo",
        "nyo",
        "ambo",
        "denai",
        "amak",
        "apak",
        "baa",
        "manga",
        "dima",
        "bilo",
        "siapo",
        "apo",
        "saketek",
        "gadang",
        "ketek",
        "kudian",
        "sarupo",
        "samo",
        "basamo",
        "basuo",
        "batanyo",
        "manjadi",
        "untuak",
        "katiko",
        "salamo",
        "sabalun",
        "sasudah",
        "pado",
        "kapado",
        "dapek",
        "dapaik",
        "mandapek",
        "dibuek",
        "mambuek",
        "mamakai",
        "mambali",
        "manolong",
        "tigo",
        "ampek",
        "limo",
        "tujuah",
        "salapan",
        "kampuang",
        "rang",
        "uda",
        "uni",
        "bundo",
        "kanduang",
        "adaik",
        "lamak",
        "pasa",
        "labiah",
        "iko",
        "ko",
        "siko",
        "sinan",
        "isuak",
        "kapatang",
        "barangkek",
        "lapeh",
    ]
)
# Indonesian news about Malaysia is full of names that pycld2 takes for Malay; the everyday words tell.
_ONLY_INDONESIAN = frozenset(
    [
        "karena",
        "bisa",
        "polisi",
        "kantor",
        "uang",
        "kota",
        "kemarin",
        "saat",
        "bahwa",
        "jumat",
        "provinsi",
        "pemerintah",
        "sebut",
        "rabu",
        "kamis",
    ]
)
_ONLY_MALAY = frozenset(
    [
        "kerana",
        "boleh",
        "polis",
        "pejabat",
        "wang",
        "bandar",
        "semalam",
        "ketika",
        "mesyuarat",
        "jumaat",
        "khamis",
        "ahad",
        "kerajaan",
        "negeri",
        "ialah",
        "pihak",
        "memaklumkan",
        "bagi",
    ]
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def language_of(text: str) -> str:
    """Return ``id``, ``ms``, ``jv``, ``su``, ``min``, ``en``, or ``und`` where it is another or cannot be told."""
    if len(text) < MIN_CHARS:
        return "und"
    words = _WORD.findall(text.casefold())
    minang = [word for word in words if word in _MINANG]
    if len(set(minang)) >= MINANG_WORDS and len(minang) / len(words) >= MINANG_SHARE:
        return "min"
    code = _detected(text) or _detected(text, hint="id")
    if code == "ms" and sum(word in _ONLY_INDONESIAN for word in words) > sum(word in _ONLY_MALAY for word in words):
        return "id"
    return code or "und"


def _detected(text: str, **hint: str) -> str | None:
    options = {"hintLanguage": hint["hint"]} if hint else {}
    try:
        _, _, details = pycld2.detect(text.encode("utf-8", "ignore"), isPlainText=True, bestEffort=True, **options)
    except pycld2.error:  # characters that it holds for invalid, though they are UTF-8
        return None
    return _CODES.get(details[0][1])
