"""What a text says about each place it names: the features by which the place of the event is told from the others.

A *group* is a kabupaten/kota with everything below it, or a province by itself: the unit that desks act on. All
features are numbers, mostly 0 or 1; ``classifiers.places.event`` weighs them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from classifiers.places.lexicon import words
from data.gazetteer import KABKOTA, KECAMATAN, PROVINCE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from classifiers.places.recognise import Mention
    from classifiers.places.resolve import Resolved
    from classifiers.places.tokens import Token

WORDS = {
    "happened": "terjadi peristiwa kejadian insiden tkp lokasi terbakar kebakaran membakar ditemukan tewas meninggal"
    " ditangkap diamankan menangkap mengamankan mengguncang diguncang melanda dilanda kecelakaan longsor banjir gempa"
    " penembakan pembunuhan pembakaran rusak kerusuhan ricuh tertangkap digerebek menggerebek penggerebekan korban",
    "staged": "digelar berlangsung menggelar dilaksanakan diadakan menghadiri dihadiri meresmikan sidang rapat apel"
    " upacara kunjungan berkunjung meninjau acara demo aksi berunjuk unjuk kegiatan kampanye deklarasi",
    "said": "kata ujar ungkap tutur jelas imbuh tegas papar menurut katanya ujarnya tuturnya jelasnya tegasnya"
    " ungkapnya ucap sebut menyebut mengatakan menuturkan menjelaskan mengungkapkan menegaskan wartawan"
    " dihubungi dikonfirmasi ditemui keterangannya",
    "past": "mantan lahir kelahiran pernah silam eks dulu sejarah tahun alumni lulusan berasal",
    "day": "senin selasa rabu kamis jumat sabtu minggu ahad",
}
MARK_OF = {word: mark for mark, listed in WORDS.items() for word in listed.split()}

ELSEWHERE = words(
    "amerika inggris malaysia china tiongkok jepang korea singapura australia india thailand rusia israel "
    "palestina gaza jerman prancis spanyol italia belanda arab turki mesir iran irak vietnam filipina eropa "
    "washington london liga fc pemain pelatih gol skor film drama aktor aktris artis penyanyi drakor zodiak "
    "sinopsis episode harga saham rupiah ihsg aplikasi"
)
STAMP = re.compile(
    r"[,\s(]*(?:pada|hari)?[,\s(]*(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|\(?\d{1,2}/\d{1,2})",
    re.IGNORECASE,
)
"""A weekday or (17/9/2019) right after a place: most texts give place and day of the event in one breath."""

PLACED_BY_OFFICE = frozenset({"head", "institution"})
NATIONAL = words(
    "presiden wapres menteri menko kementerian capres cawapres pilpres elektabilitas survei koalisi pengamat ekonom uu"
    " perppu ruu anggaran apbn kabinet ketum waketum dpr mpr kpk mk mahkamah konstitusi partai elite timnas tkn istana"
)
"""Words of politics at the capital: such news has speakers and offices, seldom a place where something happened."""

TELLING = ELSEWHERE.union(MARK_OF, NATIONAL)
"""All words that say of a sentence or a text what it speaks of."""

SCOPE = frozenset({"se", "seluruh", "segenap"})
"""Words that make a place the extent of something: *rakor se-Sumatera Barat*."""

PREPOSITIONS = {
    "di": "di", "ke": "ke", "menuju": "ke", "tiba": "ke", "dari": "dari", "asal": "asal", "warga": "warga",
    "masyarakat": "warga", "se": "se", "seluruh": "se", "segenap": "se", "dan": "dan", "serta": "dan", "atau": "dan",
    "wilayah": "wilayah", "kawasan": "wilayah", "daerah": "wilayah", "sekitar": "wilayah",
}  # fmt: skip
SHARES = words(
    "institution head plain with_said with_past quoted listed with_happened with_staged told prep_di "
    "prep_dari reach_di run"
)
"""Cues of which the share among a group's mentions counts too."""

TOGETHER = tuple(
    (one, two)
    for one, others in (
        ("title", "stamped di_happened di_staged reach_di dateline lead most first title_happened deeper province"),
        ("dateline", "reach_di most title_office first deeper plain"),
        ("first", "lead_di stamped_event deeper most"),
        ("province", "dateline most first title_office reach_di province_with_regency"),
        ("jakarta", "dateline title reach_di told"),
        ("institution", "title_office lead most"),
        ("told", "stamped lead most title"),
    )
    for two in others.split()
)
"""Pairs of cues that say more together than their sum."""

LONGEST_CHAIN = 4  # desa, kecamatan, kabupaten, province
FEW_WORDS = 60
OFFICE_BELOW = frozenset({"polsek", "kapolsek", "mapolsek", "camat", "lurah", "kades", "koramil", "danramil"})


@dataclass(slots=True)
class Reading:
    """A text read for its places: tokens by zone, what was resolved, and what each sentence speaks of."""

    title: str
    text: str
    tokens: Mapping[str, Sequence[Token]]
    places: Sequence[Resolved]
    sentences: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    elsewhere: float = 0.0
    national: float = 0.0


