"""Dialog with the transcript of a sound: play from any word, search, export, minutes."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from mmdesk.text import file_name
from mmdesk.ui import theme
from mmdesk.ui.error_card import ErrorCard
from mmdesk.ui.i18n import joined, say, tr
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.transcript_text_view import TranscriptText
from mmdesk.ui.widgets import announce, label, named, notices_label, text_button
from mmdesk.values import TRANSCRIPT_WRITERS, AudioInput, Transcript, clock


class TranscriptDialog(QDialog):
    """Transcript of one sound, which grows while it is made.

    Signals:
        play_wanted(object, float): the AudioInput, the second to play from.
        stop_wanted(): stop playing.
        cancel_wanted(str), transcribe_wanted(object): stop transcribing the sound with this digest;
            go on with it.
        save_wanted(object, str): the Transcript, the path of a file with a suffix of
            TRANSCRIPT_WRITERS.
        minutes_wanted(object), document_wanted(object): the AudioInput with its transcript.
    """

    play_wanted = Signal(object, float)
    stop_wanted = Signal()
    cancel_wanted = Signal(str)
    transcribe_wanted = Signal(object)
    save_wanted = Signal(object, str)
    minutes_wanted = Signal(object)
    document_wanted = Signal(object)

    def __init__(self, audio: AudioInput, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "transcriptDialog", tr("Transcript of {name}").format(name=audio.name))
        self.setWindowTitle(tr("Transcript of {name}").format(name=audio.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.audio = audio
        self._transcript = Transcript("")
        self._second = 0.0
        self._is_playing = self._is_whole = False
        self._reason = ""  # why no minutes can be written now
        self.text = TranscriptText()
        self.text.place_chosen.connect(self._on_place)
        self._init_head()
        self._init_progress()
        self._init_foot()
        self._lay_out()
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus)
        QShortcut(QKeySequence("Ctrl+Space"), self, self.toggle)
        theme.fit_to_text(self, 760, 660)
        self.text.setFocus()

    def _init_head(self) -> None:
        self.play_button = text_button(tr("Play"), "playTranscriptButton", "primary")
        say(self.play_button.setToolTip, tr("Play or stop (Ctrl+Space)"))
        self.play_button.clicked.connect(self.toggle)
        self.position = label("", "muted")
        self.position.setObjectName("transcriptPosition")
        self.search = QLineEdit()
        named(self.search, "transcriptSearch", tr("Find in the transcript"))
        say(self.search.setPlaceholderText, tr("Find"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self.text.find_next)
        self.found = label("", "muted")
        self.found.setObjectName("transcriptFound")
        self._show_position()

    def _init_progress(self) -> None:
        self.progress = QProgressBar()
        named(self.progress, "transcriptProgress", tr("Transcribing…"))
        self.progress.setRange(0, 100)
        self.progress.setTextVisible(False)
        self.stage = label(tr("Transcribing…"), "muted")
        self.cancel_button = text_button(tr("Cancel"), "cancelTranscriptButton", "small")
        self.cancel_button.clicked.connect(lambda: self.cancel_wanted.emit(self.audio.sha256))
        self.go_on_button = text_button(tr("Continue"), "continueTranscriptButton", "small")
        self.go_on_button.clicked.connect(lambda: self.transcribe_wanted.emit(self.audio))
        self._progress_row = QWidget()
        row = QHBoxLayout(self._progress_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.stage)
        row.addWidget(self.progress, 1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.go_on_button)
        self._progress_row.hide()

    def _init_foot(self) -> None:
        self.export_button = text_button(tr("Export"), "exportTranscriptButton")
        self.export_button.setMenu(self._export_menu())
        self.minutes_button = text_button(tr("Summarise as minutes"), "minutesButton")
        self.minutes_button.clicked.connect(self._on_minutes)
        self.attach_button = text_button(tr("Attach as a document"), "attachTranscriptButton")
        self.attach_button.clicked.connect(self._on_attach)
        self.close_button = text_button(tr("Close"), "closeTranscriptButton")
        self.close_button.clicked.connect(self.accept)
        self.saved = label("", "muted", wrap=True)
        self.saved.setObjectName("transcriptSaved")
        self.saved.hide()
        self.error = ErrorCard("transcriptError", tr("Error"))

    def _export_menu(self) -> QMenu:
        menu = QMenu(self)
        named(menu, "exportTranscriptMenu", tr("Export"))
        for kind, text in (
            ("txt", tr("Text with times (TXT)…")),
            ("srt", tr("Subtitles (SRT)…")),
            ("vtt", tr("Web subtitles (VTT)…")),
        ):
            entry = menu.addAction("", partial(self._choose_file, kind))
            entry.setObjectName(f"export_{kind}")
            say(entry.setText, text)
        return menu

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.play_button)
        head.addWidget(self.position, 1)
        head.addWidget(self.found)
        head.addWidget(self.search)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for button in (self.export_button, self.minutes_button, self.attach_button):
            foot.addWidget(button)
        foot.addStretch()
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self._progress_row)
        column.addWidget(self.text, 1)
        column.addWidget(notices_label(self.audio.notices))
        column.addWidget(self.saved)
        column.addWidget(self.error)
        column.addLayout(foot)
        self._refresh()

    # --- the transcript -----------------------------------------------------------------------

    def set_progress(self, fraction: float) -> None:
        """Show how much is transcribed, 0..1."""
        self._progress_row.show()
        self.cancel_button.show()
        self.go_on_button.hide()
        say(self.stage.setText, tr("Transcribing… {0} %").format(round(fraction * 100)))
        self.progress.setValue(round(fraction * 100))

    def grow(self, transcript: Transcript) -> None:
        """Show what is transcribed so far."""
        self._transcript = transcript
        self.text.set_segments(transcript.segments)

    def finish(self, audio: AudioInput) -> None:
        """Show the whole transcript."""
        self.audio = audio
        self._transcript = audio.transcript or Transcript("")
        self.text.set_segments(self._transcript.segments)
        if not self._transcript.segments:
            self.text.setPlainText(
                self._transcript.text
                or tr("No speech was found in {name}.").format(name=audio.name)
            )
        was_working = not self._progress_row.isHidden()
        self._progress_row.hide()
        self._is_whole = True
        self._refresh()
        if was_working:
            announce(self, tr("The transcript is ready"))

    def stop_transcribing(self) -> None:
        """Show that the transcript ends here, and offer to go on."""
        self._progress_row.show()
        say(self.stage.setText, tr("Stopped"))
        self.cancel_button.hide()
        self.go_on_button.show()

    def _refresh(self) -> None:
        usable = self._is_whole and bool(self._transcript.text.strip())
        for button in (self.export_button, self.attach_button):
            button.setEnabled(usable)
        self.minutes_button.setEnabled(usable and not self._reason)
        usual = tr("Decisions, tasks and open questions")
        say(self.minutes_button.setToolTip, plain_tooltip(self._reason or usual))

    # --- playing ------------------------------------------------------------------------------

    @Slot()
    def toggle(self) -> None:
        """Play from where it was stopped, or stop."""
        if self._is_playing:
            self.stop_wanted.emit()
        else:
            at_end = self._second >= self.audio.seconds - 0.3
            self.play_wanted.emit(self.audio, 0.0 if at_end else self._second)

    @Slot(float)
    def _on_place(self, second: float) -> None:
        self.set_second(second)
        self.play_wanted.emit(self.audio, second)

    def set_playing(self, playing: bool) -> None:
        """Show whether the sound plays."""
        self._is_playing = playing
        say(self.play_button.setText, tr("Stop") if playing else tr("Play"))
        named(self.play_button, "playTranscriptButton", tr("Stop") if playing else tr("Play"))

    def set_second(self, second: float) -> None:
        """Show which second is heard."""
        self._second = second
        self.text.show_second(second)
        self._show_position()

    def _show_position(self) -> None:
        both = (clock(self._second), clock(self.audio.seconds))
        say(self.position.setText, joined(" / ", both))

    # --- search, files, tasks -----------------------------------------------------------------

    @Slot(str)
    def _on_search(self, words: str) -> None:
        count = self.text.mark(words.strip())
        if not words.strip():
            say(self.found.setText, "")
            return
        found = tr("1 place") if count == 1 else tr("{0} places").format(count)
        say(self.found.setText, found)
        announce(self, found)

    def _choose_file(self, kind: str) -> None:
        dialog = QFileDialog(self, tr("Export"))
        dialog.setObjectName("transcriptFileDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind)
        dialog.setNameFilter(f"{kind.upper()} (*.{kind})")
        stem = self.audio.name.rpartition(".")[0] or self.audio.name
        dialog.selectFile(f"{file_name(stem)}.{kind}")

        def take(path: str) -> None:
            assert kind in TRANSCRIPT_WRITERS
            whole = path if path.lower().endswith(f".{kind}") else f"{path}.{kind}"
            self.save_wanted.emit(self._transcript, whole)

        dialog.fileSelected.connect(take)
        dialog.open()

    @Slot()
    def _on_minutes(self) -> None:
        self.minutes_wanted.emit(self.audio)
        self.accept()

    @Slot()
    def _on_attach(self) -> None:
        self.document_wanted.emit(self.audio)
        self.accept()

    def show_saved(self, path: str) -> None:
        """Show which file was written."""
        self.error.hide()
        self.saved.show()
        text = tr("Exported to {path}").format(path=path)
        say(self.saved.setText, text)
        announce(self, text)

    def show_error(self, message: str, hint: str) -> None:
        """Show what went wrong."""
        self.saved.hide()
        announce(self, self.error.show_error(message, hint))

    def set_possible(self, possible: bool, reason: str) -> None:
        """Allow the minutes now, or say why not."""
        self._reason = "" if possible else reason
        self._refresh()

    def done(self, result: int) -> None:
        """Stop playing, however the dialog is closed."""
        self.stop_wanted.emit()
        super().done(result)
