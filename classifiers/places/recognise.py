"""Toponyms in a text: one pass over its tokens, longest name first, with what stands around each.

A dictionary of names by their first token finds all candidates in one pass (an automaton finds no more, and needs its
boundaries checked afterwards). Nothing is decided here about which unit is meant: a `Mention` carries the evidence for
`classifiers.places.resolve`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from classifiers.places.lexicon import words
from classifiers.places.reject import NEAR_STREET, reject_idioms, rejection
from classifiers.places.tokens import (
    ABBREVIATIONS,
    DATELINE_SCAN,
    MAX_CHARACTERS,
    QUOTE,
    dateline_end,
    domain_spans,
    gap_is,
    inside,
    spans_of,
    tokens_of,
)
from data.gazetteer import DESA, KABKOTA, KECAMATAN

if TYPE_CHECKING:
    from classifiers.places.lexicon import Lexicon
    from classifiers.places.tokens import Tokens
    from data.records import Zone

MAX_MENTIONS = 2_000

ROUTE_WORDS = words("jalur ruas tol lintas rute jurusan trayek lintasan trans kereta jalan arah")
PASSED_BY = words("menuju lewat melalui via jurusan tujuan arah")
"""Words right before a name that make it a point of somebody's way: *dialihkan lewat X*, *melaju menuju X*."""
DEPARTURES = words(
    "berangkat bertolak meluncur melaju bergerak perjalanan pesawat penerbangan bus kapal feri kereta truk speedboat"
    " penyeberangan"
)
"""Words before *dari X* or *X-Y* that make X the start of a way."""
WAY_REACH = 4
BETWEEN_ENDS = words("ke menuju hendak dan dengan serta kabupaten kab kota")
"""Words that may stand between the two ends of a way (*dari X hendak ke Y*) or the two sides of a border."""
ORGANS = words(
    "pemerintah dinas badan balai satgas satuan tim kepala komandan ketua sekretaris inspektorat kesbangpol pengurus"
)
"""Words some way before *Provinsi X* or *Kabupaten X* that make it whose an office is: *Dinas Sosial Provinsi X*."""
ORGAN_REACH = 4
DASHES = frozenset({"-", "–", "—"})
BORDER_WORDS = frozenset({"perbatasan", "berbatasan", "batas"})
WAY_WORDS = ROUTE_WORDS | DEPARTURES | BORDER_WORDS
LOCATIVES = words("di ke dari se asal wilayah kawasan daerah warga masyarakat sekitar menuju tiba seluruh segenap")
CONNECTIVES = frozenset({"dan", "serta", "atau", "hingga", "sampai", "maupun"})
PREPOSED = LOCATIVES | CONNECTIVES
REACHED = frozenset({"di", "ke", "dari", "asal", "menuju", "warga"})
REACH = 10  # "di Aula Lantai 2 Kantor Wali Kota X": how many words a place's preposition may stand before it

TELLING = words("wartawan ditemui dijumpai dihubungi keterangannya dikonfirmasi awak reporter kata ujar ucap")
# "kata Ketua KPU RI Afifuddin kepada wartawan di kantor KPU RI, Menteng, Jakarta Pusat"
TELLING_REACH = 14

PLACED_BY_OFFICE = frozenset({"head", "institution"})
HALLS = words(
    "balaikota mapolres mapolresta mapolrestabes mapolda mapolsek stasiun terminal pelabuhan bandara lapas rutan"
)
"""Frame words that are themselves a building or ground: *di Balaikota X* says where, not whose."""

BUILDINGS = words(
    "kantor gedung aula balai halaman pendopo pendapa ruang depan markas rumah lobi lapangan kompleks komplek"
    " auditorium sekretariat gor alun lantai mapolres mako graha"
)
"""Words before an office that make it a building: *Kantor Bupati X*, *Aula KPU X*, *depan Gedung DPRD X*."""

OF_BUILDINGS = words("dinas rapat sidang utama serbaguna pertemuan dprd paripurna pola jabatan kantor")
"""Words that may stand between the two: *rumah dinas Bupati X*, *ruang rapat Wali Kota X*, *aula lantai 2 KPU X*."""

