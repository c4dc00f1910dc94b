"""The ways in which Indonesian news tells who a suspect, victim, witness or child is, besides the two plainest.

`feeds.masking` looks for an age right behind a name, and for a role word right before one. Here are the others:
*bernama Ucok*, *pelaku penusukan, Anton,*, *Jefri Nasution ditetapkan sebagai tersangka*, *tiga korban yakni A, B dan
C*, *Bunga, bocah 9 tahun*. A name is looked for only beside the words that mark it: most texts have none of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORT = r"(?:[A-Z]|Hj|Dr|Drs|Dra|Ir|Prof|Moh|Muh|Muhd|Mhd|St|Ust|Ny|Tn|Sdr|Sdri|Rr)\.(?=\s[A-ZÀ-ÖØ-Þ])"
_WORD = rf"(?:{_SHORT}|[A-ZÀ-ÖØ-Þ][^\W\d_]*+(?:['’-][^\W\d_]++)*+)"
_NICK = r"[\"“'‘(][^\W\d_]{2,20}[\"”'’)]"
_MORE = rf"\s+(?:(?:bin|binti|als|alias)\s+)?(?:{_NICK}\s+(?=[A-ZÀ-ÖØ-Þ]))?{_WORD}"
_NAME = rf"{_WORD}(?:{_MORE}){{0,4}}"
_NUMBER = r"(?:\d[.)]\s*)?"

_CHILD = (
    r"(?:anak(?!-|\s+(?i:perusahaan|usaha|buah|muda|sungai|nagari|tangga|panah|didik))|bocah|balita|bayi|siswa|siswi"
    r"|pelajar|remaja|santri|gadis)"
)
_ROLE = (
    r"(?:tersangka|terdakwa|terduga(?:\s+pelaku)?|terlapor|pelapor|terpidana|narapidana|napi|buronan|residivis"
    r"|pelaku(?!\s+(?i:usaha|industri|umkm|ekonomi|pasar|wisata))"
    rf"|korban|saksi|mayat|jenazah|jasad|almarhum|almarhumah|{_CHILD})"
)
_PERSON = r"(?:pria|wanita|perempuan|laki-laki|lelaki|pemuda|ibu|kakek|nenek)"
_YEARS = r"\d{1,2}\s*(?:tahun|thn|th)\b"
_SCHOOL = r"(?:SD|SMP|SMA|SMK|MTs|MA)N?(?:(?:\s+Negeri)?\s+\d+(?:\s+[A-Z][a-z]+){0,3}(?=,))?"
_OF = (
    r"(?:pe[a-z]{4,}an|politik\s+uang|kekerasan|tabrakan|kecelakaan|kebakaran|banjir|longsor|gempa|korupsi|kasus|perkara"
    r"|dugaan|dalam|ini|itu|tersebut|mata|kunci|utama|tewas|luka|meninggal|selamat|lain|lainnya|laki-laki|perempuan|yatim"
    rf"|kandung|tiri|sulung|bungsu|saya|kami|korban|TPS|posko|{_SCHOOL}|(?:ber)?(?:usia|umur)\s+{_YEARS}|{_YEARS})"
)
_TAKEN = (
    r"(?:menangkap|membekuk|meringkus|menciduk|menewaskan|menganiaya|mencabuli|memperkosa|mengeroyok|membunuh|menikam"
    r"|membacok|menyekap|menetapkan|tangkap|tetapkan|bekuk|ringkus|ciduk|pe(?:mbunuh|ngeroyok|nganiaya|mbacok|nikam)(?:an)?"
    r"|pe[a-z]{4,}an\s+terhadap)"
)

_AHEAD: Final = re.compile(
    # one that is called a name: "seorang anak bernama Rafi"
    r"(?i:(?P<named>bernama|atas\s+nama|(?:ber)?inisial|alias|nama(?:nya)?\s+(?:korban"
    r"\s+|pelaku\s+|tersangka\s+)?(?:adalah|ialah|:)))(?:\s+lengkap)?[\s,:\"“'‘]+"
    # a list that is opened: "tiga korban yakni A, B dan C"
    rf"|(?i:{_ROLE})\b[^.;:,\x00]{{0,40}}?"
    rf"(?P<opened>[,\s]+(?:yakni|yaitu|adalah|masing-masing|antara\s+lain)|:)[\s:]+{_NUMBER}"
    # "pelaku pembakaran TPS, ", "siswi SMP, ", "saksi mata "
    rf"|(?i:{_ROLE})(?:nya|\b)(?:\s+{_OF}){{0,4}}[\s,:]+"
    # "seorang perempuan, ", "pria 40 tahun itu, "
    rf"|(?i:{_PERSON})(?:\s+[a-z0-9]+){{0,4}},\s+(?={_NAME}[,(])"
    rf"|(?i:{_TAKEN})\s+(?=[^\W\d_]+\s+[A-Z])"
)
_AT: Final = re.compile(_NAME)
_NEXT: Final = re.compile(
    rf"(?:\s*\([^)\x00]{{1,24}}\))?(?P<and>,?\s+(?:dan|serta|&)\s+|,\s+){_NUMBER}(?P<name>{_NAME})"
)

_BEHIND: Final = re.compile(
    rf",\s+(?:seorang\s+)?(?:{_CHILD}|{_PERSON}|warga)\b[^.,;\x00]{{0,30}}?{_YEARS}"  # ", bocah 9 tahun"
    r"|,?\s+(?:yang\s+)?(?:masih\s+|baru\s+)?(?:ber)?(?:usia|umur)\s+\d{1,2}\b"
    r"|\s+\((?:\d{1,2}\s*(?i:thn|th)\b|(?:ber)?(?:umur|usia)\s+\d{1,2}\b)"
    # "ditetapkan sebagai tersangka", "Jadi Tersangka", ", tersangka politik uang,"
    r"|,?\s+(?i:(?:(?:telah|sudah|kini|akhirnya|resmi|juga)\s+)*(?:(?:ditetapkan|dijadikan|berstatus)\s+)?(?:(?:oleh\s+)?"
    r"(?:polisi|penyidik|gakkumdu)\s+)?(?:sebagai|menjadi|jadi)\s+(?:tersangka|terdakwa|terlapor|terpidana)\b)"
    r"|(?P<apposed>,\s+(?:seorang\s+|salah\s+satu\s+|selaku\s+)?"
    r"(?:tersangka|terdakwa|terduga|terlapor|terpidana|pelaku|korban|Tersangka|Terdakwa|Pelaku|Korban)"
    r"\s+(?!(?:di|me|ber|ter)[a-z]{3}|itu|yang)"
    r"[^.,;\x00]{3,50}(?:[,.]|$))"
    r"|(?P<harmed>\s+(?i:(?:tewas|meninggal\s+dunia|ditangkap|dibekuk|diringkus|diciduk|ditahan|dianiaya|dikeroyok|dibacok"
    r"|ditikam|ditusuk|dibunuh|dicabuli|diperkosa|disekap|divonis|didakwa|dijerat|(?:men)?jadi\s+korban)\b))"
)
_ENDS: Final = re.compile(rf"(?<![^\W_]){_NAME}$")
_WORD_BEFORE: Final = re.compile(r"([^\W\d_]+)[\s,]+$")
_LONE_AGE: Final = re.compile(r",\s\d{1,2},\s+[a-z]|\s\([LP]\s*/\s*\d{1,2}\b(?P<apposed>)?(?P<harmed>)?")

_MARKS: Final = (
    "nama", "inisial", "alias", "sangka", "dakwa", "duga", "lapor", "pidana", "napi", "buron", "residiv", "korban",
    "pelaku", "sisw", "pelajar", "bocah", "anak", "balita", "bayi", "remaja", "santri", "saksi", "mayat", "jenazah",
    "jasad", "almarhum", "tahun", "thn", "th)", "umur", "usia", "tewas", "meninggal", "tangkap", "bekuk", "ringkus",
    "ciduk", "tahan", "aniaya", "eroyok", "bacok", "tikam", "tusuk", "bunuh", "cabul", "perkosa", "sekap", "vonis",
    "jerat", "tetapkan", "pria", "wanita", "perempuan", "lelaki", "pemuda",
)  # fmt: skip
"""Parts of all the words that mark a name: without one of them, and a lone age, there is nothing to look for."""

_STOPS: Final = frozenset(
    """
    bupati wakil gubernur wali walikota camat lurah kades kadus kepala ketua sekda sekretaris kapolres kapolsek kapolda
    kapolri kasat kasi kabid kabag direktur komisioner anggota divisi koordinator kombes akbp calon cabup cawabup cagub
    cawagub paslon pasangan partai presiden menteri hakim jaksa kejari kejati kejaksaan pengadilan polisi polres polsek
    polda polri tni kodim koramil brimob satpol satreskrim kpu kpud bawaslu panwaslu panwascam ppk pps kpps dprd dpr dpd
    mk dkpp gakkumdu bpbd basarnas bmkg tim forum pemerintah pemkab pemko pemprov pemda dinas badan lembaga komisi
    mahkamah rakyat masyarakat warga tuhan allah negara nasional republik indonesia kota kabupaten kecamatan desa nagari
    kelurahan provinsi jorong dusun kampung jalan jl pasar gunung sungai pulau teluk danau bukit pantai tps rumah masjid
    sekolah sd smp sma smk mts man universitas rsud rs puskesmas kantor senin selasa rabu kamis jumat sabtu minggu
    januari februari maret april mei juni juli agustus september oktober november desember pilkada pemilu pasal uu wib
    wita wit tidak bukan hingga sampai saat ini itu dalam pada dari di ke dan oleh yang untuk dengan juga akan telah
    sudah jadi kata menurut ujar jelas sebut kemarin sementara namun selain kini malam pagi siang sore diketahui diduga
    ternyata lalu kemudian tadi hari tragis nahas naas miris seorang dua tiga empat lima para sejumlah kedua ketiga
    petugas korban pelaku tersangka terdakwa saksi alhasil walhasil beruntung celaka meski meskipun walau jika bila
    ketika sebelum setelah usai umkm sman smpn sdn mtsn smkn sumbar jakarta paslon nomor urut kasus dugaan
    negeri swasta pt cv ud tbk biro baca fakta
    """.split()  # noqa: SIM905  # a list of quoted words reads worse
)
"""Offices, institutions, kinds of place, days, and words that open a sentence: no name goes across one of them."""

_ADVERB: Final = re.compile(r"\w{4,}nya|(\w+)-\1(?:an)?", re.IGNORECASE)
"""*Akibatnya*, *Mudah-mudahan*: words that stand at the head of a sentence, and are no name."""

_PLACES_FOLLOW: Final = frozenset(
    """
    desa nagari kampung dusun jorong tempat daerah lokasi aplikasi program kapal partai organisasi kelompok pulau sungai
    gunung situs warga asal di ke dari kota kabupaten kecamatan kelurahan polres polsek polda kpu bawaslu dprd bupati
    gubernur camat lurah walikota kapolres kapolsek kejari jalan pasar kodim kades kadus dinas badan komisi kantor bank
    universitas tim ppk pps kpps panwascam panwaslu smp sma smk sd sman smpn sdn smkn mtsn rsud tps
    """.split()  # noqa: SIM905
)
"""Words before what then is a place or a thing, or somebody in an office."""

_THINGS: Final = _PLACES_FOLLOW | {
    "rumah", "hotel", "fitur", "opsi", "zona", "survei", "bersejarah", "baru", "produk", "kucing", "anjing", "badai",
    "siklon", "gerakan", "masyarakat", "acara", "lagu", "film", "toko", "kafe", "restoran",
} - {"warga", "asal", "ketua", "kepala"}  # fmt: skip
"""What is called *bernama* besides persons."""

_SPEAK: Final = frozenset({"kata", "menurut", "ujar", "ucap", "tutur", "jelas", "kepada", "oleh", "sebut"})

_AROUND: Final = 60
"""Characters around a word that marks a name in which all of the mark stands."""

_REACH: Final = 90
"""Characters before a mark that are looked at for a name: five words and a nickname."""


def told_names(text: str) -> Iterator[str]:
    """Yield what stands in a text as the name of a suspect, victim, witness or child, as printed; some more than once.

    Words that are none may be among them: only an article tells (*Korban Longsor*), and the caller has it.
    """
    words = _marking_words(text)
    at = 0
    for start in words:
        found = _AHEAD.match(text, start) if start >= at else None
        if found is None:
            continue
        word = _WORD_BEFORE.search(text, max(0, start - _REACH), start)
        if word and found["named"] and word[1].lower() in _THINGS:
            continue
        at = found.end()
        while name := _AT.match(text, at):
            if not (own := _own(name[0])):
                break
            yield own
            at = name.end()
            listed = _listed(text, at, opened=found["opened"] is not None)
            if listed is None:
                break
            at = listed
    for mark in _behind(text, words):
        ahead = text[max(0, mark.start() - _REACH) : mark.start()]
        run = _ENDS.search(ahead)
        if run is None:
            continue
        word = _WORD_BEFORE.search(ahead, 0, run.start())
        before = word[1].lower() if word else ""
        own = _last(run[0], before)
        if own and not (mark["apposed"] and before in _SPEAK) and not (mark["harmed"] and " " not in own):
            yield own


def lowered(text: str) -> str:
    """Return a text in small letters, each at the place that it has in the text."""
    low = text.lower()
    if len(low) != len(text):  # one capital of Turkish becomes two letters
        low = "".join([letter if len(letter.lower()) != 1 else letter.lower() for letter in text])
    return low


def _marking_words(text: str) -> list[int]:
    """Return where words begin that may mark a name; each different word is looked at once for all texts."""
    low = lowered(text)
    starts = set()
    for word in set(low.split()):
        if word.isdigit() or not _may_mark(word):
            continue
        at = low.find(word)
        while at >= 0:
            starts.add(at + next((place for place, letter in enumerate(word) if letter.isalpha()), 0))
            at = low.find(word, at + 1)
    return sorted(starts)


@lru_cache(maxsize=1 << 15)
def _may_mark(word: str) -> bool:
    return any(mark in word for mark in _MARKS)


def _behind(text: str, words: list[int]) -> Iterator[re.Match[str]]:
    """Yield the marks behind names, looked for around such words alone."""
    if ", " in text or "/" in text:
        yield from _LONE_AGE.finditer(text)
    done = 0
    for at, start in enumerate(words):
        if at + 1 < len(words) and words[at + 1] - start < _AROUND:
            continue  # one look at them together
        first = start
        while at and words[at] - words[at - 1] < _AROUND:
            at -= 1  # noqa: PLW2901  # back to the first of them
            first = words[at]
        yield from _BEHIND.finditer(text, max(done, first - _AROUND), start + _AROUND)
        done = start + _AROUND


def _listed(text: str, at: int, *, opened: bool) -> int | None:
    """Return where the next name of a list begins; None where no list goes on.

    A comma alone goes on only in a list that *yakni* or a colon has ``opened``, or that *dan* or *serta* closes later:
    *korban Budi, Jumat* is no list.
    """
    following = _NEXT.match(text, at)
    if following is None or not _own(following["name"]):
        return None
    if not opened and not following["and"].strip(", \n").strip():
        end = following
        for _ in range(12):
            further = _NEXT.match(text, end.end())
            if further is None or not _own(further["name"]):
                return None
            if further["and"].strip(", \n").strip():
                break
            end = further
    return following.start("name")


def _own(run: str) -> str:
    """Return the words at the head of a run of capitals up to the first that belongs to no name; "" for none."""
    words = run.split()
    end = next((at for at, word in enumerate(words) if word.strip(".\"“”'‘’()").lower() in _STOPS), len(words))
    return " ".join(words[:end]) if _like_one(words[:end]) else ""


def _last(run: str, before: str) -> str:
    """Return the words at the end of a run of capitals that are a name; "" where a place or an office is meant."""
    words = run.split()
    start = len(words)
    while start and words[start - 1].strip(".\"“”'‘’()").lower() not in _STOPS:
        start -= 1
    word = words[start - 1].lower() if start else before
    return "" if word in _PLACES_FOLLOW or not _like_one(words[start:]) else " ".join(words[start:])


def _like_one(words: list[str]) -> bool:
    """Return whether words are no adverb (*Akibatnya*) and no initials that the outlet has put already."""
    return bool(words) and not (len(words) == 1 and _ADVERB.fullmatch(words[0]))
