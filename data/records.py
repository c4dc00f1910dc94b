"""The records that pass between steps, in the order in which they are made; frozen and slotted.

``Source → PageRef → Page → Article → Assessment → Incident → Review → Alert → Delivery``; the last and what belongs to
it is in ``data.delivering``.

All times are aware and in UTC; a zone is used only to read a page and to show a time to a person. Text is Unicode
NFC. Spans are half open, in code points. Places carry Kemendagri codes in dotted form: ``13``, ``13.77``,
``13.77.01``, ``13.77.01.1005``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from data.outcomes import Outcome

FinderKind = Literal["feed", "news_sitemap", "sitemap", "listing", "wp_rest", "blogspot"]
Zone = Literal["title", "text"]
AlertState = Literal["raised", "updated", "cancelled"]


class Modality(StrEnum):
    """How the text speaks of its subject; exactly one per article (domain dossier, section 2.1)."""

    KEJADIAN = "kejadian"
    DUGAAN = "dugaan"
    ANCAMAN_POTENSI = "ancaman_potensi"
    PENCEGAHAN_KEGIATAN = "pencegahan_kegiatan"
    PENANGANAN_HUKUM = "penanganan_hukum"
    OPINI = "opini"
    TIDAK_RELEVAN = "tidak_relevan"


WATCHED = frozenset({Modality.KEJADIAN, Modality.DUGAAN, Modality.ANCAMAN_POTENSI, Modality.PENANGANAN_HUKUM})
"""The modalities in which an article that has a signal is flagged."""


class Urgency(StrEnum):
    """How soon somebody has to look: P1 within 15 minutes, P2 within 2 hours, P3 this shift, P4 the daily digest."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class Severity(IntEnum):
    """Possible harm, 0 to 4, by the names that desks use."""

    NIHIL = 0
    RENDAH = 1
    SEDANG = 2
    TINGGI = 3
    KRITIS = 4


class PlaceRole(StrEnum):
    """What a place has to do with the event; alerts use KEJADIAN, then CAKUPAN."""

    KEJADIAN = "kejadian"
    PENANGANAN = "penanganan"
    SUMBER = "sumber"
    CAKUPAN = "cakupan"
    RUTE = "rute"
    PERBATASAN = "perbatasan"
    LATAR = "latar"


class IncidentStatus(StrEnum):
    """The only status words of an incident (domain dossier, section 4.3)."""

    BELUM_DITINJAU = "belum_ditinjau"
    VERIFIKASI = "verifikasi"
    BUKAN_ANCAMAN = "bukan_ancaman"
    DUPLIKAT = "duplikat"
    TERVERIFIKASI = "terverifikasi"
    DITINDAKLANJUTI = "ditindaklanjuti"
    SELESAI = "selesai"
    DITUTUP = "ditutup_tanpa_tindak_lanjut"


