"""What is the matter with a source, in words, with what to do about it: each finding is one `AlarmKind`.

What is decided rests on the source's own past (``volume``, ``reading``); where it has none yet, on plain floors.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from classifiers.sources.reading import LEAST_AFTER, barred, half_lost, length_change, share_change
from data.sightings import AlarmKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from classifiers.sources.volume import Volume
    from data.records import Source, SourceState
    from data.sightings import SourceHour

DEAD_AFTER = 3
"""Runs in a row in which no finder answered: one is an accident, three are an answer."""

YIELD_FLOOR = 0.5
"""Share of fetched pages that must be read as articles where a source has no past to compare with."""

LOST_FLOOR = 0.2
"""The same for one that has: below it nothing usual is left, however long it has been so."""

LATELY = timedelta(days=3)
"""What these floors look at."""

FINDERS_LATELY = timedelta(days=3)
FINDERS_BEFORE = timedelta(days=28)
"""Which finders brought new URLs is compared between these."""

LEAST_OFFERED = 12
"""New URLs in those three days of which none came by a feed, before the feed is said to have stopped."""

FED_BEFORE = 0.5
"""Share of new URLs that came by feeds in the weeks before: with less the source never lived by its feeds."""

FEEDS = frozenset({"feed", "news_sitemap", "wp_rest", "blogspot"})
"""Finders that are asked at every visit; the others only where these leave a doubt."""

FINDER_HOLDS = timedelta(hours=6)
"""A finder must fail for so long while others answer before it is told: servers restart."""

AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a source now: since when, in Indonesian what was seen and what to do.

    It is told once it has been there for ``holds``.
    """

    kind: AlarmKind
    since: datetime
    note: str
    advice: str
    holds: timedelta = AT_ONCE


@dataclass(frozen=True, slots=True)
class Offered:
    """How many new URLs each kind of finder brought lately, and in the weeks before."""

    lately: Mapping[str, int]
    before: Mapping[str, int]


def findings_of(
    source: Source,
    state: SourceState,
    hours: Sequence[SourceHour],
    volume: Volume,
    offered: Offered,
    now: datetime,
) -> tuple[Finding, ...]:
    """Return what is wrong with a source that is switched on and was read before, the worst first.

    ``hours`` are those of the last six weeks, oldest first; ``volume`` what was made of them.
    """
    looks = (
        _dead(state, hours, now),
        _barred(hours, now),
        _misread(hours, now),
        _lengths(hours),
        _volume(volume, hours),
        _finder(source, state, offered, now),
        *_marks(hours),
    )
    order = list(AlarmKind)
    return tuple(sorted((one for one in looks if one is not None), key=lambda one: order.index(one.kind)))


def _dead(state: SourceState, hours: Sequence[SourceHour], now: datetime) -> Finding | None:
    if not state.failures or (state.last_ok is not None and state.failures < DEAD_AFTER):
        return None
    since = state.last_ok or (hours[0].hour if hours else now)
    note = f"{state.failures} kali berturut-turut tidak menjawab: {state.last_error}"
    return Finding(AlarmKind.MATI, since, note, advice_of(state.last_error))


def advice_of(error: str) -> str:
    """Return what to do about finders that cannot be read, by what they answered."""
    if "robots_denied" in error:
        return "robots.txt melarang pencari ini: patuhi; cari umpan lain yang diizinkan atau minta izin pengelola"
    if "challenge" in error or "login" in error:
        return "situs memasang tembok bot: jangan ditembus; minta izin pengelola atau pakai umpan resminya"
    if "has the site moved" in error:
        return "situs pindah alamat: kentongan sources add ALAMAT_BARU, lalu matikan yang lama"
    if "gone" in error or "404" in error or "redirect" in error:
        return "umpan dihapus atau pindah: kentongan sources check --mend, atau cari yang baru dengan sources add"
    if "dns_error" in error:
        return "nama domain tidak dikenal: periksa apakah situs berganti domain atau tutup"
    if "tls_error" in error:
        return "sertifikat situs rusak atau kedaluwarsa: beri tahu pengelola; kerusakan ini tidak diabaikan"
    return "buka situs di peramban; bila terbuka, jalankan kentongan sources check"


def _barred(hours: Sequence[SourceHour], now: datetime) -> Finding | None:
    walled = [(one.hour, one.walled, one.walled + one.fetched) for one in hours]
    denied = [(one.hour, one.denied, one.denied + one.fetched) for one in hours]
    lately = [one for one in hours if one.hour >= now - LATELY]
    walls, denials, fetched = (sum(getattr(one, name) for one in lately) for name in ("walled", "denied", "fetched"))
    if denials > walls:
        change = share_change(denied, barred)
        if change is None and denials < max(1, fetched):
            return None
        return Finding(
            AlarmKind.ROBOTS,
            change.since if change else _first(lately, "denied"),
            f"robots.txt menolak {denials} halaman dalam tiga hari terakhir",
            "robots.txt situs berubah: patuhi; minta izin pengelola, atau matikan sumber ini",
        )
    change = share_change(walled, barred)
    if change is None and walls < max(1, fetched):
        return None
    return Finding(
        AlarmKind.DIBLOKIR,
        change.since if change else _first(lately, "walled"),
        f"{walls} halaman terhalang (tantangan bot, login atau berbayar) dalam tiga hari terakhir",
        "jangan ditembus: perlambat (delay_s), minta izin pengelola, atau pakai umpan resminya",
    )


