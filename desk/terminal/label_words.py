"""How labels and texts are said on a terminal, and how a person is asked for a label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.records import Label, StoredArticle
    from data.taxonomy import Taxonomy

    Say = Callable[[str, str], str]
    Command = Callable[..., Any]

REASONS = {
    "ragu": ("model ragu", "model unsure"),
    "beda_isyarat": ("isyarat dan model berbeda", "cues and model differ"),
    "sinyal_langka": ("sinyal langka", "rare signal"),
    "acak": ("diundi", "drawn by lot"),
    "terlewat": ("mungkin terlewat", "perhaps missed"),
}
"""Why a text is in the queue, in both languages."""

WORDS_OF_ANSWER = ("modality", "signals", "optional", "severity", "negasi", "historis", "note")


def answer_options(command: Command) -> Command:
    """Add the options that make up a label."""
    options = (
        click.option("--modality", metavar="NAME", help="How the text speaks: kejadian, dugaan, …; a label needs one."),
        click.option("--signals", multiple=True, metavar="NAMES", help="Signals, with commas between them; repeat."),
        click.option("--optional", multiple=True, metavar="NAMES", help="Signals that may be said or not; repeat."),
        click.option("--severity", type=click.IntRange(0, 4), help="Possible harm, 0 to 4 (default: not judged)."),
        click.option("--negasi", is_flag=True, help="The text says that it is not so."),
        click.option("--historis", is_flag=True, help="The text tells of old events."),
        click.option("--note", default="", metavar="TEXT", help="A remark for whoever decides."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def answered(answer: dict[str, Any]) -> bool:
    """Return whether any option of a label was given."""
    return any(answer[name] not in (None, "", (), False) for name in WORDS_OF_ANSWER)


def fields_of(label: Label) -> dict[str, Any]:
    """Return a label as JSON."""
    from data.exchange.fields import of_label

    return {"article": label.article_id, "revision": label.revision, **of_label(label)}


def text_facts(stored: StoredArticle) -> dict[str, Any]:
    """Return a text as JSON; nothing of what model or persons said of it."""
    article = stored.article
    return {
        "article": stored.id,
        "revision": stored.revision,
        "title": article.title,
        "source": article.source_id,
        "url": article.canonical_url,
        "published": article.published.isoformat() if article.published else None,
        "text": article.text,
    }


def print_text(stored: StoredArticle, say: Say) -> None:
    """Print a text as it is to be labelled: title, outlet, time, text."""
    from zoneinfo import ZoneInfo

    from flows.settings import Settings

    article = stored.article
    zone = ZoneInfo(Settings.from_environ().timezone)
    moment = article.published.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z") if article.published else None
    click.echo(f"\n#{stored.id} {plain(article.title)}")
    click.echo(
        f"{article.source_id} · {moment or say('waktu tidak diketahui', 'time unknown')} · {article.canonical_url}\n"
    )
    click.echo(plain(article.text))
    click.echo("")


def plain(text: str) -> str:
    """Return a text without what a terminal would take for a command."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else " " for letter in text)


def label_line(label: Label, say: Say) -> str:
    """Return a label as one line."""
    parts = [str(label.modality), ", ".join(label.signals) or say("tanpa sinyal", "no signal")]
    if label.optional:
        parts.append(say("boleh: ", "optional: ") + ", ".join(label.optional))
    if label.severity is not None:
        parts.append(say(f"tingkat {label.severity}", f"severity {label.severity}"))
    parts += [name for name in ("negasi", "historis") if getattr(label, name)]
    if label.note:
        parts.append(f"“{plain(label.note)}”")
    return "; ".join(parts)


def ask(taxonomy: Taxonomy, say: Say) -> dict[str, Any] | Literal["skip", "stop"]:
    """Ask for a label, one thing after the other, until each answer can be used."""
    from data.records import Modality

    kinds = [str(kind) for kind in Modality]
    for number, kind in enumerate(kinds, 1):
        click.echo(f"  {number} {kind}")
    answer: dict[str, Any] = {}
    question = say("Modalitas (nomor; l melewati, b berhenti)", "Modality (number; l passes over, b ends)")
    while "modality" not in answer:
        given = click.prompt(question).strip().lower()
        if given in {"l", "b"}:
            return "skip" if given == "l" else "stop"
        if given.isascii() and given.isdigit() and 1 <= int(given) <= len(kinds):
            answer["modality"] = kinds[int(given) - 1]
        elif given in kinds:
            answer["modality"] = given
        else:
            click.echo(say(f"Ketik 1 sampai {len(kinds)}, l, atau b.", f"Type 1 to {len(kinds)}, l or b."))
    for number, signal in enumerate(taxonomy.signals, 1):
        click.echo(f"  {number:2} {signal.slug}  {signal.name}")
    none = say("kosong: tidak ada", "empty: none")
    answer["signals"] = _signals(say(f"Sinyal (nomor, {none})", f"Signals (numbers, {none})"), taxonomy, say)
    answer["optional"] = _signals(
        say(f"Sinyal yang boleh ada, boleh tidak ({none})", f"Signals that may be said or not ({none})"), taxonomy, say
    )
    severity = click.prompt(
        say("Tingkat 0-4 (- : tidak dinilai)", "Severity 0-4 (- : not judged)"),
        type=click.Choice(["0", "1", "2", "3", "4", "-"]),
        default="-",
        show_choices=False,
    )
    answer["severity"] = None if severity == "-" else int(severity)
    answer["negasi"] = _yes(say("Dikatakan tidak terjadi?", "Said not to be so?"), say)
    answer["historis"] = _yes(say("Peristiwa lama?", "Old events?"), say)
    answer["note"] = click.prompt(say("Catatan", "Note"), default="", show_default=False)
    return answer


def _signals(question: str, taxonomy: Taxonomy, say: Say) -> tuple[str, ...]:
    slugs = taxonomy.slugs
    while True:
        words = click.prompt(question, default="", show_default=False).replace(",", " ").split()
        found = [
            slugs[int(word) - 1] if word.isascii() and word.isdigit() and 1 <= int(word) <= len(slugs) else word
            for word in words
        ]
        wrong = [word for word in found if word not in slugs]
        if not wrong:
            return tuple(dict.fromkeys(found))
        click.echo(say(f"Tidak dikenal: {', '.join(wrong)}", f"Not known: {', '.join(wrong)}"))


def _yes(question: str, say: Say) -> bool:
    words = {"y": True, "ya": True, "yes": True, "t": False, "tidak": False, "n": False, "no": False}
    hint = say("y/t", "y/n")
    while (
        given := click.prompt(f"{question} ({hint})", default=say("t", "n"), show_default=False).lower()
    ) not in words:
        click.echo(hint)
    return words[given]
