"""Labels to and from Label Studio, doccano, spreadsheets and JSONL."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given as having
from hypothesis import strategies as st

from data.errors import InputError, UnknownItemError
from data.exchange import FORMATS, Entry, Given, Text, Wrong, format_named
from data.exchange.label_studio import labelling_config
from data.exchange.rows import COLUMNS, guarded, guardless
from data.records import Assessment, Label, Modality, Urgency
from data.taxonomy import load_taxonomy

SLUGS = load_taxonomy().slugs
NINE = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
TEXT = Text(
    12, 2, "Spanduk Dirusak", "Spanduk dirusak di Pariaman.\nPolisi menyelidiki.", "kabar", "https://k.example/1", NINE
)
SARI = Label(12, 2, "sari", NINE, ("perusakan",), Modality.DUGAAN, ("politik_uang",), 2, historis=True, note="cek lagi")

words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=30)
labels = st.builds(
    Label,
    article_id=st.integers(1, 2**31 - 1),
    revision=st.integers(1, 99),
    annotator=st.sampled_from(["sari", "Budi Hartono", "tono@desk.example", "=SUM(A1)"]),
    at=st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
    signals=st.lists(st.sampled_from(SLUGS[:7]), max_size=3, unique=True).map(tuple),
    modality=st.sampled_from(Modality),
    optional=st.lists(st.sampled_from(SLUGS[7:]), max_size=3, unique=True).map(tuple),
    severity=st.none() | st.integers(0, 4),
    negasi=st.booleans(),
    historis=st.booleans(),
    note=words | st.sampled_from(["=1+1", "'=1", "''", "a\r\nb", '"', "+62", "\tx", "\u2028", "x\x85y"]),
    kind=st.sampled_from(["label", "adjudication"]),
)


def as_given(label, line):
    return Given(
        line, label.article_id, label.revision, label.annotator, label.at, label.signals, label.optional,
        label.modality, label.severity, label.negasi, label.historis, label.note, label.kind,
    )  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
@having(given_labels=st.lists(labels, max_size=4), title=words, text=words)
def test_what_is_written_comes_back_whole(name, given_labels, title, text):
    entries = [
        Entry(Text(one.article_id, one.revision, title, text, "kabar", "https://k.example/", one.at), (one,))
        for one in given_labels
    ]
    found = list(format_named(name).read(format_named(name).write(entries, SLUGS), SLUGS))
    assert [replace(one, line=0) for one in found] == [as_given(one, 0) for one in given_labels]


@pytest.mark.parametrize("name", FORMATS)
def test_several_labels_of_one_text_come_back_each(name):
    both = (SARI, replace(SARI, annotator="budi", at=NINE + timedelta(hours=1), note=""))
    found = list(format_named(name).read(format_named(name).write([Entry(TEXT, both)], SLUGS), SLUGS))
    assert [replace(one, line=0) for one in found] == [as_given(one, 0) for one in both]


@pytest.mark.parametrize("name", FORMATS)
@having(raw=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_rubbish_is_refused_and_never_a_crash(name, raw):
    try:
        found = list(format_named(name).read(raw, SLUGS))
    except InputError:
        return
    assert all(isinstance(one, Wrong) for one in found)


@pytest.mark.parametrize("name", FORMATS)
def test_a_text_that_is_to_be_labelled_has_no_label_yet(name):
    raw = format_named(name).write([Entry(TEXT)], SLUGS)
    assert "sari" not in raw.decode()
    [found] = format_named(name).read(raw, SLUGS)
    assert isinstance(found, Wrong)
    assert found.why in {"has no label yet", "has no modality; every label has exactly one"}


def test_an_unknown_format_is_told_of_those_there_are():
    with pytest.raises(UnknownItemError, match="there are label-studio, doccano, csv, jsonl"):
        format_named("brat")


# JSONL


def test_a_line_of_jsonl_has_the_shape_of_a_gold_file():
    [line] = format_named("jsonl").write([Entry(TEXT, (SARI,))], SLUGS).decode().splitlines()
    assert json.loads(line) == {
        "id": "artikel-12",
        "title": "Spanduk Dirusak",
        "text": "Spanduk dirusak di Pariaman.\nPolisi menyelidiki.",
        "signals": ["perusakan"],
        "signals_optional": ["politik_uang"],
        "modality": "dugaan",
        "severity": 2,
        "negasi": False,
        "historis": True,
        "dataset": "desk",
        "published": "2026-11-02T02:00:00+00:00",
        "source": "kabar",
        "url": "https://k.example/1",
        "article": 12,
        "revision": 2,
        "annotator": "sari",
        "labelled_at": "2026-11-02T02:00:00+00:00",
        "kind": "label",
        "note": "cek lagi",
    }


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"article": None}, "names no article of the store; texts with labels of their own are learned with kentongan train FILE"),
        ({"article": "dua"}, 'article "dua" is no number of one'),
        ({"article": True}, 'article "True" is no number of one'),
        ({"article": 10**12}, 'article "1000000000000" is no number of one'),
        ({"revision": 0}, 'revision "0" is no number of one'),
        ({"signals": ["perusakn"]}, 'no such signal "perusakn"; did you mean "perusakan"?'),
        ({"signals": 7}, "the signals must be a list of names"),
        ({"modality": "kejadin"}, 'no such modality "kejadin"; did you mean "kejadian"?'),
        ({"modality": "penjelasan"}, f'no such modality "penjelasan"; there are {", ".join(Modality)}'),
        ({"modality": ""}, "has no modality; every label has exactly one"),
        ({"severity": 7}, 'severity "7" is not from 0 to 4'),
        ({"severity": True}, 'severity "True" is not from 0 to 4'),
        ({"negasi": "mungkin"}, 'negasi "mungkin" is neither ya nor tidak'),
        ({"labelled_at": "kemarin"}, '"kemarin" is no time; write it like 2026-11-26T09:30:00+07:00'),
        ({"labelled_at": "2026-11-26T09:30:00"}, '"2026-11-26T09:30:00" has no zone; write it like 2026-11-26T09:30:00+07:00'),
        ({"kind": "opini"}, 'kind "opini" is neither label nor adjudication'),
        ({"note": "x" * 10_001}, "the note has 10,001 letters; 10,000 are kept"),
        ({"note": "cek\ud800"}, "the note has a character that no database keeps (NUL or half a surrogate pair); leave it out"),
        ({"note": "cek\0lagi"}, "the note has a character that no database keeps (NUL or half a surrogate pair); leave it out"),
    ],
)  # fmt: skip
def test_a_field_that_will_not_do_is_refused_with_its_line(fields, why):
    good = {"article": 12, "signals": ["perusakan"], "modality": "kejadian"}
    raw = "\n".join(["", json.dumps(good), json.dumps(good | fields)]).encode()
    first, second = format_named("jsonl").read(raw, SLUGS)
    assert (first.line, first.modality, first.annotator, first.at) == (2, Modality.KEJADIAN, None, None)
    assert second == Wrong(3, why)


@pytest.mark.parametrize(
    ("line", "why"),
    [("{", "is no JSON"), ("[1]", "is no JSON object"), ("[" * 20_000, "is no JSON"), ("12", "is no JSON object")],
)
def test_a_line_that_is_no_object_is_refused(line, why):
    assert list(format_named("jsonl").read(line.encode(), SLUGS)) == [Wrong(1, why)]


def test_a_file_that_is_not_utf8_is_refused_whole():
    with pytest.raises(InputError, match=r"is not UTF-8 \(byte 3\); save it as UTF-8"):
        list(format_named("csv").read(b"abc\xff", SLUGS))


# doccano


def test_a_line_of_doccano_says_everything_as_labels():
    [line] = format_named("doccano").write([Entry(TEXT, (SARI,))], SLUGS).decode().splitlines()
    found = json.loads(line)
    assert found["text"] == "Spanduk Dirusak\n\nSpanduk dirusak di Pariaman.\nPolisi menyelidiki."
    assert found["label"] == ["perusakan", "optional:politik_uang", "modality:dugaan", "severity:2", "historis"]
    assert (found["article"], found["revision"], found["note"]) == (12, 2, "cek lagi")


def test_what_doccano_exports_is_read_by_its_labels_and_comments():
    line = {
        "id": 991, "text": "…", "label": ["modality:kejadian", "negasi", "perusakan"], "Comments": ["ragu", "cek"],
        "article": 12, "revision": 2, "source": "kabar",
    }  # fmt: skip
    [found] = format_named("doccano").read(json.dumps(line).encode(), SLUGS)
    assert found == Given(1, 12, 2, None, None, ("perusakan",), (), Modality.KEJADIAN, None, True, False, "ragu; cek", "label")  # fmt: skip


@pytest.mark.parametrize(
    ("labels_given", "why"),
    [
        (["modality:kejadian", "modality:opini"], "has more than one modality: kejadian, opini"),
        (["mod:kejadian"], 'no such label "mod:kejadian"; before a colon stands modality, optional or severity'),
        (["perusakan"], "has no modality; every label has exactly one"),
        ([], "has no label yet"),
        ("perusakan", '"label" must be a list of names; take the JSONL export of a text classification'),
        ([[0, 4, "perusakan"]], '"label" must be a list of names; take the JSONL export of a text classification'),
    ],
)
def test_labels_of_doccano_that_will_not_do(labels_given, why):
    raw = json.dumps({"article": 12, "label": labels_given}).encode()
    assert list(format_named("doccano").read(raw, SLUGS)) == [Wrong(1, why)]


# CSV


def test_no_cell_is_a_formula_and_what_guards_it_comes_off_again():
    evil = replace(TEXT, title='=HYPERLINK("http://x.example","klik")', text="@SUM(A1)", source="'kabar", url="\n=1")
    rows = list(csv.reader(io.StringIO(format_named("csv").write([Entry(evil, (SARI,))], SLUGS).decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    row = dict(zip(*rows, strict=True))
    assert row["title"] == '\'=HYPERLINK("http://x.example","klik")'
    assert (row["text"], row["source"], row["url"]) == ("'@SUM(A1)", "''kabar", "'\n=1")
    assert (row["signals"], row["optional"], row["historis"], row["negasi"]) == (
        "perusakan",
        "politik_uang",
        "ya",
        "tidak",
    )


@having(words)
def test_a_guarded_cell_is_none_of_a_formula_and_comes_back(cell):
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))
    assert guardless(guarded(cell)) == cell


def test_a_table_that_went_through_an_indonesian_spreadsheet_is_read():
    raw = b"Modality;Article;Signals;Severity;Negasi\r\nkejadian;12.0;perusakan, politik_uang;3.0;YA\r\n;;;;\r\n"
    [found] = format_named("csv").read(raw, SLUGS)
    assert (found.line, found.article_id, found.signals, found.severity, found.negasi) == (2, 12, ("perusakan", "politik_uang"), 3, True)  # fmt: skip


def test_a_row_is_told_by_the_line_on_which_it_begins():
    raw = b'article,modality,note\n1,kejadian,"dua\nbaris"\nx,kejadian,\n3,kejadian,a,b\n4,kejadian,"open'
    found = list(format_named("csv").read(raw, SLUGS))
    assert [one.line for one in found] == [2, 4, 5, 6]
    assert found[0].note == "dua\nbaris"
    assert found[1].why == 'article "x" is no number of one'
    assert found[2].why == "has 1 cells more than there are columns; a cell with a comma needs quotation marks"
    assert found[3].why.startswith("is no CSV from here on")


@pytest.mark.parametrize("raw", [b"", b"a,b\n1,2\n", b"article,signals\n1,perusakan\n"])
def test_a_table_without_the_names_of_its_columns_is_refused(raw):
    with pytest.raises(InputError, match=r"the first row names no column .*modality; it must name the columns"):
        list(format_named("csv").read(raw, SLUGS))


def test_a_megabyte_of_text_in_one_cell_is_no_trouble():
    raw = format_named("csv").write([Entry(replace(TEXT, text="kata " * 200_000), (SARI,))], SLUGS)
    assert [one.article_id for one in format_named("csv").read(raw, SLUGS)] == [12]


# Label Studio


def test_a_task_of_label_studio_names_the_tags_of_its_interface():
    said = Assessment(
        {"perusakan": 0.8}, ("perusakan",), Modality.KEJADIAN, 2, (), Urgency.P3, True, 0.7, (), (), "m-1", "r-1"
    )  # fmt: skip
    [task] = json.loads(format_named("label-studio").write([Entry(TEXT, (SARI,), said)], SLUGS))
    tags = {element.get("name"): element for element in ET.fromstring(labelling_config({"perusakan": "Perusakan & pembakaran", "politik_uang": "Uang"})).iter() if element.get("name")}  # fmt: skip
    assert set(tags) == {"text", "modality", "signals", "optional", "severity", "attributes", "note"}
    for one in [*task["annotations"][0]["result"], *task["predictions"][0]["result"]]:
        tag = tags[one["from_name"]]
        assert (one["to_name"], tag.get("toName")) == ("text", "text")
        if one["type"] == "choices":
            offered = {choice.get("value") for choice in tag}
            assert set(one["value"]["choices"]) <= offered
    assert task["data"]["text"] == TEXT.text
    assert [one["value"] for one in task["annotations"][0]["result"]] == [
        {"choices": ["dugaan"]},
        {"choices": ["perusakan"]},
        {"choices": ["politik_uang"]},
        {"choices": ["2"]},
        {"choices": ["historis"]},
        {"text": ["cek lagi"]},
    ]
    assert (task["predictions"][0]["model_version"], task["predictions"][0]["score"]) == ("m-1", 0.7)


def exported(*results, **fields):
    """Return what Label Studio exports of one task with one annotation."""
    annotation = {
        "id": 3,
        "completed_by": 1,
        "was_cancelled": False,
        "created_at": "2026-11-20T03:04:05.123456Z",
    } | fields
    annotation["result"] = [
        {"id": "a1", "from_name": name, "to_name": "text", "type": "choices", "origin": "manual", "value": {"choices": list(values)}}
        for name, *values in results
    ]  # fmt: skip
    return json.dumps(
        [{"id": 5, "data": {"article": 12, "revision": 2}, "annotations": [annotation], "project": 1}]
    ).encode()


@pytest.mark.parametrize(
    ("person", "name"), [(1, None), ("sari@desk.example", "sari@desk.example"), ({"id": 1, "email": "b@d.example"}, "b@d.example")]
)  # fmt: skip
def test_what_label_studio_exports_is_read_with_its_time_and_its_person(person, name):
    raw = exported(("modality", "kejadian"), ("signals", "perusakan", "politik_uang"), completed_by=person)
    [found] = format_named("label-studio").read(raw, SLUGS)
    assert (found.article_id, found.revision, found.annotator) == (12, 2, name)
    assert found.at == datetime(2026, 11, 20, 3, 4, 5, 123456, tzinfo=UTC)
    assert (found.signals, found.modality, found.severity) == (("perusakan", "politik_uang"), Modality.KEJADIAN, None)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (exported(("modality", "kejadian"), was_cancelled=True), "was passed over in Label Studio"),
        (exported(("modality", "kejadian", "opini")), "has more than one modality: kejadian, opini"),
        (exported(("signals", "perusakan")), "has no modality; every label has exactly one"),
        (b'[{"id": 1, "text": "x", "sentiment": "y"}]', 'is no task with data and annotations; take the export "JSON", not "JSON-MIN"'),
        (b'[{"data": {}, "annotations": []}]', "has no label yet"),
        (b'[{"data": {}, "annotations": [{"result": [{"value": {"start": 1}}]}]}]', "has a result that is neither choices nor text; use the labelling interface of the export"),
        (b"[7]", 'is no task with data and annotations; take the export "JSON", not "JSON-MIN"'),
    ],
)  # fmt: skip
def test_tasks_that_will_not_do_are_refused_by_number(raw, why):
    assert list(format_named("label-studio").read(raw, SLUGS)) == [Wrong(1, why)]


@pytest.mark.parametrize("raw", [b"{}", b"text", b""])
def test_what_is_no_list_of_tasks_is_refused_whole(raw):
    with pytest.raises(InputError, match='take the export "JSON" of Label Studio'):
        list(format_named("label-studio").read(raw, SLUGS))
