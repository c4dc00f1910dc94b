"""What Indonesian news pages put between and after the sentences of an article, and taking it out again.

Works on lines (one paragraph each), whichever way they were had.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_NOTE_WORDS = 45
"""A line that starts like a cross reference is one only when it is this short; headlines stay below."""

TAIL_LINES = 8
"""Bylines and sign-offs are looked for in this many last lines; more rarely follow the last sentence."""

ARTICLE_WORDS = 40
"""So many words above a heading like "Berita terkait" are an article that ends there."""

LEAD_WORDS = 15
"""Words of a line that can only be an article's first paragraph."""

CARD_WORDS = 24
"""Most words of a card (headline or teaser) of another article."""

SIGN_OFF_CHARS = 300
"""A sign-off stands in so many last characters of the last line; the longest (three roles, a copyright) has 150."""

_CROSS_REFERENCE = (
    r"(?:baca|simak|lihat|tonton|saksikan|dengarkan)\s*(?:juga|pula|selengkapnya|lainnya|artikel|berita|video|"
    r"lebih lanjut|"
    r"halaman|di sini)\b|(?:baca|read)\s*(?:also|more)?\s*:|also read|read also|read more|berita terkait\s*:|"
    r"artikel terkait\s*:|"
    r"(?:simak|tonton|lihat) (?:juga )?(?:video|foto|breaking news|berita)|pilihan redaksi\s*:|"
    r"\[?gambas\s*:|\[video\s*:|lanjut(?:kan)? (?:baca|membaca)|video\s*:\s"
)
CROSS_REFERENCE = re.compile(rf"^[\s\W]*(?:{_CROSS_REFERENCE})", re.IGNORECASE)

_DATE_LINE = re.compile(
    r"^[\W_]*(?:(?:terbit|diterbitkan|dipublikasikan|published|posted|diposting|update[d]?|diperbarui)\s*(?:on|pada)?\s*:?\s*)?"
    r"(?:[a-z']{3,9}\s*,?\s*)?(?:\d{1,2}[\s/.-]+(?:[a-z]{3,9}|\d{1,2})[\s/.-]+\d{4}|[a-z]{3,9} \d{1,2}, \d{4})"
    r"(?:[\s,|/–—-]*(?:pukul|jam|at)?\s*\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:wib|wita|wit)?)?"
    r"(?:[\s·•|-]*waktu baca \d+ menit)?[\W_]*$",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"^[^.!?]{3,200}\s(?:©|\(c\)|copyright)\s?.{0,60}$", re.IGNORECASE)
