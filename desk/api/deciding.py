"""What is done with an incident: claim, decide, undo, correct, comment, value, follow up, merge and split."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter

from data.errors import ConflictError, UnknownItemError
from data.records import Incident
from desk.actions import following, valuing, work
from desk.actions.commenting import comment
from desk.actions.correcting import CorrectTools, Labels, correct, name_means, take_back
from desk.actions.deciding import decide, undo, version_of
from desk.api.answers import version_in
from desk.api.bodies import (
    Answer,
    Correction,
    Decision,
    NameMeans,
    NewComment,
    NewOutcome,
    Number,
    TakeOver,
    Value,
)
from desk.api.door import Caller, CanClaim, CanComment, CanReview, CanVerify
from desk.api.incidents import comments_of, incident_of
from desk.api.problems import StaleError
from desk.api.routing import IfMatch, operation
from desk.api.views import (
    ClaimView,
    CommentView,
    Decided,
    Done,
    FollowUpView,
    OutcomeView,
    Stands,
    ValueView,
)

router = APIRouter(prefix="/incidents/{number}", tags=["decisions"])


@contextmanager
def against_version() -> Iterator[None]:
    """Tell of what changed since the version in If-Match as a failed precondition."""
    try:
        yield
    except ConflictError as error:
        raise StaleError(error) from error


def stands(caller: Caller, incident: Incident) -> Stands:
    """Return how an incident stands after something was done with it."""
    return Stands(id=incident.id, status=incident.status, version=version_of(caller.store, incident.id))


@operation(router, "POST", "/decisions", errors=(404, 409, 412, 428), status=201)
def decide_incident(number: Number, body: Decision, if_match: IfMatch, caller: CanReview) -> Decided:
    """Bring an incident to another status.

    What may follow on what, and what must be said with it, stands in the incident's `moves`. A copy of a text that
    came meanwhile does not make the version stale; what any person did does.
    """
    with against_version():
        made = decide(
            caller.store,
            caller.actor,
            number,
            body.ke,
            caller.now,
            seen=version_in(if_match),
            reason=body.alasan,
            recipient=body.penerima,
            letter=body.surat,
            duplicate_of=body.duplikat_dari,
        )
    after = stands(caller, made.incident)
    return Decided(review=made.review, before=made.before, status=after.status, version=after.version)


@operation(router, "DELETE", "/decisions/{review}", errors=(404, 409))
def undo_decision(number: Number, review: Number, caller: CanReview) -> Stands:
    """Take back a decision of one's own, within ten minutes."""
    _refuse_other(caller, number, review)
    return stands(caller, undo(caller.store, caller.actor, review, caller.now))


@operation(router, "PUT", "/claim", errors=(404, 409))
def claim_incident(number: Number, caller: CanClaim) -> ClaimView:
    """Work on an incident, or go on doing so; the claim ends by itself."""
    made = work.claim(caller.store, caller.actor, number, caller.now)
    return ClaimView.from_record(made, held_by=caller.actor.name)


@operation(router, "DELETE", "/claim", errors=(404, 409))
def release_incident(number: Number, caller: CanClaim) -> Done:
    """Let go of one's own claim."""
    return Done(changed=work.release(caller.store, caller.actor, number, caller.now))


@operation(router, "POST", "/claim/takeover", errors=(404, 409))
def take_over_incident(number: Number, body: TakeOver, caller: CanVerify) -> ClaimView:
    """Take an incident out of somebody else's hands, who is told why."""
    made = work.take_over(caller.store, caller.actor, number, body.alasan, caller.now)
    return ClaimView.from_record(made, held_by=caller.actor.name)


@operation(router, "POST", "/comments", errors=(404,), status=201)
def add_comment(number: Number, body: NewComment, caller: CanComment) -> CommentView:
    """Write a comment; whoever is named with @ is told."""
    made, _ = comment(caller.store, caller.actor, number, body.teks, caller.now)
    return next(one for one in comments_of(caller, number) if one.id == made)


@operation(router, "POST", "/articles/{article}/corrections", errors=(404, 409, 412, 428), status=201)
def correct_article(number: Number, article: Number, body: Correction, if_match: IfMatch, caller: CanReview) -> Decided:
    """Put right signals, modality, level and places of an article; it counts at once and trains the next model."""
    before = incident_of(caller, number).status
    said = Labels(tuple(body.sinyal), body.modalitas, body.tingkat, tuple(body.tempat))
    with against_version():
        review = correct(
            _correct_tools(caller),
            caller.actor,
            number,
            article,
            said,
            body.catatan,
            caller.now,
            seen=version_in(if_match),
        )
    after = stands(caller, incident_of(caller, number))
    return Decided(review=review, before=before, status=after.status, version=after.version)


@operation(router, "DELETE", "/corrections/{review}", errors=(404, 409))
def undo_correction(number: Number, review: Number, caller: CanReview) -> Stands:
    """Take back a correction of one's own, within ten minutes."""
    _refuse_other(caller, number, review)
    take_back(_correct_tools(caller), caller.actor, review, caller.now)
    return stands(caller, incident_of(caller, number))


@operation(router, "POST", "/articles/{article}/names", errors=(404,), status=201)
def correct_place_name(number: Number, article: Number, body: NameMeans, caller: CanReview) -> Done:
    """Say what a name means in an article; it is taught to the reader of places."""
    tools = _correct_tools(caller)
    name_means(tools, caller.actor, number, article, body.nama, body.tempat, body.catatan, caller.now)
    return Done(changed=True)


@operation(router, "POST", "/values", errors=(404,), status=201)
def set_information_value(number: Number, body: Value, caller: CanReview) -> ValueView:
    """Say how far what is known is trusted: source A to F, content 1 to 6."""
    valuing.set_value(caller.store, caller.actor, number, body.sumber, str(body.isi), body.catatan, caller.now)
    return ValueView.from_record(caller.store.information_values.of_incident(number)[-1])


@operation(router, "PUT", "/follow-ups/{follow_up}/answer", errors=(404, 409))
def record_answer(number: Number, follow_up: Number, body: Answer, caller: CanVerify) -> FollowUpView:
    """Record what came back of a follow-up."""
    store = caller.store
    following.record_answer(store, caller.actor, number, follow_up, body.jawaban, caller.now, seen=body.semula)
    return next(FollowUpView.from_record(one) for one in store.follow_ups.of_incident(number) if one.id == follow_up)


@operation(router, "POST", "/outcomes", errors=(404,), status=201)
def record_outcome(number: Number, body: NewOutcome, caller: CanVerify) -> OutcomeView:
    """Record what an incident turned out to be: the truth that precision is measured on."""
    following.record_outcome(caller.store, caller.actor, number, body.hasil, body.catatan, caller.now)
    return OutcomeView.from_record(caller.store.outcomes.of_incident(number)[-1])


def _correct_tools(caller: Caller) -> CorrectTools:
    tools = caller.tools
    return CorrectTools(caller.store, tools.gazetteer, tools.taxonomy, tools.publish.sources)


def _refuse_other(caller: Caller, number: int, review: int) -> None:
    """Raise UnknownItemError where a review is not of the incident of the address."""
    kept = caller.store.reviews.get(review)
    if kept is None or kept.incident_id != number:
        raise UnknownItemError("review", review)
