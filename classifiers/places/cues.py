"""What a text says about each place it names: the features by which the place of the event is told from the others.

A *group* is a kabupaten/kota with everything below it, or a province by itself: the unit that desks act on. All
features are numbers, mostly 0 or 1; ``classifiers.places.event`` weighs them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from classifiers.places.lexicon import words
from classifiers.places.recognise import PLACED_BY_OFFICE
from data.gazetteer import KABKOTA, KECAMATAN, PROVINCE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from classifiers.places.recognise import Mention
    from classifiers.places.resolve import Resolved
    from classifiers.places.tokens import Tokens

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
NO_MARKS: frozenset[str] = frozenset()
HELD = frozenset({"happened", "staged"})
OF_MENTION = ("route", "border", "run", "listed", "quoted")
WITH = {mark: "with_" + mark for mark in WORDS}
DI = {mark: "di_" + mark for mark in sorted(HELD)}

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
SHARE = {name: name + "_share" for name in SHARES}

TOGETHER = tuple(
    (one, tuple((two, f"{one}_and_{two}") for two in others.split()))
    for one, others in (
        ("title", "stamped di_happened di_staged reach_di dateline lead most first title_happened deeper province"),
        ("dateline", "reach_di most title_office first deeper plain"),
        ("first", "lead_di stamped_event deeper most"),
        ("province", "dateline most first title_office reach_di province_with_regency"),
        ("jakarta", "dateline title reach_di told"),
        ("institution", "title_office lead most"),
        ("told", "stamped lead most title"),
    )
)
"""Pairs of cues that say more together than their sum, by the first, with the names of both together."""
COMPARED = ("title", "deeper", "stamped_event", "reach_di", "stamped", "plain")
"""Cues of which a group is told whether another group has them."""

LONGEST_CHAIN = 4  # desa, kecamatan, kabupaten, province
FEW_WORDS = 60
OFFICE_BELOW = frozenset({"polsek", "kapolsek", "mapolsek", "camat", "lurah", "kades", "koramil", "danramil"})


@dataclass(slots=True)
class Reading:
    """A text read for its places: tokens by zone, what was resolved, and what each sentence speaks of."""

    title: str
    text: str
    tokens: Mapping[str, Tokens]
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
        for number, low in [(number, low) for number, low in enumerate(tokens.low) if low in TELLING]:
            mark = MARK_OF.get(low)
            if mark is not None:
                table.setdefault((zone, tokens.sentence[number]), set()).add(mark)
            elif low in ELSEWHERE:
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


def title_cues(mention: Mention, marks: AbstractSet[str]) -> set[str]:
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
    marks: AbstractSet[str] = reading.sentences.get((mention.zone, mention.sentence), NO_MARKS)
    if mention.zone == "title":
        return title_cues(mention, marks)
    if mention.dateline:
        return {"dateline"}
    cues = {"body", mention.frame or "bare"}
    cues.update([WITH[mark] for mark in marks])
    cues.update([name for name in OF_MENTION if getattr(mention, name)])
    has_stamp = stamped(mention, reading)
    early = mention.sentence <= 2
    add_position(cues, mention, marks, early=early)
    if mention.told or mention.hall:
        add_telling(cues, mention, has_stamp=has_stamp)
    if has_stamp:
        cues.add("stamped")
        if early:
            cues.add("stamped_early")
        if "said" in marks:
            cues.add("stamped_said")
        if not HELD.isdisjoint(marks):
            cues.add("stamped_event")
    if early and is_venue(place, marks, has_stamp=has_stamp):
        cues.add("venue")
    return cues


def add_position(cues: set[str], mention: Mention, marks: AbstractSet[str], *, early: bool) -> None:
    """Add the cues of where in the text a mention stands, of its preposition, and of the two together."""
    office = only_office(mention)
    reached = mention.preposition or mention.reached
    at = reached == "di"
    if not office:
        cues.add("plain")
    if mention.sentence == 0:
        cues.add("lead")
        if not office:
            cues.add("lead_plain")
    elif early:
        cues.add("early")
    if mention.preposition:
        cues.add("prep_" + PREPOSITIONS.get(mention.preposition, "other"))
    if reached:
        cues.add("reach_" + PREPOSITIONS.get(reached, "other"))
    if at:
        cues.update([DI[mark] for mark in marks if mark in DI])
        if "said" in marks and HELD.isdisjoint(marks):
            cues.add("di_said_only")
        if early:
            cues.add("early_di" if mention.sentence else "lead_di")


def add_telling(cues: set[str], mention: Mention, *, has_stamp: bool) -> None:
    """Add the cues of a place where somebody spoke to the press, and of an office's building."""
    told = mention.told
    if at_hall(mention):
        cues.update(("hall", "hall_told") if told else ("hall",))
    if told:
        cues.add("told")
        if has_stamp:
            cues.add("told_stamped")
        if (mention.preposition or mention.reached) == "di":
            cues.add("told_di")


