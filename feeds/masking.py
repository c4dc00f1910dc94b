"""Names of suspects, victims and children become initials before a text leaves the house.

UU 27/2022 (PDP) and UU 11/2012 (SPPA), article 19: a child's identity stays secret even where the outlet printed it.
The machine cannot know every name, so it masks by what stands around one: an age behind it, or a word such as
*korban*, *tersangka*, *terlapor*, *siswa* before it. Office-holders speaking in their office keep theirs.

In a headline every word has a capital; there a word is taken for a name only if it looks like no Indonesian verb and
the article never writes it small.
"""

from __future__ import annotations

import re

_WORD = r"[A-Z][A-Za-z'’]*\.?"
_NAME = rf"{_WORD}(?:\s+(?:(?:bin|binti|als|alias)\s+)?{_WORD}){{0,3}}"
_ROLE = (
    r"(?:tersangka|terdakwa|terduga(?:\s+pelaku)?|terlapor|terpidana|pelaku|korban|siswa|siswi|pelajar|bocah|anak|balita"
    r"|remaja|santri|saksi|almarhum|almarhumah|mendiang)"
)
_LINK = (
    r"(?:\s+(?:(?:yang\s+)?bernama|atas\s+nama|berinisial|tewas|luka|meninggal|utama|kedua|pertama|lain(?:nya)?|ialah"
    r"|adalah|yakni|yaitu))*"
)
_AGE = r"(?:\s+\(\s*\d{1,2}\s*(?:tahun|th)?\s*\)|,?\s*\d{1,2}\s+tahun\b)"

_WITH_AGE = re.compile(rf"\b(?P<name>{_NAME})(?={_AGE})")
_AFTER_ROLE = re.compile(rf"\b(?P<before>(?i:{_ROLE}{_LINK})[\s,:]+)(?P<name>{_NAME})")
_VERB = re.compile(r"(?:di|me|ber|ter|ke|pe|se)[a-z]{3,}", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W\d_]+")
_JOINING = frozenset({"bin", "binti", "als", "alias"})
_NEVER = frozenset(
    """
    polisi polres polsek polda kapolres kapolsek kota kabupaten kecamatan desa nagari kelurahan jalan kpu bawaslu
    tps pilkada pemilu senin selasa rabu kamis jumat sabtu minggu januari februari maret april mei juni juli agustus
    september oktober november desember banjir gempa longsor kebakaran dinas badan rumah kantor tim satpol tewas
    luka jiwa korban pelaku tersangka terdakwa terduga siswa siswi remaja bocah pria wanita saksi warga dua tiga
    empat lima ibu bapak anak paslon ppk kpps pps panwascam sd smp sma smk mts man tk
    """.split()  # noqa: SIM905  # a list of quoted words reads worse
)
"""Words that follow such a role word, or precede a number, and are nobody's name."""

HEADLINE_SHARE = 0.7
"""Share of words with a capital from which a text is a headline; running text has about one in six."""

LONGEST_INITIALS = 3
"""Letters up to which a word in capitals is taken for initials that the outlet has put already."""

LEAST_VERB = 6
"""Letters from which a word with a verb's prefix is taken for one: *Dian* and *Seno* are names, *Ditangkap* is not."""


def masked(text: str, article: str = "") -> str:
    """Return ``text`` with names of suspects, victims, witnesses and children as initials (*Budi Santoso*: *B.S.*).

    ``article`` is the article that a headline belongs to; words that it writes small are no names.
    """
    words = _TOKEN.findall(text)
    headline = bool(words) and sum(word[0].isupper() for word in words) / len(words) >= HEADLINE_SHARE
    plain = {word for word in _TOKEN.findall(article) if word.islower()} if headline else set()

    def initials(name: str) -> str:
        kept = name.split()
        taken = 0
        while taken < len(kept) and _is_name(kept[taken], headline=headline, plain=plain):
            taken += 1
        if not taken or all(word.isupper() and len(word) <= LONGEST_INITIALS for word in kept[:taken]):
            return name
        short = "".join(f"{word[0].upper()}." for word in kept[:taken] if word.lower() not in _JOINING)
        return " ".join([short, *kept[taken:]])

    text = _WITH_AGE.sub(lambda match: _before_age(match["name"]), text)
    return _AFTER_ROLE.sub(lambda match: match["before"] + initials(match["name"]), text)


def _before_age(name: str) -> str:
    """Return the initials of a name that an age follows: the words right before the age are it, whatever they are."""
    words = name.split()
    start = next((index for index in range(len(words), 0, -1) if words[index - 1].lower() in _NEVER), 0)
    head, own = words[:start], [word for word in words[start:] if word.lower() not in _JOINING]
    if not own or all(word.isupper() for word in own):
        return name  # nothing left of it, or initials already
    return " ".join([*head, "".join(f"{word[0].upper()}." for word in own)])


def _is_name(word: str, *, headline: bool, plain: set[str]) -> bool:
    low = word.rstrip(".").lower()
    if low in _JOINING:
        return True
    if low in _NEVER or low in plain:
        return False
    return not (headline and len(low) >= LEAST_VERB and _VERB.fullmatch(low))
