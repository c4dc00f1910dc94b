"""``kentongan train``: learn a challenger, measure it beside the model in use, and keep it as a candidate."""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from data.errors import ModelError, UnknownItemError
from desk.terminal.speech import reword, speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flows.settings import Settings
    from models.challenger import Challenge, Trainer
    from models.examples import Example
    from models.judge import Judge
    from models.measurement import Interval, Measurement

    Say = Callable[[str, str], str]

FIGURES: Final[Mapping[str, tuple[str, str]]] = {
    "flag_ap": ("presisi rata-rata tanda", "average precision of the flag"),
    "flag_precision": ("presisi tanda", "precision of the flag"),
    "flag_recall": ("recall tanda", "recall of the flag"),
    "flag_p_at_r90": ("presisi pada recall 0,90", "precision at recall 0.90"),
    "flag_p_at_r95": ("presisi pada recall 0,95", "precision at recall 0.95"),
    "flag_ece": ("galat kalibrasi tanda", "calibration error of the flag"),
    "signals_micro_f1": ("mikro-F1 sinyal", "micro-F1 of signals"),
    "signals_macro_f1": ("makro-F1 sinyal", "macro-F1 of signals"),
    "signals_ece": ("galat kalibrasi sinyal", "calibration error of signals"),
    "modality_accuracy": ("akurasi modalitas", "accuracy of modality"),
    "modality_macro_f1": ("makro-F1 modalitas", "macro-F1 of modality"),
}
"""What is printed of the figures, and what they are called in Indonesian and English."""

STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "read": ("membaca contoh", "reading examples"),
    "fit": ("belajar", "learning"),
    "measure": ("mengukur", "measuring"),
}


@click.command("train")
@click.argument("files", nargs=-1, metavar="[FILES]...", type=click.Path(path_type=Path))
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Write the model here, into no registry.")
@click.option("--no-matrix", is_flag=True, help="Without the shipped rows of real articles.")
@click.option("--no-gold", is_flag=True, help="Without the made-up examples.")
@click.option("--no-reviews", is_flag=True, help="Without what the desk labelled.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Threads (default: the setting workers).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    files: tuple[Path, ...],
    out: Path | None,
    *,
    no_matrix: bool,
    no_gold: bool,
    no_reviews: bool,
    jobs: int | None,
    as_json: bool,
) -> int:
    """Train a model beside the one in use and compare both on articles that neither has learned from.

    It learns from the shipped rows of real articles, the made-up examples, FILES and what the desk labelled. A line of
    FILES is an object {id, title, text, signals, modality, signals_optional?, severity?, published?, part?}. A later
    source overrides an earlier one by id. Lines with "part": "holdout" measure and never train.

    The model is kept in the registry as a candidate, or in --out, and is not put in use: see kentongan model promote,
    or kentongan model retrain, which asks the gate.

    Exit codes: 0 trained, 1 trained but unfit for use, 65 a bad line, an unknown label or too few examples, 66 no such
    file, 74 no room on the disk.
    """
    from flows.settings import Settings
    from models.challenger import GOLD_FOLDER, Trainer
    from models.judge import BASELINE

    say = speaker_of(ctx)
    for path in files:
        if not path.is_file():
            raise UnknownItemError("file", path, hint="give a JSONL file of labelled articles")
    settings = Settings.from_environ()
    trainer = Trainer(
        matrix=None if no_matrix else BASELINE,
        gold=None if no_gold else GOLD_FOLDER,
        files=files,
        jobs=jobs or max(1, settings.workers),
        progress=_Progress(say),
    )
    examples = [] if no_reviews else _labelled(settings)
    made, kept = _trained(trainer, examples, settings, out, say)
    if as_json:
        write_json(_facts(made, kept))
    else:
        _print(made, kept, say, promotable=out is None)
    if made.misread:
        raise ModelError(made.misread)
    return 0


def _labelled(settings: Settings) -> list[Example]:
    """Return what the desk of this installation labelled."""
    from flows.tools import open_store
    from models.examples import example_of

    with open_store(settings) as store:
        return [example_of(one) for one in store.labels.examples()]


def _trained(
    trainer: Trainer, examples: list[Example], settings: Settings, out: Path | None, say: Say
) -> tuple[Challenge, str]:
    """Train, and return what came of it and where it is kept: a folder, a version, or "" for nowhere."""
    from flows.tools import registry_of
    from models.disk import writing

    registry = registry_of(settings)
    judge, card = _champion(settings, say)
    parent = judge.model_version if judge else None
    if out is not None:
        made = trainer.challenge(examples, card, out, judge=judge, parent=parent)
        return made, str(out)
    with writing(registry.folder):
        registry.folder.mkdir(parents=True, exist_ok=True)
        work = tempfile.TemporaryDirectory(dir=registry.folder, prefix=".candidate-")
    with work as folder:
        made = trainer.challenge(examples, card, Path(folder) / "model", judge=judge, parent=parent)
        return made, "" if made.misread else registry.add(made.folder)


