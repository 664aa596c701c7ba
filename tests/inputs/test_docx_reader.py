"""Word documents: all that a reader of the printed document sees, changes accepted."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pytest
from PIL import Image

from mmdesk.inputs import load_document

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_RELATION = (
    '<Relationship Id="{kind}9" Target="{kind}.xml" '
    f'Type="{_W.replace("wordprocessingml/2006/main", "officeDocument/2006/relationships")}'
    '/{kind}"/></Relationships>'
)


def word(body: str, *, strict: bool = False, **parts: str) -> bytes:
    """Return python-docx's empty document with this body and further parts."""
    empty, stream = io.BytesIO(), io.BytesIO()
    docx.Document().save(empty)
    roots = f'xmlns:w="{_W}" xmlns:m="{_M}" xmlns:r="urn:r" xmlns:v="urn:v" xmlns:mc="urn:mc"'
    with zipfile.ZipFile(empty) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            data = old.read(name).decode("utf-8", "surrogateescape")
            if name == "word/document.xml":
                data = f"<w:document {roots}><w:body>{body}</w:body></w:document>"
            if name == "word/_rels/document.xml.rels":
                for kind in parts:
                    data = data.replace("</Relationships>", _RELATION.format(kind=kind))
            if strict:
                data = data.replace("schemas.openxmlformats.org", "purl.oclc.org/ooxml")
            new.writestr(name, data.encode("utf-8", "surrogateescape"))
        for kind, content in parts.items():
            new.writestr(f"word/{kind}.xml", f"<w:{kind} {roots}>{content}</w:{kind}>")
    return stream.getvalue()


def p(content: str) -> str:
    """Return a paragraph in which `backquotes` stand for runs."""
    runs = re.sub("`([^`]*)`", r"<w:r><w:t>\1</w:t></w:r>", content)
    return f"<w:p>{runs}</w:p>"


def read(body: str, **parts: str) -> str:
    return load_document(word(body, **parts), "a.docx").text


def test_tracked_changes_are_read_as_accepted() -> None:
    deleted_end = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
    assert (
        read(
            p(
                "`Notice: `<w:del><w:r><w:delText>30</w:delText></w:r></w:del>"
                "<w:ins>`90`</w:ins>` days`"
            )
            + p("<w:ins>`New.`</w:ins>")
            + p(f"{deleted_end}<w:del><w:r><w:delText>Old.</w:delText></w:r></w:del>")
            + p(f"{deleted_end}`One `")
            + p("`sentence.`<w:moveFrom>`gone`</w:moveFrom><w:moveTo>` Here.`</w:moveTo>")
        )
        == "Notice: 90 days\n\nNew.\n\nOne sentence. Here."
    )


def test_content_controls_tags_and_fields_are_read() -> None:
    field = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    ticked = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox>'
    assert (
        read(
            "<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>"
            f"{p('`Tenant: Vogel`')}</w:sdtContent></w:sdt>"
            + p("`Rent: `<w:sdt><w:sdtContent>`1,240`</w:sdtContent></w:sdt>` euros`")
            + p("<w:smartTag><w:customXml>`Lyon`</w:customXml></w:smartTag>")
            + p("<w:fldSimple>`Anna`</w:fldSimple>` on `<w:hyperlink>`the page`</w:hyperlink>")
            + p(
                f"{field('begin')}<w:r><w:instrText>IF </w:instrText></w:r>{field('begin')}"
                f"{field('separate')}`no`{field('end')}{field('separate')}`9 March`{field('end')}"
            )
            + p(f"{field('begin')}`never ended`")
            + p(f"{ticked}</w:ffData></w:fldChar></w:r>{field('end')}` agreed`")
        )
        == "Tenant: Vogel\n\nRent: 1,240 euros\n\nLyon\n\nAnna on the page\n\n9 March\n\n☒ agreed"
    )


