"""Toponyms in a text: one pass over its tokens, longest name first, with what stands around each.

A dictionary of names by their first token finds all candidates in one pass (an automaton finds no more, and needs its boundaries checked
afterwards). Nothing is decided here about which unit is meant: a `Mention` carries the evidence for `classifiers.places.resolve`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from classifiers.places.lexicon import TOKEN, Lexicon

if TYPE_CHECKING:
    from data.records import Zone

MAX_CHARACTERS = 400_000
"""What is read of one text. News is 1,000 to 20,000 characters; the rest of a longer one cannot change where it happened."""

MAX_MENTIONS = 2_000

GLUE = re.compile(r"[ \t\u00a0]*[-/]?[ \t\u00a0]*\Z")
BREAK = re.compile(r"[.!?\n;:|]")
ABBREVIATIONS = frozenset(["kab", "kec", "kel", "ds", "prov", "jl", "jln", "no", "h", "hj", "drs", "dr", "ir", "prof", "st", "moh", "muh", "pd", "pdg", "kep", "tgl", "gg", "dt"])
ROUTE_WORDS = frozenset(
    {"jalur", "ruas", "tol", "lintas", "rute", "jurusan", "trayek", "lintasan", "trans", "kereta", "jalan"}
)
SEAS = frozenset({"selat", "laut", "teluk", "samudera", "samudra"})
BORDER_WORDS = frozenset({"perbatasan", "berbatasan", "batas"})
LOCATIVES = frozenset(
    {
        "di",
        "ke",
        "dari",
        "se",
        "asal",
        "wilayah",
        "kawasan",
        "daerah",
        "warga",
        "masyarakat",
        "sekitar",
        "menuju",
        "tiba",
    }
)
CONNECTIVES = frozenset({"dan", "serta", "atau", "hingga", "sampai", "maupun"})

DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:com|co|id|net|org|tv|info|news|go|ac)\b(?:\.\w+)*", re.IGNORECASE)
"""A site's name or address: *BUKITTINGGI.WARTADESA.CO.ID* is no city."""

