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
    MAX_CHARACTERS,
    QUOTE,
    Token,
    dateline_end,
    domain_spans,
    gap_is,
    inside,
    spans_of,
    tokens_of,
)
from data.gazetteer import KABKOTA, KECAMATAN

if TYPE_CHECKING:
    from classifiers.places.lexicon import Lexicon
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
LOCATIVES = words("di ke dari se asal wilayah kawasan daerah warga masyarakat sekitar menuju tiba seluruh segenap")
CONNECTIVES = frozenset({"dan", "serta", "atau", "hingga", "sampai", "maupun"})
REACHED = frozenset({"di", "ke", "dari", "asal", "menuju", "warga"})
REACH = 10  # "di Aula Lantai 2 Kantor Wali Kota X": how many words a place's preposition may stand before it

TELLING = words("wartawan ditemui dijumpai dihubungi keterangannya dikonfirmasi awak reporter kata ujar ucap")
# "kata Ketua KPU RI Afifuddin kepada wartawan di kantor KPU RI, Menteng, Jakarta Pusat"
TELLING_REACH = 14

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
    Provinsi X*).
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


def longest_at(tokens: list[Token], index: int, lexicon: Lexicon) -> tuple[str, int] | None:
    """Return the longest name that starts at a token and the index of its last token; None where none starts."""
    token = tokens[index]
    most = lexicon.longest.get(token.low, 0)
    if not most:
        return None
    best: tuple[str, int] | None = None
    form = token.low
    if form in lexicon.codes:
        best = (form, index)
    last = index
    while most > 1 and last + 1 < len(tokens):
        following = tokens[last + 1]
        short = tokens[last].low in ABBREVIATIONS or len(tokens[last].low) == 1  # "RSUP M. Djamil"
        joined = gap_is(following.gap, "sh") or (short and gap_is(following.gap, "a"))
        times = following.low == "x" and tokens[last].low.isdigit()  # "2 x 11 Kayu Tanam"
        doubled = following.gap == "-"  # "Toli-toli"
        if not (joined and (following.capital or times or doubled)):
            break
        last += 1
        most -= 1
        form = f"{form} {following.low}"
        if form in lexicon.codes:
            best = (form, last)
    return best


def frame_before(tokens: list[Token], index: int, lexicon: Lexicon) -> tuple[str, str, str, int]:
    """Return (level, frame, anchor word, index of the frame's first token) of the word before a name; empty without."""
    none = ("", "", "", index)
    position = index - 1
    # "Kodim 0304/Agam", "KPU RI", "SMAN 1 Solok": numbers stand between
    while position >= 0 and tokens[position].low.isdigit() and gap_is(tokens[position + 1].gap, "sh"):
        position -= 1
    if position < 0 or not gap_is(tokens[position + 1].gap, "sha"):
        return none
    words = lexicon.words
    low = tokens[position].low
    pair = f"{tokens[position - 1].low} {low}" if position and gap_is(tokens[position].gap, "s") else ""
    if pair in words.heads:
        return words.heads[pair], "head", pair, position - 1
    if pair in words.institutions:
        return words.institutions[pair], "institution", pair, position - 1
    if pair == "ibu kota":
        return none
    if low in words.admin and position == index - 1:
        level = words.admin[low]
        before = tokens[position - 1].low if position else ""
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


def prefers_frame(tokens: list[Token], index: int, hit: tuple[str, int], lexicon: Lexicon) -> bool:
    """Return whether the admin word at ``index`` is better read as a type word than as part of a name."""
    word = tokens[index].low
    if word == "kampung" and hit[1] > index:
        return False  # "Kampung Pondok" is the whole name
    inner = longest_at(tokens, index + 1, lexicon)
    if inner is None:
        return False
    level = lexicon.words.admin[word]
    if any(fits(code, level) for code in lexicon.codes[inner[0]]):
        return inner[1] >= hit[1] or level in {"kab", "kota", "3"}
    return False


def find_mentions(text: str, zone: Zone, lexicon: Lexicon) -> tuple[list[Token], list[Mention]]:
    """Return the tokens and the mentions of a text in order, at most `MAX_MENTIONS`."""
    text = text[:MAX_CHARACTERS]
    tokens = tokens_of(text)
    mentions: list[Mention] = []
    longest = lexicon.longest
    after = 0  # the first token that is in no mention yet
    for index in [number for number, token in enumerate(tokens) if token.capital and token.low in longest]:
        if index < after:
            continue
        if len(mentions) == MAX_MENTIONS:
            break
        hit = longest_at(tokens, index, lexicon)
        if hit is None:
            continue
        admin = tokens[index].low in lexicon.words.admin
        framed = admin and index + 1 < len(tokens) and gap_is(tokens[index + 1].gap, "sa")
        if framed and prefers_frame(tokens, index, hit, lexicon):
            continue  # "Kota Batu" is the city, not the desa Kota Batu
        mentions.append(make_mention(tokens, index, hit, zone, lexicon))
        after = hit[1] + 1
    mark_surroundings(text, zone, mentions)
    link_chains(tokens, mentions)
    link_ends(tokens, mentions)
    reject_idioms(tokens, mentions)
    return tokens, mentions