def _champion(settings: Settings, say: Say) -> tuple[Judge | None, Mapping[str, Any]]:
    """Return the model in use and its card; where it cannot be used, say so: there is nothing to compare with then."""
    from flows.tools import registry_of
    from models.judge import Judge
    from models.weights import read_model

    try:
        folder = settings.model_dir or registry_of(settings).current()
        return Judge.load(folder), read_model(folder).card
    except ModelError as error:
        why = reword(say, str(error))
        click.echo(say(f"tanpa pembanding: {why}", f"nothing to compare with: {why}"), err=True)
        return None, {}


class _Progress:
    """Tells on standard error how far it is: in place on a terminal, else a line when a step begins and ends."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._live = sys.stderr.isatty()
        self._last = ""

    def __call__(self, step: str, done: int, of: int) -> None:
        share = 100 * done // max(1, of)
        line = f"{self._say(*STEPS[step])} {share} %"
        if line == self._last or not (self._live or done == of or not self._last.startswith(self._say(*STEPS[step]))):
            return
        self._last = line
        if self._live:
            click.echo(f"\r\x1b[K{line}" + ("\n" if done == of else ""), err=True, nl=False)
        else:
            click.echo(line, err=True)


def _print(made: Challenge, kept: str, say: Say, *, promotable: bool) -> None:
    parts = made.parts
    recent = say(f" dan {len(parts.recent)} label desk terbaru", f" and the {len(parts.recent)} newest of the desk")
    click.echo(
        say(
            f"{len(parts.train)} contoh dipelajari; diukur pada {len(parts.fixed)} berita uji tetap",
            f"{len(parts.train)} examples learned; measured on {len(parts.fixed)} fixed held-out articles",
        )
        + (recent if parts.recent else "")
    )
    if parts.kept_out:
        click.echo(
            say(
                f"{len(parts.kept_out)} contoh tidak dipakai: salinan berita uji",
                f"{len(parts.kept_out)} examples left out: copies of held-out articles",
            )
        )
    if not made.measured:
        click.echo(
            say(
                "Tidak ada berita uji; angka berikut dari validasi silang.",
                "Nothing is held out; these figures are cross-validated.",
            )
        )
    show(_rows(made, say))
    if kept and promotable:
        click.echo(
            say(
                f"Disimpan sebagai {kept}, belum dipakai. Pakai: kentongan model promote {kept}",
                f"Kept as {kept}, not in use. Put it in use: kentongan model promote {kept}",
            )
        )
    elif kept:
        click.echo(say(f"Ditulis ke {kept}", f"Written to {kept}"))
    else:
        click.echo(say("Model ini tidak disimpan.", "The model was not kept."))


def _rows(made: Challenge, say: Say) -> list[dict[str, object]]:
    """Return a row per figure and label: how many, the model in use, the new one, the difference."""
    new, old = made.measured or made.cross_validated, made.champion
    rows = []
    for name, (label, found, before) in _pairs(new, old, say).items():
        if not found.known or not found.n:
            continue
        known = before is not None and before.known
        between = "" if math.isnan(found.low) else f"{found.low:.3f}–{found.high:.3f}"
        rows.append(
            {
                say("angka atau F1 label", "figure, or F1 of label"): label or name,
                "n": found.n,
                say("dipakai", "in use"): _number(before.value) if known and before else "–",
                say("baru", "new"): _number(found.value),
                say("selang 95%", "95 % interval"): between,
                say("selisih", "difference"): f"{found.value - before.value:+.3f}" if known and before else "",
            }
        )
    return rows


def _pairs(new: Measurement, old: Measurement | None, say: Say) -> dict[str, tuple[str, Interval, Interval | None]]:
    found: dict[str, tuple[str, Interval, Interval | None]] = {
        name: (say(*words), new.figures[name], old.figures.get(name) if old else None)
        for name, words in FIGURES.items()
        if name in new.figures
    }
    for slug, one in new.signals.items():
        found[slug] = ("", one.f1, old.signals[slug].f1 if old and slug in old.signals else None)
    for kind, one in new.modalities.items():
        found[kind.value] = ("", one.f1, old.modalities[kind].f1 if old and kind in old.modalities else None)
    return found


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"


def _facts(made: Challenge, kept: str) -> dict[str, Any]:
    parts = made.parts
    return {
        "kept": kept or None,
        "sha256": made.digest,
        "examples": len(parts.train),
        "kept_out": len(parts.kept_out),
        "holdout": {"fixed": len(parts.fixed), "recent": len(parts.recent), "sha256": parts.digest},
        "measured": made.measured.to_json() if made.measured else None,
        "in_use": made.champion.to_json() if made.champion else None,
        "cross_validated": made.cross_validated.to_json(),
        "promoted": False,
        "problem": made.misread or None,
    }