def is_venue(place: Resolved, marks: AbstractSet[str], *, has_stamp: bool) -> bool:
    """Return whether an early mention says plainly where something was held: *berlangsung di Aula Balaikota X, Selasa*.

    On the development set such a place beats one that is named only by its office or dateline 12 times of 16.
    """
    mention = place.mention
    plain = not only_office(mention) and not mention.told and not mention.quoted
    at = "di" in {mention.preposition, mention.reached} and len(place.code) > PROVINCE
    return plain and at and (has_stamp or "staged" in marks)


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
    counts = Counter(chain.from_iterable([mention_cues(place, reading) for place in places]))
    n = len(places)
    features: dict[str, float] = dict.fromkeys(counts, 1.0)
    features["bias"], features["count"] = 1.0, math.log(n)
    features["elsewhere"], features["national"] = reading.elsewhere, reading.national
    for name in SHARES.intersection(counts):
        features[SHARE[name]] = counts[name] / n
    dateline = counts["dateline"]
    office = sum([only_office(place.mention) and not place.mention.dateline for place in places])
    flags = {
        "only_dateline": dateline == n,
        "only_office": office == n,
        "weak_only": office + dateline == n,
        "only_title": counts["title"] == n,
        "landmark": all(place.landmark for place in places),
        "ambiguous": all(place.ambiguous for place in places),
        "only_told": counts["told"] + dateline == n,
    }
    if len(group) == PROVINCE:
        flags |= {"province": True, "jakarta": group == "31", "province_title": "title" in counts}
        features["province_count"] = features["count"]
    else:
        deepest = max([len(place.code) for place in places])
        flags |= {
            "deeper": deepest > KABKOTA,
            "desa": deepest > KECAMATAN,
            "jakarta_city": group.startswith("31."),
        }
    features.update([(name, 1.0) for name, holds in flags.items() if holds])
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
    best = max([features["count"] for features in table.values()], default=0.0)
    inside = {group[:PROVINCE] for group in table if len(group) == KABKOTA}
    # how many groups have a cue, and how many kabupaten/kota: less one's own are those of the others
    having, peers_having = dict.fromkeys(COMPARED, 0), dict.fromkeys(COMPARED, 0)
    for features in table.values():
        for name in COMPARED:
            if name in features:
                having[name] += 1
                peers_having[name] += "province" not in features
    for group, features in table.items():
        rank = ranks.get(group)
        features["groups"] = math.log(len(table))
        features["share"] = math.exp(features["count"]) / total
        features["rank"] = 1.0 / (1.0 + rank) if rank is not None else 0.0
        flags = {
            "first": rank == 0,
            "sole": len(table) == 1,
            "most": features["count"] == best,
            "title_elsewhere": "title" not in features and having["title"],
            "finer_elsewhere": "deeper" not in features and having["deeper"],
            "stamp_elsewhere": "stamped" not in features and having["stamped_event"],
            "province_with_regency": len(group) == PROVINCE and group in inside,
        }
        peer = len(group) == KABKOTA
        if "weak_only" in features:
            flags["weak_against_di"] = peers_having["reach_di"] > (peer and "reach_di" in features)
            flags["weak_against_stamp"] = peers_having["stamped"] > (peer and "stamped" in features)
            flags["weak_alone"] = peers_having["plain"] == (peer and "plain" in features)
        if "only_dateline" in features:
            flags["dateline_alone"] = sum([len(other) == KABKOTA for other in table]) == peer
        features.update([(name, 1.0) for name, holds in flags.items() if holds])
        for one, seconds in TOGETHER:
            if one in features:
                features.update([(both, 1.0) for two, both in seconds if two in features])


def unit_features(code: str, places: Sequence[Resolved], reading: Reading, siblings: int) -> dict[str, float]:
    """Return the features of a kecamatan or desa within its group; ``siblings`` counts the units of its level there."""
    features: dict[str, float] = {"bias": 1.0, "count": math.log(len(places)), "siblings": math.log(siblings)}
    for place in places:
        features.update(dict.fromkeys(mention_cues(place, reading), 1.0))
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
