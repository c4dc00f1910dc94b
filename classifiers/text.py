"""An article as sentences and normalised words, with the place of each in the text exactly as it was given.

Nothing is ever rewritten: every sentence and word keeps its half-open span in code points of the input's own title or
text, and the normal form (lower case, desk abbreviations opened up) lies beside it. Words come from spaCy's
Indonesian tokeniser; sentences from rules made for Indonesian news, where "Kab.", "No. 5", "H. Ali" and "pukul 19.30"
end nothing, and "...kejadian.Warga" (a lost blank) ends one.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from data.errors import SettingsError
from data.taxonomy import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

    from data.records import Zone

MAX_CHARACTERS = 60_000
"""What is read of one text: 8,000 words. News has 100 to 2,000; what follows in a longer one (a law, a dump) decides
nothing."""

MAX_VOCABULARY = 400_000
"""Words that spaCy may remember before it starts anew: it forgets none, and a watch that runs for months would fill
the memory (0.3 kB each)."""

MAX_KNOWN = 100_000
"""Runs of characters whose tokens are kept (0.4 kB each), for the same reason."""

LONGEST_KNOWN = 64
"""Characters of the longest of them; what is longer is an address or rubbish, and does not come again."""

LEAD_SENTENCES = 2
"""Sentences of the text that count as its lead; the law's "title or first two paragraphs" (regional paragraphs are
one sentence long)."""

QUOTE_PARAGRAPHS = 6
"""Paragraphs within which a quotation that was left open is looked for its end; longer ones were forgotten."""

LEAST_TANGLED = 4
"""Characters of the shortest word with a figure or a hyphen that can be opened up: "asn2"."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")  # halves of characters, from broken input: no encoder takes them
_WORD = re.compile(r"\w")
_PLAIN = re.compile(r"[^\w\s]*(\w+(?:-\w+)*)[^\w\s]*")
_NYA = "-nya"
_OPENING, _CLOSING = "“«„", "”»"
_MARK = re.compile(f'[{_OPENING}{_CLOSING}"]')
# Every alternative begins with the sign, so that the search steps from sign to sign and not from letter to letter.
_STOP = re.compile(
    r"[.!?…](?:[.!?…]*[\"”’'»)\]]*(?=\s|$)|(?<=[a-z0-9)”\"]{2}[.!?])[\"”]?(?=[\"“]?[A-Z][a-z])|"
    r"(?<=[A-Z]{2}\.)(?=[A-Z][a-z]{2})|(?<=[.!?])[\"”](?=[A-Z]))"
)
_BEFORE = re.compile(r"([\w'’-]+)\.$")
_AFTER = re.compile(r"\s*[\"“‘'«(\[]*\s*(\S)")
_LIST_NUMBER = re.compile(r"(?:^|[.:;,!?)”\"]\s*|\s(?:dan|serta|yakni|yaitu|adalah)\s+)\d{1,2}\.$")
_DOUBLED = re.compile(r"([^\W\d_]{3,})[2²](nya|an|kan|i)?")
_YEAR_STUCK = re.compile(r"([^\W\d_]{4,})(?:19|20)\d\d")
_PREFIX_APART = re.compile(r"(di|mem|men|meng|meny|me|ber|ter|pem|pen|peng|pe|per)-([^\W\d_]{4,})")
_LOOK_ALIKES = str.maketrans("аеорсухікмтвнзѕјαορετικνυ", "aeopcyxikmtbh3sjaopetikvu")
"""Cyrillic and Greek letters that are read as Latin ones: copied pages hide words from filters with them."""

