"""Learning from the desk: what is to be labelled is chosen, labels are taken in, what they come to is worked out.

The deciding is elsewhere and pure (`models.sampling`, `models.audit`, `models.agreement`, `data.resolution`);
here the store, the model and the clock meet it. Files of other tools are `flows.exchange`'s.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from classifiers.copies import Signature, signature
from classifiers.cues import CueFinder
from classifiers.text import read_document
from data.errors import InputError, UnknownItemError
from data.exchange.fields import given as read_fields
from data.records import WATCHED, AuditDraw, AuditRound, Label, LabelTask, PlaceRole
from data.resolution import annotator_name
from flows.leases import held
from models.agreement import agreement
from models.audit import Stratum, missed
from models.sampling import SHARES, Candidate, choose, draw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any

    from classifiers.text import Document
    from data.records import Assessment, LabelledArticle, StoredArticle
    from data.store import Store
    from data.taxonomy import Taxonomy
    from flows.settings import Settings
    from models.agreement import Agreement
    from models.audit import Missed
    from models.judge import Judgement

log = structlog.get_logger(__name__)

SIZE: Final = 20
"""Open tasks of a queue, unless another size is asked for: an hour's work."""

FRESH: Final = timedelta(days=30)
"""How far back candidates are looked for; what is older teaches yesterday's news."""

POOL: Final = 1500
"""Candidates that are read anew for cues and modalities, the newest: about eight seconds."""

BETWEEN_DRAWINGS: Final = timedelta(hours=20)
"""Time from one drawing by lot to the next: many tiny ones would each tell of next to nothing."""

LEASE_NAME: Final = "label_queue"
LEASE: Final = timedelta(minutes=10)

BATCH: Final = 100


class Judges(Protocol):
    """What is needed of ``models.judge.Judge``."""

    @property
    def model_version(self) -> str:
        """Name of the weights."""

    def judge(self, documents: Sequence[Document]) -> Sequence[Judgement]:
        """Return a judgement per document, in order."""


@dataclass(frozen=True, slots=True)
class LabelTools:
    """What labelling needs: store, clock, taxonomy, seed of the lot.

    ``judge`` loads the model when a queue is filled; ``trained`` returns how many examples of each signal training has.
    """

    store: Store
    clock: Callable[[], datetime]
    taxonomy: Taxonomy
    judge: Callable[[], Judges]
    trained: Callable[[], Mapping[str, int]]
    seed: int


@contextmanager
def label_tools(settings: Settings, *, clock: Callable[[], datetime] | None = None) -> Iterator[LabelTools]:
    """Yield what labelling needs, made from ``settings``; the model is loaded only where it is asked for."""
    import secrets

    from data.taxonomy import load_taxonomy
    from flows.tools import open_store, registry_of, utc_now
    from models.judge import Judge
    from models.weights import read_model

    def folder() -> Path:
        return settings.model_dir or registry_of(settings).current()

    taxonomy = load_taxonomy()
    with open_store(settings) as store:
        yield LabelTools(
            store=store,
            clock=clock or utc_now,
            taxonomy=taxonomy,
            judge=lambda: Judge.load(folder()),
            trained=lambda: trained_counts(read_model(folder()).card, taxonomy.slugs, store.labels.examples()),
            seed=secrets.randbits(62),
        )


def trained_counts(
    card: Mapping[str, object], slugs: Sequence[str], labelled: Sequence[LabelledArticle]
) -> dict[str, int]:
    """Return how many examples of each signal there are: what the model's card says, and what the desk labelled.

    Where the card says nothing of a signal the desk's labels alone make it rare or not.
    """
    told = card.get("per_label")
    per_label: Mapping[str, object] = told if isinstance(told, dict) else {}
    counts = {slug: int(str(per_label.get(slug, 0))) for slug in slugs}
    for example in labelled:
        for slug in example.signals:
            if slug in counts:
                counts[slug] += 1
    return counts


# The queue.


@dataclass(frozen=True, slots=True)
class Filled:
    """What filling a queue did: new tasks by reason, and how many are open now."""

    added: Mapping[str, int]
    open: int


