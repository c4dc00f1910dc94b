"""How a change of an incident is put into words, on the terminal and in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.rescore import DIFFERENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import IncidentChange

    Say = Callable[[str, str], str]


def words_of(change: IncidentChange, say: Say) -> str:
    """Return what was changed: the names of the fields; of a re-scoring what the new model says otherwise."""
    fields = sorted(name for name in change.changes if name != DIFFERENCE)
    told = [_difference(*change.changes[DIFFERENCE], say)] if DIFFERENCE in change.changes else []
    return "; ".join([*([", ".join(fields)] if fields else []), *told])


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