@dataclass(frozen=True, slots=True)
class Finder:
    """One place where a source lists its articles.

    ``url`` is absolute. ``options`` are the finder's own (a listing's link selector, a REST page size), as strings.
    """

    kind: FinderKind
    url: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A news site as it is declared in a catalogue.

    ``provinces`` and ``regencies`` are the Kemendagri codes that the outlet covers (empty: national). ``tier`` 1
    national or official, 2 established regional, 3 small portal, 4 clone or spinner; ``tier_fixed`` says that a person
    stands by it, whatever the outlet is seen to copy. ``network`` names the group
    whose hosts share one request budget (None: the registrable domain). ``delay_s`` is the least time between two
    requests to the network (None: the default).
    ``verified`` is False until `sources check` has seen the site answer as declared.
    """

    id: str
    name: str
    home: str
    timezone: str
    profile: str
    finders: tuple[Finder, ...]
    provinces: tuple[str, ...] = ()
    regencies: tuple[str, ...] = ()
    tier: int = 3
    network: str | None = None
    delay_s: float | None = None
    enabled: bool = True
    verified: bool = False
    max_new_per_run: int = 200
    note: str = ""
    tier_fixed: bool = False


@dataclass(frozen=True, slots=True)
class PageRef:
    """A URL that a finder offered, with what the finder already knew of it.

    ``url`` is as offered, ``canonical_url`` its normal form (the identity of the page). ``published`` is the feed's
    or sitemap's time
    (None where it gave none or nonsense); ``title`` may be cut short by the site and is never an article's title.
    """

    url: str
    canonical_url: str
    source_id: str
    found_by: FinderKind | Literal["manual", "warc", "recheck"]
    title: str | None = None
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask "changed since?" with (RFC 9110, section 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to one request, or why there is none.

    ``outcome`` is FETCHED, NOT_MODIFIED or the reason of failure. ``body`` is the decoded (decompressed) bytes,
    None unless FETCHED. ``final_url`` is where redirects ended. ``wire_bytes`` counts what came over the network.
    ``retry_after_s`` is set for THROTTLED.
    ``detail`` is one plain sentence for the log.
    """

    url: str
    final_url: str
    source_id: str
    fetched_at: datetime
    outcome: Outcome
    status: int | None = None
    body: bytes | None = None
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    validators: Validators = field(default_factory=Validators)
    redirects: tuple[str, ...] = ()
    wire_bytes: int = 0
    elapsed_s: float = 0.0
    retry_after_s: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RobotsRecord:
    """What an origin's robots.txt answered, kept for 24 h (RFC 9309, section 2.4), over restarts too.

    ``origin`` is scheme, host and port. ``status`` is None where no answer came. ``body`` is the first 500 KiB (RFC
    9309, 2.5), empty unless 2xx.
    """

    origin: str
    fetched_at: datetime
    status: int | None
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Article:
    """What a page says, read.

    ``published`` is None where the page gives no time that can be believed; ``tz_assumed`` is True where the page
    named no zone and the source's was taken. ``language`` is ``id``, ``ms``, ``jv``, ``su``, ``min``, ``en`` or
    ``und``. ``method`` names how title, time and text were had (``profile:varient+jsonld+trafilatura``). ``text``
    is paragraphs joined by newlines, without captions equal to the title, "Baca juga", share bars, tag lists and
    sign-offs. ``content_hash`` is the SHA-256 of title and text (hex): the same hash, the same revision.
    """

    source_id: str
    url: str
    canonical_url: str
    title: str
    text: str
    content_hash: str
    published: datetime | None = None
    modified: datetime | None = None
    tz_assumed: bool = False
    author: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str = "und"
    method: str = ""


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as the store knows it: one row per canonical URL, with the revision that is meant.

    ``revision`` counts from 1. ``first_seen`` is when we first fetched it. ``withdrawn_at`` is set once the page is
    gone at the outlet.
    """

    id: int
    revision: int
    article: Article
    first_seen: datetime
    revised_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One span that decided: for which signal, or for ``modality``, ``severity``, ``event_time``.

    ``weight`` is signed, in log-odds of the model or points of a cue. ``why`` is shown to analysts and is Indonesian.
    """

    subject: str
    zone: Zone
    start: int
    end: int
    weight: float
    why: str


@dataclass(frozen=True, slots=True)
class Place:
    """A toponym in a text, resolved.

    ``confidence`` is in [0, 1]. ``alternatives`` are other codes it could be, with their weights, best first;
    ``ambiguous`` says that
    none of them could be ruled out. ``code`` is then the nearest unit that all of them share, or the best of them.
    """

    code: str
    name: str
    role: PlaceRole
    zone: Zone
    start: int
    end: int
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """One mention of a place, and what around it spoke for its unit and role.

    ``why`` are pairs of a slug (`classifiers.places.sightings.REASONS`) and the word of the text that it rests on, in
    lower case; the word is empty where there is none.
    """

    zone: Zone
    start: int
    end: int
    why: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place of a text with all mentions of it, in the order of title and text; the place's own span is one of them.

    One mention can belong to two places (a mountain on a border, an office and the city it stands in).
    """

    place: Place
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class EventTime:
    """When the event happened as the text says it: first and last moment it can mean, and the span that says so."""

    start: datetime
    end: datetime
    zone: Zone
    span_start: int
    span_end: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was judged of one article revision under one version of model and rules.

    ``signals`` holds the calibrated probability of every signal worth storing, ``flagged_signals`` those asserted.
    ``severity_points`` are the additive reasons in Indonesian, with their points. ``event_time`` is None where the
    text does not tell: never the publication date.
    """

    signals: Mapping[str, float]
    flagged_signals: tuple[str, ...]
    modality: Modality
    severity: int
    severity_points: tuple[tuple[str, int], ...]
    urgency: Urgency
    flagged: bool
    flag_score: float
    places: tuple[Place, ...]
    evidence: tuple[Evidence, ...]
    model_version: str
    rules_version: str
    negasi: bool = False
    historis: bool = False
    event_time: EventTime | None = None
    language: str = "id"


