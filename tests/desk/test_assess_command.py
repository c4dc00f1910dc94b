"""``kentongan assess --jsonl``: lines in, lines out, with an assessor that answers at once."""

from __future__ import annotations

import io
import json
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from data.records import Assessment, EventTime, Evidence, Modality, Place, PlaceRole, Source, Urgency
from desk.terminal import assess_lines
from desk.terminal.assess import command
from desk.terminal.assess_lines import Line, Outlets, read_items
from flows.assess import AssessTally
from models.assessor import AssessItem, Assessor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("stored_home")

ANSWER = Assessment(
    signals={"konflik_massa": 0.93456},
    flagged_signals=("konflik_massa",),
    modality=Modality.KEJADIAN,
    severity=2,
    severity_points=(("dasar: konflik_massa x kejadian (gesekan)", 2),),
    urgency=Urgency.P3,
    flagged=True,
    flag_score=0.91,
    places=(Place("13.77", "Kota Pariaman", PlaceRole.KEJADIAN, "text", 3, 11, 0.9, (("13.05", 0.1),)),),
    evidence=(Evidence("konflik_massa", "title", 0, 5, 1.7, "isyarat: ricuh"),),
    model_version="m1",
    rules_version="r1",
    event_time=EventTime(
        datetime(2024, 11, 5, 0, 0, tzinfo=UTC), datetime(2024, 11, 5, 9, 0, tzinfo=UTC), "text", 5, 18
    ),
)


class Fake:
    """Answers every article alike, remembers the batches, and stumbles over a text that says so."""

    def __init__(self) -> None:
        self.batches: list[list[AssessItem]] = []

    def assess(self, items: Sequence[AssessItem]) -> list[Assessment]:
        if any("TERSANDUNG" in item.text for item in items):
            raise ZeroDivisionError("tersandung")
        self.batches.append(list(items))
        return [ANSWER for _ in items]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fake:
    monkeypatch.setenv("KENTONGAN_HOME", str(tmp_path))
    one = Fake()
    monkeypatch.setattr(Assessor, "load", lambda *_, **__: one)
    return one


def run(fed: bytes | str, *options: str) -> Result:
    fed = fed.encode() if isinstance(fed, str) else fed
    return CliRunner().invoke(command, ["--jsonl", "-", *options], input=fed, obj={"lang": "en"})


def row(**changes: Any) -> str:
    fields = {"id": "a", "title": "Demo Ricuh", "text": "Di Pariaman massa ricuh.", **changes}
    return json.dumps({key: value for key, value in fields.items() if value != "LEAVE OUT"})


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.usefixtures("fake")
def test_a_line_is_answered_as_the_evaluation_wants_it() -> None:
    result = run(row())
    assert result.exit_code == 0
    assert answers(result) == [
        {
            "id": "a",
            "signals": {"konflik_massa": 0.9346},
            "flagged_signals": ["konflik_massa"],
            "modality": "kejadian",
            "negasi": False,
            "historis": False,
            "event_time": {
                "start": "2024-11-05T00:00:00+00:00",
                "end": "2024-11-05T09:00:00+00:00",
                "zone": "text",
                "span": [5, 18],
            },
            "severity": 2,
            "severity_points": [["dasar: konflik_massa x kejadian (gesekan)", 2]],
            "urgency": "P3",
            "flagged": True,
            "flag_score": 0.91,
            "places": [
                {
                    "code": "13.77",
                    "name": "Kota Pariaman",
                    "role": "kejadian",
                    "zone": "text",
                    "start": 3,
                    "end": 11,
                    "confidence": 0.9,
                    "alternatives": [["13.05", 0.1]],
                    "ambiguous": False,
                }
            ],
            "evidence": [
                {"for": "konflik_massa", "zone": "title", "start": 0, "end": 5, "weight": 1.7, "why": "isyarat: ricuh"}
            ],
            "model_version": "m1",
            "rules_version": "r1",
        }
    ]