PASSED = (
    words(
        "dan lantai jalan kawasan wilayah daerah kantor gedung depan halaman lapangan aula lokasi area sekitar "
        "salah satu ruang rumah kampung dusun desa kelurahan kecamatan kabupaten kota markas hotel balai pasar "
        "simpang perairan"
    )
    | BUILDINGS
    | OF_BUILDINGS
)

RUN_GAPS = frozenset({"", ",", "(", "-", "–", "/", "."})
CHAIN_GAPS = frozenset({"", ",", "(", "/", "-"})
CHAIN_WORDS = words("kabupaten kab kota kecamatan kec provinsi prov desa kelurahan kel distrik nagari")


@dataclass(slots=True)
class Mention:
    """A name in a text that may be a place.

    ``level`` is what the words before say (``1``, ``kab``, ``kota``, ``3``, ``4`` or empty), ``frame`` what gave it:
    ``admin``, ``head``, ``institution`` or empty. ``rejected`` says in one word why it is no place. ``preposition`` is
    the locative or connective right before it, ``reached`` the one before the run of names it ends (*di Aula Balaikota
    X*). ``chain`` is the mention that follows after a comma, ``chained`` the one that precedes. ``run`` says that a
    capitalised word of no frame stands beside it, ``told`` that it is where somebody spoke (*kepada wartawan di X*),
    ``cut`` that
    the name goes on with words that the gazetteer does not know, ``hall`` that an office is named for its building
    (*Kantor Bupati X*, *Mapolres X*). ``passing`` says that somebody goes there or through it or set out from it
    (*menuju X*, *lewat X*, *berangkat dari X*), ``organ`` that the unit is named as whose an office is (*Dinas Sosial
    Provinsi X*). ``framed_from`` is the first word, with those of the frame. ``bare`` is a desa's name that nothing
    makes a place (`is_bare`): the rest of it is not filled in.
    """

    zone: Zone
    form: str
    first: int
    last: int
    start: int
    end: int
    sentence: int
    level: str = ""
    frame: str = ""
    anchor: str = ""
    rejected: str = ""
    preposition: str = ""
    reached: str = ""
    dateline: bool = False
    route: bool = False
    border: bool = False
    passing: bool = False
    organ: bool = False
    opening: bool = False
    run: bool = False
    cut: bool = False
    hall: bool = False
    listed: bool = False
    told: bool = False
    quoted: bool = False
    codes: tuple[str, ...] = ()
    chain: Mention | None = None
    chained: Mention | None = None
    framed_from: int = 0
    bare: bool = False


def longest_at(tokens: Tokens, index: int, lexicon: Lexicon) -> tuple[str, int] | None:
    """Return the longest name that starts at a word and the index of its last word; None where none starts."""
    lows, codes = tokens.low, lexicon.codes
    form = lows[index]
    most = lexicon.longest.get(form, 0)
    if not most:
        return None
    best = (form, index) if form in codes else None
    last, end = index, min(index + most, len(lows)) - 1
    while last < end:
        before, low, gap = lows[last], lows[last + 1], tokens.gap[last + 1]
        if gap != " ":
            short = before in ABBREVIATIONS or len(before) == 1  # "RSUP M. Djamil"
            if not (gap_is(gap, "h") or (short and gap_is(gap, "a"))):
                break
        times = low == "x" and before.isdigit()  # "2 x 11 Kayu Tanam"
        if tokens.small[last + 1] and not times and gap != "-":  # "Toli-toli"
            break
        last += 1
        form = f"{form} {low}"
        if form in codes:
            best = (form, last)
    return best


def frame_before(tokens: Tokens, index: int, lexicon: Lexicon) -> tuple[str, str, str, int]:
    """Return (level, frame, anchor word, index of the frame's first word) of the word before a name; empty without."""
    none = ("", "", "", index)
    lows, gaps, words = tokens.low, tokens.gap, lexicon.words
    position = index - 1
    # "Kodim 0304/Agam", "KPU RI", "SMAN 1 Solok": numbers stand between
    while position >= 0 and lows[position].isdigit() and gap_is(gaps[position + 1], "sh"):
        position -= 1
    if position < 0 or lows[position] not in words.framing or not gap_is(gaps[position + 1], "sha"):
        return none
    low = lows[position]
    pair = f"{lows[position - 1]} {low}" if position and gaps[position] == " " else ""
    if pair in words.heads:
        return words.heads[pair], "head", pair, position - 1
    if pair in words.institutions:
        return words.institutions[pair], "institution", pair, position - 1
    if pair == "ibu kota":
        return none
    if low in words.admin and position == index - 1:
        level = words.admin[low]
        before = lows[position - 1] if position else ""
        if pair and before in words.institutions:
            return level, "institution", before, position - 1
        if pair and before in words.heads and words.heads[before] == level:
            return level, "head", before, position - 1
        return level, "admin", low, position
    if low in words.heads:
        return words.heads[low], "head", low, position
    if low in words.institutions:
        return words.institutions[low], "institution", low, position
    return none