@dataclass(frozen=True, slots=True)
class Incident:
    """A *kejadian*: the desk's unit, with the articles that are about it.

    ``spread`` is the number of articles, copies included; ``independent_sources`` counts texts of their own, from
    outlets of tier 1 to 3 that are not of one network: only those corroborate. ``places`` are event places, the
    finest first. ``revision`` counts from 1 and goes up whenever what an alert would say has changed. ``merged_into``
    is the incident that its articles went to: it has none of its own then, and stays to be read.
    """

    id: int
    title: str
    signals: tuple[str, ...]
    modality: Modality
    severity: int
    urgency: Urgency
    status: IncidentStatus
    places: tuple[Place, ...]
    opened_at: datetime
    first_seen: datetime
    last_seen: datetime
    event_time: EventTime | None
    article_ids: tuple[int, ...]
    spread: int
    independent_sources: int
    best_tier: int
    revision: int = 1
    published: datetime | None = None
    best_article_id: int | None = None
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What a person decided of an incident or article: append-only; the present state is the last one.

    ``verdict`` and the label corrections are different fields: *bukan_ancaman* may still be a correct signal.
    """

    incident_id: int
    reviewer: str
    at: datetime
    verdict: IncidentStatus | None = None
    reason: str = ""
    article_id: int | None = None
    signals: tuple[str, ...] | None = None
    modality: Modality | None = None
    severity: int | None = None
    place_codes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """What leaves the house about an incident: raised once, then updated or cancelled under the same ``uid``.

    ``verified`` is False until a person has verified the incident; every format then prints *belum terverifikasi*.
    ``exercise`` marks drills and the sample sites: never sent to real recipients. ``revision`` counts the alert's own
    revisions from 1; ``incident_revision`` is the incident's at that moment: while it stands, nothing is to be updated.
    """

    uid: str
    incident_id: int
    revision: int
    state: AlertState
    at: datetime
    first_raised_at: datetime
    verified: bool
    exercise: bool
    reason: str = ""
    incident_revision: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one run over one source: ``offered`` is the sum of ``counts``, or the run is wrong.

    ``fetches`` counts requests that went out (robots, feeds and sitemaps included), which is another sum:
    ``requests`` by finder kind or "page".
    """

    run_id: str
    source_id: str
    started_at: datetime
    ended_at: datetime
    offered: int
    counts: Mapping[Outcome, int]
    requests: Mapping[str, int]
    requests_not_modified: int = 0
    wire_bytes: int = 0
    error: str = ""

    def adds_up(self) -> bool:
        """Return whether every offered URL is counted exactly once and ended."""
        return self.offered == sum(self.counts.values()) and all(outcome.is_final for outcome in self.counts)


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is remembered of a source between runs.

    ``next_due`` None means now. ``poll_minutes`` is the present interval, 5 to 60. ``blocked_until`` is set by
    Retry-After and back-off.
    ``failures`` counts runs in a row in which every finder failed.
    """

    source_id: str
    enabled: bool
    poll_minutes: float
    next_due: datetime | None = None
    last_run: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    blocked_until: datetime | None = None
    failures: int = 0
    verified_at: datetime | None = None
    last_error: str = ""


LabelKind = Literal["label", "adjudication"]
TaskReason = Literal["ragu", "beda_isyarat", "sinyal_langka", "acak", "terlewat"]
"""Why an article is to be labelled: the model is unsure, cues and model differ, a rare signal, drawn by lot, or several
outlets tell a story that nobody flagged."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a person says that one revision of an article is: append-only, a person's last word on it counts.

    ``signals`` and ``optional`` (neither hit nor miss) are slugs without one in common. ``severity`` is 0 to 4, None
    where it was not judged. An ``adjudication`` decides between others' labels and is by somebody who gave none.
    """

    article_id: int
    revision: int
    annotator: str
    at: datetime
    signals: tuple[str, ...]
    modality: Modality
    optional: tuple[str, ...] = ()
    severity: int | None = None
    negasi: bool = False
    historis: bool = False
    note: str = ""
    kind: LabelKind = "label"


@dataclass(frozen=True, slots=True)
class LabelTask:
    """An article revision that ``wanted`` persons are to label, each without sight of the other.

    ``detail`` says in Indonesian why it was chosen, ``score`` in [0, 1] how strongly; it is 0 for one drawn by lot.
    """

    article_id: int
    revision: int
    reason: TaskReason
    detail: str
    score: float
    created: datetime
    wanted: int = 2


@dataclass(frozen=True, slots=True)
class AuditRound:
    """One drawing by lot from the articles that were not flagged, for the recall audit.

    Its frame are the ``frame`` unflagged articles first judged after ``since`` (None: from the beginning) until
    ``until``: every article is in the frame of one round at most. ``drawn`` of them were taken, each with probability
    ``drawn / frame``. ``flagged`` articles of the same time were not in the frame.
    """

    id: int
    at: datetime
    since: datetime | None
    until: datetime
    frame: int
    drawn: int
    flagged: int
    seed: int
    model_version: str


@dataclass(frozen=True, slots=True)
class AuditDraw:
    """An article that was drawn, and the task whose label counts for it.

    ``inclusion`` is the probability with which it was drawn. The task is another article's where that one has the same
    text (a copy): two persons should not read one text twice.
    """

    round_id: int
    article_id: int
    revision: int
    inclusion: float
    task_article_id: int
    task_revision: int


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """An article with the labels that training may believe.

    ``basis`` says why they are believed, ``persons`` how many stand behind them, ``at`` when the last of them said so.
    ``severity`` is None where nobody judged it, or the two differ by one.
    """

    article_id: int
    revision: int
    title: str
    text: str
    published: datetime | None
    source_id: str
    url: str
    signals: tuple[str, ...]
    optional: tuple[str, ...]
    modality: Modality
    severity: int | None
    negasi: bool
    historis: bool
    at: datetime
    persons: int
    basis: Literal["adjudication", "agreement", "single"]


@dataclass(frozen=True, slots=True)
class DriftFinding:
    """How one measure of the recent articles stands beside the same measure of the reference.

    ``kind``: ``masukan``, ``skor`` or ``label``. ``effect`` is the population stability index beyond chance, or the
    ratio of two rates (``unit`` says which). ``p_value`` is None where there was too little to test; ``alarm`` needs
    both a corrected p-value and an effect that matters.
    """

    name: str
    kind: Literal["masukan", "skor", "label"]
    unit: Literal["psi", "rasio"]
    effect: float
    p_value: float | None
    alarm: bool
    reference: tuple[tuple[str, float], ...]
    recent: tuple[tuple[str, float], ...]
    n_reference: int
    n_recent: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class DriftLook:
    """One look at the drift of inputs, scores and labels: the recent week against weeks before.

    ``stage`` is the election stage of the recent week (None: none runs); ``stage_changed`` says that too few weeks of
    the same stage were there, so that the reference is of another one: its inputs may rightly differ.
    """

    at: datetime
    since: datetime
    until: datetime
    weeks: int
    model_version: str
    stage: str | None
    stage_changed: bool
    findings: tuple[DriftFinding, ...]

    @property
    def alarm(self) -> bool:
        """Whether anything here should be looked into by a person."""
        return any(finding.alarm for finding in self.findings)