_JUNK = re.compile(
    r"^[\W_]*(?:"
    r"advertisements?|iklan|(?:pasang|ruang|space) iklan\b.{0,60}|ads?|sponsored|pariwara|scroll (?:to|untuk|down|"
    r"kebawah|ke bawah)\b.*|gulir (?:untuk|ke)\b.*|"
    r"(?:lanjut(?:kan)? (?:membaca|baca)|continue reading)\b.*|"
    r"sebarkan artikel ini|bagikan(?: (?:artikel|berita|ini|ke|di|via))?.{0,30}|share(?: (?:this|on|artikel|"
    r"berita|ke|via|to))?.{0,30}|"
    r"(?:facebook|twitter|x|whatsapp|telegram|line|linkedin|pinterest|email|e-mail|copy link|salin tautan|salin "
    r"link|print|cetak)"
    r"(?:[\s|,/]+(?:facebook|twitter|x|whatsapp|telegram|line|linkedin|pinterest|email|copy link|salin tautan|print))*|"
    r"example \d+x\d+|tags?\s*:.{0,200}|tags?|topik(?: terkait)?\s*:.{0,200}|topik terkait|label\s*:.{0,200}|kata "
    r"kunci\s*:.{0,200}|"
    r"loading\b.{0,20}|memuat\b.{0,20}|komentar|0 komentar|comments?|no comments?|belum ada komentar|"
    r"(?:halaman|laman|page)\s*:?\s*(?:\d+\s*(?:dari|of|/)?\s*)+.{0,20}|(?:halaman )?(?:selanjutnya|sebelumnya|"
    r"berikutnya)|"
    r"next|previous|prev|artikel selanjutnya|artikel sebelumnya|berita selanjutnya|berita sebelumnya|"
    r"selengkapnya|show more|lihat semua|tampilkan semua|"
    r"a[-+]|a\s?a|\d+ (?:kali )?(?:dibaca|views?|dilihat|pembaca|shares?|menit (?:baca|membaca))|(?:dibaca|views?|"
    r"dilihat)\s*:?\s*[\d.,]+.{0,10}|"
    r"copyright\b.*|©.*|hak cipta\b.*|dilarang (?:keras )?(?:mengambil|mengutip|menyalin|mereproduksi)\b.*|"
    r"(?:cek|simak|baca|dapatkan|ikuti|temukan|download|unduh|install|gabung|yuk,? gabung|bergabung|follow|"
    r"klik)\b.{0,120}"
    r"(?:google\s?news|whatsapp|telegram|saluran|channel|kanal|aplikasi|play ?store|app store|instagram|tiktok|"
    r"youtube|newsletter|medsos|"
    r"media sosial|sosial media|fanpage)\b.*|"
    r"artikel ini (?:telah|sudah) (?:tayang|terbit|dipublikasikan|diterbitkan)\b.*|berita ini (?:telah|sudah) "
    r"(?:tayang|terbit)\b.*|"
    r"dapatkan (?:update|informasi|berita|artikel)\b.*|kompas\.com berkomitmen\b.*|update berita (?:terbaru|"
    r"pilihan)\b.*|"
    r"your email address will not be published.*|alamat email anda tidak akan.*|"
    r"(?:foto|photo|gambar|image|ilustrasi|ket(?:erangan)?\.? ?foto|caption)\s*[:/].{0,250}|"
    r"\(?(?:foto|photo|dok)\s*[:.].{0,80}\)?|\[gambas:[^\]]*\]|\[?video\]?|live|breaking news|"
    r"powered by.{0,40}|report this ad|close|tutup|x close|halaman all|promoted content|infografis|"
    r"(?:like|suka) \(?\d*\)?|reaction.{0,60}|what'?s your reaction.*|apa reaksi anda.*"
    r")[\W_]*$",
    re.IGNORECASE,
)
_END = re.compile(
    r"^[\W_]*(?:(?:berita|artikel|konten|video|foto|tulisan|pos|post)s?\s*(?:terkait|lainnya|lain|terpopuler|populer|rekomendasi|terbaru|"
    r"sebelumnya|menarik)(?:\s*lainnya)?|related (?:posts?|articles?|news|stories)|rekomendasi(?: untuk anda| "
    r"berita)?|you may also like|"
    r"anda mungkin (?:juga )?(?:suka|menyukai)|mungkin anda suka|tinggalkan (?:balasan|komentar)|leave a (?:reply|"
    r"comment)|"
    r"(?:\d+ )?komentar(?: pembaca)?|tulis komentar|kirim komentar|terpopuler|terkini|trending|jangan lewatkan|populer|"
    r"tentang penulis|about the author|berita terkini|baca berita lainnya.*|lihat juga|baca juga|simak juga)[\W_]*$",
    re.IGNORECASE,
)
_ROLE = r"(?:penulis|pewarta|reporter|kontributor|jurnalis|wartawan|laporan|liputan|oleh|teks|naskah|by)"
_OTHER_ROLE = r"(?:editor|redaktur|uploader|publisher|penyunting|fotografer|foto|sumber|copyright|©|copy ?editor|tim)"
_BYLINE = re.compile(
    rf"^[\W_]*{_ROLE}(?:\s*(?:dan|&|/)\s*(?:editor|foto|{_ROLE}))?\s*[:：]\s*(?P<name>[^|:\n]{{2,80}}?)\s*"
    rf"(?:[|\-–—/;,.)]*\s*(?:{_OTHER_ROLE}|{_ROLE})\b.*)?[\W_]*$",
    re.IGNORECASE,
)
_OTHER_LINE = re.compile(rf"^[\W_]*{_OTHER_ROLE}\b\s*[:：|].{{0,120}}$|^[\W_]*copyright\b.*$", re.IGNORECASE)
_RUN_ON = re.compile(
    rf"[\s(\[|]*\b(?:pewarta|penulis|reporter|editor|uploader|redaktur)\s*:\s*(?P<rest>[^:]{{2,60}}"
    rf"(?:\b(?:{_OTHER_ROLE}|{_ROLE})\b\s*[:©]?.{{0,80}})*)$",
    re.IGNORECASE,
)
_CODES = (
    r"\*+|-+|#+|=+|\.{2,}|red|redaksi|rel|rls|rilis|release|adv|advertorial|hms|humas|ant|antara|r/o|net|ist|int|tim|bersambung|"
    r"habis|selesai|end"
)
_SIGN_OFF = re.compile(
    rf"\s*[(\[{{]\s*(?:(?:{_CODES})(?:\s*[/,.\-]\s*[\w*. ]{{1,20}})*|[\w. ]{{1,20}}\s*/\s*(?:{_CODES})"
    rf"|\*+\s*/?\s*[\w. /]{{0,25}}|[\w. /]{{1,25}}\*+"
    rf"|[a-z]{{1,4}}\d{{0,3}}|[a-z]{{2,8}}(?:\s*[/\-|]\s*[a-z\d*]{{2,8}}){{1,3}})\s*[)\]}}]\s*[.\s*]*$",
)
_SIGN_OFF_CAPITALS = re.compile(
    rf"\s*\(\s*(?:{_CODES}|[a-z]{{2,5}}(?:/[a-z\d*]{{2,5}}){{1,3}})\s*\)[.\s*]*$", re.IGNORECASE
)
_NAME_SIGN_OFF = re.compile(
    r"(?:(?<=[.!?\"”'])|^)\s*\(\s*(?P<name>[A-Z][\w.'’]*(?: [A-Z][\w.'’]*){0,3})"
    r"(?:\s*[/|,-]\s*[\w.* ]{1,20})*\s*\)[.\s*]*$"
)
_STARS = re.compile(r"(?<=[.!?\"”'’)])\s*(?:\*{1,5}|#{2,5}|-{2,5})\s*$|^[\W_]+$")
_DATELINE = re.compile(r"^[A-Z][\w.,'’() ]{2,50}\s?[-–—]+$")
_TRAILING_REFERENCE = re.compile(
    r"(?<=[.!?\"”)])\s+\(?(?:baca|simak|lihat)\s+(?:juga|pula)\s*:\s*[^.!?]{8,160}$", re.IGNORECASE
)
_INLINE_AD = re.compile(
    r"\s*(?:\[gambas\s*:[^\]]{0,60}\]|scroll to continue with content|scroll untuk (?:baca|lanjut membaca|"
    r"melanjutkan)(?: artikel)?|"
    r"advertisement\s+scroll to (?:continue|resume)(?: with)? content)\s*",
    re.IGNORECASE,
)