def fits(code: str, level: str) -> bool:
    """Return whether a code is of the level that a frame names."""
    if level in {"kab", "kota"}:
        return len(code) == KABKOTA and (code[3] == "7") == (level == "kota")
    return not level or len(code) == {"1": 2, "3": 8, "4": 13}[level]


def prefers_frame(tokens: Tokens, index: int, hit: tuple[str, int], lexicon: Lexicon) -> bool:
    """Return whether the admin word at ``index`` is better read as a type word than as part of a name."""
    word = tokens.low[index]
    if word == "kampung" and hit[1] > index:
        return False  # "Kampung Pondok" is the whole name
    inner = longest_at(tokens, index + 1, lexicon)
    if inner is None:
        return False
    level = lexicon.words.admin[word]
    if any(fits(code, level) for code in lexicon.codes[inner[0]]):
        return inner[1] >= hit[1] or level in {"kab", "kota", "3"}
    return False


def find_mentions(text: str, zone: Zone, lexicon: Lexicon) -> tuple[Tokens, list[Mention]]:
    """Return the words and the mentions of a text in order, at most `MAX_MENTIONS`."""
    text = text[:MAX_CHARACTERS]
    tokens = tokens_of(text)
    mentions: list[Mention] = []
    longest, admin = lexicon.longest, lexicon.words.admin
    lows, small, gaps = tokens.low, tokens.small, tokens.gap
    after = 0  # the first word that is in no mention yet
    for index in [number for number, is_small in enumerate(small) if not is_small and lows[number] in longest]:
        if index < after:
            continue
        if len(mentions) == MAX_MENTIONS:
            break
        hit = longest_at(tokens, index, lexicon)
        if hit is None:
            continue
        framed = lows[index] in admin and index + 1 < len(lows) and gap_is(gaps[index + 1], "sa")
        if framed and prefers_frame(tokens, index, hit, lexicon):
            continue  # "Kota Batu" is the city, not the desa Kota Batu
        mentions.append(make_mention(tokens, index, hit, zone, lexicon))
        after = hit[1] + 1
    link_chains(tokens, mentions)
    for mention in mentions:
        mention.bare = is_bare(mention, lexicon)
        if not mention.bare:
            look_around(tokens, mention, lexicon)
    mark_surroundings(text, zone, mentions)
    link_ends(tokens, mentions)
    reject_idioms(tokens, mentions)
    return tokens, mentions


def make_mention(tokens: Tokens, index: int, hit: tuple[str, int], zone: Zone, lexicon: Lexicon) -> Mention:
    """Return the mention with what the words right before it say."""
    form, last = hit
    level, frame, anchor, start = frame_before(tokens, index, lexicon)
    sentence = tokens.sentence[index]
    mention = Mention(zone, form, index, last, tokens.start(index), tokens.end(last), sentence, level, frame, anchor)
    mention.framed_from = start
    mention.codes = lexicon.codes[form]
    low = tokens.low[start - 1] if start > 0 and gap_is(tokens.gap[start], "sh") else ""
    mention.preposition = low if low in PREPOSED else ""
    mark_way(tokens, mention, start)
    return mention


def is_bare(mention: Mention, lexicon: Lexicon) -> bool:
    """Return whether a mention is a desa's name with nothing beside it by which it could be a place.

    Every third name found is: *Jaya*, *Suka Maju*. Nothing more is asked of it. One that may stand in the dateline is
    not called bare, as it counts there.
    """
    return (
        not mention.frame
        and not mention.preposition
        and mention.chain is None
        and len(mention.codes[0]) == DESA  # higher units come first, but for an alias
        and mention.form not in lexicon.alias_kinds
        and (mention.start >= DATELINE_SCAN or mention.zone == "title")
    )


