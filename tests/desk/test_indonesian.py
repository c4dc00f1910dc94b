"""Whatever the program says in English, it can say in Indonesian: errors, reasons, help."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from desk.terminal.indonesian import FOLDER, help_in_indonesian, in_english, in_indonesian
from desk.terminal.speech import asked_in
from kentongan import COMMANDS, cli, main
from models import card

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("data", "scrapers", "classifiers", "feeds", "models", "flows", "desk")
NOT_SHIPPED_WORDS = ("data/samples/", "data/store/migrations/")

SAYING = {
    # What says a sentence to a person, and which argument holds it. Helpers that make an error count as the error.
    "InputError": 0,
    "SettingsError": 0,
    "CatalogueError": 0,
    "StoreError": 0,
    "StoreBusyError": 0,
    "StoreSchemaError": 0,
    "ModelError": 0,
    "NotReadableError": 0,
    "BrokenLine": 0,
    "_damage": 0,
    "_bad": 1,
    "_refused": 1,
    "error": 1,
    "FetchError": 2,
    "ExtractionError": 1,
    "BlockedError": 2,
    "BadParameter": 0,
    "UsageError": 0,
    "fail": 0,
    "Verdict": 1,
    "sign": 1,
    "_quarantined": 0,
    "_Sign": 1,
    "Receipt": 1,
    "FeedRefusedError": 0,
}
SAYING_BY_NAME = {"hint", "holder", "detail"}
LISTS = {"failed", "reasons", "evidence"}
REASONS = {
    # Functions whose text results end up in such sentences.
    "data/catalogue.py": {"bad_url", "_near"},
    "scrapers/network.py": {"outcome_of"},
    "scrapers/answers.py": {"_by_status", "judge"},
    "scrapers/challenge.py": {"challenge_reason", "_by_words", "_by_headers"},
    "scrapers/markup.py": {"hostile"},
    "feeds/channels/webhook.py": {"broken"},
    "desk/terminal/doctor.py": {"_open", "_catalogue", "_model", "_gazetteer"},
}
BY_VALUE_ERROR = {"scrapers/hostnames.py", "flows/settings.py"}
"""Modules in which a ValueError's words end up in such a sentence."""


class Sentences(ast.NodeVisitor):
    """Collects the sentences of one module: each with its line, numbers standing for what is filled in."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.found: list[tuple[int, str]] = []
        self._saying = SAYING | ({"ValueError": 0} if name in BY_VALUE_ERROR else {})
        self._reasons = REASONS.get(name, set())
        self._named: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        self._named.setdefault(target.id, []).append(node.value)
        self.visit(tree)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        place = self._saying.get(name, len(node.args))
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if name == "append" and owner is not None and ast.unparse(owner).rpartition(".")[2] in LISTS:
            place = 0
        for value in node.args[place : place + 1]:
            self._keep(value)
        for keyword in node.keywords:
            if keyword.arg in SAYING_BY_NAME:
                self._keep(keyword.value)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name in self._reasons:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    values = inner.value.elts if isinstance(inner.value, ast.Tuple) else [inner.value]
                    for value in values:
                        self._keep(value)
                if isinstance(inner, ast.Dict):  # a table of answers
                    for value in (one.elts[-1] for one in inner.values if isinstance(one, ast.Tuple)):
                        self._keep(value)
        self.generic_visit(node)

    def _keep(self, value: ast.expr) -> None:
        if isinstance(value, ast.Call | ast.Attribute | ast.Name) and not self._known(value):
            return  # what somebody else said, handed on
        for text in self.texts(value):
            if re.search(r"[a-z]", text):
                self.found.append((value.lineno, text))

    def _known(self, value: ast.expr) -> bool:
        return isinstance(value, ast.Name) and value.id in self._named

    def texts(self, value: ast.expr, depth: int = 0) -> list[str]:
        """Return every text that an expression can be; "701" stands for a value that is not known here."""
        if isinstance(value, ast.Constant):
            return [value.value] if isinstance(value.value, str) else ["701"]
        if isinstance(value, ast.JoinedStr):
            pieces = [self.texts(piece, depth) for piece in value.values]
            return ["".join(choice) for choice in itertools.product(*pieces)]
        if isinstance(value, ast.FormattedValue):
            return ["'701'"] if value.conversion == ord("r") else self.texts(value.value, depth)
        if isinstance(value, ast.IfExp):
            return self.texts(value.body, depth) + self.texts(value.orelse, depth)
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
            return [left + right for left in self.texts(value.left, depth) for right in self.texts(value.right, depth)]
        if isinstance(value, ast.Name) and self._known(value) and depth < 3:
            found = [text for one in self._named[value.id] for text in self.texts(one, depth + 1)]
            return list(dict.fromkeys(found))
        return ["701"]


def sentences() -> Iterator[tuple[str, int, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name.startswith(NOT_SHIPPED_WORDS):
                continue
            for line, text in Sentences(name, ast.parse(path.read_text("utf-8"))).found:
                yield name, line, text


NAMES = re.compile(r"/srv/k\.toml|robots\.txt|sitemap|JSON|\bid\b")
PATHS = re.compile(r"\S*/\S+")
ENGLISH = re.compile(
    r"\b(?:the|is|are|was|were|not|must|of|be|with|and|or|cannot|has|have|that|its?|to|from|no|by|at)\b"
)


def left_over(sentence: str) -> str:
    """Return what is wrong with a sentence's Indonesian: nothing, all of it, or English words that stayed."""
    said = in_indonesian(sentence)
    if said == sentence and re.search(r"[A-Za-z]", NAMES.sub("", sentence)):
        return "has no Indonesian"
    stayed = ENGLISH.findall(PATHS.sub("", said))
    return f"stays English ({', '.join(stayed)}): {said}" if stayed else ""