_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """An article's own lines, and who signed below them (empty: nobody did)."""

    lines: tuple[str, ...]
    author: str = ""


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """Return what of a line counts when two are compared: its letters and digits, case folded."""
    return re.sub(r"[\W_]+", "", text.casefold())


def word_count(text: str) -> int:
    """Return the number of words; in scripts without blanks two characters count as one."""
    return len(text.split()) + len(_UNSPACED.findall(text)) // 2


def is_cross_reference(text: str) -> bool:
    """Return whether a short text only points to another article ("Baca juga: …")."""
    return bool(CROSS_REFERENCE.match(text)) and len(text.split()) <= MAX_NOTE_WORDS


def clean_lines(lines: Iterable[str], title: str, *, captions: Iterable[str] = ()) -> Cleaned:
    """Return the article's own lines, without what ``title``, ``captions``, ads, links and staff put between them."""
    unwanted = {key(title), *(key(caption) for caption in captions)} - {""}
    kept: list[str] = []
    for raw in _with_datelines_joined(lines):
        line = _TRAILING_REFERENCE.sub("", " ".join(_INLINE_AD.sub(" ", raw).split()))
        if not line or key(line) in unwanted or _is_junk(line) or is_cross_reference(line):
            continue
        if kept and kept[-1] == line:
            continue
        kept.append(line)
    return _without_tail(_until_end(_without_labels(kept)))


