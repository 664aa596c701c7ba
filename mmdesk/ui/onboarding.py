"""The first run, in three short steps that can be skipped: what mmdesk is, what is being fetched,
and something to try.
"""

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
from mmdesk.ui.from_below import below
from mmdesk.ui.i18n import say, sentences, tr
from mmdesk.ui.icons import window_icon
from mmdesk.ui.model_labels import progress_words, share
from mmdesk.ui.widgets import announce, label, named, text_button
from mmdesk.values import FetchProgress


class _OnboardingDownloadRow(QWidget):
    """How far one part is."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = label(title, wrap=True)
        self.words = label("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        named(self.bar, "firstStepsBar", title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.title, self.bar, self.words):
            column.addWidget(widget)

    def show_progress(self, progress: FetchProgress) -> None:
        say(self.title.setText, below(progress.title))
        self.bar.setValue(round(1000 * share(progress)))
        say(self.words.setText, progress_words(progress))


class OnboardingDialog(QDialog):
    """See the module.

    Signals:
        example_chosen(str): words for the composer; the dialog is closed.
    """

    example_chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "firstSteps", tr("First steps"))
        say(self.setWindowTitle, tr("Welcome to mmdesk"))
        self._rows: dict[str, _OnboardingDownloadRow] = {}
        self.pages = QStackedWidget()
        self._steps = (self._what_it_is(), self._what_is_fetched(), self._try_it())
        for page in self._steps:
            self.pages.addWidget(page)
        self.where = label("", "muted")
        self.skip = text_button(tr("Skip"), "skipStepsButton", "quiet")
        self.back = text_button(tr("Back"), "backStepButton")
        self.next = text_button(tr("Next"), "nextStepButton", "primary")
        self.skip.clicked.connect(self.reject)
        self.back.clicked.connect(self._on_back)
        self.next.clicked.connect(self._on_next)
        row = QHBoxLayout()
        row.addWidget(self.skip)
        row.addStretch()
        row.addWidget(self.where)
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

    # --- the three steps ----------------------------------------------------------------------

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

    def _what_it_is(self) -> QWidget:
        page, column = self._page(
            tr("An assistant of your own"),
            tr(
                "mmdesk answers questions, looks at pictures, writes down what you say, and "
                "summarises or translates documents."
            ),
            tr(
                "All of it happens on this machine. Nothing you write, say or show leaves it, and "
                "there is no account. Only the parts of the model are fetched, once."
            ),
            tr(
                "The model is small. It writes and explains well, but it knows few facts and can "
                "be wrong: look twice at numbers and names."
            ),
        )
        mark = QLabel()
        mark.setPixmap(window_icon().pixmap(52, 52))
        column.insertWidget(0, mark)
        column.addStretch()
        return page

    def _what_is_fetched(self) -> QWidget:
        page, column = self._page(
            tr("What is being fetched"),
            tr(
                "Each part is checked when it has arrived and whenever it is loaded. If the "
                "connection breaks, it carries on where it stopped."
            ),
        )
        self.fetched = label(tr("Everything is here: nothing is being fetched."), "muted")
        self.fetched.setWordWrap(True)
        column.addWidget(self.fetched)
        self._parts = QVBoxLayout()
        self._parts.setSpacing(10)
        column.addLayout(self._parts)
        column.addStretch()
        return page

    def _try_it(self) -> QWidget:
        page, column = self._page(
            tr("Try it"),
            tr(
                "Choose a question to begin with, or close this and write your own. A picture or "
                "a document can be dropped anywhere."
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
        column.addWidget(label(tr("F1 lists all keys; Ctrl+, opens the settings."), "muted"))
        column.addStretch()
        return page

    # --- going through them -------------------------------------------------------------------

    def set_progress(self, progress: FetchProgress) -> None:
        """How far the fetching of a part is."""
        row = self._rows.get(progress.part)
        if row is None:
            row = self._rows[progress.part] = _OnboardingDownloadRow(progress.title)
            self._parts.addWidget(row)
        row.show_progress(progress)
        self.fetched.hide()

    def set_failed(self, message: str, hint: str) -> None:
        """Something could not be fetched; the window's own banner offers to try again."""
        say(self.fetched.setText, sentences(below(message), below(hint)))
        self.fetched.show()

    def set_done(self) -> None:
        """Everything is there."""
        say(self.fetched.setText, tr("Everything is here."))
        self.fetched.show()

    def _go(self, step: int) -> None:
        last = self.pages.count() - 1
        self.pages.setCurrentIndex(step)
        say(self.where.setText, tr("{0} of {1}").format(step + 1, last + 1))
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

    def _on_example(self, words: str) -> None:
        self.accept()
        self.example_chosen.emit(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.next.hasFocus():
            self.next.click()
            return
        super().keyPressEvent(event)
