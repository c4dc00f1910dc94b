"""A report as a Word document (ISO/IEC 29500) by python-docx: real headings, tables with headings on every page.

Pictures are PNG with the words that stand for them; levels have a colour and their word. No macro, no link to outside
but those that a reader sees.
"""

from __future__ import annotations

import io
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from feeds.reports.document import Facts, Items, Paragraph, Picture, Prompt, Table
from feeds.reports.drawing import LEVEL_COLOURS, png
from feeds.reports.wording import Level, written

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

    from feeds.reports.document import Block, Document
    from feeds.reports.wording import Cell

A4: Final = (Mm(210), Mm(297))
MARGIN: Final = Mm(18)
PICTURE_WIDTH: Final = Mm(160)
FONT: Final = "Calibri"
SOFT: Final = "F5F4EF"
QUIET: Final = RGBColor(0x52, 0x5D, 0x6B)
WARNING: Final = RGBColor(0xB8, 0x40, 0x0E)
TONES: Final[dict[str, dict[str, Any]]] = {
    "plain": {},
    "lead": {"bold": True, "size": 11.5},
    "warning": {"bold": True, "colour": WARNING},
    "note": {"size": 9, "colour": QUIET},
    "quote": {"italic": True},
}
DOTS: Final = "." * 110
LONGEST_PROPERTY: Final = 255
"""What core properties hold at most (python-docx refuses more)."""


def word(document: Document) -> bytes:
    """Return the document as a .docx file."""
    made = docx.Document()
    _page(made, document)
    for line in document.letterhead:
        paragraph = made.add_paragraph()
        _run(paragraph, line, bold=True, size=11)
        paragraph.paragraph_format.space_after = Pt(0)
    _rule(made.paragraphs[-1])
    if document.exercise:
        _run(made.add_paragraph(), "LATIHAN: isi laporan ini bukan kejadian nyata.", bold=True, colour=WARNING)
    made.add_heading(document.title, 0)
    _run(made.add_paragraph(), document.subtitle, size=12, colour=QUIET)
    _facts(made, document.head, document.timezone)
    for section in document.sections:
        made.add_heading(section.heading, section.level - 1)
        for block in section.blocks:
            _block(made, block, document.timezone)
    made.add_paragraph()
    for line in (document.imprint, *document.closing):
        _run(made.add_paragraph(), line, size=8.5, colour=QUIET)
    written_ = io.BytesIO()
    made.save(written_)
    return written_.getvalue()


def _page(made: WordDocument, document: Document) -> None:
    """Set paper, fonts, properties, and the line at the head and foot of each page."""
    section = made.sections[0]
    section.page_width, section.page_height = A4
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    for name, size in (("Normal", 10.5), ("Title", 18), ("Heading 1", 13), ("Heading 2", 11)):
        style: Any = made.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(script), FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
            if fonts.get(qn(theme)) is not None:
                del fonts.attrib[qn(theme)]
        if name != "Normal":
            style.font.color.rgb = RGBColor(0x1C, 0x24, 0x30)
    made.styles.element.xpath("//w:docDefaults//w:lang")[0].set(qn("w:val"), "id-ID")
    properties = made.core_properties
    properties.title = f"{document.title}: {document.subtitle}"[:LONGEST_PROPERTY]
    properties.author = document.made_by[:LONGEST_PROPERTY]
    properties.language = "id-ID"
    properties.subject = document.classification
    properties.comments = ""
    properties.created = properties.modified = document.made_at.astimezone(UTC).replace(tzinfo=None)
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(head, document.classification, bold=True, size=8.5)
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(foot, f"{document.title}, {document.subtitle} · halaman ", size=8.5, colour=QUIET)
    _field(foot, "PAGE")
    _run(foot, " dari ", size=8.5, colour=QUIET)
    _field(foot, "NUMPAGES")