def look_around(tokens: Tokens, mention: Mention, lexicon: Lexicon) -> None:
    """Fill in what the further words around a mention say."""
    lows, gaps, sentences = tokens.low, tokens.gap, tokens.sentence
    form, first, last, start, frame = mention.form, mention.first, mention.last, mention.framed_from, mention.frame
    if frame in PLACED_BY_OFFICE and lows[last + 1 : last + 2] == ["kota"] and gaps[last + 1] == " ":
        mention.level = "kota"  # "Polres Solok Kota"
    mention.reached = preposition_of_run(tokens, start)
    mention.opening = start == 0 or sentences[start] != sentences[start - 1]
    mention.run = in_capital_run(tokens, first, last, frame)
    if frame in {"", "institution"}:
        mention.rejected = rejection(tokens, first if not frame else start, last, lexicon)
    if mention.rejected == NEAR_STREET:
        sure = form not in lexicon.words.strict and form not in lexicon.common
        mention.codes = tuple(code for code in mention.codes if len(code) <= KABKOTA and sure)
        mention.rejected = "" if mention.codes else "jalan"
    if mention.rejected == "jalan" and mention.route:
        mention.rejected = ""
        mention.codes = mention.codes or tuple(code for code in lexicon.codes[form] if len(code) <= KABKOTA)
    if frame == "admin":
        mention.cut = mention.level in {"3", "4"} and is_cut(tokens, last, lexicon)
        mention.organ = mention.level in {"1", "kab", "kota"} and is_organs(tokens, start)
    elif frame:
        mention.hall = is_hall(tokens, start, mention.anchor)
    reach = max(0, start - TELLING_REACH)
    mention.told = not TELLING.isdisjoint(lows[reach:start]) and any(
        lows[i] in TELLING and sentences[i] == mention.sentence for i in range(reach, start)
    )


def is_hall(tokens: Tokens, start: int, anchor: str) -> bool:
    """Return whether the office whose name starts at ``start`` is named for its building."""
    if anchor in HALLS:
        return True
    for position in range(start - 1, max(-1, start - 4), -1):
        if not gap_is(tokens.gap[position + 1], "sha"):
            return False
        low = tokens.low[position]
        if low in BUILDINGS:
            return True
        if low not in OF_BUILDINGS and not low.isdigit():
            return False
    return False


def mark_way(tokens: Tokens, mention: Mention, start: int) -> None:
    """Mark a mention that is an end of a route (*ruas X-Y*, *arah X*), on somebody's way or at a border."""
    window = tokens.low[max(0, start - 4) : start]
    mention.passing = is_passed(tokens, start)
    if WAY_WORDS.isdisjoint(window):
        return
    mention.border = not BORDER_WORDS.isdisjoint(window)
    joined = is_joined(tokens, mention, start)
    if joined and not DEPARTURES.isdisjoint(window):
        mention.passing = True
    mention.route = not ROUTE_WORDS.isdisjoint(window) and (joined or window[-1] == "arah")


def is_joined(tokens: Tokens, mention: Mention, start: int) -> bool:
    """Return whether a dash joins the name to the one before or after it: *Padang-Solok*."""
    after = mention.last + 1
    if after < len(tokens) and tokens.gap[after].strip() in DASHES and not tokens.small[after]:
        return True
    return tokens.gap[start].strip() in DASHES


def is_passed(tokens: Tokens, start: int) -> bool:
    """Return whether the name that starts at ``start`` is a point of a way: *menuju X*, *berangkat dari X*."""
    if start == 0 or tokens.gap[start] != " ":
        return False
    before = tokens.low[start - 1]
    if before in PASSED_BY:
        return True
    if before != "dari":
        return False
    return any(
        tokens.low[i] in DEPARTURES and tokens.sentence[i] == tokens.sentence[start - 1]
        for i in range(max(0, start - 1 - WAY_REACH), start - 1)
    )


def is_organs(tokens: Tokens, start: int) -> bool:
    """Return whether the words before a type word name an office: *Dinas Perdagangan Provinsi X*."""
    for position in range(start - 1, max(-1, start - 1 - ORGAN_REACH), -1):
        if tokens.gap[position + 1] != " ":
            return False
        if tokens.low[position] in ORGANS:
            return True
        if tokens.low[position] in LOCATIVES:
            return False
    return False