def test_lines_are_judged_in_batches_and_answered_in_their_order(fake: Fake) -> None:
    result = run("\n".join(row(id=name) for name in "abcde"), "--batch", "2")
    assert [one["id"] for one in answers(result)] == list("abcde")
    assert [[item.id for item in batch] for batch in fake.batches] == [["a", "b"], ["c", "d"], ["e"]]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"{", "not JSON"),
        (b"[1, 2]", "not an object but a list"),
        (b"null", "not an object but null"),
        (b'"x"', "not an object but a string"),
        (b"12", "not an object but a number"),
        (b'{"id": "\xff", "title": "x", "text": "x"}', "not UTF-8 at byte 8"),
        (b"[" * 200_000, "not JSON"),
        (b'{"id": ' + b"9" * 5000 + b', "title": "x", "text": "x"}', "not JSON"),
        (row(id="LEAVE OUT").encode(), "id is missing"),
        (row(title="LEAVE OUT").encode(), "title is missing"),
        (row(text=None).encode(), "text is missing"),
        (row(id=True).encode(), "id is true or false"),
        (row(id=1.5).encode(), "id is a number"),
        (row(id="").encode(), "id is empty"),
        (row(title=5).encode(), "title is a number; it must be a string"),
        (row(text=["x"]).encode(), "text is a list; it must be a string"),
        (row(url=7).encode(), "url is a number; it must be a string or null"),
        (row(published=20241105).encode(), "published is a number"),
        (row(published="kemarin").encode(), 'published "kemarin" is no date; write 2024-11-05'),
        (row(published="2024-13-01").encode(), "is no date"),
        (row(published="0001-01-01T00:00:00+14:00").encode(), "is not of the years"),
    ],
)
@pytest.mark.usefixtures("fake")
def test_a_broken_line_is_told_of_with_its_number_and_the_others_are_judged(line: bytes, complaint: str) -> None:
    result = run(row(id="before").encode() + b"\n" + line + b"\n" + row(id="after").encode() + b"\n")
    assert [one["id"] for one in answers(result)] == ["before", "after"]
    assert f"line 2: {complaint}" in result.stderr or ("line 2: " in result.stderr and complaint in result.stderr)
    assert "1 of 3 lines could not be read" in result.stderr
    assert result.exit_code == 1


@pytest.mark.usefixtures("fake")
def test_where_nothing_can_be_read_the_exit_code_says_bad_data() -> None:
    result = run(b"{\n[]\n")
    assert result.stdout == ""
    assert result.exit_code == 65


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize("fed", ["", "\n\n  \n"])
def test_nothing_in_is_nothing_out(fed: str) -> None:
    result = run(fed)
    assert (result.stdout, result.stderr, result.exit_code) == ("", "", 0)


def test_a_text_that_cannot_be_judged_costs_the_others_nothing(fake: Fake) -> None:
    result = run("\n".join([row(id="a"), row(id="b", text="TERSANDUNG"), row(id="c")]))
    assert [one["id"] for one in answers(result)] == ["a", "c"]
    assert "line 2: could not be judged: ZeroDivisionError" in result.stderr
    assert result.exit_code == 1
    assert len(fake.batches) == 2


@pytest.mark.usefixtures("fake")
def test_the_complaint_is_in_the_language_asked_for() -> None:
    result = CliRunner().invoke(command, ["--jsonl", "-"], input=b"{", obj={"lang": "id"})
    assert (
        result.stderr.splitlines()[0] == "baris 1: bukan JSON: seharusnya ada nama dalam tanda kutip ganda di kolom 2"
    )


