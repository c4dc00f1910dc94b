"""``kentongan evaluate``: how well articles are judged, held against labels, as figures and as a page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar

import click

from data.errors import InputError, ModelError, UnknownItemError
from desk.terminal.files import write_file
from desk.terminal.speech import language, reword, speaker_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from data.records import Source
    from desk.terminal.assess_lines import Wrong
    from desk.terminal.gold_lines import Answer, GoldLine
    from models.measurement import Measurement

    Say = Callable[[str, str], str]

T = TypeVar("T")

BATCH: Final = 64
COMPLAINTS: Final = 20
"""Lines that are complained of one by one; of a file that is not what we take it for, all lines are wrong."""
WORST: Final = 40


@dataclass(frozen=True, slots=True)
class Reading:
    """What was said of each labelled article, in their order, and by which model and rules ("" where not known).

    ``spare`` answers are about no labelled article. ``learned`` is how many of the articles the model has learned from,
    as far as that is known.
    """

    answers: tuple[Answer, ...]
    model_version: str
    rules_version: str
    spare: int = 0
    learned: int = 0


@click.command("evaluate")
@click.argument("gold", metavar="GOLD.jsonl", type=click.Path(path_type=Path))
@click.option("--model", metavar="DIR|VERSION", help="A model's folder or version (default: the one in use).")
@click.option(
    "--pred",
    "predicted",
    metavar="PREDICTED.jsonl",
    type=click.Path(path_type=Path),
    help="Measure these answers of kentongan assess --jsonl; no model is asked.",
)
@click.option("--html", "page", metavar="FILE", type=click.Path(path_type=Path), help="Write a page with plots.")
@click.option("--worst", type=click.IntRange(0, 1000), default=WORST, show_default=True, help="Mistakes on the page.")
@click.option(
    "--resamples", type=click.IntRange(0, 100_000), default=1000, show_default=True, help="Draws for the intervals."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Where the draws begin.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    gold: Path,
    model: str | None,
    predicted: Path | None,
    page: Path | None,
    worst: int,
    resamples: int,
    seed: int,
    as_json: bool,
) -> None:
    """Hold judgements against labels: signals, modality, severity and flag, each figure with its interval.

    Each line of GOLD is an article {id, title, text, published?, url?, source?} with its labels {signals,
    signals_optional?, modality, severity?, negasi?, historis?}. An optional signal is neither hit nor miss. Intervals
    hold 95 %: whole stories are drawn again and again, as copies of one story are no witnesses of their own.

    Exit codes: 0 measured, 65 a line is wrong (nothing is measured then), 66 no such file or model.
    """
    if model is not None and predicted is not None:
        raise click.UsageError("--model and --pred exclude each other", ctx)
    from desk.terminal.evaluate_tables import as_plain, show
    from models.measure import measure

    say = speaker_of(ctx)
    golds = _golds(gold, say, texts=predicted is None)
    reading = _judged(gold, golds, model, say) if predicted is None else _given(golds, predicted, say)
    measured = measure(
        [one.truth for one in golds], [one.said for one in reading.answers], resamples=resamples, seed=seed
    )
    digest = hashlib.sha256(_read(gold)).hexdigest()
    if as_json:
        from desk.terminal.tables import write_json

        write_json(as_plain(measured, str(gold), digest, reading))
    else:
        show(measured, gold.name, reading, say)
    if page is not None:
        # Last: what was measured is on the screen even where the page cannot be written.
        content = _page(gold, digest, golds, reading, measured, worst, language((ctx.obj or {}).get("lang")))
        write_file(page, content.encode("utf-8"))
        click.echo(say(f"Laporan dengan grafik: {page}", f"Report with plots: {page}"), err=as_json)


def _golds(path: Path, say: Say, *, texts: bool) -> tuple[GoldLine, ...]:
    """Return the labelled articles with their stories; InputError where a line cannot be used."""
    from data.taxonomy import load_taxonomy
    from desk.terminal.assess_lines import Outlets
    from desk.terminal.gold_lines import read_gold
    from models.stories import stories

    with _opened(path, hint="give a JSONL file of labelled articles") as lines:
        golds = _sound(read_gold(lines, Outlets(cache(_sources)), load_taxonomy().slugs, texts=texts), path, say)
    if not golds:
        raise InputError("holds no labelled article; write one JSON object a line", where=path)
    own = [f"{one.line.item.title} {one.line.item.text}" for one in golds]
    return tuple(
        replace(one, truth=replace(one.truth, story=int(number)))
        for one, number in zip(golds, stories(own), strict=True)
    )


def _sources() -> tuple[Source, ...]:
    from flows.settings import Settings
    from flows.tools import load_sources

    return load_sources(Settings.from_environ())


def _sound(found: Iterator[T | Wrong], path: Path, say: Say) -> list[T]:
    """Return what was read; complain of each wrong line, and raise where there is one: a part would mislead."""
    sound: list[T] = []
    wrong = 0
    for one in found:
        if not isinstance(one, tuple):
            sound.append(one)
            continue
        wrong += 1
        if wrong <= COMPLAINTS:
            why = reword(say, one[1])
            click.echo(f"{path}: {say(f'baris {one[0]}: {why}', f'line {one[0]}: {why}')}", err=True)
    if wrong:
        of = wrong + len(sound)
        raise InputError(f"{wrong} of {of} lines cannot be used; mend them or take them out", where=path)
    return sound


def _judged(path: Path, golds: tuple[GoldLine, ...], model: str | None, say: Say) -> Reading:
    """Ask the assessor, as ``kentongan assess`` does, so that severity and places are the product's."""
    from desk.terminal.gold_lines import Answer
    from models.assessor import Assessor
    from models.measurement import Said

    folder = _model_folder(model)
    assessor = Assessor.load(folder, worth_storing=0.0)  # what is left out would lower the average precision
    answers = []
    for start in range(0, len(golds), BATCH):
        items = [one.line.item for one in golds[start : start + BATCH]]
        for item, found in zip(items, assessor.assess(items), strict=True):
            said = Said(
                signals=found.signals,
                asserted=frozenset(found.flagged_signals),
                modality=found.modality,
                flag_score=found.flag_score,
                flagged=found.flagged,
                severity=found.severity,
            )
            answers.append(Answer(item.id, said, found.evidence))
    learned = _learned(path, golds, folder, say)
    return Reading(tuple(answers), assessor.model_version, assessor.rules_version, learned=learned)