def make_mention(tokens: list[Token], index: int, hit: tuple[str, int], zone: Zone, lexicon: Lexicon) -> Mention:
    """Return the mention with everything that its neighbours say."""
    form, last = hit
    level, frame, anchor, start = frame_before(tokens, index, lexicon)
    following = tokens[last + 1] if last + 1 < len(tokens) else None
    if frame in {"institution", "head"} and following is not None and following.low == "kota" and following.gap == " ":
        level = "kota"  # "Polres Solok Kota"
    mention = Mention(zone, form, index, last, tokens[index].start, tokens[last].end, tokens[index].sentence)
    mention.level, mention.frame, mention.anchor = level, frame, anchor
    mention.codes = lexicon.codes[form]
    low = tokens[start - 1].low if start > 0 and gap_is(tokens[start].gap, "sh") else ""
    mention.preposition = low if low in LOCATIVES or low in CONNECTIVES else ""
    mention.reached = preposition_of_run(tokens, start)
    mention.opening = start == 0 or tokens[start].sentence != tokens[start - 1].sentence
    mention.run = in_capital_run(tokens, index, last, frame)
    if frame in {"", "institution"}:
        mention.rejected = rejection(tokens, index if not frame else start, last, lexicon)
    if mention.rejected == NEAR_STREET:
        sure = form not in lexicon.words.strict and form not in lexicon.common
        mention.codes = tuple(code for code in mention.codes if len(code) <= KABKOTA and sure)
        mention.rejected = "" if mention.codes else "jalan"
    mention.cut = frame == "admin" and level in {"3", "4"} and is_cut(tokens, last, lexicon)
    mark_way(tokens, mention, start, lexicon.codes[form])
    mention.organ = frame == "admin" and level in {"1", "kab", "kota"} and is_organs(tokens, start)
    mention.hall = frame in {"institution", "head"} and is_hall(tokens, start, anchor)
    mention.told = any(
        tokens[i].low in TELLING and tokens[i].sentence == mention.sentence
        for i in range(max(0, start - TELLING_REACH), start)
    )
    return mention


def is_hall(tokens: list[Token], start: int, anchor: str) -> bool:
    """Return whether the office whose name starts at ``start`` is named for its building."""
    if anchor in HALLS:
        return True
    for position in range(start - 1, max(-1, start - 4), -1):
        if not gap_is(tokens[position + 1].gap, "sha"):
            return False
        low = tokens[position].low
        if low in BUILDINGS:
            return True
        if low not in OF_BUILDINGS and not low.isdigit():
            return False
    return False


def mark_way(tokens: list[Token], mention: Mention, start: int, codes: tuple[str, ...]) -> None:
    """Mark a mention that is an end of a route (*ruas X-Y*, *arah X*), on somebody's way or at a border.

    ``codes`` are all that the name can mean, also where it looked like a street's.
    """
    window = {tokens[i].low for i in range(max(0, start - 4), start)}
    mention.border = not BORDER_WORDS.isdisjoint(window)
    mention.passing = is_passed(tokens, start)
    joined = is_joined(tokens, mention, start)
    if joined and not DEPARTURES.isdisjoint(window):
        mention.passing = True
    if ROUTE_WORDS.isdisjoint(window):
        return
    if joined or (start > 0 and tokens[start - 1].low == "arah"):
        mention.route = True
        if mention.rejected == "jalan":
            mention.rejected = ""
            mention.codes = mention.codes or tuple(code for code in codes if len(code) <= KABKOTA)


def is_joined(tokens: list[Token], mention: Mention, start: int) -> bool:
    """Return whether a dash joins the name to the one before or after it: *Padang-Solok*."""
    following = tokens[mention.last + 1] if mention.last + 1 < len(tokens) else None
    after = following is not None and following.gap.strip() in DASHES and following.capital
    return after or tokens[start].gap.strip() in DASHES


def is_passed(tokens: list[Token], start: int) -> bool:
    """Return whether the name that starts at ``start`` is a point of a way: *menuju X*, *berangkat dari X*."""
    if start == 0 or not gap_is(tokens[start].gap, "s"):
        return False
    before = tokens[start - 1]
    if before.low in PASSED_BY:
        return True
    if before.low != "dari":
        return False
    return any(
        tokens[i].low in DEPARTURES and tokens[i].sentence == before.sentence
        for i in range(max(0, start - 1 - WAY_REACH), start - 1)
    )


