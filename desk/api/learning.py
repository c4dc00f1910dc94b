"""The model: its versions, asking for a retraining and how that ended, putting a version in use, going back."""

from typing import Annotated

from fastapi import APIRouter, Path

from data.errors import UnknownItemError
from desk.actions.learning import ask_retraining, promote, roll_back
from desk.api.bodies import Note, Promotion, RollBack
from desk.api.door import Caller, CanSee, CanSwitchModel, CanTrain
from desk.api.routing import operation
from desk.api.views import Models, ModelView, Retraining, RetrainingView
from flows.retrain_requests import last_request
from models.registry import VersionInfo

router = APIRouter(prefix="/models", tags=["learning"])


@operation(router, "GET", "")
def list_models(caller: CanSee) -> Models:
    """List every version of the model, with its card: what it learned from and how well it reads."""
    return Models(items=tuple(_model(one) for one in caller.tools.registry.versions()))


@operation(router, "GET", "/retraining")
def get_retraining(caller: CanSee) -> Retraining:
    """Tell of the last retraining that a person asked for: whether it waits, and how it ended."""
    last = last_request(caller.store)
    return Retraining(request=RetrainingView.from_record(last) if last is not None else None)


@operation(router, "POST", "/retraining", status=202)
def request_retraining(body: Note, caller: CanTrain) -> Retraining:
    """Ask for a retraining; the scheduled flow takes it up within five minutes."""
    ask_retraining(caller.store, caller.actor, caller.now, body.catatan)
    return Retraining(request=RetrainingView.from_record(last_request(caller.store)))


@operation(router, "PUT", "/current", errors=(404, 409))
def promote_model(body: Promotion, caller: CanSwitchModel) -> ModelView:
    """Put a version in use, from the next assessment on."""
    registry = caller.tools.registry
    promote(registry, caller.store, caller.actor, body.versi, caller.now, body.alasan)
    return _model_of(caller, registry.current_version())


@operation(router, "POST", "/rollback", errors=(404, 409))
def roll_back_model(body: RollBack, caller: CanSwitchModel) -> ModelView:
    """Put the version in use that was promoted before the one in use, which is named."""
    registry = caller.tools.registry
    roll_back(registry, caller.store, caller.actor, caller.now, body.alasan, seen=body.dipakai)
    return _model_of(caller, registry.current_version())


@operation(router, "GET", "/{version}", errors=(404,))
def get_model(version: Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,100}$")], caller: CanSee) -> ModelView:
    """Tell one version of the model; *current* is the one in use."""
    return _model_of(caller, caller.tools.registry.current_version() if version == "current" else version)


def _model_of(caller: Caller, version: str) -> ModelView:
    found = next((one for one in caller.tools.registry.versions() if one.version == version), None)
    if found is None:
        raise UnknownItemError("model", version)
    return _model(found)


def _model(info: VersionInfo) -> ModelView:
    return ModelView.from_record(info, card=dict(info.card))
