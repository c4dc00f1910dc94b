"""Label Studio's JSON tasks: the text as ``data``, what the model said as ``predictions``, labels as ``annotations``.

`labelling_config` is to be pasted into the project's *Labeling Interface*; the names of its tags (``signals``,
``optional``, ``modality``, ``severity``, ``attributes``, ``note``) are what ``from_name`` says in the results. Who and
when stand in ``kentongan`` beside a result, because ``completed_by`` must be a user that the other installation knows;
what was labelled over there has ``completed_by`` and ``created_at``. A line is a task, counted from 1.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from data.errors import InputError
from data.exchange import Given, Wrong
from data.exchange.fields import decoded, given, of_label
from data.records import Modality, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from data.exchange import Entry
    from data.records import Assessment

FLAGS = ("negasi", "historis")


def labelling_config(signals: Mapping[str, str]) -> str:
    """Return the XML of the labelling interface; ``signals`` are names by slug, in their order."""

    def choices(name: str, title: str, values: Mapping[str, str], *, many: bool, required: bool = False) -> str:
        kind = "multiple" if many else "single-radio"
        needed = ' required="true"' if required else ""
        pairs = [(quoteattr(value), quoteattr(hint)) for value, hint in values.items()]
        inside = "".join(f"    <Choice value={value} hint={hint}/>\n" for value, hint in pairs)
        head = f'  <Choices name="{name}" toName="text" choice="{kind}" showInline="true"{needed}>\n'
        return f'  <Header value={quoteattr(title)} size="5"/>\n{head}{inside}  </Choices>\n'

    kinds = {str(kind): str(kind).replace("_", " ") for kind in Modality}
    levels = {str(int(level)): level.name.capitalize() for level in Severity}
    flags = {"negasi": "dikatakan tidak terjadi", "historis": "peristiwa lama"}
    return (
        "<View>\n"
        '  <Header value="$title" size="3"/>\n'
        '  <Header value="$about" size="6"/>\n'
        '  <Text name="text" value="$text"/>\n'
        + choices("modality", "Modalitas (tepat satu)", kinds, many=False, required=True)
        + choices("signals", "Sinyal", signals, many=True)
        + choices("optional", "Sinyal yang boleh ada, boleh tidak", signals, many=True)
        + choices("severity", "Tingkat", levels, many=False)
        + choices("attributes", "Sifat", flags, many=True)
        + '  <TextArea name="note" toName="text" placeholder="Catatan" maxSubmissions="1" editable="true"/>\n'
        "</View>\n"
    )


def write(entries: Iterable[Entry], slugs: Sequence[str]) -> bytes:  # noqa: ARG001  # every format has one signature
    """Return the tasks; a text with several labels is one task with as many annotations."""
    tasks = []
    for entry in entries:
        text = entry.text
        published = text.published.isoformat() if text.published else ""
        task: dict[str, Any] = {
            "data": {
                "article": text.article_id,
                "revision": text.revision,
                "title": text.title,
                "about": " · ".join(part for part in (text.source, published) if part),
                "text": text.text,
                "url": text.url,
            },
            "annotations": [
                {
                    "result": _result(fields := of_label(label)),
                    "created_at": fields["labelled_at"],
                    "was_cancelled": False,
                    "ground_truth": label.kind == "adjudication",
                    "kentongan": {name: fields[name] for name in ("annotator", "labelled_at", "kind")},
                }
                for label in entry.labels
            ],
        }
        if entry.said is not None:
            task["predictions"] = [_prediction(entry.said)]
        tasks.append(task)
    return (json.dumps(tasks, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


def _prediction(said: Assessment) -> dict[str, Any]:
    fields = {
        "signals": list(said.flagged_signals),
        "modality": said.modality.value,
        "severity": said.severity,
        "negasi": said.negasi,
        "historis": said.historis,
    }
    return {"model_version": said.model_version, "score": said.flag_score, "result": _result(fields)}


def _result(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    severity = fields.get("severity")
    chosen = {
        "modality": [fields["modality"]],
        "signals": list(fields["signals"]),
        "optional": list(fields.get("optional", ())),
        "severity": [] if severity is None else [str(severity)],
        "attributes": [name for name in FLAGS if fields[name]],
    }
    found = [
        {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": values}}
        for name, values in chosen.items()
        if values
    ]
    if note := fields.get("note"):
        found.append({"from_name": "note", "to_name": "text", "type": "textarea", "value": {"text": [note]}})
    return [{"id": f"k{number}", **one} for number, one in enumerate(found, 1)]


def read(raw: bytes, slugs: Sequence[str]) -> Iterator[Given | Wrong]:
    """Yield the label of each annotation. Raises InputError for what is no list of tasks."""
    try:
        tasks = json.loads(decoded(raw))
    except (ValueError, RecursionError) as error:
        raise InputError('is no JSON; take the export "JSON" of Label Studio') from error
    if not isinstance(tasks, list):
        raise InputError('is no list of tasks; take the export "JSON" of Label Studio, not "JSON-MIN"')
    for number, task in enumerate(tasks, 1):
        annotations = task.get("annotations") if isinstance(task, dict) else None
        data = task.get("data") if isinstance(task, dict) else None
        if not isinstance(annotations, list) or not isinstance(data, dict):
            yield Wrong(number, 'is no task with data and annotations; take the export "JSON", not "JSON-MIN"')
            continue
        if not annotations:
            yield Wrong(number, "has no label yet")
        for annotation in annotations:
            try:
                yield given(number, _fields(data, annotation), slugs)
            except InputError as error:
                yield Wrong(number, str(error))


def _fields(data: Mapping[str, Any], annotation: Any) -> dict[str, Any]:
    if not isinstance(annotation, dict) or not isinstance(annotation.get("result"), list):
        raise InputError('is no task with data and annotations; take the export "JSON", not "JSON-MIN"')
    if annotation.get("was_cancelled"):
        raise InputError("was passed over in Label Studio")
    chosen: dict[str, list[str]] = {}
    for one in annotation["result"]:
        name, values = _values(one)
        chosen.setdefault(name, []).extend(values)
    for name in ("modality", "severity"):
        if len(chosen.get(name, ())) > 1:
            raise InputError(f"has more than one {name}: {', '.join(chosen[name])}")
    ours = annotation.get("kentongan")
    own: Mapping[str, Any] = ours if isinstance(ours, dict) else {}
    return {
        "article": data.get("article"),
        "revision": data.get("revision"),
        "annotator": own.get("annotator") or _person(annotation.get("completed_by")),
        "labelled_at": own.get("labelled_at") or annotation.get("created_at"),
        "kind": own.get("kind"),
        "signals": chosen.get("signals", []),
        "optional": chosen.get("optional", []),
        "modality": next(iter(chosen.get("modality", ())), None),
        "severity": next(iter(chosen.get("severity", ())), None),
        "note": "\n".join(chosen.get("note", ())),
        **{name: name in chosen.get("attributes", ()) for name in FLAGS},
    }


def _values(one: Any) -> tuple[str, list[str]]:
    """Return the tag's name and the texts of one result."""
    value = one.get("value") if isinstance(one, dict) else None
    found = value.get("choices", value.get("text")) if isinstance(value, dict) else None
    found = [found] if isinstance(found, str) else found
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise InputError("has a result that is neither choices nor text; use the labelling interface of the export")
    return str(one.get("from_name", "")), found


def _person(value: Any) -> str | None:
    """Return who labelled: an e-mail address tells; a user's number does not."""
    email = value.get("email") if isinstance(value, dict) else value
    return email if isinstance(email, str) and "@" in email else None