def read_sentences(reading: Reading) -> None:
    """Fill in what each sentence of a reading speaks of, and how much the text is about other things or countries."""
    table = reading.sentences
    foreign = national = count = 0
    for zone, tokens in reading.tokens.items():
        count += len(tokens)
        for token in [token for token in tokens if token.low in TELLING]:
            mark = MARK_OF.get(token.low)
            if mark is not None:
                table.setdefault((zone, token.sentence), set()).add(mark)
            elif token.low in ELSEWHERE:
                foreign += 1
            else:
                national += 1
    reading.elsewhere = min(1.0, 20.0 * foreign / max(count, FEW_WORDS))
    reading.national = min(1.0, 15.0 * national / max(count, FEW_WORDS))


def group_of(code: str) -> str:
    """Return the kabupaten/kota of a code, or the province where it names no more."""
    return code[:KABKOTA]


def chain_end(mention: Mention) -> Mention:
    """Return the last name of the chain that starts with a mention (*X, Kecamatan Y, Kabupaten Z*)."""
    for _ in range(LONGEST_CHAIN):
        if mention.chain is None:
            break
        mention = mention.chain
    return mention


def at_hall(mention: Mention) -> bool:
    """Return whether a mention says that something is in an office's building: *di Aula Balaikota X*."""
    return mention.hall and "di" in {mention.preposition, mention.reached}


def only_office(mention: Mention) -> bool:
    """Return whether a mention names an office or institution and no place: *Wali Kota X*, not *di Kantor Bupati X*."""
    return mention.frame in PLACED_BY_OFFICE and not at_hall(mention)


def stamped(mention: Mention, reading: Reading) -> bool:
    """Return whether a day or date follows a mention or its chain."""
    end = chain_end(mention).end
    source = reading.title if mention.zone == "title" else reading.text
    return STAMP.match(source, end, end + 30) is not None


def title_cues(mention: Mention, marks: set[str]) -> set[str]:
    """Return the cues of a mention in the title."""
    if mention.preposition in SCOPE:
        return {"title_scope"}
    office = only_office(mention)
    cues = {"title_office" if office else "title"}
    cues.update(f"title_{mark}" for mark in marks if mark in {"happened", "staged"})
    if "di" in {mention.preposition, mention.reached}:
        cues.add("title_di")
    if mention.preposition in {"dari", "ke", "asal", "warga"}:
        cues.add("title_" + PREPOSITIONS[mention.preposition])
    if mention.opening:
        cues.add("title_opening")
    return cues


def mention_cues(place: Resolved, reading: Reading) -> set[str]:
    """Return the cues of one mention."""
    mention = place.mention
    marks = reading.sentences.get((mention.zone, mention.sentence), set())
    if mention.zone == "title":
        return title_cues(mention, marks)
    if mention.dateline:
        return {"dateline"}
    office = only_office(mention)
    cues = {"body", mention.frame or "bare"}
    cues.update("with_" + mark for mark in marks)
    reached = mention.preposition or mention.reached
    early = mention.sentence <= 2
    has_stamp = stamped(mention, reading)
    tests = (
        ("lead", mention.sentence == 0),
        ("lead_plain", mention.sentence == 0 and not office),
        ("lead_di", mention.sentence == 0 and reached == "di"),
        ("early", mention.sentence > 0 and early),
        ("early_di", mention.sentence > 0 and early and reached == "di"),
        ("plain", not office),
        ("prep_" + PREPOSITIONS.get(mention.preposition, "other"), bool(mention.preposition)),
        ("reach_" + PREPOSITIONS.get(reached, "other"), bool(reached)),
        ("stamped", has_stamp),
        ("stamped_early", has_stamp and early),
        ("stamped_said", has_stamp and "said" in marks),
        ("stamped_event", has_stamp and ("happened" in marks or "staged" in marks)),
        ("di_happened", reached == "di" and "happened" in marks),
        ("di_staged", reached == "di" and "staged" in marks),
        ("di_said_only", reached == "di" and "said" in marks and not marks & {"happened", "staged"}),
        ("route", mention.route),
        ("border", mention.border),
        ("run", mention.run),
        ("listed", mention.listed),
        ("quoted", mention.quoted),
        ("told", mention.told),
        ("told_di", mention.told and reached == "di"),
        ("told_stamped", mention.told and has_stamp),
        ("hall", at_hall(mention)),
        ("hall_told", mention.told and at_hall(mention)),
        ("venue", is_venue(place, marks, early=early, has_stamp=has_stamp)),
    )
    cues.update(name for name, holds in tests if holds)
    return cues


def is_venue(place: Resolved, marks: set[str], *, early: bool, has_stamp: bool) -> bool:
    """Return whether a mention says plainly where something was held: *berlangsung di Aula Balaikota X, Selasa*.

    On the development set such a place beats one that is named only by its office or dateline 12 times of 16.
    """
    mention = place.mention
    plain = not only_office(mention) and not mention.told and not mention.quoted
    at = "di" in {mention.preposition, mention.reached} and len(place.code) > PROVINCE
    return plain and at and early and (has_stamp or "staged" in marks)


