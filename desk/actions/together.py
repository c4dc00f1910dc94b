"""The same done with several incidents at once: each stands or falls for itself, and what fell says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.errors import InputError, KentonganError, StoreError
from desk.actions.deciding import Decision, decide, undo
from desk.actions.work import claim, release

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from data.records import IncidentStatus
    from data.store import Store
    from desk.permissions import Actor

MOST: Final = 200
"""Incidents that are acted upon at once: more is no decision any more."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An incident that a person chose, and the version of it that they saw."""

    number: int
    seen: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: ``done`` are the incidents that went through, ``refused`` the others, each with its error.

    ``reviews`` are the numbers under which decisions can be undone.
    """

    done: tuple[int, ...]
    refused: tuple[tuple[int, KentonganError], ...]
    reviews: tuple[int, ...] = ()


def decide_all(
    store: Store,
    actor: Actor,
    chosen: Sequence[Chosen],
    to: IncidentStatus,
    now: datetime,
    *,
    reason: str = "",
    recipient: str = "",
    letter: str = "",
    duplicate_of: int | None = None,
) -> Outcome:
    """Bring incidents to another status, as `decide` does one."""
    made: list[Decision] = []

    def one(each: Chosen) -> None:
        made.append(
            decide(
                store, actor, each.number, to, now, seen=each.seen, reason=reason, recipient=recipient, letter=letter,
                duplicate_of=duplicate_of,
            )
        )  # fmt: skip

    done, refused = _each(chosen, one)
    return Outcome(done, refused, tuple(each.review for each in made))


def claim_all(store: Store, actor: Actor, chosen: Sequence[Chosen], now: datetime) -> Outcome:
    """Let a person work on incidents."""
    return Outcome(*_each(chosen, lambda each: claim(store, actor, each.number, now)))


def release_all(store: Store, actor: Actor, chosen: Sequence[Chosen], now: datetime) -> Outcome:
    """Let go of one's own claims."""
    return Outcome(*_each(chosen, lambda each: release(store, actor, each.number, now)))


def undo_all(store: Store, actor: Actor, first: int, last: int, now: datetime) -> Outcome:
    """Take back the decisions that a person made at one moment, whose reviews are numbered from ``first`` to ``last``.

    Somebody else's in between, and their own of another moment, are left alone.
    """
    if not 0 < first <= last or last - first > 10 * MOST:
        raise InputError(f"at most {MOST} incidents at once")
    begun = store.reviews.get(first)
    mine = []
    for number in range(first, last + 1):
        kept = store.reviews.get(number)
        if kept is not None and begun is not None and (kept.reviewer, kept.at) == (begun.reviewer, begun.at):
            mine.append(Chosen(number, kept.incident_id))
    if len(mine) <= 1:
        # One alone tells for itself what is wrong.
        return Outcome((undo(store, actor, first, now).id,), ())
    numbers = {each.number: each.seen for each in mine}
    done, refused = _each(mine, lambda each: undo(store, actor, each.number, now))
    return Outcome(tuple(numbers[one] for one in done), tuple((numbers[one], error) for one, error in refused))


def _each(
    chosen: Sequence[Chosen], act: Callable[[Chosen], object]
) -> tuple[tuple[int, ...], tuple[tuple[int, KentonganError], ...]]:
    if not chosen:
        raise InputError("choose at least one incident")
    if len(chosen) > MOST:
        raise InputError(f"at most {MOST} incidents at once")
    done, refused = [], []
    for each in chosen:
        try:
            act(each)
        except StoreError:
            raise  # the store, not the incident: what is done stands, the rest would fail as well
        except KentonganError as error:
            refused.append((each.number, error))
        else:
            done.append(each.number)
    return tuple(done), tuple(refused)