def test_every_sentence_that_the_code_can_say_has_its_indonesian() -> None:
    wrong = [
        f'{name}:{line}: "{text}" {why}'
        for name, line, given in sentences()
        # As it is, and as it is met: behind a file's name, with the operating system's words in the brackets.
        for text in (given, f"/srv/k.toml: {given.replace('(701)', '(Permission denied)')}")
        if (why := left_over(text))
    ]
    assert not wrong, "write these into desk/terminal/messages_id.toml:\n" + "\n".join(wrong)


def test_the_search_for_sentences_finds_those_of_every_floor() -> None:
    found = list(sentences())
    assert len(found) > 300
    for name in (
        "data/catalogue.py",
        "scrapers/fetch.py",
        "models/weights.py",
        "flows/settings.py",
        "data/taxonomy.py",
    ):
        assert any(name == path for path, _, _ in found)


def test_a_sentence_without_indonesian_is_found_out(tmp_path: Path) -> None:
    code = 'def f(path, n):\n    detail = f"{n} odd things" if n else "an odd thing"\n    raise InputError(f"holds {detail}", where=path)\n'
    found = Sentences("data/new.py", ast.parse(code)).found
    assert found == [(3, "holds 701 odd things"), (3, "holds an odd thing")]
    assert all(left_over(text) == "has no Indonesian" for _, text in found)


def test_every_kind_of_thing_has_its_word() -> None:
    words = _table("messages_id.toml")["words"]
    kinds = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "UnknownItemError":
                    kinds.add(ast.literal_eval(node.args[0]))
    assert kinds
    assert kinds <= set(words)