_PARAGRAPH = re.compile(r"[^\n\r\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class WordLists:
    """The words of ``data/reference/words.toml``: abbreviations, normal forms, and pairs that are one thing."""

    abbreviations: frozenset[str]
    numbered: frozenset[str]
    forms: Mapping[str, str]
    pairs: Mapping[tuple[str, str], str]


@lru_cache(maxsize=1)
def word_lists() -> WordLists:
    """Return the shipped word lists, read once. Raises SettingsError where the file is broken."""
    path = REFERENCE / "words.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        pairs = {(first, second): joined for both, joined in table["pairs"].items() for first, second in [both.split()]}
        return WordLists(frozenset(table["abbreviations"]), frozenset(table["numbered"]), table["forms"], pairs)
    except (OSError, ValueError, KeyError) as error:
        raise SettingsError(
            f"the word lists cannot be read ({error}); reinstall the program", where=str(path)
        ) from error


class Token(NamedTuple):
    """A word or a sign: its span, its normal form, and the index of its sentence in `Document.sentences`.

    ``norm`` is lower-case NFKC without invisible characters; of two words that are one thing, the first token spans
    both.
    """

    zone: Zone
    start: int
    end: int
    norm: str
    sentence: int


_TOKEN_OF = partial(tuple.__new__, Token)
"""A token of its fields, without a Python call for each."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its span in its zone, without the blanks around it.

    ``index`` counts over the whole document, title first. ``is_lead`` holds for the first sentences of the text.
    ``in_quote`` says that most of it stands within quotation marks: somebody's words, not the paper's. ``paragraph``
    counts within the text.
    """

    zone: Zone
    start: int
    end: int
    index: int
    is_lead: bool
    in_quote: bool
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it was given, with its sentences and words in order; the title's come first."""

    title: str
    text: str
    sentences: tuple[Sentence, ...]
    tokens: tuple[Token, ...] = ()

    def span(self, zone: Zone, start: int, end: int) -> str:
        """Return the characters of a half-open span of the title or the text, exactly as they were given."""
        return (self.title if zone == "title" else self.text)[start:end]

    def words(self) -> Iterator[Token]:
        """Yield the tokens that hold a letter or digit."""
        return (token for token in self.tokens if _WORD.search(token.norm))


def read_document(title: str, text: str) -> Document:
    """Return the document of one title and text; either may be empty, and neither is changed.

    Texts beyond ``MAX_CHARACTERS`` are kept whole but read only so far.
    """
    sentences = read_sentences(title, text)
    tokens = [
        *_tokens("title", title[:MAX_CHARACTERS], sentences),
        *_tokens("text", text[:MAX_CHARACTERS], sentences),
    ]
    return Document(title, text, tuple(sentences), tuple(tokens))


def read_sentences(title: str, text: str) -> list[Sentence]:
    """Return the sentences that `read_document` finds, without cutting them into words: a third of the time."""
    sentences: list[Sentence] = []
    if title.strip():
        start = len(title) - len(title.lstrip())
        end = min(len(title.rstrip()), MAX_CHARACTERS)
        sentences.append(Sentence("title", start, end, 0, is_lead=False, in_quote=False))
    sentences.extend(_sentences(text[:MAX_CHARACTERS], len(sentences)))
    return sentences


def normal_form(word: str) -> str:
    """Return the form under which a word is looked up: NFKC, lower case, shorthand opened up."""
    low = word.lower() if word.isascii() else _plain(word)
    lists = word_lists()
    if (form := lists.forms.get(low)) is not None:
        return form
    if low.isalpha() or len(low) < LEAST_TANGLED:
        return low
    return _untangled(low, lists)


def _plain(word: str) -> str:
    """Return a word in lower case without invisible characters, letters of other scripts that pass for Latin as Latin.

    Only where the whole word becomes Latin by that: a Russian name stays what it is.
    """
    low = _INVISIBLE.sub("", unicodedata.normalize("NFKC", word.replace("²", "2"))).lower()
    latin = low.translate(_LOOK_ALIKES)
    return latin if latin.isascii() else low


def _untangled(low: str, lists: WordLists) -> str:
    """Return a word with figures or hyphens as it would be written in full.

    ``bagi2`` is bagi-bagi, ``pilkada2024`` pilkada, ``serangan-fajar`` one thing as its two words are, ``di-rusak``
    dirusak.
    """
    if doubled := _DOUBLED.fullmatch(low):
        low = f"{doubled[1]}-{doubled[1]}{doubled[2] or ''}"
    elif stuck := _YEAR_STUCK.fullmatch(low):
        low = stuck[1]
    elif apart := _PREFIX_APART.fullmatch(low):
        low = apart[1] + apart[2]
    else:
        first, hyphen, second = low.partition("-")
        if hyphen and (pair := lists.pairs.get((first, second))):
            return pair
    return lists.forms.get(low, low)


def _sentences(text: str, index: int) -> Iterator[Sentence]:
    """Yield the sentences of a text; a line break always ends one."""
    count = 0
    quoted = _quoted(text)
    for number, paragraph in enumerate(_PARAGRAPH.finditer(text)):
        base = paragraph.start()
        for start, end in _split(paragraph.group()):
            if not _WORD.search(text, base + start, base + end):
                continue
            inside = quoted.count(1, base + start, base + end) * 2 > end - start
            yield Sentence(
                "text",
                base + start,
                base + end,
                index + count,
                is_lead=count < LEAD_SENTENCES,
                in_quote=inside,
                paragraph=number,
            )
            count += 1


def _split(paragraph: str) -> Iterator[tuple[int, int]]:
    """Yield the trimmed spans of the sentences of one paragraph."""
    start = 0
    for stop in _STOP.finditer(paragraph):
        if not _ends(paragraph, stop):
            continue
        yield from _trimmed(paragraph, start, stop.end())
        start = stop.end()
    yield from _trimmed(paragraph, start, len(paragraph))


def _trimmed(paragraph: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = paragraph[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _ends(paragraph: str, stop: re.Match[str]) -> bool:
    """Return whether a stop ends a sentence, judged by the word before and the character after."""
    after = _AFTER.match(paragraph, stop.end())
    if after is None:
        return True
    if after.group(1).islower():
        return False
    if stop.group() not in {".", ".)"}:  # "Mayjen (Purn.) Ali" goes on
        return True
    before = _BEFORE.search(paragraph, max(0, stop.start() - 24), stop.start() + 1)
    if before is None:
        return True
    word = before.group(1)
    # "Ada tiga tuntutan: 1. Tolak hasil. 2. Ulang.": the number belongs to what follows it.
    if word.isdigit() and _LIST_NUMBER.search(paragraph, max(0, stop.start() - 24), stop.start() + 1):
        return False
    # "H. Ali", "A. Rahman", "No. 5": the abbreviation ends nothing; "tahun 2020. Kapolres" does.
    if word.lower() in word_lists().numbered and after.group(1).isdigit():
        return False
    return word.lower() not in word_lists().abbreviations and not (len(word) == 1 and word.isalpha() and word.isupper())


def _quoted(text: str) -> bytearray:
    """Return for each character of a text whether it stands within quotation marks, 1 or 0.

    A quotation that is still open at the end of its paragraph goes on only where one of the next paragraphs closes it:
    regional papers close theirs paragraphs later, or never.
    """
    marks = bytearray(len(text))
    if not _MARK.search(text):
        return marks
    paragraphs = [(found.start(), found.end()) for found in _PARAGRAPH.finditer(text)]
    opened: int | None = None
    for number, (begin, stop) in enumerate(paragraphs):
        if opened is not None and not _closes(text, paragraphs[number : number + QUOTE_PARAGRAPHS]):
            opened = None
        start = begin if opened is not None else None
        for found in _MARK.finditer(text, begin, stop):
            at = found.start()
            kind = _kind_of_mark(text, at, inside=start is not None)
            if kind == "open":
                start = at if start is None else start
            elif start is not None:
                marks[start : at + 1] = b"\1" * (at + 1 - start)
                start = None
        if start is not None:
            marks[start:stop] = b"\1" * (stop - start)
        opened = start
    return marks


def _closes(text: str, paragraphs: Sequence[tuple[int, int]]) -> bool:
    """Return whether the first telling mark of the coming paragraphs closes a quotation that was left open."""
    for begin, stop in paragraphs:
        found = _MARK.search(text, begin, stop)
        # A new paragraph of one quotation often begins with a mark of its own: that tells nothing yet.
        if found is not None and found.start() == begin:
            found = _MARK.search(text, found.end(), stop)
        if found is not None:
            return _kind_of_mark(text, found.start(), inside=True) == "close"
    return False


def _kind_of_mark(text: str, at: int, *, inside: bool) -> str:
    """Return whether a mark opens or closes: by its form, else by the blanks about it, else by what was before it."""
    mark = text[at]
    if mark != '"':
        return "open" if mark in _OPENING else "close"
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    if before.isspace() != after.isspace():
        return "open" if before.isspace() else "close"
    return "close" if inside else "open"


@lru_cache(maxsize=1)
def _tokeniser() -> Any:
    """Return spaCy's tokeniser for Indonesian with five rules in place of its two hundred.

    Its own affix and URL patterns cost 2.2 ms an article, these 0.5 ms, and split what matters here alike: signs at
    the edges, "-nya", and the lost blank in "kejadian.Warga". The vocabulary is that of ``spacy.blank("id")``, which
    would take a second to build rules that are not used; nothing is asked of its words but what they are.
    """
    from spacy.lang.id import Indonesian
    from spacy.tokenizer import Tokenizer
    from spacy.vocab import create_vocab

    vocab: Any = create_vocab("id", Indonesian.Defaults)
    vocab.lex_attr_getters = {}
    return Tokenizer(
        vocab,
        prefix_search=re.compile(r"[^\w\s]").match,
        suffix_search=re.compile(r"(?:[^\w\s]|(?<=\w)-nya)$").search,
        infix_finditer=re.compile(r"(?<=\w)[/:;,.](?=[^\W\d_])|[–—“”\"()…]").finditer,
    )


class _Piece(NamedTuple):
    """A token within a run of characters without blanks: its span there and its normal form.

    ``seconds``: its forms, with and without "-nya", that are the second word of a pair; nearly always none.
    """

    start: int
    end: int
    norm: str
    seconds: tuple[str, ...]


class _Pieces:
    """The tokens of runs of characters without blanks, as spaCy cuts them.

    It looks at each such run by itself, so those that were met before are not asked for again: 19 of 20 in news.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[_Piece, ...]] = {}

    def of(self, runs: Sequence[str]) -> list[tuple[_Piece, ...]]:
        """Return the pieces of each run, in order."""
        known = self._known
        found = list(map(known.get, runs))
        unknown = dict.fromkeys([run for run, pieces in zip(runs, found, strict=True) if pieces is None])
        new = dict(_cut(unknown))
        if len(known) + len(new) > MAX_KNOWN:
            known = self._known = {}
        known.update((run, pieces) for run, pieces in new.items() if len(run) <= LONGEST_KNOWN)
        return [new[run] if pieces is None else pieces for run, pieces in zip(runs, found, strict=True)]


_pieces = _Pieces()


def _cut(runs: Iterable[str]) -> Iterator[tuple[str, tuple[_Piece, ...]]]:
    """Yield each run with its pieces.

    One word, with signs before and after it or without, is cut here as the tokeniser would cut it: each sign by itself.
    It takes a tenth of the time, and nine of ten runs are such.
    """
    seconds = {second for _, second in word_lists().pairs}
    tangled = []
    for run in runs:
        if run.isalpha():
            yield run, (_piece(0, run, seconds),)
            continue
        whole = _SURROGATE.sub("\ufffd", run)
        plain = _PLAIN.fullmatch(whole)
        if plain is None or plain[1].endswith(_NYA):
            tangled.append(run)
            continue
        start, end = plain.span(1)
        edges = [_Piece(at, at + 1, normal_form(whole[at]), ()) for at in (*range(start), *range(end, len(whole)))]
        yield run, (*edges[:start], _piece(start, plain[1], seconds), *edges[start:])
    if tangled:
        yield from _cut_tangled(tangled, seconds)


def _piece(start: int, word: str, seconds: Set[str]) -> _Piece:
    norm = normal_form(word)
    forms = (norm, norm[:-3]) if norm.endswith("nya") and len(norm) > 6 else (norm,)
    return _Piece(start, start + len(word), norm, tuple(form for form in forms if form in seconds))


def _cut_tangled(runs: Sequence[str], seconds: Set[str]) -> Iterator[tuple[str, tuple[_Piece, ...]]]:
    """Yield each run with its pieces, as spaCy cuts them."""
    tokeniser = _tokeniser()
    if len(tokeniser.vocab.strings) > MAX_VOCABULARY:
        _tokeniser.cache_clear()
        tokeniser = _tokeniser()
    text = _SURROGATE.sub("\ufffd", " ".join(runs))
    spans = iter(tokeniser(text).to_array(["IDX", "LENGTH"]).tolist())  # without an object for each token
    begin = 0
    for run in runs:
        own = []
        end = begin
        while end < begin + len(run):
            start, length = next(spans)
            end = start + length
            own.append(_piece(start - begin, text[start:end], seconds))
        begin = end + 1
        yield run, tuple(own)


def _tokens(zone: Zone, text: str, sentences: list[Sentence]) -> list[Token]:
    """Return the tokens of one zone, each with the sentence it stands in."""
    own = [sentence for sentence in sentences if sentence.zone == zone]
    if not own:
        return []
    runs = text.split()
    found: list[Token] = []
    append = found.append
    coming = iter(own[1:])
    sentence, following = own[0].index, next(coming, None)
    limit = following.start if following else len(text)
    base = 0
    for run, parts in zip(runs, _pieces.of(runs), strict=True):
        base = text.index(run, base)
        for start, end, norm, seconds in parts:
            while base + start >= limit and following is not None:
                sentence, following = following.index, next(coming, None)
                limit = following.start if following else len(text)
            if seconds and found and found[-1].sentence == sentence and (pair := _pair(found[-1].norm, seconds)):
                found[-1] = found[-1]._replace(end=base + end, norm=pair)
            else:
                append(_TOKEN_OF((zone, base + start, base + end, norm, sentence)))
        base += len(run)
    return found


def _pair(first: str, seconds: Sequence[str]) -> str | None:
    """Return what a word and one of the forms of the next are together, None where they are two things."""
    pairs = word_lists().pairs
    return next((pairs[first, second] for second in seconds if (first, second) in pairs), None)
