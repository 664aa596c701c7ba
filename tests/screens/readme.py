"""Make the pictures in README.md.

`python -m tests.screens.readme FOLDER [--only code picture ...]`.

They show the real window with the real models and their answers. The models are those of
MMDESK_HOME; conversations and settings are kept in a temporary folder. Chinese needs a font that
has its characters.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw
from PySide6.QtCore import QMimeData
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from mmdesk.app.application import App
from mmdesk.app.startup import Startup
from mmdesk.inputs.microphone import FILE_PREFIX
from mmdesk.settings import Settings, home
from mmdesk.training.data.synthetic_image import font
from tests.bench.drive import wait_for

FIXTURES = Path(__file__).parent.parent / "fixtures"
SIZE = (1240, 800)
SETTLE_MS = 1500  # code is coloured in pauses, a button fades
LISTEN_MS = 4000
SIGN = (
    "City Library",
    "Monday to Friday  9:00 to 19:00",
    "Saturday  10:00 to 16:00",
    "Sunday  closed",
)


class Studio:
    """Open window with the actions of a user for each picture."""

    def __init__(self, app: App) -> None:
        self.app, self.window = app, app.window
        self.settings = app.settings

    # --- actions ------------------------------------------------------------------------------

    def ask(self, words: str) -> None:
        self.window.composer.insert(words)
        send = self.window.findChild(QAbstractButton, "sendButton")
        wait_for(self.app.chat.answers.finished, send.click)

    def begin(self) -> None:
        self.window.new_conversation_requested.emit()

    def choose(self, **changed: object) -> None:
        """Save other settings, as the dialog does."""
        self.settings = replace(self.settings, **changed)
        self.window.take_settings(self.settings)

    # --- the pictures -------------------------------------------------------------------------

    def code(self) -> None:
        self.begin()
        self.ask("Write a short Python function that reverses a string, with an example.")

    def picture(self) -> None:
        self.begin()
        encoded = io.BytesIO()
        sign().save(encoded, "PNG")
        self.window.composer.image_bytes_offered.emit("library.png", encoded.getvalue())
        wait_for(self.app.describer.described)
        self.ask("What are the opening hours on Saturday?")

    def dark(self) -> None:
        self.choose(colour_scheme="dark")
        self.picture()

    def summary(self) -> None:
        self.begin()
        text = (FIXTURES / "texts" / "panda.zh.txt").read_text("utf-8")
        mime = QMimeData()
        mime.setText(text)
        self.window.composer.take(mime)
        button = self.window.composer.document_chips[0].summarise_button
        wait_for(self.app.chat.answers.finished, button.click)

    def listening(self) -> None:
        self.begin()
        self.ask("What is a hash table, in two sentences?")
        with tempfile.TemporaryDirectory() as folder:
            self.choose(microphone=f"{FILE_PREFIX}{speech(Path(folder))}")
            wait_for(self.app.recorder.started, self.window.microphone_panel.toggle)
            QTest.qWait(LISTEN_MS)

    def chinese(self) -> None:
        self.choose(language="zh_CN")
        self.begin()
        self.ask("法国的首都是哪里？")
        self.ask("用 Python 写一个函数，判断一个年份是不是闰年。")


PICTURES: dict[str, Callable[[Studio], None]] = {
    "code": Studio.code,
    "picture": Studio.picture,
    "dark": Studio.dark,
    "summary": Studio.summary,
    "chinese": Studio.chinese,
    "listening": Studio.listening,  # last: it ends with the window still listening
}


def sign() -> Image.Image:
    """Draw a library's sign, in the aspect ratio of a picture in a chat."""
    made = Image.new("RGB", (920, 600), "#f4efe3")
    draw = ImageDraw.Draw(made)
    draw.rectangle((24, 24, 896, 576), outline="#2f5d50", width=8)
    draw.rectangle((24, 24, 896, 170), fill="#2f5d50")
    draw.text((70, 60), SIGN[0], "#ffffff", font(64))
    for line, words in enumerate(SIGN[1:]):
        draw.text((70, 230 + 110 * line), words, "#222222", font(46))
    return made


def speech(folder: Path) -> Path:
    """Write recorded speech as the WAV file that replaces the microphone; return its path."""
    import soundfile

    path = folder / "speech.wav"
    samples, rate = soundfile.read(FIXTURES / "sound" / "prompts.ogg", dtype="int16")
    with wave.open(str(path), "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(rate)
        made.writeframes(samples.tobytes())
    return path


def draw(folder: Path, names: list[str]) -> None:
    """Open the window and save each picture."""
    built: list[App] = []
    settings = Settings(language="en", colour_scheme="light", seen_welcome=True)
    opening = Startup(settings, built.append)
    opening.window.resize(*SIZE)
    opening.window.show()
    while not built:
        QTest.qWait(20)
    while wait_for(built[0].engine.state_changed) != ("Ready",):
        pass
    studio = Studio(built[0])
    for name in names:
        studio.choose(colour_scheme="light", language="en")
        PICTURES[name](studio)
        QTest.qWait(SETTLE_MS)
        opening.window.grab().save(str(folder / f"{name}.png"))
    opening.shut_down()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screens.readme", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", choices=PICTURES, default=list(PICTURES))
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "models").mkdir()
        for part in (home() / "models").glob("[!.]*"):
            Path(folder, "models", part.name).symlink_to(part)
        os.environ["MMDESK_HOME"] = folder
        draw(options.folder.resolve(), options.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