QUOTE = re.compile(r"[“\"][^”\"\n]{12,900}[”\"]")
DATELINE = re.compile(r"\s*([^\n–—]{2,80}?)(\s*)([-–—]{1,3})(\s*)(?=[\w“\"‘'(])")
DATELINE_WITHOUT_DASH = re.compile(r"\s*[\w-]+(?:\.[\w-]+)+\s*[,|]\s*(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its span; ``sentence`` counts from 0 within its zone, ``gap`` is what stands before it."""

    text: str
    low: str
    start: int
    end: int
    sentence: int
    gap: str
    capital: bool


@dataclass(slots=True)
class Mention:
    """A name in a text that may be a place.

    ``level`` is what the words before say (``1``, ``kab``, ``kota``, ``3``, ``4`` or empty), ``frame`` what gave it: ``admin``, ``head``,
    ``institution`` or empty. ``rejected`` says in one word why it is no place. ``chain`` is the mention that follows after a comma.
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
    dateline: bool = False
    route: bool = False
    border: bool = False
    opening: bool = False
    run: bool = False
    listed: bool = False
    quoted: bool = False
    codes: tuple[str, ...] = ()
    chain: Mention | None = None
    chained: Mention | None = None
    marks: set[str] = field(default_factory=set)


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a text, with sentences counted by their stops; abbreviations (*Kab.*, *H.*) do not end one."""
    found: list[Token] = []
    sentence, end = 0, 0
    previous = ""
    for match in TOKEN.finditer(text):
        word = match.group()
        start = match.start()
        gap = text[end:start]
        if BREAK.search(gap) and not (
            gap[0] == "." and "\n" not in gap and (previous in ABBREVIATIONS or len(previous) == 1)
        ):
            sentence += 1
        low = word.lower()
        found.append(Token(word, low, start, match.end(), sentence, gap, not word[0].islower()))
        end, previous = match.end(), low
    return found


def gap_is(gap: str, kinds: str) -> bool:
    """Return whether a gap is one of ``kinds``: s space, h hyphen or slash, a abbreviation stop and space."""
    if gap == " ":
        return "s" in kinds
    if "a" in kinds and gap in {". ", "."}:
        return True
    return "h" in kinds and bool(GLUE.match(gap))


def dateline_end(text: str) -> int:
    """Return where the dateline at the start of a text ends (before its dash); 0 where there is none.

    A head of capitalised words, brands and brackets before the first dash is one: *Padang (ANTARA) -*, *UTUSANINDO.COM, ( PADANG) –*,
    *Bukittinggi-Pjs Wali …*. A head with a small word (*Warga yang -*) is a sentence.
    """
    match = DATELINE.match(text, 0, 110)
    if match is not None and (match[2] or match[4] or match[3] != "-" or TOKEN.fullmatch(match[1].split()[-1])):
        head = DOMAIN.sub(" ", match[1])
        words = head.replace("|", " ").split()
        if not any(
            word[:1].islower() and word not in {"di", "dan"} and not word.startswith(("detik", "www")) for word in words
        ):
            return match.end(1)
    # Liputan6 puts no dash: "Liputan6.com, Jakarta Pemerintah menetapkan"
    match = DATELINE_WITHOUT_DASH.match(text)
    return -match.end() if match is not None else 0


def spans_of(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Return the spans of a pattern in order."""
    return [match.span() for match in pattern.finditer(text)]


def inside(spans: list[tuple[int, int]], position: int) -> bool:
    """Return whether a position lies within one of the spans."""
    index = bisect_right(spans, (position, 1 << 60)) - 1
    return index >= 0 and spans[index][0] <= position < spans[index][1]


def mark_surroundings(text: str, zone: Zone, mentions: list[Mention]) -> None:
    """Mark which mentions are in a dateline, in quotes, or part of an address."""
    domains, quotes = spans_of(DOMAIN, text), spans_of(QUOTE, text)
    end = dateline_end(text) if zone == "text" else 0
    for position, mention in enumerate(mentions):
        mention.quoted = inside(quotes, mention.start)
        if inside(domains, mention.start):
            mention.rejected = "alamat"
        elif (0 < mention.end <= end) or (end < 0 and position == 0 and mention.start == -end):
            mention.dateline = True
    first = next((mention for mention in mentions if mention.dateline), None)
    if (
        end > 0
        and first is not None
        and text[end : end + 1] == "-"
        and any(m.start == end + 1 for m in mentions if not m.rejected)
    ):
        first.dateline = False  # "Padang-Bukittinggi macet" is a route


def longest_at(tokens: list[Token], index: int, lexicon: Lexicon) -> tuple[str, int] | None:
    """Return the longest name that starts at a token and the index of its last token; None where no name starts there."""
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
        nxt = tokens[last + 1]
        if not (
            nxt.capital and (gap_is(nxt.gap, "sh") or (tokens[last].low in ABBREVIATIONS and gap_is(nxt.gap, "a")))
        ):
            break
        last += 1
        most -= 1
        form = f"{form} {nxt.low}"
        if form in lexicon.codes:
            best = (form, last)
    return best


def frame_before(tokens: list[Token], index: int, lexicon: Lexicon) -> tuple[str, str, str, int]:
    """Return (level, frame, anchor word, index of the frame's first token) of the word before a name; empty where there is none."""
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


def rejection(tokens: list[Token], first: int, last: int, lexicon: Lexicon) -> str:
    """Return why the name from ``first`` to ``last`` is no place (one word), or an empty string."""
    words = lexicon.words
    low = [tokens[i].low for i in range(max(0, first - 3), first)]
    before = low[-1] if low and gap_is(tokens[first].gap, "sha") else ""
    pair = f"{low[-2]} {before}" if before and len(low) > 1 and gap_is(tokens[first - 1].gap, "sa") else ""
    following = tokens[last + 1] if last + 1 < len(tokens) else None
    after = following.low if following is not None and gap_is(following.gap, "s") else ""
    tests = (
        ("dapil", "dapil"), ("food", "makanan"), ("press", "media"), ("companies", "perusahaan"), ("clubs", "klub"),
        ("below", "dusun"), ("people", "suku"),
    )  # fmt: skip
    for key, reason in tests:
        if before in words.reject[key] or pair in words.reject[key]:
            if key == "below" and tokens[first - 1].gap.strip() in {"/"}:
                continue
            return reason
    if after in words.reject["press_after"] and following is not None and following.capital:
        return "media"
    if (
        before in words.persons_before and (tokens[first - 1].capital or before in {"bernama", "inisial"})
    ) or pair in words.persons_before:
        return "orang"
    if following is not None and gap_is(following.gap, "s") and following.low in {"bin", "binti"}:
        return "orang"
    if is_aged(tokens, last) and before not in LOCATIVES:
        return "orang"
    if before in SEAS:
        return "laut"
    if after in words.reject["abroad_after"]:
        return "luar negeri"
    return street(tokens, first, lexicon)


def is_aged(tokens: list[Token], last: int) -> bool:
    """Return whether an age in brackets follows, as after a person's name: *Agam (45)*."""
    if last + 1 >= len(tokens):
        return False
    age = tokens[last + 1]
    closed = last + 2 >= len(tokens) or tokens[last + 2].gap.startswith(")")
    return age.gap.strip() == "(" and len(age.text) == 2 and age.text.isdigit() and closed


def street(tokens: list[Token], first: int, lexicon: Lexicon) -> str:
    """Return ``jalan`` where the name is (part of) a street's name: capitals without a comma between, back to *Jalan*."""
    position = first - 1
    steps = 0
    while position >= 0 and steps < 5:
        if not gap_is(tokens[position + 1].gap, "sa"):
            return ""
        token = tokens[position]
        if token.low == "operasi" and token.capital:
            return "operasi"  # "Operasi Mantap Brata Semeru": police operations are named for mountains
        if token.low in lexicon.words.reject["streets"]:
            # "Jalan Raya Surabaya" is a street, "Jalan Ahmad Yani Surabaya" is in Surabaya: whoever takes it may ask how far it stands
            return "jalan" if steps < 2 or (tokens[position + 1].low == "raya" and steps < 3) else "dekat jalan"
        if not token.capital:
            return ""
        position -= 1
        steps += 1
    return ""


def find_mentions(text: str, zone: Zone, lexicon: Lexicon) -> tuple[list[Token], list[Mention]]:
    """Return the tokens and the mentions of a text in order, at most `MAX_MENTIONS`."""
    tokens = tokens_of(text[:MAX_CHARACTERS])
    mentions: list[Mention] = []
    index = 0
    longest = lexicon.longest
    while index < len(tokens) and len(mentions) < MAX_MENTIONS:
        token = tokens[index]
        if not token.capital or token.low not in longest:
            index += 1
            continue
        hit = longest_at(tokens, index, lexicon)
        if hit is None:
            index += 1
            continue
        framed = token.low in lexicon.words.admin and index + 1 < len(tokens) and gap_is(tokens[index + 1].gap, "sa")
        if framed and prefers_frame(tokens, index, hit, lexicon):
            index += 1  # "Kota Batu" is the city, not the desa Kota Batu
            continue
        mentions.append(make_mention(tokens, index, hit, zone, lexicon))
        index = hit[1] + 1
    mark_surroundings(text, zone, mentions)
    link_chains(tokens, mentions)
    return tokens, mentions


def fits(code: str, level: str) -> bool:
    """Return whether a code is of the level that a frame names."""
    if level in {"kab", "kota"}:
        return len(code) == 5 and (code[3] == "7") == (level == "kota")
    return not level or len(code) == {"1": 2, "3": 8, "4": 13}[level]


def prefers_frame(tokens: list[Token], index: int, hit: tuple[str, int], lexicon: Lexicon) -> bool:
    """Return whether the admin word at ``index`` is better read as a type word than as part of a name."""
    if tokens[index + 1].low not in lexicon.longest:
        return False
    inner = longest_at(tokens, index + 1, lexicon)
    if inner is None:
        return False
    level = lexicon.words.admin[tokens[index].low]
    if any(fits(code, level) for code in lexicon.codes[inner[0]]):
        return inner[1] >= hit[1] or level in {"kab", "kota", "3"}
    return False


def make_mention(tokens: list[Token], index: int, hit: tuple[str, int], zone: Zone, lexicon: Lexicon) -> Mention:
    """Return the mention with everything that its neighbours say."""
    form, last = hit
    level, frame, anchor, frame_first = frame_before(tokens, index, lexicon)
    codes = lexicon.codes[form]
    following = tokens[last + 1] if last + 1 < len(tokens) else None
    if frame in {"institution", "head"} and following is not None and following.low == "kota" and following.gap == " ":
        level = "kota"  # "Polres Solok Kota"
    mention = Mention(
        zone, form, index, last, tokens[index].start, tokens[last].end, tokens[index].sentence, level, frame, anchor
    )
    mention.codes = codes
    before = frame_first - 1
    low = tokens[before].low if before >= 0 and gap_is(tokens[frame_first].gap, "sh") else ""
    mention.preposition = low if low in LOCATIVES or low in CONNECTIVES else ""
    if not frame or frame == "institution":
        mention.rejected = rejection(tokens, index if not frame else frame_first, last, lexicon)
    window = [tokens[i].low for i in range(max(0, frame_first - 4), frame_first)]
    mention.border = bool(BORDER_WORDS.intersection(window))
    mention.route = bool(ROUTE_WORDS.intersection(window)) and bool(
        (following is not None and following.gap.strip() in {"-", "–", "—"} and following.capital)
        or tokens[frame_first].gap.strip() in {"-", "–", "—"}
    )
    if mention.rejected == "dekat jalan" and form not in lexicon.words.strict and form not in lexicon.common:
        mention.codes = tuple(code for code in codes if len(code) <= 5)
        mention.rejected = "" if mention.codes else "jalan"
    if mention.route and mention.rejected == "jalan":
        mention.rejected = ""
    mention.opening = frame_first == 0 or tokens[frame_first].sentence != tokens[frame_first - 1].sentence
    mention.run = in_capital_run(tokens, index, last, frame)
    return mention


def in_capital_run(tokens: list[Token], first: int, last: int, frame: str) -> bool:
    """Return whether a capitalised word that is part of no frame stands directly before or after the name."""
    if (
        not frame
        and first > 0
        and tokens[first].gap == " "
        and tokens[first - 1].capital
        and tokens[first - 1].low not in LOCATIVES
    ):
        return tokens[first - 1].sentence == tokens[first].sentence
    if last + 1 < len(tokens):
        after = tokens[last + 1]
        return (
            after.gap == " " and after.capital and not after.text.isupper() and after.sentence == tokens[last].sentence
        )
    return False


def link_chains(tokens: list[Token], mentions: list[Mention]) -> None:
    """Link mentions that stand as *X, Y* or *X (Y)* or *X, Kabupaten Y*: the second is likely the first one's parent."""
    for one, two in zip(mentions, mentions[1:], strict=False):
        if two.first - one.last > 4:
            continue
        gap = tokens[one.last + 1].gap.strip() if one.last + 1 < len(tokens) else "."
        between = [tokens[i].low for i in range(one.last + 1, two.first)]
        admin = {
            "kabupaten",
            "kab",
            "kota",
            "kecamatan",
            "kec",
            "provinsi",
            "prov",
            "desa",
            "kelurahan",
            "kel",
            "distrik",
        }
        if gap in {",", "(", "/", "", ", "} and all(word in admin for word in between):
            one.chain, two.chained = two, one
