"""What a text says about each place it names: the features by which the place of the event is told from the others.

A *group* is a kabupaten/kota with everything below it, or a province by itself: the unit that desks act on. All features are numbers, mostly
0 or 1; ``classifiers.places.event`` weighs them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from classifiers.places.recognise import Mention, Token
    from classifiers.places.resolve import Resolved

HAPPENED = frozenset(
    ["terjadi", "peristiwa", "kejadian", "insiden", "tkp", "lokasi", "digelar", "berlangsung", "menggelar", "dilaksanakan", "diadakan", "terbakar", "kebakaran", "ditemukan", "tewas", "ditangkap", "diamankan", "menangkap", "mengamankan", "mengguncang", "diguncang", "melanda", "dilanda", "menghadiri", "meresmikan", "kecelakaan", "longsor", "banjir", "gempa", "penembakan", "pembunuhan", "pembakaran", "rusak", "kerusuhan", "ricuh", "demo", "aksi", "berunjuk", "unjuk", "tertangkap", "digerebek", "menggerebek", "penggerebekan", "sidang", "rapat", "apel", "upacara", "kunjungan", "berkunjung", "meninjau", "acara"]
)
SAID = frozenset(
    ["kata", "ujar", "ungkap", "tutur", "jelas", "imbuh", "tegas", "papar", "menurut", "katanya", "ujarnya", "tuturnya", "jelasnya", "tegasnya", "ungkapnya", "ucap", "sebut", "menyebut", "mengatakan", "menuturkan", "menjelaskan", "mengungkapkan", "menegaskan", "wartawan", "dihubungi", "dikonfirmasi", "ditemui", "keterangannya"]
)
PAST = frozenset(["mantan", "lahir", "kelahiran", "pernah", "silam", "eks", "dulu", "sejarah", "tahun", "alumni", "lulusan", "berasal"])
DAYS = frozenset(["senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu", "ahad"])
ELSEWHERE = frozenset(
    ["amerika", "inggris", "malaysia", "china", "tiongkok", "jepang", "korea", "singapura", "australia", "india", "thailand", "rusia", "israel", "palestina", "gaza", "jerman", "prancis", "spanyol", "italia", "belanda", "arab", "turki", "mesir", "iran", "irak", "vietnam", "filipina", "eropa", "washington", "london", "liga", "fc", "pemain", "pelatih", "gol", "skor", "film", "drama", "aktor", "aktris", "artis", "penyanyi", "drakor", "zodiak", "sinopsis", "episode", "harga", "saham", "rupiah", "ihsg", "aplikasi"]
)
STAMP = re.compile(
    r"[,\s(]*(?:pada|hari)?[,\s(]*(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|\(?\d{1,2}/\d{1,2})",
    re.IGNORECASE,
)
"""A weekday or (17/9/2019) right after a place: most texts give place and day of the event in one breath."""

PLACED_BY_OFFICE = frozenset({"head", "institution"})


@dataclass(slots=True)
class Reading:
    """A text read for its places: tokens by zone, what was resolved, and what each sentence speaks of."""

    title: str
    text: str
    tokens: Mapping[str, Sequence[Token]]
    places: Sequence[Resolved]
    sentences: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    elsewhere: int = 0
    words: int = 0


def read_sentences(reading: Reading) -> None:
    """Fill in what each sentence of a reading speaks of: ``happened``, ``said``, ``past``, ``day``."""
    table = reading.sentences
    for zone, tokens in reading.tokens.items():
        for token in tokens:
            low = token.low
            if low in HAPPENED:
                mark = "happened"
            elif low in SAID:
                mark = "said"
            elif low in DAYS:
                mark = "day"
            elif low in PAST:
                mark = "past"
            else:
                if low in ELSEWHERE:
                    reading.elsewhere += 1
                continue
            table.setdefault((zone, token.sentence), set()).add(mark)
        reading.words += len(tokens)


def group_of(code: str) -> str:
    """Return the kabupaten/kota of a code, or the province where it names no more."""
    return code[:5]


def chain_end(mention: Mention) -> Mention:
    """Return the last name of the chain that starts with a mention (*X, Kecamatan Y, Kabupaten Z*)."""
    steps = 0
    while mention.chain is not None and steps < 4:
        mention, steps = mention.chain, steps + 1
    return mention


def stamped(mention: Mention, reading: Reading) -> bool:
    """Return whether a day or date follows a mention or its chain."""
    end = chain_end(mention).end
    source = reading.title if mention.zone == "title" else reading.text
    return STAMP.match(source, end, end + 30) is not None


def mention_cues(place: Resolved, reading: Reading) -> dict[str, float]:
    """Return the features of one mention."""
    mention = place.mention
    marks = reading.sentences.get((mention.zone, mention.sentence), ())
    title = mention.zone == "title"
    office = mention.frame in PLACED_BY_OFFICE
    cues: dict[str, float] = {}
    if title:
        cues["title_office" if office else "title"] = 1.0
        if mention.preposition == "di":
            cues["title_di"] = 1.0
        if mention.opening:
            cues["title_opening"] = 1.0
        return cues
    if mention.dateline:
        return {"dateline": 1.0}
    cues["body"] = 1.0
    if mention.sentence == 0:
        cues["lead"] = 1.0
        if not office:
            cues["lead_plain"] = 1.0
    elif mention.sentence <= 2:
        cues["early"] = 1.0
    if office:
        cues[mention.frame] = 1.0
    else:
        cues["plain"] = 1.0
    if mention.frame == "admin":
        cues["admin"] = 1.0
    if mention.preposition:
        cues["prep_" + PREPOSITIONS.get(mention.preposition, "other")] = 1.0
    if stamped(mention, reading):
        cues["stamped"] = 1.0
        if "said" in marks:
            cues["stamped_said"] = 1.0
    for mark in marks:
        cues["with_" + mark] = 1.0
    if "happened" in marks and mention.preposition == "di":
        cues["di_happened"] = 1.0
    if mention.route:
        cues["route"] = 1.0
    if mention.border:
        cues["border"] = 1.0
    if mention.run:
        cues["run"] = 1.0
    if mention.listed:
        cues["listed"] = 1.0
    if mention.quoted:
        cues["quoted"] = 1.0
    return cues


PREPOSITIONS = {
    "di": "di", "ke": "ke", "menuju": "ke", "dari": "dari", "asal": "asal", "warga": "warga", "masyarakat": "warga", "se": "se",
    "dan": "dan", "serta": "dan", "atau": "dan", "wilayah": "wilayah", "kawasan": "wilayah", "daerah": "wilayah", "sekitar": "wilayah",
}  # fmt: skip


def group_features(reading: Reading) -> dict[str, dict[str, float]]:
    """Return the features of every group of a reading, in the order in which the text names them."""
    groups: dict[str, list[Resolved]] = {}
    for place in reading.places:
        groups.setdefault(group_of(place.code), []).append(place)
    total = sum(len(places) for places in groups.values())
    regencies = [code for code in groups if len(code) == 5]
    table: dict[str, dict[str, float]] = {}
    body_order = {
        group: rank
        for rank, group in enumerate(
            dict.fromkeys(
                group_of(p.code) for p in reading.places if p.mention.zone == "text" and not p.mention.dateline
            )
        )
    }
    for group, places in groups.items():
        features: dict[str, float] = {"bias": 1.0}
        counts: dict[str, float] = {}
        for place in places:
            for name, value in mention_cues(place, reading).items():
                counts[name] = counts.get(name, 0.0) + value
        for name, count in counts.items():
            features[name] = 1.0
            if name in SHARES:
                features[name + "_share"] = count / len(places)
        province = len(group) == 2
        inside = sum(1 for code in regencies if code.startswith(group + ".")) if province else 0
        features["count"] = math.log(len(places))
        features["share"] = len(places) / total
        features["groups"] = math.log(len(groups))
        rank = body_order.get(group)
        features["rank"] = 1.0 / (1.0 + rank) if rank is not None else 0.0
        if rank == 0:
            features["first"] = 1.0
        features["sole"] = float(len(groups) == 1)
        if province:
            features["province"] = 1.0
            features["province_with_regency"] = float(inside > 0)
            features["province_count"] = features["count"]
            features["province_title"] = features.get("title", 0.0)
            features["jakarta"] = float(group == "31")
        else:
            features["deeper"] = float(any(len(place.code) > 5 for place in places))
            features["desa"] = float(any(len(place.code) > 8 for place in places))
            features["jakarta_city"] = float(group[:2] == "31")
        features["only_dateline"] = float("dateline" in counts and len(places) == counts["dateline"])
        features["only_office"] = float(counts.get("head", 0) + counts.get("institution", 0) == len(places))
        features["only_title"] = float(all(place.mention.zone == "title" for place in places))
        features["landmark"] = float(all(place.landmark for place in places))
        features["ambiguous"] = float(all(place.ambiguous for place in places))
        features["elsewhere"] = min(1.0, 20.0 * reading.elsewhere / max(reading.words, 60))
        features["elsewhere_dateline"] = features["elsewhere"] * features["only_dateline"]
        table[group] = features
    best = max((features["count"] for features in table.values()), default=0.0)
    any_title = any(features.get("title") for features in table.values())
    any_finer = any(features.get("deeper") for features in table.values())
    for features in table.values():
        features["most"] = float(features["count"] == best)
        features["title_elsewhere"] = float(any_title and not features.get("title"))
        features["finer_elsewhere"] = float(any_finer and not features.get("deeper"))
    return table


SHARES = frozenset(
    {
        "institution",
        "head",
        "plain",
        "with_said",
        "with_past",
        "quoted",
        "listed",
        "with_happened",
        "prep_di",
        "prep_dari",
    }
)


def unit_features(code: str, places: Sequence[Resolved], reading: Reading, siblings: int) -> dict[str, float]:
    """Return the features of a kecamatan or desa within its group; ``siblings`` counts the units of its level there."""
    features: dict[str, float] = {"bias": 1.0, "desa": float(len(code) > 8), "count": math.log(len(places))}
    for place in places:
        for name in mention_cues(place, reading):
            features[name] = 1.0
        if place.mention.anchor in OFFICE_BELOW:
            features["office_below"] = 1.0
    features["siblings"] = math.log(siblings)
    features["only_office"] = float(all(place.mention.frame in PLACED_BY_OFFICE for place in places))
    features["ambiguous"] = float(all(place.ambiguous for place in places))
    features["elsewhere"] = min(1.0, 20.0 * reading.elsewhere / max(reading.words, 60))
    return features


OFFICE_BELOW = frozenset({"polsek", "kapolsek", "mapolsek", "camat", "lurah", "kades", "koramil", "danramil"})
