"""What the API tells, field by field: its contract, apart from the records that it is read from.

Each is made of a record by the names of its fields (``View.of``), so that a field of ours that is renamed breaks a test
and not a program out there.
"""

from datetime import date, datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from data.records import IncidentStatus, Modality, PlaceRole, Urgency
from data.watching import CoverageState, Scale, WarningKind
from flows.watch import Health


class View(BaseModel):
    """Anything that is told."""

    model_config = ConfigDict(frozen=True, from_attributes=True, json_schema_serialization_defaults_required=True)

    @classmethod
    def from_record(cls, record: Any, **given: Any) -> Self:
        """Return the view of a record; ``given`` are fields that the record has not, or has otherwise."""
        values = {name: getattr(record, name) for name in cls.model_fields if name not in given}
        return cls.model_validate(values | given)


class FieldProblem(View):
    """What does not fit of one field: where it stands, such as ``query/limit``, and why."""

    field: str
    detail: str


class Problem(View):
    """An error (RFC 9457). ``by`` and ``at`` say who changed it meanwhile, ``scope`` which right is needed."""

    model_config = ConfigDict(
        json_schema_serialization_defaults_required=False,
        json_schema_extra={
            "example": {
                "type": "urn:kentongan:masalah:sudah-berubah",
                "title": "Precondition Failed",
                "status": 412,
                "detail": "incident 12 was changed by sari at 2024-11-26 08:00:00 UTC; look at it again before you "
                "decide",
                "instance": "/api/v1/incidents/12/decisions",
                "by": "sari",
                "at": "2024-11-26T08:00:00Z",
            }
        },
    )

    type: str
    title: str
    status: int
    detail: str
    instance: str
    by: str | None = None
    at: datetime | None = None
    scope: str | None = None
    errors: tuple[FieldProblem, ...] | None = None


class PlaceView(View):
    """A unit of an incident: its Kemendagri code; ``confidence`` is in [0, 1]."""

    code: str
    name: str
    role: PlaceRole
    confidence: float
    ambiguous: bool


class WhenView(View):
    """When the event happened: first and last moment that the text can mean."""

    start: datetime
    end: datetime


class MoveView(View):
    """A status that the caller may bring the incident to, and what must be said with it."""

    ke: IncidentStatus
    perlu: tuple[str, ...]