def group_features(reading: Reading) -> dict[str, dict[str, float]]:
    """Return the features of every group of a reading, in the order in which the text names them."""
    groups: dict[str, list[Resolved]] = {}
    for place in reading.places:
        groups.setdefault(group_of(place.code), []).append(place)
    table = {group: own_features(group, places, reading) for group, places in groups.items()}
    add_comparisons(table, reading)
    return table


def own_features(group: str, places: Sequence[Resolved], reading: Reading) -> dict[str, float]:
    """Return the features that a group has without regard to the others."""
    counts: dict[str, int] = {}
    for place in places:
        for name in mention_cues(place, reading):
            counts[name] = counts.get(name, 0) + 1
    n = len(places)
    features: dict[str, float] = {"bias": 1.0, "count": math.log(n), "elsewhere": reading.elsewhere}
    features["national"] = reading.national
    for name, count in counts.items():
        features[name] = 1.0
        if name in SHARES:
            features[name + "_share"] = count / n
    office = sum(only_office(place.mention) and not place.mention.dateline for place in places)
    dateline = counts.get("dateline", 0)
    flags = {
        "only_dateline": dateline == n,
        "only_office": office == n,
        "weak_only": office + dateline == n,
        "only_title": counts.get("title", 0) == n,
        "landmark": all(place.landmark for place in places),
        "ambiguous": all(place.ambiguous for place in places),
        "only_told": counts.get("told", 0) + dateline == n,
    }
    if len(group) == PROVINCE:
        flags |= {"province": True, "jakarta": group == "31", "province_title": "title" in counts}
        features["province_count"] = features["count"]
    else:
        flags |= {
            "deeper": any(len(place.code) > KABKOTA for place in places),
            "desa": any(len(place.code) > KECAMATAN for place in places),
            "jakarta_city": group.startswith("31."),
        }
    features |= {name: 1.0 for name, holds in flags.items() if holds}
    if dateline == n:
        features["elsewhere_dateline"] = reading.elsewhere
    if group[:PROVINCE] == "31":
        features["national_jakarta"] = reading.national
    return features


def add_comparisons(table: dict[str, dict[str, float]], reading: Reading) -> None:
    """Add to the features of each group how it stands against the others."""
    total = len(reading.places)
    body = [place for place in reading.places if place.mention.zone == "text" and not place.mention.dateline]
    ranks = {group: rank for rank, group in enumerate(dict.fromkeys(group_of(place.code) for place in body))}
    best = max((features["count"] for features in table.values()), default=0.0)
    inside = {group[:PROVINCE] for group in table if len(group) == KABKOTA}
    for group, features in table.items():
        others = [other for name, other in table.items() if name != group]
        peers = [other for other in others if "province" not in other]
        rank = ranks.get(group)
        features["groups"] = math.log(len(table))
        features["share"] = math.exp(features["count"]) / total
        features["rank"] = 1.0 / (1.0 + rank) if rank is not None else 0.0
        flags = {
            "first": rank == 0,
            "sole": not others,
            "most": features["count"] == best,
            "title_elsewhere": "title" not in features and any("title" in other for other in others),
            "finer_elsewhere": "deeper" not in features and any("deeper" in other for other in others),
            "stamp_elsewhere": "stamped" not in features and any("stamped_event" in other for other in others),
            "province_with_regency": "province" in features and group in inside,
            "weak_against_di": "weak_only" in features and any("reach_di" in other for other in peers),
            "weak_against_stamp": "weak_only" in features and any("stamped" in other for other in peers),
            "weak_alone": "weak_only" in features and not any("plain" in other for other in peers),
            "dateline_alone": "only_dateline" in features and not peers,
        }
        features.update((name, 1.0) for name, holds in flags.items() if holds)
        features.update((f"{one}_and_{two}", 1.0) for one, two in TOGETHER if one in features and two in features)


def unit_features(code: str, places: Sequence[Resolved], reading: Reading, siblings: int) -> dict[str, float]:
    """Return the features of a kecamatan or desa within its group; ``siblings`` counts the units of its level there."""
    features: dict[str, float] = {"bias": 1.0, "count": math.log(len(places)), "siblings": math.log(siblings)}
    for place in places:
        for name in mention_cues(place, reading):
            features[name] = 1.0
    flags = {
        "desa": len(code) > KECAMATAN,
        "office_below": any(place.mention.anchor in OFFICE_BELOW for place in places),
        "only_office": all(place.mention.frame in PLACED_BY_OFFICE for place in places),
        "ambiguous": all(place.ambiguous for place in places),
        "landmark": all(place.landmark for place in places),
    }
    features.update((name, 1.0) for name, holds in flags.items() if holds)
    features["elsewhere"] = reading.elsewhere
    return features