def link_ends(tokens: Tokens, mentions: list[Mention]) -> None:
    """Carry a border over to its other side (*perbatasan X dengan Y*), a way to its other end (*dari X ke Y*)."""
    for one, two in pairwise(mentions):
        if two.sentence != one.sentence or two.first - one.last > WAY_REACH:
            continue
        between = tokens.low[one.last + 1 : two.first]
        if not BETWEEN_ENDS.issuperset(between):
            continue
        on = "ke" in between or "menuju" in between
        if one.border and not on:
            two.border = True
        elif on and (one.passing or two.passing) and one.preposition == "dari":
            one.passing = two.passing = True


def preposition_of_run(tokens: Tokens, start: int) -> str:
    """Return the preposition before the run of capitalised words and place nouns that ends before ``start``."""
    sentence = tokens.sentence[start]
    for position in range(start - 1, max(-1, start - 1 - REACH), -1):
        gap = tokens.gap[position + 1]
        if (gap != " " and gap.strip() not in RUN_GAPS) or tokens.sentence[position] != sentence:
            return ""
        low = tokens.low[position]
        if low in REACHED:
            return low
        if tokens.small[position] and low not in PASSED:
            return ""
    return ""


def in_capital_run(tokens: Tokens, first: int, last: int, frame: str) -> bool:
    """Return whether a capitalised word that is part of no frame stands directly before or after the name."""
    gaps, small, sentences = tokens.gap, tokens.small, tokens.sentence
    before, after = first - 1, last + 1
    if not frame and before >= 0 and gaps[first] == " " and not small[before] and tokens.low[before] not in LOCATIVES:
        return sentences[before] == sentences[first]
    if after < len(small) and gaps[after] == " " and not small[after] and not tokens.text[after].isupper():
        return sentences[after] == sentences[last]
    return False


def is_cut(tokens: Tokens, last: int, lexicon: Lexicon) -> bool:
    """Return whether a longer, unknown name goes on after a known one: *Desa Talang Bulung* is not Desa Talang."""
    after = last + 1
    if after >= len(tokens) or tokens.gap[after] != " " or tokens.small[after]:
        return False
    word, low = tokens.text[after], tokens.low[after]
    if word.isupper() or not word.isalpha():
        return False
    words = lexicon.words
    if low in words.admin or low in words.heads or low in words.reject["below"] or len(low) < 3:
        return False
    following = longest_at(tokens, after, lexicon)
    return following is None or not any(len(code) <= KECAMATAN for code in lexicon.codes[following[0]])


def mark_surroundings(text: str, zone: Zone, mentions: list[Mention]) -> None:
    """Mark which mentions are in the dateline, in quotes, or part of an address of a site."""
    if not mentions:
        return
    domains = domain_spans(text)
    quotes = spans_of(QUOTE, text)
    end = dateline_end(text) if zone == "text" else 0
    if not (domains or quotes or end):
        return
    for position, mention in enumerate(mentions):
        if mention.bare:
            continue
        mention.quoted = bool(quotes) and inside(quotes, mention.start)
        if domains and inside(domains, mention.start):
            mention.rejected = "alamat"
        elif (0 < mention.end <= end) or (end < 0 and position == 0 and mention.start == -end):
            mention.dateline = True
    heads = [mention for mention in mentions if mention.dateline and not mention.rejected]
    if len(heads) == 1 and text[end : end + 1] == "-" and any(other.start == end + 1 for other in mentions):
        heads[0].dateline = False  # "Padang-Bukittinggi macet" is a route


def link_chains(tokens: Tokens, mentions: list[Mention]) -> None:
    """Link mentions that stand as *X, Y*, *X (Y)* or *X, Kabupaten Y*: the second is likely the first one's parent."""
    for one, two in pairwise(mentions):
        if two.first - one.last > 4 or two.sentence != one.sentence:
            continue
        after = one.last + 1
        if tokens.gap[after].strip() in CHAIN_GAPS and CHAIN_WORDS.issuperset(tokens.low[after : two.first]):
            one.chain, two.chained = two, one