def _block(made: WordDocument, block: Block, zone: str) -> None:
    if isinstance(block, Paragraph):
        paragraph = made.add_paragraph()
        _run(paragraph, block.text, **TONES[block.tone])
        if block.tone == "quote":
            paragraph.paragraph_format.left_indent = Mm(6)
    elif isinstance(block, Items):
        for text in block.texts:
            made.add_paragraph(text, style="List Number" if block.numbered else "List Bullet")
    elif isinstance(block, Facts):
        _facts(made, block, zone)
    elif isinstance(block, Prompt):
        _run(made.add_paragraph(), block.text, bold=True)
        for _ in range(block.lines):
            _run(made.add_paragraph(), DOTS, size=9, colour=QUIET)
    elif isinstance(block, Picture):
        _picture(made, block)
        if block.table is not None:
            _table(made, block.table, zone)
    else:
        _table(made, block, zone)


def _facts(made: WordDocument, facts: Facts, zone: str) -> None:
    table = made.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for name, value in facts.rows:
        left, right = table.add_row().cells
        _shade(left, SOFT)
        _run(left.paragraphs[0], name, size=9.5)
        _run(right.paragraphs[0], written(value, zone), size=9.5, bold=isinstance(value, Level))
        left.width, right.width = Mm(52), Mm(122)
    made.add_paragraph().paragraph_format.space_after = Pt(2)


def _table(made: WordDocument, block: Table, zone: str) -> None:
    """Write a table: its caption, a first row that is repeated on each page, and its sums."""
    block = block.printed()
    caption = made.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_after = Pt(3)
    _run(caption, block.caption if block.rows else f"{block.caption}: {block.empty}", bold=bool(block.rows), size=9.5)
    if not block.rows:
        return
    table = made.add_table(rows=1, cols=len(block.columns))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
        _shade(cell, SOFT)
        _run(cell.paragraphs[0], column.name, bold=True, size=8.5)
    _mark(table.rows[0], "w:tblHeader")
    rows = [(row, False) for row in block.rows] + ([(block.total, True)] if block.total else [])
    for values, is_total in rows:
        row = table.add_row()
        _mark(row, "w:cantSplit")
        for at, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
            text = "" if is_total and value is None else written(value, zone)
            _cell(cell.paragraphs[0], cell, value, text, bold=is_total or isinstance(value, Level))
            if block.columns[at].kind == "number":
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    made.add_paragraph().paragraph_format.space_after = Pt(2)


def _cell(paragraph: Any, cell: Any, value: Cell, text: str, *, bold: bool) -> None:
    paragraph.paragraph_format.space_after = Pt(0)
    colour = None
    if isinstance(value, Level):
        _shade(cell, LEVEL_COLOURS[value.value].removeprefix("#"))
        colour = RGBColor(0xFF, 0xFF, 0xFF)
    _run(paragraph, text, bold=bold, size=8.5, colour=colour)


def _picture(made: WordDocument, block: Picture) -> None:
    caption = made.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    _run(caption, block.caption, bold=True, size=9.5)
    made.add_picture(io.BytesIO(png(block.drawing)), width=PICTURE_WIDTH)
    shape = made.inline_shapes[-1]._inline.docPr  # python-docx has no other way to the words beside it
    shape.set("descr", block.alt)
    shape.set("title", block.caption)


def _run(
    paragraph: Any,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: float | None = None,
    colour: RGBColor | None = None,
) -> None:
    run = paragraph.add_run(text)
    run.bold, run.italic = bold or None, italic or None
    if size is not None:
        run.font.size = Pt(size)
    if colour is not None:
        run.font.color.rgb = colour


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", colour)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)  # python-docx has no other way to a shading


def _mark(row: Any, name: str) -> None:
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # nor to a row's marks


def _rule(paragraph: Any) -> None:
    """Draw a double line below a paragraph."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("w:val", "double"), ("w:sz", "6"), ("w:space", "4"), ("w:color", "1C2430")):
        bottom.set(qn(name), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().insert(0, borders)  # nor to a border


def _field(paragraph: Any, name: str) -> None:
    """Put a field that Word fills in: the number of this page, or of all."""
    run = paragraph.add_run()
    run.font.size, run.font.color.rgb = Pt(8.5), QUIET
    for kind, text in (("begin", None), (None, name), ("end", None)):
        element = OxmlElement("w:instrText" if kind is None else "w:fldChar")
        if kind is None:
            element.text = text
        else:
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)  # nor to a field
