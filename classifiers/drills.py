"""Words of drills that describe none: what happened *usai simulasi* is an event, and *bukan simulasi* says so."""

from __future__ import annotations

import re
from typing import Final

EXERCISE: Final = r"(?:simulasi|skenario|gladi|geladi|peragaan|sispamkota|latihan)"
"""A regular expression, without groups, for the words by which a text gives away that it describes a drill."""

_APART = re.compile(
    rf"(?<!\w)(?:(?:be)?(?:usai|seusai|setelah|sesudah|sehabis|selepas|pasca|pasca-|sebelum|sejak|menjelang|jelang|bukan|"
    rf"bukanlah|tanpa|berbeda dengan|beda dengan|seperti|mirip|layaknya)\s*(?:lagi |sekadar |hanya |dalam |acara |"
    rf"kegiatan |mengikuti |menggelar |pelaksanaan |digelarnya )*)"
    rf"(?P<drill>{EXERCISE}\w*(?:[ ](?:sistem |sispam |pengamanan|sispamkota|pengendalian|penanganan|dalmas|evakuasi|"
    rf"bencana|gempa|gabungan|massa|pilkada|pemilu|kota|tersebut|itu|ini)+)*)"
)
# "…, ujar Kapolres usai simulasi": said at a drill, so there is one.
_SAID_AT = re.compile(
    r"(?<!\w)(?:kata|ujar|tutur|ungkap|jelas|papar|terang|ucap|tegas|imbuh|pungkas|beber|mengatakan|menjelaskan|"
    r"menyampaikan|menuturkan|mengungkapkan|menegaskan|menyatakan|mengimbau|berpesan|wartawan|dikatakan|disampaikan|"
    r"evaluasi|dievaluasi)(?:nya)?(?!\w)"
)
_AFTER_ALL = re.compile(r"(?<!\w)(?:bukan|bukanlah|tanpa|beda|berbeda)(?!\w)")


def set_apart(sentence: str) -> str:
    """Return a lower-case sentence with the drills that it only dates or contrasts with blanked, of the same length."""
    if not any(word in sentence for word in ("simulasi", "latihan", "skenario", "gladi", "geladi", "peragaan")):
        return sentence

    said = _SAID_AT.search(sentence) is not None

    def blank(found: re.Match[str]) -> str:
        if said and _AFTER_ALL.match(found.group()) is None:
            return found.group()
        kept = found.group()[: found.start("drill") - found.start()]
        return kept + " " * len(found.group("drill"))

    return _APART.sub(blank, sentence)