class IncidentLine(View):
    """An incident as the queue tells it. ``version`` is what a decision is made against; ``held_by`` works on it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 12,
                "version": 34,
                "title": "Posko pemenangan dibakar orang tak dikenal",
                "signals": ["perusakan"],
                "modality": "kejadian",
                "severity": 3,
                "urgency": "P1",
                "status": "belum_ditinjau",
                "places": [
                    {
                        "code": "13.77",
                        "name": "Kota Pariaman",
                        "role": "kejadian",
                        "confidence": 0.9,
                        "ambiguous": False,
                    }
                ],
                "opened_at": "2024-11-26T08:00:00Z",
                "first_seen": "2024-11-26T08:00:00Z",
                "last_seen": "2024-11-26T08:10:00Z",
                "published": None,
                "spread": 2,
                "independent_sources": 1,
                "best_tier": 3,
                "best_article_id": 7,
                "merged_into": None,
                "revision": 1,
                "first_looked_at": None,
                "held_by": None,
                "held_until": None,
            }
        }
    )

    id: int
    version: int
    title: str
    signals: tuple[str, ...]
    modality: Modality
    severity: int = Field(ge=0, le=4)
    urgency: Urgency
    status: IncidentStatus
    places: tuple[PlaceView, ...]
    opened_at: datetime
    first_seen: datetime
    last_seen: datetime
    published: datetime | None
    spread: int
    independent_sources: int
    best_tier: int
    best_article_id: int | None
    merged_into: int | None
    revision: int
    first_looked_at: datetime | None
    held_by: str | None
    held_until: datetime | None


class FollowUpView(View):
    """To whom an incident was handed; ``answer`` is what came back."""

    id: int
    recipient: str
    letter: str
    note: str
    by: str
    at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None


class OutcomeView(View):
    """What an incident turned out to be."""

    id: int
    outcome: Literal["benar", "sebagian", "tidak_benar"]
    note: str
    by: str
    at: datetime


class ValueView(View):
    """How far a person trusts what is known: source A to F, content 1 to 6."""

    id: int
    source_value: str
    content_value: int
    note: str
    by: str
    at: datetime


class IncidentDetail(IncidentLine):
    """An incident with all that is known of it but its texts. ``proposed_value`` is such as *C3*."""

    model_config = ConfigDict(json_schema_extra={"example": None})

    event_time: WhenView | None
    article_ids: tuple[int, ...]
    moves: tuple[MoveView, ...]
    duplicate_of: int | None
    follow_ups: tuple[FollowUpView, ...]
    outcomes: tuple[OutcomeView, ...]
    values: tuple[ValueView, ...]
    proposed_value: str
    alert: str | None
    quotes: tuple[str, ...]
    severity_points: tuple[tuple[str, int], ...]


class IncidentPage(View):
    """Incidents, the most urgent first; ``next`` is the cursor of the next page."""

    items: tuple[IncidentLine, ...]
    next: str | None


class ChangeView(View):
    """One line of an incident's history, in the caller's language."""

    at: datetime
    by: str
    words: str
    decided: bool


class History(View):
    """The history of an incident, the newest first."""

    items: tuple[ChangeView, ...]


class AnswerView(View):
    """One answer of the 5W1H, names masked, with where it stands."""

    text: str
    article_id: int
    zone: str
    start: int
    end: int


class StepView(View):
    """What an article adds to what was known before; ``of`` is the article that it copies."""

    article_id: int
    source_id: str
    at: datetime
    kind: str
    title: str
    of: int | None
    cue: str
    withdrawn: bool


class Timeline(View):
    """How an incident came to be known. ``answers`` is by siapa, apa, di_mana, bilamana, mengapa, bagaimana."""

    steps: tuple[StepView, ...]
    answers: dict[str, tuple[AnswerView, ...]]
    copies: int
    witnesses: int
    merged: tuple[int, ...]


class Decided(View):
    """What was decided; ``review`` is what it can be undone by, ``version`` what now stands."""

    review: int
    before: IncidentStatus
    status: IncidentStatus
    version: int


class Stands(View):
    """An incident after something was done with it."""

    id: int
    status: IncidentStatus
    version: int


class SimilarView(View):
    """An incident that may be the same event: signals and place in common, hours between."""

    incident: IncidentLine
    signals: tuple[str, ...]
    same_place: bool
    hours: int


class Similar(View):
    """Incidents that may be the same event, the likeliest first."""

    items: tuple[SimilarView, ...]


class ClaimView(View):
    """Who works on an incident, and until when."""

    incident_id: int
    held_by: str
    since: datetime
    until: datetime


class Done(View):
    """Whether anything was changed."""

    changed: bool


class CommentView(View):
    """A comment; ``mentions`` are names of users."""

    id: int
    by: str
    at: datetime
    text: str
    mentions: tuple[str, ...]


class Comments(View):
    """The comments on an incident, the first one first."""

    items: tuple[CommentView, ...]


class ArticleView(View):
    """An article. ``text`` is None without the right *baca_teks*, or where it is in no incident that one sees."""

    id: int
    revision: int
    source_id: str
    url: str
    title: str
    snippet: str
    text: str | None
    published: datetime | None
    first_seen: datetime
    withdrawn_at: datetime | None
    incident_id: int | None


class ArticleHit(View):
    """An article that a search brought; ``snippet`` is its beginning, names masked."""

    id: int
    source_id: str
    url: str
    title: str
    snippet: str
    published: datetime | None
    first_seen: datetime
    incident_id: int | None


class ArticlePage(View):
    """Articles of a search; ``next`` is the cursor of the next page."""

    items: tuple[ArticleHit, ...]
    next: str | None


class UnitView(View):
    """A unit of the gazetteer; ``lat`` and ``lon`` are in degrees, None where no point is known."""

    code: str
    name: str
    full_name: str
    kind: str
    level: int
    parent: str | None
    lat: float | None
    lon: float | None
    timezone: str


class Units(View):
    """Units of the gazetteer."""

    items: tuple[UnitView, ...]


class CoverageView(View):
    """What is read from a region in a period."""

    region: str
    state: CoverageState
    declared: int
    answering: int
    reporting: int
    articles: int
    last_article: datetime | None


class RegionView(View):
    """Counts of incidents of a region: ``levels`` by severity 0 to 4, always beside the coverage."""

    region: str
    name: str
    levels: tuple[int, ...]
    signals: dict[str, int]
    dimensions: dict[str, int]
    verified: int
    coverage: CoverageView


class PictureView(View):
    """The picture of an area in a period [start, end), the worst region first."""

    area: str | None
    start: datetime
    end: datetime
    stage: str | None
    regions: tuple[RegionView, ...]
    method: str
    total: int
    repeated: int


class Coverages(View):
    """The coverage of every province and kabupaten or kota from ``first`` to ``last``, both in it."""

    first: date
    last: date
    items: tuple[CoverageView, ...]


class WarningView(View):
    """A burst or a rising precursor."""

    id: int
    kind: WarningKind
    signal: str | None
    region: str
    scale: Scale
    start: datetime
    end: datetime
    observed: int
    expected: float
    p_value: float
    q_value: float
    method: str
    incident_ids: tuple[int, ...]
    raised_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    note: str


class Warnings(View):
    """Early warnings, the last raised first."""

    items: tuple[WarningView, ...]


class SourceView(View):
    """A source with its health."""

    id: str
    name: str
    home: str
    enabled: bool
    health: Health
    note: str
    advice: str
    last_ok: datetime | None
    last_new: datetime | None
    read_share: float | None


class Sources(View):
    """Every source, the worst first."""

    items: tuple[SourceView, ...]


class TaskView(View):
    """A text to label; why it was chosen is not told before it is labelled."""

    article_id: int
    revision: int
    title: str
    text: str


class Task(View):
    """The text that the caller is to label now; None where all is done."""

    task: TaskView | None


class LabelQueue(View):
    """How much waits to be labelled by the caller, and by anybody."""

    mine: int
    open: int


class LabelView(View):
    """A label as it was kept."""

    article_id: int
    revision: int
    annotator: str
    at: datetime
    signals: tuple[str, ...]
    optional: tuple[str, ...]
    modality: Modality
    severity: int | None
    negasi: bool
    historis: bool
    note: str


class ModelView(View):
    """A version of the model; ``problem`` says what is wrong with it, "" where nothing is."""

    version: str
    current: bool
    shipped: bool
    problem: str
    card: dict[str, Any]


class Models(View):
    """Every version there is."""

    items: tuple[ModelView, ...]


class RetrainingView(View):
    """A retraining that was asked for; ``ended`` None: it waits. ``indonesian`` and ``english`` tell how it ended."""

    number: int
    by: str
    at: datetime
    why: str
    ended: datetime | None
    state: str
    version: str
    indonesian: str
    english: str


class Retraining(View):
    """The last retraining that was asked for; None where nobody ever asked."""

    request: RetrainingView | None


class AlertView(View):
    """An alert in one of its revisions; ``version`` is that revision, to be sent back as If-Match."""

    uid: str
    version: int
    incident_id: int
    revision: int
    state: Literal["raised", "updated", "cancelled"]
    at: datetime
    first_raised_at: datetime
    verified: bool
    exercise: bool
    reason: str


class Alerts(View):
    """Alerts, the last changed first."""

    items: tuple[AlertView, ...]


class AlertDetail(AlertView):
    """An alert with its headline, names masked, and its earlier revisions."""

    headline: str
    earlier: tuple[AlertView, ...]


class SettingKeys(View):
    """The settings that the caller may read and change."""

    items: tuple[str, ...]


class SettingView(View):
    """A setting of the desk; ``version`` 0 and no value where it was never set."""

    key: str
    version: int
    value: Any
    by: str | None
    at: datetime | None
    why: str | None


class PersonView(View):
    """A person of the desk."""

    id: int
    name: str
    display: str
    role: str
    regions: tuple[str, ...]
    totp_on: bool
    must_change: bool
    created_at: datetime
    disabled_at: datetime | None


class People(View):
    """Every person of the desk, by name."""

    items: tuple[PersonView, ...]


class NewPerson(View):
    """A person who was added, with the password that was made up: it is told this once."""

    person: PersonView
    password: str


class Me(View):
    """Who calls, and what they may do here: the rights of their role that the token has."""

    name: str
    display: str
    role: str
    regions: tuple[str, ...]
    scopes: tuple[str, ...]


class TokenView(View):
    """A token without its secret."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used: datetime | None


class Tokens(View):
    """The caller's tokens that were not revoked."""

    items: tuple[TokenView, ...]


class AuditView(View):
    """An entry of the audit log, chained to the one before by ``previous``."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
    previous: str
    digest: str


class AuditPage(View):
    """Entries of the audit log, the newest first."""

    items: tuple[AuditView, ...]
    next: str | None