def fill_queue(tools: LabelTools, size: int = SIZE, *, wanted: int = 2) -> Filled:
    """Bring the queue to ``size`` open tasks, each for ``wanted`` persons, and return what was added.

    A fifth of what is added is drawn by lot from the articles that were not flagged and first judged since the last
    drawing; the rest is chosen because it teaches most. LeaseError where somebody else is filling it just now.
    """
    store = tools.store
    added: Counter[str] = Counter()
    if len(store.label_tasks.queue()) < size:
        # Two who fill at once would draw from one frame twice, and every chance would be wrong.
        with held(store, LEASE_NAME, tools.clock, LEASE):
            waiting = Counter(one.task.reason for one in store.label_tasks.queue())
            missing = size - waiting.total()
            by_lot = min(missing, round(size * SHARES["acak"]) - waiting["acak"])
            added["acak"] = _draw_audit(tools, by_lot, wanted) if by_lot > 0 else 0
            rest = missing - added["acak"]
            for task in _choose(tools, rest, wanted) if rest > 0 else ():
                added[task.reason] += store.label_tasks.add([task])
    found: dict[str, int] = {reason: added[reason] for reason in SHARES if added[reason]}
    log.info("label_queue", **found)
    return Filled(found, len(store.label_tasks.queue()))


def _draw_audit(tools: LabelTools, size: int, wanted: int) -> int:
    """Draw ``size`` unflagged articles by lot, keep the drawing, and return how many tasks it added."""
    store, now = tools.store, tools.clock()
    rounds = store.label_tasks.rounds()
    since = rounds[-1].until if rounds else None
    if since is not None and now - since < BETWEEN_DRAWINGS:
        return 0
    frame, flagged = store.label_tasks.frame(since, now)
    if not frame:
        return 0
    revisions = dict(frame)
    drawn = draw(revisions, size, tools.seed)
    one = AuditRound(
        0, now, since, now, len(frame), len(drawn.ids), flagged, tools.seed, _model_of(store, drawn.ids[0])
    )
    detail = f"diundi dari {len(frame):,} artikel yang tidak ditandai".replace(",", ".")
    before = len(store.label_tasks.all())
    with store.transaction():
        tasks, draws = _drawn_tasks(tools, [(number, revisions[number]) for number in drawn.ids], detail, wanted)
        draws = [replace(entry, inclusion=drawn.inclusion) for entry in draws]
        store.label_tasks.open_round(one, tasks, draws)
    return len(store.label_tasks.all()) - before


def _drawn_tasks(
    tools: LabelTools, drawn: Sequence[tuple[int, int]], detail: str, wanted: int
) -> tuple[list[LabelTask], list[AuditDraw]]:
    """Return the tasks of a drawing; a copy of a text that has a task is counted by that one's label."""
    store = tools.store
    known = {
        (one.task.article_id, one.task.revision): _mark(store, one.task.article_id) for one in store.label_tasks.all()
    }
    tasks, draws = [], []
    for number, revision in drawn:
        mark = _mark(store, number)
        same = (number, revision) if (number, revision) in known else _copy_of(mark, known)
        if same is None:
            same = (number, revision)
            known[same] = mark
            tasks.append(LabelTask(number, revision, "acak", detail, 0.0, tools.clock(), wanted))
        draws.append(AuditDraw(0, number, revision, 0.0, *same))
    return tasks, draws


def _copy_of(mark: Signature, known: Mapping[tuple[int, int], Signature]) -> tuple[int, int] | None:
    from classifiers.copies import is_copy

    return next((key for key, other in known.items() if is_copy(mark, other)), None)


def _choose(tools: LabelTools, size: int, wanted: int) -> list[LabelTask]:
    store, now = tools.store, tools.clock()
    seen = store.label_tasks.articles() | store.labels.labelled()
    ids = [number for number in store.label_tasks.recent(now - FRESH, now + timedelta(days=1)) if number not in seen]
    taken = [_mark(store, number) for number in sorted(seen)[-POOL:]]
    candidates = candidates_of(tools, ids[-POOL:])
    return [
        LabelTask(
            one.candidate.article_id, one.candidate.revision, one.reason, one.detail, round(one.score, 4), now, wanted
        )
        for one in choose(candidates, size, tools.trained(), taken=taken)
    ]


def candidates_of(tools: LabelTools, article_ids: Sequence[int]) -> list[Candidate]:
    """Return articles as candidates: judged anew for the modalities' probabilities, with the points of their cues."""
    if not article_ids:
        return []
    judge, finder = tools.judge(), CueFinder(tools.taxonomy)
    said = tools.store.assessments.of_many(article_ids)
    found: list[Candidate] = []
    for at in range(0, len(article_ids), BATCH):
        stored = [one for one in tools.store.articles.many(article_ids[at : at + BATCH]) if one.id in said]
        documents = [read_document(one.article.title, one.article.text) for one in stored]
        for one, document, judged in zip(stored, documents, judge.judge(documents), strict=True):
            found.append(_candidate(one, said[one.id].assessment, judged, cue_points(finder, document, tools.taxonomy)))
    return found