def _first(hours: Sequence[SourceHour], name: str) -> datetime:
    return next(one.hour for one in hours if getattr(one, name))


def _misread(hours: Sequence[SourceHour], now: datetime) -> Finding | None:
    advice = "tata letak mungkin berubah: kentongan sources check, lalu sesuaikan profil atau pemilihnya"
    change = share_change([(one.hour, one.fetched - one.read, one.fetched) for one in hours], half_lost)
    if change is not None:
        note = (
            f"hanya {change.of - change.hits} dari {change.of} halaman terbaca, biasanya {1 - change.before:.0%}: "
            "tata letak mungkin berubah"
        )
        return Finding(AlarmKind.RUSAK, change.since, note, advice)
    lately = [one for one in hours if one.hour >= now - LATELY]
    before = sum(one.fetched for one in hours) - sum(one.fetched for one in lately)
    floor = LOST_FLOOR if before >= 5 * LEAST_AFTER else YIELD_FLOOR
    fetched, read = (sum(getattr(one, name) for one in lately) for name in ("fetched", "read"))
    if fetched < LEAST_AFTER or read >= floor * fetched:
        return None
    note = f"hanya {read} dari {fetched} halaman terbaca: tata letak mungkin berubah"
    return Finding(AlarmKind.RUSAK, _first(lately, "fetched"), note, advice)


def _lengths(hours: Sequence[SourceHour]) -> Finding | None:
    change = length_change(hours)
    if change is None:
        return None
    note = f"panjang teks kini {change.after:.0f} huruf, biasanya {change.before:.0f} ({change.of} artikel)"
    short = change.after < change.before
    return Finding(
        AlarmKind.TEKS,
        change.since,
        note,
        "sebagian teks mungkin hilang (halaman berlanjut, tombol baca lengkap): kentongan sources check"
        if short
        else "isi lain mungkin ikut terbaca (menu, komentar): kentongan sources check",
    )


def _volume(volume: Volume, hours: Sequence[SourceHour]) -> Finding | None:
    if volume.since is None:
        return None
    answered = [one.hour for one in hours if one.answered]
    quiet = ((answered[-1] if answered else volume.since) - volume.since).total_seconds() / 3600 + 1
    if volume.state == "sunyi":
        return Finding(
            AlarmKind.SUNYI,
            volume.since,
            f"tidak ada berita baru selama {quiet:.0f} jam"
            if volume.per_day is None
            else f"tidak ada berita baru selama {quiet:.0f} jam, biasanya {volume.per_day:.1f} sehari",
            "buka situs: bila ada berita baru di sana, umpannya basi; jalankan kentongan sources check",
        )
    return Finding(
        AlarmKind.TURUN,
        volume.since,
        f"hanya {volume.observed} berita baru dalam {quiet:.0f} jam, biasanya {volume.expected:.0f}",
        "bandingkan dengan situsnya: umpan mungkin tidak lagi memuat semua rubrik",
    )


def _finder(source: Source, state: SourceState, offered: Offered, now: datetime) -> Finding | None:
    if state.last_error and not state.failures:
        note = f"sebagian pencari gagal: {state.last_error}"
        return Finding(AlarmKind.UMPAN, now, note, advice_of(state.last_error), FINDER_HOLDS)
    if not any(finder.kind in FEEDS for finder in source.finders):
        return None
    new, fed = _sums(offered.lately)
    all_before, fed_before = _sums(offered.before)
    if new < LEAST_OFFERED or fed or all_before < LEAST_OFFERED or fed_before < FED_BEFORE * all_before:
        return None
    return Finding(
        AlarmKind.UMPAN,
        now - FINDERS_LATELY,
        f"umpan tidak membawa satu pun dari {new} berita baru dalam tiga hari; daftar halaman yang membawanya",
        "umpan basi atau pindah: kentongan sources check --mend, atau cari yang baru dengan sources add",
    )


def _sums(offered: Mapping[str, int]) -> tuple[int, int]:
    """Return how many URLs were offered in all, and how many by feeds."""
    return sum(offered.values()), sum(count for kind, count in offered.items() if kind in FEEDS)


def _marks(hours: Sequence[SourceHour]) -> Iterator[Finding]:
    """Yield what is no longer found in a source's articles: the time of publication, the author."""
    dates = share_change([(one.hour, one.undated, one.articles) for one in hours], half_lost)
    if dates is not None:
        yield Finding(
            AlarmKind.TANPA_TANGGAL,
            dates.since,
            f"{dates.hits} dari {dates.of} artikel tanpa waktu terbit, biasanya {dates.before:.0%}",
            "waktu terbit tidak lagi terbaca: kentongan sources check, lalu sesuaikan profilnya",
        )
    authors = share_change([(one.hour, one.unsigned, one.articles) for one in hours], half_lost)
    if authors is not None:
        yield Finding(
            AlarmKind.TANPA_PENULIS,
            authors.since,
            f"{authors.hits} dari {authors.of} artikel tanpa penulis, biasanya {authors.before:.0%}",
            "penulis tidak lagi terbaca: kentongan sources check, lalu sesuaikan profilnya",
        )