def _without_labels(lines: list[str]) -> list[str]:
    """Return lines without the labels (channel, byline) that stand above the first paragraph."""
    first = next((number for number, line in enumerate(lines[:4]) if len(line.split()) >= LEAD_WORDS), 0)
    above = [
        line
        for line in lines[:first]
        if len(line.split()) > 5 or line.rstrip().endswith((".", "!", "?", ":", '"', "”"))
    ]
    return above + lines[first:]


def _is_junk(line: str) -> bool:
    return bool(
        _JUNK.match(line) or _DATE_LINE.match(line) or (_CREDIT.match(line) and len(line.split()) <= MAX_NOTE_WORDS)
    )


def _with_datelines_joined(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with a dateline that stands alone ("Padang -") put before the sentence that it belongs to."""
    waiting = ""
    for line in lines:
        if not waiting and _DATELINE.match(line):
            waiting = line
            continue
        yield f"{waiting} {line}" if waiting else line
        waiting = ""
    if waiting:
        yield waiting


def _until_end(lines: list[str]) -> list[str]:
    """Cut at the heading of a related-news or comment block, if there is an article above it and only cards below."""
    words = 0
    for number, line in enumerate(lines):
        if (
            words >= ARTICLE_WORDS
            and _END.match(line)
            and all(word_count(each) <= CARD_WORDS for each in lines[number:])
        ):
            return lines[:number]
        words += word_count(line)
    return [line for line in lines if not _END.match(line)]


def _without_tail(lines: Sequence[str]) -> Cleaned:
    kept, author = list(lines), ""
    first = max(0, len(kept) - TAIL_LINES)
    tail: list[str] = []
    for number, line in enumerate(kept[first:], first):
        byline = _BYLINE.match(line)
        if byline and len(line) <= 160 and (number > 0 or len(line.split()) < 12):
            author = author or byline["name"].strip(" .,-|()")
        elif not (_OTHER_LINE.match(line) and len(line) <= 200):
            tail.append(line)
    kept[first:] = tail
    while kept:
        line, name = _without_sign_off(kept[-1])
        author = author or name
        if line:
            kept[-1] = line
            break
        kept.pop()
    if kept and (byline := _BYLINE.match(kept[0])) and len(kept[0].split()) < 12:
        author = author or byline["name"].strip(" .,-|()")
        kept.pop(0)
    return Cleaned(tuple(kept), author)


def _without_sign_off(line: str) -> tuple[str, str]:
    """Return a last line without its sign-off, and the name that stood in it."""
    body, line, author = line[:-SIGN_OFF_CHARS], line[-SIGN_OFF_CHARS:], ""
    for _ in range(4):
        before = line
        run_on = _RUN_ON.search(line)
        if run_on and run_on.start() > 0 and len(line) - run_on.start() <= 200:
            byline = _BYLINE.match(line[run_on.start() :])
            author = author or (byline["name"].strip(" .,-|()") if byline else "")
            line = line[: run_on.start()]
        line = _SIGN_OFF_CAPITALS.sub("", _SIGN_OFF.sub("", line))
        if (name := _NAME_SIGN_OFF.search(line)) is not None:
            author = author or name["name"]
            line = line[: name.start()]
        line = _STARS.sub("", line).rstrip()
        if line == before:
            break
    return body + line, author