def _table(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


@pytest.mark.parametrize("sentence", [card.DESCRIPTION, *card.LIMITS])
def test_what_a_models_card_says_of_itself_is_said_in_indonesian(sentence: str) -> None:
    assert in_indonesian(sentence) != sentence


def test_an_error_within_an_error_is_said_in_indonesian_too() -> None:
    damaged = (
        "the model in use, desk-1, is damaged (/m/weights.npz: the weights are not those of the card (SHA-256 8295, not "
        "42ef); restore the model folder from its backup or reinstall the program; the model in use stays); go back with: "
        "kentongan model rollback (the one before) or kentongan model promote 0 (the shipped one)"
    )
    assert in_indonesian(damaged) == (
        "model yang dipakai, desk-1, rusak (/m/weights.npz: bobotnya bukan yang tercantum di kartu (SHA-256 8295, bukan "
        "42ef); pulihkan folder model dari cadangan atau pasang ulang program; model yang dipakai tetap); kembali dengan: "
        "kentongan model rollback (model sebelumnya) atau kentongan model promote 0 (model bawaan)"
    )
    assert in_indonesian("/x/y.csv: cannot be written: No such file or directory") == (
        "/x/y.csv: tidak dapat ditulis: berkas atau folder tidak ada"
    )


@pytest.mark.parametrize("name", ["messages_id.toml", "help_id.toml"])
def test_both_sides_of_a_pair_have_the_same_placeholders(name: str) -> None:
    for section in _table(name).values():
        for english, indonesian in section.items():
            wanted, given = (set(re.findall(r"\{[a-z]+\d?\}", text)) for text in (english, indonesian))
            assert wanted == given, english


def _helps(command: click.Command) -> Iterator[str]:
    if command.help:
        yield from (" ".join(text.split()) for text in re.split(r"\n\s*\n", inspect.cleandoc(command.help)))
    context = click.Context(command)
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and record[1]:
            yield record[1]
    for below in getattr(command, "commands", {}).values():
        yield from _helps(below)


@pytest.mark.parametrize("command", [cli, *(import_module(module).command for module, _ in COMMANDS.values())])
def test_every_help_text_has_its_indonesian(command: click.Command) -> None:
    missing = [text for text in _helps(command) if help_in_indonesian(text) == text]
    assert not missing, "write these into desk/terminal/help_id.toml:\n" + "\n".join(missing)


def test_the_list_of_commands_has_its_indonesian() -> None:
    assert all(help_in_indonesian(what) != what for _, what in COMMANDS.values())


@pytest.mark.parametrize(
    ("english", "indonesian"),
    [
        (
            'no such source "langam"; did you mean "langgam"? see kentongan sources list',
            'tidak ada sumber "langam"; mungkin maksudnya "langgam"? lihat kentongan sources list',
        ),
        ('no such file "source"', 'tidak ada berkas "source"'),
        (
            "/srv/k/sources.toml, line 12, tier: 9 must be a whole number from 1 to 4",
            "/srv/k/sources.toml, baris 12, tier: 9 harus bilangan bulat dari 1 sampai 4",
        ),
        (
            'KENTONGAN_WORKERS: "banyak" will not do: it should be a whole number',
            'KENTONGAN_WORKERS: "banyak" tidak dapat dipakai: seharusnya bilangan bulat',
        ),
        (
            "/data: the disk is full: 1,024 bytes free, 200,000,000 needed. Make room and start again; nothing was lost",
            "/data: disk penuh: tersisa 1.024 bita, perlu 200.000.000. Kosongkan ruang lalu jalankan lagi; tidak ada yang hilang",
        ),
        (
            "assess is being done by process 12 until it ends; it is not done twice",
            "assess sedang dikerjakan proses 12 sampai selesai; tidak dikerjakan dua kali",
        ),
        (
            "https://x.test/a: timeout (not whole after 30 s)",
            "https://x.test/a: timeout (belum utuh setelah 30 detik)",
        ),
        (
            "feed https://x.test/feed/: gone, HTTP 404: not there (404); sitemap https://x.test/s.xml: empty answer",
            "feed https://x.test/feed/: gone, HTTP 404: tidak ada (404); sitemap https://x.test/s.xml: jawaban kosong",
        ),
        (
            "k.toml: is not TOML: Invalid value (at line 3, column 8)",
            "k.toml: bukan TOML: nilai tidak sah (di baris 3, kolom 8)",
        ),
        (
            "sources.toml, line 4, source \"source\", home: 'langgam' is no URL; write it whole, like https://langgam.id/",
            "sources.toml, baris 4, sumber \"source\", home: 'langgam' bukan URL; tulis lengkap, seperti https://langgam.id/",
        ),
        (
            (
                "feed https://x.test/f: timeout: not whole after 9 s; wp_rest https://x.test/w: not asked: timeout just before; "
                "sitemap https://x.test/s: not asked: timeout just before"
            ),
            (
                "feed https://x.test/f: timeout: belum utuh setelah 9 detik; wp_rest https://x.test/w: tidak ditanya: baru saja "
                "timeout; sitemap https://x.test/s: tidak ditanya: baru saja timeout"
            ),
        ),
        (
            "k.toml, line 9, finders: finder 2: url 'https://x.test/a b' has a space in it",
            "k.toml, baris 9, finders: pencari 2: alamat 'https://x.test/a b' berisi spasi",
        ),
        ("page.html: cannot be read: Permission denied", "page.html: tidak dapat dibaca: tidak diizinkan"),
        ("a sentence that nobody has translated", "a sentence that nobody has translated"),
        ("", ""),
        ("((((: ; ,", "((((: ; ,"),
    ],
)
def test_sentences_in_indonesian(english: str, indonesian: str) -> None:
    assert in_indonesian(english) == indonesian


def test_a_long_or_deep_sentence_is_not_taken_apart_for_ever() -> None:
    for sentence in ("x: " * 1_300, "(" * 2_000 + ")" * 2_000, "a; b, c: " * 400, "no such " * 450):
        assert in_indonesian(sentence) == sentence


@pytest.mark.parametrize(
    ("note", "english"),
    [
        ("membaca seperti biasa", "reads as usual"),
        ("tidak ada berita baru selama 31 jam", "no new article for 31 hours"),
        (
            "3 kali berturut-turut tidak menjawab: feed https://x.test/: empty answer",
            "3 times in a row without an answer: feed https://x.test/: empty answer",
        ),
    ],
)
def test_notes_of_the_watch_in_english(note: str, english: str) -> None:
    assert in_english(note) == english


def test_every_note_of_the_watch_has_its_english() -> None:
    """A finding's third and fourth argument, and whatever text a function returns, are Indonesian."""
    tree = ast.parse((ROOT / "classifiers" / "sources" / "finding.py").read_text("utf-8"))
    reader = Sentences("classifiers/sources/finding.py", tree)
    said = [
        value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding"
        for value in node.args[2:4]
        if not isinstance(value, ast.Call)
    ]
    said += [
        node.value
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and ast.unparse(function.returns or function) == "str"
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value is not None
    ]
    notes = {text for value in said for text in reader.texts(value) if text != "701"}
    assert len(notes) >= 25
    assert not [note for note in notes if in_english(note) == note]


@pytest.mark.parametrize(
    ("words", "language"),
    [
        (["--lang", "id", "crawl"], "id"),
        (["crawl", "--lang=id"], "id"),
        (["--lang", "en", "crawl", "--onse"], "en"),
        (["locate", "--", "--lang", "id"], None),
        (["crawl", "--lang"], None),
        ([], None),
    ],
)
def test_the_language_of_a_call_is_known_before_it_is_parsed(words: list[str], language: str | None) -> None:
    assert asked_in(words) == language


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--lang", "id", "crwal"], 2, 'Galat: tidak ada perintah "crwal". Mungkin maksudnya "crawl"?'),
        (["crawl", "--lang", "id"], 2, "Galat: Tidak ada opsi '--lang'."),
        (["--lang", "id", "export"], 2, "Galat: Argumen 'FORMAT' belum ada."),
        (["--lang", "id", "extract", "x.html"], 2, "Galat: Opsi '--url' belum ada."),
        (
            ["--lang", "id", "incidents", "--min-severity", "9"],
            2,
            "Galat: Nilai tidak sah untuk '--min-severity': 9 di luar batas 0<=x<=4.",
        ),
        (
            ["--lang", "id", "incidents", "tujuh"],
            2,
            "Galat: Nilai tidak sah untuk '[INCIDENT_ID]': 'tujuh' bukan bilangan bulat.",
        ),
        (["--lang", "id", "export", "cap", "lebih"], 2, "Galat: Ada argumen berlebih (lebih)"),
        (["--lang", "id", "export", "cap", "--days"], 2, "Galat: Opsi '--days' memerlukan nilai."),
        (["--lang", "id", "sources", "lst"], 2, "Galat: Tidak ada perintah 'lst'. Mungkin maksudnya 'list'?"),
        (["--lang", "id", "sources", "list", "--status", "x"], 2, "Galat: Nilai tidak sah untuk '--status': 'x' bukan"),
        (
            ["--lang", "id", "replay", "/nowhere/x.warc.gz"],
            66,
            'kentongan: tidak ada berkas "/nowhere/x.warc.gz"; beri jalur berkas WARC',
        ),
        (
            ["--lang", "id", "extract", "/nowhere/x.html", "--url", "https://x.test/a"],
            66,
            'kentongan: tidak ada berkas "/nowhere/x.html"; beri halaman tersimpan, atau "-" untuk masukan standar',
        ),
    ],
)
def test_complaints_are_in_the_language_of_the_call(
    words: list[str], code: int, said: str, own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    complaint = capsys.readouterr().err
    assert end.value.code == code
    assert said in complaint
    assert "Usage" not in complaint


def test_without_lang_the_locale_decides(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for locale, word in (("id_ID.UTF-8", "Galat"), ("C.UTF-8", "Error")):
        monkeypatch.setenv("LC_ALL", locale)
        with pytest.raises(SystemExit):
            main(["crawl", "--onse"])
        assert f"{word}: " in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS), ["sources", "add"], ["sources", "check"]])
def test_help_is_in_indonesian_from_the_first_to_the_last_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--lang", "id", *words, "--help"])
    shown = capsys.readouterr().out
    assert end.value.code == 0
    assert shown.startswith(f"Pemakaian: {' '.join(['kentongan', *words])} [OPSI]")
    assert "Tampilkan bantuan ini." in shown
    assert not re.search(r"\b(?:the|which|with|Print|Only|Show|default|Options|Commands)\b", shown)


def test_the_lines_below_sources_are_whole_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--lang", "id", "sources", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "add Tambah situs dengan beranda URL: CMS, feed, dan sitemap-nya dicari sendiri." in shown
