"""The content of a paste or a drop: files, a picture, or text."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from mmdesk.ui.paste import PastedContent, read


def _image() -> QImage:
    made = QImage(4, 3, QImage.Format.Format_RGB32)
    made.fill(0xFF336699)
    return made


def test_files_come_before_everything(tmp_path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a b.png"))])
    mime.setText("file:///a")
    mime.setImageData(_image())
    assert read(mime) == PastedContent(files=(str(tmp_path / "a b.png"),))


def test_text_wins_over_the_picture_of_it() -> None:
    mime = QMimeData()
    mime.setText("1\t2\n3\t4")
    mime.setImageData(_image())
    assert read(mime) == PastedContent(text="1\t2\n3\t4")


def test_a_picture_alone_is_a_picture() -> None:
    mime = QMimeData()
    mime.setImageData(_image())
    found = read(mime)
    assert QImage.fromData(found.png).size() == _image().size()
    assert QImage.fromData(found.png).pixelColor(1, 1).name() == "#336699"


def test_a_picture_from_a_browser_is_a_picture() -> None:
    mime = QMimeData()
    mime.setHtml('<img src="https://example.org/x.png">')
    mime.setImageData(_image())
    assert read(mime).png


def test_a_dragged_picture_with_its_address_is_a_picture() -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/x.png")])
    mime.setImageData(_image())
    assert read(mime).png


def test_an_address_of_the_web_is_text() -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/x.png")])
    assert read(mime).text.strip() == "https://example.org/x.png"


def test_png_bytes_are_taken_as_they_are() -> None:
    mime = QMimeData()
    mime.setData("image/png", b"encoded")
    assert read(mime) == PastedContent(png=b"encoded")


def test_nothing_is_nothing() -> None:
    assert read(QMimeData()) == PastedContent()
