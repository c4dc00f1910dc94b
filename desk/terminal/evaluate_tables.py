"""What ``kentongan evaluate`` prints: tables for a person, or one JSON document for a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from desk.terminal.tables import show as show_table
from models.figures import FIGURE_NAMES, MODALITY_NAMES, shown, shown_number, too_few

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from desk.terminal.evaluate import Reading
    from models.measurement import LabelFigures, Measurement

    Say = Callable[[str, str], str]


def as_plain(measured: Measurement, gold: str, digest: str, reading: Reading) -> dict[str, Any]:
    """Return the measurement with what was measured, for ``--json``."""
    return {
        "gold": gold,
        "gold_sha256": digest,
        "model_version": reading.model_version,
        "rules_version": reading.rules_version,
        "spare_answers": reading.spare,
        "learned_from": reading.learned,
        **measured.to_json(),
    }


def show(measured: Measurement, gold: str, reading: Reading, say: Say) -> None:
    """Print every table."""
    lang = say("id", "en")
    model = reading.model_version or say("tidak disebut", "not named")
    click.echo(
        say(
            f"{gold}: {measured.n} artikel, {measured.stories} berita berbeda; model {model}",
            f"{gold}: {measured.n} articles, {measured.stories} different stories; model {model}",
        )
    )
    if reading.learned:
        click.echo(
            say(
                f"PERHATIAN: model ini belajar dari {reading.learned} di antaranya (atau salinannya); ukuran di bawah "
                "terlalu bagus untuk artikel baru.",
                f"CAUTION: the model has learned from {reading.learned} of them (or copies); the figures below are too "
                "good for new articles.",
            )
        )
    if reading.spare:
        click.echo(
            say(
                f"{reading.spare} jawaban tentang artikel tanpa label dilewati",
                f"{reading.spare} answers about articles without labels were passed over",
            ),
            err=True,
        )
    value = say("Nilai (selang 95 %)", "Value (95 % interval)")
    show_table(
        [
            {say("Ukuran", "Figure"): FIGURE_NAMES[name][lang == "en"], value: shown(one, lang), "n": one.n}
            for name, one in measured.figures.items()
        ],
        title=say("Seluruhnya", "Overall"),
    )
    _labels(measured.signals, say("Sinyal", "Signals"), say)
    _labels({kind.value: one for kind, one in measured.modalities.items()}, say("Modalitas", "Modality"), say)
    _confusion(
        say("Modalitas: label (baris) dan jawaban (kolom)", "Modality: labels (rows) and answers (columns)"),
        [MODALITY_NAMES[kind][2] for kind in measured.modalities],
        measured.confusion,
    )
    if any(map(sum, measured.severity_confusion)):
        _confusion(
            say("Keparahan: label (baris) dan jawaban (kolom)", "Severity: labels (rows) and answers (columns)"),
            [str(level) for level in range(len(measured.severity_confusion))],
            measured.severity_confusion,
        )
    click.echo(
        say(
            "* terlalu sedikit artikel berlabel untuk menyimpulkan apa pun; – tidak ada yang dapat diukur",
            "* too few labelled articles to conclude anything from; – nothing there to measure",
        )
    )


def _labels(labels: Mapping[str, LabelFigures], title: str, say: Say) -> None:
    lang = say("id", "en")
    rows = [
        {
            title: name + ("*" if too_few(one) else ""),
            "n": one.n,
            say("dikatakan", "said"): one.predicted,
            say("presisi", "precision"): shown(one.precision, lang, few=too_few(one)),
            "recall": shown(one.recall, lang, few=too_few(one)),
            "F1": shown(one.f1, lang, few=too_few(one)),
            "AP": shown(one.average_precision, lang, few=too_few(one)),
            "ECE": shown_number(one.calibration_error, lang),
        }
        for name, one in sorted(labels.items(), key=lambda entry: (-entry[1].n, entry[0]))
    ]
    if all(row["AP"] == "–" for row in rows):
        rows = [{key: value for key, value in row.items() if key not in {"AP", "ECE"}} for row in rows]
    show_table(rows, title=title)


def _confusion(title: str, names: list[str], table: tuple[tuple[int, ...], ...]) -> None:
    rows = [
        {"": name} | {column: str(count or "") for column, count in zip(names, row, strict=True)}
        for name, row in zip(names, table, strict=True)
    ]
    show_table(rows, title=title)