@pytest.mark.parametrize(
    ("lang", "failed", "code", "words"),
    [
        ("id", 2, 1, "2 artikel gagal dinilai"),
        ("en", 1, 1, "1 articles could not be judged"),
        ("en", 0, 0, ""),
    ],
)
def test_articles_of_the_store_that_could_not_be_judged_are_told_of(
    lang: str, failed: int, code: int, words: str, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.tools.assess_tools", lambda _settings: nullcontext())
    monkeypatch.setattr("flows.assess.assess_pending", lambda _tools, batch: AssessTally(assessed=5, failed=failed))
    result = CliRunner().invoke(command, [], obj={"lang": lang})
    assert result.exit_code == code
    assert words in result.stderr
    assert bool(result.stderr) == bool(failed)
    as_json = CliRunner().invoke(command, ["--json"], obj={"lang": lang})
    assert (json.loads(as_json.stdout)["failed"], as_json.exit_code) == (failed, code)


@pytest.mark.usefixtures("fake")
def test_a_whole_number_as_id_comes_back_as_one() -> None:
    assert answers(run(row(id=17)))[0]["id"] == 17


@pytest.mark.usefixtures("fake")
def test_a_file_is_read_and_a_missing_one_told_of(tmp_path: Path) -> None:
    good = tmp_path / "in.jsonl"
    good.write_text(row() + "\n", encoding="utf-8")
    assert CliRunner().invoke(command, ["--jsonl", str(good)], obj={"lang": "en"}).exit_code == 0
    missing = CliRunner().invoke(command, ["--jsonl", str(tmp_path / "no.jsonl")], obj={"lang": "en"})
    assert "no.jsonl" in str(missing.exception)
    folder = CliRunner().invoke(command, ["--jsonl", str(tmp_path)], obj={"lang": "en"})
    assert "cannot be read" in str(folder.exception)


def test_half_a_character_in_a_text_becomes_one_sign(fake: Fake) -> None:
    result = run(b'{"id": "a", "title": "x\\ud83d", "text": "y"}')
    assert result.exit_code == 0
    assert fake.batches[0][0].title == "x\ufffd"


def test_a_byte_order_mark_and_windows_line_ends_are_no_harm(fake: Fake) -> None:
    result = run(b"\xef\xbb\xbf" + row(id="a").encode() + b"\r\n" + row(id="b").encode() + b"\r\n")
    assert result.exit_code == 0
    assert [item.id for item in fake.batches[0]] == ["a", "b"]


OUTLET = Source(
    id="kabar_timur",
    name="Kabar Timur",
    home="https://kabartimur.example/",
    timezone="Asia/Jayapura",
    profile="wordpress",
    finders=(),
    provinces=("94",),
    regencies=("94.05",),
)


def items(*lines: str) -> list[AssessItem]:
    found = read_items(io.BytesIO("\n".join(lines).encode()), Outlets(lambda: (OUTLET,)))
    return [line.item for line in found if isinstance(line, Line)]


@pytest.mark.parametrize(
    ("published", "outlet", "expected"),
    [
        (None, None, None),
        ("", None, None),
        ("2024-11-05", None, datetime(2024, 11, 5, 5, 0, tzinfo=UTC)),
        ("2024-11-05T22:13", None, datetime(2024, 11, 5, 15, 13, tzinfo=UTC)),
        ("2024-11-05 22:13:00", None, datetime(2024, 11, 5, 15, 13, tzinfo=UTC)),
        ("2024-11-05T22:13:00Z", None, datetime(2024, 11, 5, 22, 13, tzinfo=UTC)),
        ("2024-11-05T22:13+08:00", None, datetime(2024, 11, 5, 14, 13, tzinfo=UTC)),
        ("2024-11-05T22:13", "kabar_timur", datetime(2024, 11, 5, 13, 13, tzinfo=UTC)),
        ("2024-11-05T22:13", "Kabar Timur", datetime(2024, 11, 5, 13, 13, tzinfo=UTC)),
    ],
)
def test_publication_is_a_date_or_a_time_in_the_zone_of_the_outlet(
    published: str | None, outlet: str | None, expected: datetime | None
) -> None:
    assert items(row(published=published, source=outlet))[0].published == expected


def test_an_address_finds_the_outlet() -> None:
    item = items(row(url="https://www.kabartimur.example/daerah/ricuh"))[0]
    assert (item.source, item.provinces, item.regencies, item.timezone) == (
        "kabar_timur",
        ("94",),
        ("94.05",),
        "Asia/Jayapura",
    )


@pytest.mark.parametrize("url", ["https://lain.example/x", "http://[", "bukan alamat"])
def test_an_unknown_outlet_is_fine(url: str) -> None:
    item = items(row(url=url, source="Entah"))[0]
    assert (item.source, item.provinces, item.timezone) == ("Entah", (), "Asia/Jakarta")


def test_a_line_beyond_all_measure_is_never_held_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assess_lines, "MAX_LINE_BYTES", 200)
    found = list(read_items(io.BytesIO(b"x" * 1000 + b"\n" + row().encode()), Outlets(lambda: ())))
    assert found[0] == (1, "longer than 0 MiB")
    assert isinstance(found[1], Line)
    assert found[1].number == 2
