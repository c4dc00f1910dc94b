"""The same done with several incidents at once; each stands or falls for itself, and what fell says why."""

from fastapi import APIRouter

from data.errors import KentonganError
from desk.actions.together import Chosen, Outcome, claim_all, decide_all, release_all, undo_all
from desk.api.door import Caller, CanClaim, CanReview
from desk.api.problems import told_of
from desk.api.routing import operation
from desk.api.work_bodies import DecideAll, Numbers, UndoAll
from desk.api.work_views import Refusal, Together

router = APIRouter(prefix="/incidents", tags=["decisions"])


@operation(router, "POST", "/decisions")
def decide_incidents(body: DecideAll, caller: CanReview) -> Together:
    """Bring several incidents to another status, at most 200; what cannot be is told, the others are decided."""
    chosen = [Chosen(one.nomor, one.versi) for one in body.kejadian]
    outcome = decide_all(
        caller.store,
        caller.actor,
        chosen,
        body.ke,
        caller.now,
        reason=body.alasan,
        recipient=body.penerima,
        letter=body.surat,
        duplicate_of=body.duplikat_dari,
    )
    return _told(caller, outcome)


@operation(router, "POST", "/decisions/undo", errors=(404, 409))
def undo_decisions(body: UndoAll, caller: CanReview) -> Together:
    """Take back, within ten minutes, the decisions that the caller made together, by their first and last review."""
    return _told(caller, undo_all(caller.store, caller.actor, body.pertama, body.terakhir, caller.now))


@operation(router, "POST", "/claims")
def claim_incidents(body: Numbers, caller: CanClaim) -> Together:
    """Work on several incidents."""
    return _told(caller, claim_all(caller.store, caller.actor, _seen(body), caller.now))


@operation(router, "POST", "/claims/release")
def release_incidents(body: Numbers, caller: CanClaim) -> Together:
    """Let go of one's own claims of several incidents."""
    return _told(caller, release_all(caller.store, caller.actor, _seen(body), caller.now))


def _seen(body: Numbers) -> list[Chosen]:
    return [Chosen(number, 0) for number in dict.fromkeys(body.kejadian)]


def _told(caller: Caller, outcome: Outcome) -> Together:
    def refusal(number: int, error: KentonganError) -> Refusal:
        kind, detail = told_of(caller.request, error)
        return Refusal(id=number, type=kind, detail=detail)

    return Together(done=outcome.done, refused=tuple(refusal(*one) for one in outcome.refused), reviews=outcome.reviews)