def is_organs(tokens: list[Token], start: int) -> bool:
    """Return whether the words before a type word name an office: *Dinas Perdagangan Provinsi X*."""
    for position in range(start - 1, max(-1, start - 1 - ORGAN_REACH), -1):
        if not gap_is(tokens[position + 1].gap, "s"):
            return False
        if tokens[position].low in ORGANS:
            return True
        if tokens[position].low in LOCATIVES:
            return False
    return False


def link_ends(tokens: list[Token], mentions: list[Mention]) -> None:
    """Carry a border over to its other side (*perbatasan X dengan Y*), a way to its other end (*dari X ke Y*)."""
    for one, two in pairwise(mentions):
        if two.sentence != one.sentence or two.first - one.last > WAY_REACH:
            continue
        between = [tokens[i].low for i in range(one.last + 1, two.first)]
        if not BETWEEN_ENDS.issuperset(between):
            continue
        if one.border and not {"ke", "menuju"}.intersection(between):
            two.border = True
        elif {"ke", "menuju"}.intersection(between) and (one.passing or two.passing) and one.preposition == "dari":
            one.passing = two.passing = True


def preposition_of_run(tokens: list[Token], start: int) -> str:
    """Return the preposition before the run of capitalised words and place nouns that ends before ``start``."""
    for position in range(start - 1, max(-1, start - 1 - REACH), -1):
        gap = tokens[position + 1].gap
        token = tokens[position]
        if token.sentence != tokens[start].sentence or (
            gap != " " and gap.strip() not in {"", ",", "(", "-", "–", "/", "."}
        ):
            return ""
        if token.low in REACHED:
            return token.low
        if not token.capital and token.low not in PASSED:
            return ""
    return ""


def in_capital_run(tokens: list[Token], first: int, last: int, frame: str) -> bool:
    """Return whether a capitalised word that is part of no frame stands directly before or after the name."""
    token = tokens[first]
    if not frame and first > 0 and token.gap == " ":
        before = tokens[first - 1]
        if before.capital and before.low not in LOCATIVES:
            return before.sentence == token.sentence
    if last + 1 < len(tokens):
        after = tokens[last + 1]
        if after.gap == " " and after.capital and not after.text.isupper():
            return after.sentence == tokens[last].sentence
    return False


def is_cut(tokens: list[Token], last: int, lexicon: Lexicon) -> bool:
    """Return whether a longer, unknown name goes on after a known one: *Desa Talang Bulung* is not Desa Talang."""
    if last + 1 >= len(tokens):
        return False
    after = tokens[last + 1]
    if after.gap != " " or not after.capital or after.text.isupper() or not after.text.isalpha():
        return False
    words = lexicon.words
    if after.low in words.admin or after.low in words.heads or after.low in words.reject["below"] or len(after.low) < 3:
        return False
    following = longest_at(tokens, last + 1, lexicon)
    return following is None or not any(len(code) <= KECAMATAN for code in lexicon.codes[following[0]])


def mark_surroundings(text: str, zone: Zone, mentions: list[Mention]) -> None:
    """Mark which mentions are in the dateline, in quotes, or part of an address of a site."""
    if not mentions:
        return
    domains = domain_spans(text)
    quotes = spans_of(QUOTE, text)
    end = dateline_end(text) if zone == "text" else 0
    for position, mention in enumerate(mentions):
        mention.quoted = inside(quotes, mention.start)
        if inside(domains, mention.start):
            mention.rejected = "alamat"
        elif (0 < mention.end <= end) or (end < 0 and position == 0 and mention.start == -end):
            mention.dateline = True
    heads = [mention for mention in mentions if mention.dateline and not mention.rejected]
    if len(heads) == 1 and text[end : end + 1] == "-" and any(other.start == end + 1 for other in mentions):
        heads[0].dateline = False  # "Padang-Bukittinggi macet" is a route


def link_chains(tokens: list[Token], mentions: list[Mention]) -> None:
    """Link mentions that stand as *X, Y*, *X (Y)* or *X, Kabupaten Y*: the second is likely the first one's parent."""
    for one, two in pairwise(mentions):
        if two.first - one.last > 4 or two.sentence != one.sentence:
            continue
        gap = tokens[one.last + 1].gap.strip()
        if gap in {",", "(", "/", "", "-"} and all(
            tokens[i].low in CHAIN_WORDS for i in range(one.last + 1, two.first)
        ):
            one.chain, two.chained = two, one
