"""How a change of an incident is put into words, on the terminal and in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.merging import REASON
from flows.rescore import DIFFERENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import IncidentChange

    Say = Callable[[str, str], str]


TOLD = frozenset({"article_ids", "merged_into", REASON})
"""What is told in words rather than by the name of the field."""

FEW = 3
"""Fields up to which a change is about one thing; an opening names all fields."""


def words_of(change: IncidentChange, say: Say) -> str:
    """Return what was changed: the names of the fields; of a re-scoring what the new model says otherwise."""
    apart = {DIFFERENCE, *(TOLD & set(change.changes))} if len(change.changes) <= FEW else {DIFFERENCE}
    fields = sorted(name for name in change.changes if name not in apart)
    told = [_difference(*change.changes[DIFFERENCE], say)] if DIFFERENCE in change.changes else []
    told += [_joining(name, *change.changes[name], say) for name in sorted(apart - {DIFFERENCE})]
    return "; ".join([*([", ".join(fields)] if fields else []), *told])


def _joining(name: str, before: Any, after: Any, say: Say) -> str:
    """Return in words how articles came and went, and why a person said so."""
    if name == REASON:
        return say(f"alasan: {after}", f"reason: {after}")
    if name == "merged_into":
        if after is None:
            return say(f"berdiri lagi (tadinya digabung ke {before})", f"stands again (had been merged into {before})")
        return say(f"digabung ke kejadian {after}", f"merged into incident {after}")
    if before is None:
        return say(f"artikel {after} masuk", f"article {after} came")
    return say(f"artikel {before} keluar", f"article {before} left")


def _difference(stood: dict[str, Any], new: dict[str, Any], say: Say) -> str:
    return say(
        f"model {new['model']} menilai artikel {new['artikel']} lain: {_said(new, say)} (yang ditampilkan, dari "
        f"{stood['model']}: {_said(stood, say)})",
        f"the model {new['model']} judges article {new['artikel']} otherwise: {_said(new, say)} (what is shown, by "
        f"{stood['model']}: {_said(stood, say)})",
    )


def _said(assessment: dict[str, Any], say: Say) -> str:
    flagged = say("ditandai", "flagged") if assessment["ditandai"] else say("tidak ditandai", "not flagged")
    level = say(f"tingkat {assessment['keparahan']}", f"severity {assessment['keparahan']}")
    return ", ".join([flagged, *assessment["sinyal"], assessment["modalitas"], level, assessment["urgensi"]])
