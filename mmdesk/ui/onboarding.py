"""Welcome dialog of the first start: what mmdesk is, its downloads, and examples to try."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mmdesk.ui import theme
from mmdesk.ui.i18n import TranslatedText, say, sentences, tr, translated
from mmdesk.ui.icons import window_icon
from mmdesk.ui.model_labels import progress_text, share
from mmdesk.ui.widgets import announce, label, named, text_button
from mmdesk.values import FetchProgress


class _OnboardingDownloadRow(QWidget):
    """Title and download progress of one model part."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = label(title, wrap=True)
        self.progress = label("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        named(self.bar, "firstStepsBar", title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.title, self.bar, self.progress):
            column.addWidget(widget)

    def show_progress(self, progress: FetchProgress) -> None:
        """Show how far the download is."""
        say(self.title.setText, translated(progress.title))
        self.bar.setValue(round(1000 * share(progress)))
        say(self.progress.setText, progress_text(progress))


class OnboardingDialog(QDialog):
    """Three short pages that can be skipped.

    Signals:
        example_chosen(str): text for the composer; the dialog is closed.
    """

    example_chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "firstSteps", tr("Welcome"))
        say(self.setWindowTitle, tr("Welcome to mmdesk"))
        self._rows: dict[str, _OnboardingDownloadRow] = {}
        self.pages = QStackedWidget()
        self._steps = (self._make_introduction(), self._make_downloads(), self._make_examples())
        for page in self._steps:
            self.pages.addWidget(page)
        self.step_label = label("", "muted")
        self.skip = text_button(tr("Skip"), "skipStepsButton", "quiet")
        self.back = text_button(tr("Back"), "backStepButton")
        self.next = text_button(tr("Next"), "nextStepButton", "primary")
        self.skip.clicked.connect(self.reject)
        self.back.clicked.connect(self._on_back)
        self.next.clicked.connect(self._on_next)
        row = QHBoxLayout()
        row.addWidget(self.skip)
        row.addStretch()
        row.addWidget(self.step_label)
        row.addSpacing(8)
        row.addWidget(self.back)
        row.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 28, 32, 20)
        column.setSpacing(18)
        column.addWidget(self.pages, 1)
        column.addLayout(row)
        theme.fit_to_text(self, 580, 480)
        self.next.setFocus()
        self._go(0)

    # --- the three pages ----------------------------------------------------------------------

    def _page(self, title: str, *texts: str) -> tuple[QWidget, QVBoxLayout]:
        page = QWidget()
        named(page, "step", title)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(label(title, "title", wrap=True))
        for text in texts:
            column.addWidget(label(text, wrap=True))
        return page, column

    def _make_introduction(self) -> QWidget:
        page, column = self._page(
            tr("Your private assistant"),
            tr(
                "mmdesk answers questions, looks at pictures, turns speech into text, and "
                "summarises or translates documents."
            ),
            tr(
                "Everything happens on this computer. Nothing you write, say or show leaves it, "
                "and you need no account. The models are downloaded once."
            ),
            tr(
                "The model is small. It writes and explains well, but it knows few facts and can "
                "be wrong: double-check numbers and names."
            ),
        )
        mark = QLabel()
        mark.setPixmap(window_icon().pixmap(52, 52))
        column.insertWidget(0, mark)
        column.addStretch()
        return page

    def _make_downloads(self) -> QWidget:
        page, column = self._page(
            tr("Downloads"),
            tr(
                "Each model is verified after its download and whenever it is loaded. Downloads "
                "resume where they left off."
            ),
        )
        self.status = label(tr("Everything is installed."), "muted")
        self.status.setWordWrap(True)
        column.addWidget(self.status)
        self._parts = QVBoxLayout()
        self._parts.setSpacing(10)
        column.addLayout(self._parts)
        column.addStretch()
        return page

    def _make_examples(self) -> QWidget:
        page, column = self._page(
            tr("Try it"),
            tr(
                "Pick an example or ask your own question. You can drop a picture or a document "
                "anywhere."
            ),
        )
        examples = (
            tr("Explain in three sentences why the sky is blue"),
            tr("Write a polite reply that declines a meeting"),
            tr("Write a Python function that finds duplicate files"),
        )
        for at, example in enumerate(examples):
            button = text_button(example, f"tryButton{at + 1}")
            button.clicked.connect(partial(self._on_example, example))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(
            label(tr("F1 shows all keyboard shortcuts, Ctrl+, opens the settings."), "muted")
        )
        column.addStretch()
        return page

    # --- moving through the pages -------------------------------------------------------------

    def set_progress(self, progress: FetchProgress) -> None:
        """Show how far the download of a part is."""
        row = self._rows.get(progress.part)
        if row is None:
            row = self._rows[progress.part] = _OnboardingDownloadRow(progress.title)
            self._parts.addWidget(row)
        row.show_progress(progress)
        self.status.hide()

    def set_failed(self, message: str, hint: str) -> None:
        """Show why a download failed; the window's own panel offers to try again."""
        say(self.status.setText, sentences(translated(message), translated(hint)))
        self.status.show()

    def set_done(self) -> None:
        """Show that everything is installed."""
        say(self.status.setText, tr("Everything is installed."))
        self.status.show()

    def _go(self, step: int) -> None:
        last = self.pages.count() - 1
        self.pages.setCurrentIndex(step)
        say(self.step_label.setText, tr("{0} of {1}").format(step + 1, last + 1))
        self.back.setEnabled(step > 0)
        self.skip.setVisible(step < last)
        say(self.next.setText, tr("Done") if step == last else tr("Next"))
        say(self.next.setAccessibleName, tr("Done") if step == last else tr("Next"))
        texts = [found.text() for found in self._steps[step].findChildren(QLabel)]
        announce(self, " ".join(text for text in texts if text))

    @Slot()
    def _on_next(self) -> None:
        if self.pages.currentIndex() == self.pages.count() - 1:
            self.accept()
        else:
            self._go(self.pages.currentIndex() + 1)

    @Slot()
    def _on_back(self) -> None:
        self.next.setFocus()
        self._go(self.pages.currentIndex() - 1)

    def _on_example(self, example: TranslatedText, checked: bool = False) -> None:
        self.accept()
        self.example_chosen.emit(example.again())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button Next while it has the focus."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.next.hasFocus():
            self.next.click()
            return
        super().keyPressEvent(event)