def _learned(path: Path, golds: tuple[GoldLine, ...], folder: Path, say: Say) -> int:
    """Return how many of the articles, or their copies, the model has learned from; 0, said aloud, where unknown."""
    from models.seen import trained_on
    from models.weights import read_model

    texts = {one.line.item.id: f"{one.line.item.title} {one.line.item.text}" for one in golds}
    try:
        return len(trained_on(read_model(folder).card, texts, file=path))
    except ModelError as error:
        why = reword(say, str(error))
        click.echo(
            say(
                f"tidak dapat dilihat apakah model pernah belajar dari artikel ini: {why}",
                f"it cannot be seen whether the model has learned from these articles: {why}",
            ),
            err=True,
        )
        return 0


def _model_folder(name: str | None) -> Path:
    """Return the folder of a model by its path or its version; None: of the model in use."""
    from flows.settings import Settings
    from models.registry import Registry

    if name is not None and Path(name).is_dir():
        return Path(name)
    settings = Settings.from_environ()
    registry = Registry(settings.home / "models")
    if name is not None:
        return registry.info(name).folder
    return settings.model_dir or registry.current()


def _given(golds: tuple[GoldLine, ...], path: Path, say: Say) -> Reading:
    """Return the answers of a file in the order of the labelled articles; InputError where one is not there."""
    from data.taxonomy import load_taxonomy
    from desk.terminal.gold_lines import read_answers

    with _opened(path, hint="give what kentongan assess --jsonl GOLD.jsonl wrote") as lines:
        answers = {one.id: one for one in _sound(read_answers(lines, load_taxonomy().slugs), path, say)}
    missing = [one.truth.id for one in golds if one.truth.id not in answers]
    if missing:
        raise InputError(
            f'{len(missing)} labelled articles have no answer, the first is "{missing[0][:40]}"; judge the whole file '
            "with kentongan assess --jsonl",
            where=path,
        )
    chosen = tuple(answers[one.truth.id] for one in golds)
    return Reading(
        chosen,
        ", ".join(sorted({one.model_version for one in chosen} - {""})),
        ", ".join(sorted({one.rules_version for one in chosen} - {""})),
        spare=len(answers) - len(chosen),
    )


def _page(
    path: Path,
    digest: str,
    golds: tuple[GoldLine, ...],
    reading: Reading,
    measured: Measurement,
    most: int,
    lang: str,
) -> str:
    from models.misses import Shown, worst
    from models.report import Subject, evaluation_report

    misses = [
        Shown(
            miss,
            golds[miss.at].truth,
            reading.answers[miss.at].said,
            golds[miss.at].line.item.title,
            golds[miss.at].line.item.text,
            reading.answers[miss.at].evidence,
        )
        for miss in worst([one.truth for one in golds], [one.said for one in reading.answers], most)
    ]
    subject = Subject(path.name, digest, reading.model_version, reading.rules_version, reading.learned)
    return evaluation_report(measured, subject, misses, lang=lang)


def _opened(path: Path, *, hint: str) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise UnknownItemError("file", path, hint=hint) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=path) from error


def _read(path: Path) -> bytes:
    with _opened(path, hint="give a JSONL file of labelled articles") as lines:
        return lines.read()
