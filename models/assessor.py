"""The whole judgement of an article: signals, modality, places, time of the event, severity, urgency, with evidence.

Four trades are put together here and none of them knows another: the judge (learned weights and cues), the locator,
the clock of the text, and the table of harm. Same input and versions, same output.
"""

from __future__ import annotations

import gc
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from classifiers.event_time import WIB, find_event_time
from classifiers.harm import REFERENCE as HARM
from classifiers.severity import REFERENCE as SEVERITY
from classifiers.severity import judge_severity
from classifiers.stages import CALENDAR, Calendar, load_calendar, zone_of
from classifiers.text import read_document
from classifiers.urgency import urgency
from data.gazetteer import FOLDER as PLACES
from data.records import WATCHED, Assessment, Evidence, Modality, PlaceRole
from data.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from classifiers.stages import StageWindow
    from classifiers.text import Document
    from data.records import EventTime, Place
    from data.taught_places import TaughtName

RULES: Final = "2"
"""Raised whenever the code of severity, stages or event time judges differently; a changed table shows itself."""

TIMELESS = frozenset({Modality.OPINI, Modality.TIDAK_RELEVAN})
"""No event, no time of one."""


@dataclass(frozen=True, slots=True)
class AssessItem:
    """An article as it is judged: its text and where its outlet stands.

    ``published`` is aware, None where it is not known. ``provinces`` and ``regencies`` are the codes that the outlet
    covers, ``timezone`` its zone.
    """

    id: str
    title: str
    text: str
    published: datetime | None = None
    url: str | None = None
    source: str | None = None
    provinces: tuple[str, ...] = ()
    regencies: tuple[str, ...] = ()
    timezone: str = "Asia/Jakarta"


class JudgedText(Protocol):
    """What the judge says of one document (``models.judge.Judgement``)."""

    @property
    def signals(self) -> Mapping[str, float]:
        """Calibrated probability by signal."""

    @property
    def flagged_signals(self) -> tuple[str, ...]:
        """The signals that are asserted."""

    @property
    def modality(self) -> Modality:
        """How the text speaks."""

    @property
    def negasi(self) -> bool:
        """Whether what it speaks of is said not to be so."""

    @property
    def historis(self) -> bool:
        """Whether it tells of old events."""

    @property
    def flag_score(self) -> float:
        """In [0, 1], for ranking."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The spans that decided."""


class Judges(Protocol):
    """What is needed of ``models.judge.Judge``."""

    @property
    def model_version(self) -> str:
        """Name of the weights."""

    @property
    def rules_version(self) -> str:
        """Name of the cues and rules."""

    def judge(self, documents: Sequence[Document]) -> Sequence[JudgedText]:
        """Return a judgement per document, in order."""


class Locates(Protocol):
    """What is needed of ``classifiers.places.Locator``."""

    def locate(
        self, title: str, text: str, *, outlet_provinces: Iterable[str] = (), outlet_regencies: Iterable[str] = ()
    ) -> tuple[Place, ...]:
        """Return the places of one text."""


class Assessor:
    """Judges articles in batches; made by `Assessor.load`, or of parts that are handed in."""

    def __init__(self, judge: Judges, locator: Locates, calendar: Calendar, tables: str = RULES) -> None:
        self._judge = judge
        self._locator = locator
        self._calendar = calendar
        self.model_version = judge.model_version
        self.rules_version = f"{judge.rules_version}+{tables}"

    @classmethod
    def load(
        cls,
        model_dir: Path | None = None,
        gazetteer: Path | None = None,
        *,
        worth_storing: float | None = None,
        names: Sequence[TaughtName] = (),
        calendar: Calendar | None = None,
    ) -> Assessor:
        """Return an assessor with the model in ``model_dir`` and the place tables in ``gazetteer`` (None: the bundled).

        ``worth_storing`` is the least probability of a signal that is kept (None: `models.judge.WORTH_STORING`);
        ``names`` are the place names that this installation was taught, ``calendar`` is the desk's (None: the one
        that comes with the program).
        Raises ModelError where the model cannot be used, SettingsError where a table cannot.
        """
        from classifiers.places import Locator
        from classifiers.places.taught import taught
        from models.judge import WORTH_STORING, Judge

        judge = Judge.load(model_dir, worth_storing=WORTH_STORING if worth_storing is None else worth_storing)
        stages = calendar or load_calendar()
        tables = tables_version(rule_tables(gazetteer), names, stages)
        assessor = cls(judge, taught(Locator.load(gazetteer), names), stages, tables)
        # Half a million names and words stay as long as the process: the collector walked them all, again and again,
        # and took a tenth of the time of an article.
        gc.freeze()
        return assessor

    def assess(self, items: Sequence[AssessItem]) -> list[Assessment]:
        """Return the assessment of each item, in order."""
        documents = [read_document(item.title, item.text) for item in items]
        judged = self._judge.judge(documents)
        return [self._one(*parts) for parts in zip(items, documents, judged, strict=True)]

    def _one(self, item: AssessItem, document: Document, judged: JudgedText) -> Assessment:
        places = self._locator.locate(
            item.title, item.text, outlet_provinces=item.provinces, outlet_regencies=item.regencies
        )
        codes = event_codes(places)
        modality = judged.modality
        zone = zone_of(codes) if codes else _zone(item.timezone)
        event = None if modality in TIMELESS else find_event_time(document, item.published, zone, modality=modality)
        window = stage_window(self._calendar, item.published, event, modality, codes or item.regencies)
        judged_severity = judge_severity(
            document,
            judged.flagged_signals,
            modality,
            negasi=judged.negasi,
            historis=judged.historis,
            window=window,
            narrow_place=any(len(code) > KABKOTA for code in codes) if codes else None,
            year=item.published.year if item.published is not None else None,
        )
        return Assessment(
            signals=judged.signals,
            flagged_signals=judged.flagged_signals,
            modality=modality,
            severity=judged_severity.level,
            severity_points=judged_severity.points,
            urgency=urgency(judged_severity.level, window),
            flagged=bool(judged.flagged_signals) and modality in WATCHED,
            flag_score=judged.flag_score,
            places=places,
            evidence=(*judged.evidence, *judged_severity.evidence, *_time_evidence(event)),
            model_version=self.model_version,
            rules_version=self.rules_version,
            negasi=judged.negasi,
            historis=judged.historis,
            event_time=event,
        )