def cue_points(finder: CueFinder, document: Document, taxonomy: Taxonomy) -> dict[str, float]:
    """Return the points of the different cues of each signal that stand in a document, those against it taken off."""
    points: dict[str, float] = {}
    seen = set()
    for hit in finder.find(document):
        key = (hit.cue.label, hit.cue.id)
        if hit.cue.label in taxonomy.slugs and key not in seen:
            seen.add(key)
            points[hit.cue.label] = points.get(hit.cue.label, 0.0) + hit.cue.weight
    return points


def _candidate(stored: StoredArticle, said: Assessment, judged: Judgement, cues: Mapping[str, float]) -> Candidate:
    event = next((place.code for place in said.places if place.role is PlaceRole.KEJADIAN), None)
    return Candidate(
        article_id=stored.id,
        revision=stored.revision,
        source=stored.article.source_id,
        province=event[:2] if event else None,
        mark=signature(stored.article.title, stored.article.text),
        signals=judged.signals,
        asserted=frozenset(judged.flagged_signals),
        modalities=judged.modality_probabilities,
        flag_score=judged.flag_score,
        cues=cues,
    )


def _mark(store: Store, article_id: int) -> Signature:
    digest = store.signatures.of(article_id)
    if digest is not None:
        try:
            return Signature.from_bytes(digest)
        except InputError:
            log.info("signature_made_anew", article=article_id)
    stored = store.articles.get(article_id)
    if stored is None:
        raise UnknownItemError("article", article_id, hint="see kentongan label queue")
    return signature(stored.article.title, stored.article.text)


def _model_of(store: Store, article_id: int) -> str:
    said = store.assessments.of(article_id)
    return said.model_version if said is not None else ""


# Labels.


def stored_text(store: Store, article_id: int, revision: int | None = None) -> StoredArticle:
    """Return an article in the revision that is meant, None: the present one. Raises UnknownItemError."""
    found = store.articles.get(article_id, revision)
    if found is None:
        raise UnknownItemError("article", article_id, hint="see kentongan label queue")
    return found


def give_label(
    tools: LabelTools,
    article_id: int,
    annotator: str,
    answer: Mapping[str, Any],
    *,
    revision: int | None = None,
    kind: str = "label",
) -> Label:
    """Keep a person's label of an article and return it; ``answer`` is what was typed, by field.

    ``revision`` None is the present one. Raises InputError, with the nearest name, for a
    signal or modality that is none, and where the label is refused; UnknownItemError for an article that is not there.
    """
    stored = stored_text(tools.store, article_id, revision)
    given = read_fields(0, {**answer, "article": stored.id, "kind": kind, **_names(answer)}, tools.taxonomy.slugs)
    label = given.label(stored, annotator_name(annotator), tools.clock())
    tools.store.labels.add(label)
    return label


def _names(answer: Mapping[str, Any]) -> dict[str, str]:
    """Return the lists of signals as one text each: options may be repeated, and hold several with commas."""
    return {name: " ".join(answer.get(name) or ()) for name in ("signals", "optional")}


def missed_share(tools: LabelTools) -> Missed | None:
    """Return how much was missed among what nobody flagged, by the labels of what was drawn; None before there are any.

    A text whose two labels disagree waits for its adjudication and is not counted as labelled.
    """
    store = tools.store
    came = store.labels.resolutions()
    counted: dict[int, list[bool]] = {one.id: [] for one in store.label_tasks.rounds()}
    for entry in store.label_tasks.draws():
        found = came.get((entry.task_article_id, entry.task_revision))
        if found is not None and found.label is not None:
            counted[entry.round_id].append(bool(found.label.signals) and found.label.modality in WATCHED)
    strata = [
        Stratum(one.frame, one.drawn, len(counted[one.id]), sum(counted[one.id]), one.flagged)
        for one in store.label_tasks.rounds()
    ]
    return missed(strata)


def label_agreement(tools: LabelTools) -> Agreement:
    """Return how far the persons agree who labelled the same texts; reviews are not blind, and not among them."""
    texts: dict[tuple[int, int], list[Label]] = {}
    for label in tools.store.labels.since():
        texts.setdefault((label.article_id, label.revision), []).append(label)
    return agreement(list(texts.values()), tools.taxonomy.slugs)
