"""E-mails and saved pages: decoded, the plain version preferred, attachments named."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from mmdesk.inputs import load_any, load_document


def mail(text: str = "Wir möchten 240 Stühle nach Münster.", cte: str = "base64") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Anna Berg <anna@example.org>"
    message["Subject"] = "Größere Bestellung"
    message.set_content(text, cte=cte)
    return message


def text_of(message: EmailMessage, name: str = "order.eml") -> str:
    return load_document(message.as_bytes(), name).text


def test_a_message_is_decoded(tmp_path: Path) -> None:
    message = mail()
    message.add_alternative("<p>Only in HTML</p>", subtype="html")
    path = tmp_path / "order.eml"
    path.write_bytes(message.as_bytes())
    document = load_any(path)
    assert document.text == (
        "From: Anna Berg <anna@example.org>\nSubject: Größere Bestellung\n\n"
        "Wir möchten 240 Stühle nach Münster."
    )
    assert (document.media_type, document.notices) == ("message/rfc822", ())
    assert load_document(message.as_bytes(), "saved.txt").text == document.text


def test_a_page_is_read_where_there_is_no_plain_text() -> None:
    message = EmailMessage()
    message.set_content("<h1>Größe</h1><p>40 cm</p>", subtype="html", charset="iso-8859-1")
    message.add_related(b"png", "image", "png", cid="<logo>")
    assert text_of(message, "page.mht") == "# Größe\n\n40 cm"
    assert load_document(message.as_bytes(), "page.mht").notices == ()


def test_attachments_are_named_and_forwarded_messages_read() -> None:
    message = mail("See below.", "7bit")
    message.add_attachment(b"%PDF-", "application", "pdf", filename="Angebot.pdf")
    message.add_attachment("a,b", subtype="csv", filename="prices.csv")
    message.add_attachment(mail("The first.", "7bit"))
    document = load_document(message.as_bytes(), "fwd.eml")
    assert "See below." in document.text
    assert document.text.endswith("Subject: Größere Bestellung\n\nThe first.")
    assert document.notices == ("Attached files were not read: Angebot.pdf, prices.csv.",)


def test_a_text_in_no_named_encoding_is_decoded_as_files_are() -> None:
    for encoding in ("utf-8", "cp1252"):
        data = b"Subject: Hi\r\n\r\n" + "Grüße aus Köln, schöne Tage".encode(encoding)
        assert load_document(data, "a.eml").text == "Subject: Hi\n\nGrüße aus Köln, schöne Tage"


def test_all_messages_of_a_mailbox_are_read() -> None:
    data = b""
    for text in ("First.", "Second."):
        data += (
            b"From anna@example.org Mon Mar  2 09:15:00 2026\n" + mail(text).as_bytes() + b"\n\n"
        )
    text = load_document(data, "in.mbox").text
    assert text.count("Subject: Größere Bestellung") == 2
    assert text.index("First.") < text.index("Second.")


def test_subtitles_and_tables_stay_as_they_are() -> None:
    subtitles = "WEBVTT\n\n00:01.000 --> 00:02.000\n- Hello\n- Yes"
    assert load_document(subtitles.encode(), "a.vtt").text == subtitles
    table = "Date,Item\n2026-03-01,Lamp\n"
    assert load_document(table.encode(), "a.csv").text == table