FRESH: Final = timedelta(days=2)
"""A report this soon after its event speaks of the days that both lie in."""
KABKOTA: Final = 5
"""Characters of a code down to kabupaten or kota; a longer one lies below."""


def event_codes(places: Sequence[Place]) -> tuple[str, ...]:
    """Return the codes of the places of the event, the finest first; of its scope where no place is one."""
    for role in (PlaceRole.KEJADIAN, PlaceRole.CAKUPAN):
        codes = [place.code for place in places if place.role is role]
        if codes:
            return tuple(sorted(dict.fromkeys(codes), key=len, reverse=True))
    return ()


def stage_window(
    calendar: Calendar, published: datetime | None, event: EventTime | None, modality: Modality, codes: Sequence[str]
) -> StageWindow | None:
    """Return the stage that counts: the event's, or that of publication where the text does not tell the time.

    A process or a threat counts when it is reported: the trial of an election riot is no danger to the vote of months
    ago, and a risk to a vote is not near before the vote is. Of an event of these days the tenser of both counts.
    Without a time of publication nothing is said of stages, even where the text holds a complete date.
    """
    if published is None:
        return None
    reported = calendar.stage_at(published, codes)
    if event is None or modality in {Modality.PENANGANAN_HUKUM, Modality.ANCAMAN_POTENSI}:
        return reported
    happened = calendar.stage_at(event.start, codes)
    fresh = abs(published - event.start) <= FRESH
    return (
        reported
        if fresh and reported is not None and reported.tense and not (happened and happened.tense)
        else happened
    )


def _zone(name: str) -> ZoneInfo:
    """Return a zone by name; WIB for one that does not exist, as most outlets are in it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return WIB


def _time_evidence(event: EventTime | None) -> tuple[Evidence, ...]:
    if event is None:
        return ()
    return (Evidence("event_time", event.zone, event.span_start, event.span_end, 1.0, "waktu kejadian"),)


def rule_tables(gazetteer: Path | None = None) -> list[Path]:
    """Return the files beside the signals' that decide how an article is judged."""
    return [HARM, SEVERITY, CALENDAR, *sorted((gazetteer or PLACES).glob("*.t*"))]


def rules_in_use(names: Sequence[TaughtName] = (), calendar: Calendar | None = None) -> str:
    """Return the ``rules_version`` of an assessor that would be loaded now with these, without loading one."""
    return f"{load_taxonomy().digest[:12]}+{tables_version(rule_tables(), names, calendar)}"


def tables_version(tables: Sequence[Path], names: Sequence[TaughtName] = (), calendar: Calendar | None = None) -> str:
    """Return what a set of rule tables is called: a change of any byte of them is a new version of the rules.

    So is another taught name, and another stage of the desk's own; without either the version is that of the tables
    alone.
    """
    digest = hashlib.sha256(RULES.encode())
    for path in tables:
        digest.update(path.read_bytes())
    for name in names:
        digest.update(f"{name.name}\t{' '.join(name.codes)}\n".encode())
    if calendar is not None and calendar.own:
        digest.update(f"{calendar.own}\n".encode())
    return f"{RULES}.{digest.hexdigest()[:8]}"
