"""The log: one line an event, whatever stands in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import structlog

from flows.logs import configure

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def own_configuration() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


EVIL = 'Posko\n2024-11-26 {"event": "all_is_well"}\r\x1b[2J\u202e'


@pytest.mark.parametrize("terminal", [False, True])
def test_nobody_writes_a_line_of_our_log(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal, raising=False)
    configure(verbose=1)
    structlog.get_logger().info("read", title=EVIL, urls=[EVIL, "b"], error=ValueError(EVIL), key={"in": EVIL})
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.strip().isprintable()
    assert "Posko" in err


def test_a_line_of_a_file_is_json_with_time_and_level(capsys: pytest.CaptureFixture[str]) -> None:
    configure(verbose=1)
    structlog.get_logger().warning("part_missing", url="http://a.example/2", outcome="gone")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["url"]) == ("part_missing", "warning", "http://a.example/2")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    ("verbose", "expected"), [(0, ["warning"]), (1, ["info", "warning"]), (9, ["debug", "info", "warning"])]
)
def test_a_command_is_quiet_unless_asked(verbose: int, expected: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    configure(verbose)
    for level in ("debug", "info", "warning"):
        getattr(structlog.get_logger(), level)("x")
    assert [json.loads(line)["level"] for line in capsys.readouterr().err.splitlines()] == expected
