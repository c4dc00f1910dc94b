"""``kentongan model retrain`` and ``kentongan model floors``: the gate, at the keyboard."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.person import person
from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.retrain import RetrainOutcome
    from models.floors import Floors
    from models.gate import Reason

    Say = Callable[[str, str], str]


@click.command(name="retrain")
@click.option("--force", is_flag=True, help="However few labels are new.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def retrain(ctx: click.Context, *, force: bool, as_json: bool) -> int:
    """Train a challenger with the desk's labels and put it in use where the gate lets it.

    The gate holds it against the model in use on the same held-out articles: nothing that counts may fall, every label
    stays above its floor, and something must be gained. Ends with 0 where it is in use or there was nothing to do, with
    1 where it was refused.
    """
    from flows.retrain_requests import retrain_as_asked
    from flows.settings import Settings
    from flows.tools import retrain_tools

    say = speaker_of(ctx)
    with retrain_tools(Settings.from_environ()) as tools:
        outcome = retrain_as_asked(tools, force=force)
    if as_json:
        write_json(_facts(outcome))
    else:
        click.echo(say(outcome.indonesian, outcome.english))
    return 1 if outcome.state == "refused" else 0


@click.command(name="floors")
@click.option("--pin", is_flag=True, help="Pin them anew, to what the model in use reaches now.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def floors(ctx: click.Context, *, pin: bool, as_json: bool) -> int:
    """Show the floors: what every label must reach on the held-out articles before a model is put in use.

    They hold for the held-out articles that they were pinned to. Pin them anew after an update of the program that
    brought others, and only when you have looked at the figures: they are what keeps a row of small losses from adding
    up.
    """
    from flows.retrain import pin_floors
    from flows.settings import Settings
    from flows.tools import retrain_tools

    say = speaker_of(ctx)
    with retrain_tools(Settings.from_environ()) as tools:
        found = pin_floors(tools, by=person()) if pin else tools.floors()
    if as_json:
        write_json(_floor_facts(found))
        return 0
    click.echo(
        say(
            f"Lantai untuk berita uji {found.holdout[:12]}, dipatok oleh {found.by} pada {found.at[:10]} dari "
            f"{found.model}",
            f"Floors for the held-out articles {found.holdout[:12]}, pinned by {found.by} on {found.at[:10]} to "
            f"{found.model}",
        )
    )
    rows = {**found.figures, **found.signals, **found.modalities}
    show(
        [
            {say("angka atau label", "figure or label"): name, say("lantai", "floor"): f"{rows[name]:.3f}"}
            for name in rows
        ]
    )
    return 0


def _facts(outcome: RetrainOutcome) -> dict[str, Any]:
    verdict = outcome.verdict
    return {
        "state": outcome.state,
        "new_labels": outcome.new_labels,
        "version": outcome.version,
        "champion": verdict.champion if verdict else outcome.version,
        "holdout": verdict.holdout if verdict else None,
        "reasons": [_reason(one) for one in verdict.reasons] if verdict else [],
        "indonesian": outcome.indonesian,
        "english": outcome.english,
    }


def _reason(one: Reason) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "figure": one.figure,
        "passed": one.passed,
        "before": _number(one.before),
        "after": _number(one.after),
        "difference": [_number(value) for value in one.difference],
        "bound": _number(one.bound),
        "indonesian": one.indonesian,
        "english": one.english,
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)


def _floor_facts(found: Floors) -> dict[str, Any]:
    names = ("holdout", "model", "by", "at", "figures", "signals", "modalities")
    return {name: getattr(found, name) for name in names}