def test_text_boxes_headers_footers_and_notes_are_read() -> None:
    box = f"<w:txbxContent>{p('`Pay 318.`')}</w:txbxContent>"
    drawing = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    body = (
        p(f"`Thanks.`{drawing}")
        + p('`See`<w:r><w:footnoteReference w:id="2"/></w:r>` it.`')
        + p('`End`<w:r><w:endnoteReference w:id="2"/><w:commentReference w:id="0"/></w:r>')
        + '<w:sectPr><w:headerReference r:id="header9"/><w:footerReference r:id="footer9"/>'
        + "</w:sectPr>"
    )
    assert read(
        body,
        header=p("`Invoice 77`"),
        footer=p("`3`"),  # a page number says nothing
        footnotes=f'<w:footnote w:id="2">{p("`A foot.`")}</w:footnote>',
        endnotes=f'<w:endnote w:id="2">{p("`An end.`")}</w:endnote>',
        comments=f'<w:comment w:id="0">{p("`Why?`")}</w:comment>',
    ) == (
        "Invoice 77\n\nThanks.\n\nPay 318.\n\nSee[1] it.\n\n[1] A foot.\n\n"
        "End[2]\n\n[2] An end.\n\n[Comment: Why?]"
    )


def test_tables_in_tables_and_merged_cells_are_read() -> None:
    def table(*rows: list[str]) -> str:
        cells = ["".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows]
        return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"

    merged = "<w:tcPr><w:vMerge/></w:tcPr>"
    wide = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
    plain = table(
        [wide + p("`Both`"), p("`C`")],
        [p("`a`"), p("`b`"), merged + p("")],
        [
            "<w:tcPr/>" + p("`x`"),
            f"<w:sdt><w:sdtContent>{p('`y`')}</w:sdtContent></w:sdt>",
            p("`z`"),
        ],
    )
    assert read(plain) == "Both | C\na | b | C\nx | y | z"
    assert read(table([p("`Frame`") + plain])) == "Frame\n\nBoth | C\na | b | C\nx | y | z"
    assert read(table([p("`l`"), table([p("`1`"), p("`2`")])])) == "l | 1 | 2"
    deleted = "<w:tr><w:trPr><w:del/></w:trPr><w:tc>" + p("`gone`") + "</w:tc></w:tr>"
    assert read(f"<w:tbl>{deleted}<w:tr><w:tc>{p('`kept`')}</w:tc></w:tr></w:tbl>") == "kept"


def test_formulas_are_read_as_text() -> None:
    def m(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    fraction = f"<m:f><m:num>{m('a+b')}</m:num><m:den>{m('2')}</m:den></m:f>"
    power = f"<m:sSup><m:e>{m('x')}</m:e><m:sup>{m('2')}</m:sup></m:sSup>"
    total = (
        f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{m("i=1")}</m:sub>'
        f"<m:sup>{m('n')}</m:sup><m:e>{m('i')}</m:e></m:nary>"
    )
    root = f"<m:rad><m:deg/><m:e><m:d><m:e>{m('y')}</m:e></m:d></m:e></m:rad>"
    formula = f"<m:oMathPara><m:oMath>{fraction}{m('=')}{power}{m('+')}{total}{root}</m:oMath>"
    assert read(p(f"`So `{formula}</m:oMathPara>")) == "So (a+b)/2=x^2+∑_(i=1)^n i√((y))"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    ],
)
def test_documents_with_macros_and_templates_are_read(content_type: str) -> None:
    plain = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word(p("`Ten.`")))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(plain.encode(), content_type.encode()))
    assert load_document(stream.getvalue(), "minutes.docm").text == "Ten."


def test_the_strict_dialect_is_read() -> None:
    styled = '<w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:r><w:t>Part</w:t></w:r></w:p>'
    assert load_document(word(styled, strict=True), "strict.docx").text == "## Part"


def test_entities_of_other_files_are_not_expanded() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word(p("`text`")))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                entities = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
                data = entities + data.replace(b"text", b"text&e;")
            new.writestr(name, data)
    assert load_document(stream.getvalue(), "x.docx").text == "text"


@pytest.mark.parametrize(
    ("widths", "said"),
    [
        ([3], ["One picture in it was not read."]),
        ([6.5], ["A picture as large as a page is in it. Its text was not read."]),
        ([6.5, 6.5], ["2 pictures as large as a page are in it. Their text was not read."]),
    ],
)
def test_pasted_scans_are_told_of(widths: list[float], said: list[str]) -> None:
    picture, stream = io.BytesIO(), io.BytesIO()
    Image.new("L", (21, 29), "white").save(picture, "PNG")
    document = docx.Document()
    document.add_paragraph("The contract")
    for width in widths:
        document.add_picture(picture, docx.shared.Inches(width))
    document.save(stream)
    assert list(load_document(stream.getvalue(), "scan.docx").notices) == said
