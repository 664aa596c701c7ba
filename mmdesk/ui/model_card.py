"""One model part on the page: what it is, whether it fits, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from mmdesk.messages import FetchProgress
from mmdesk.shelf import ShelfEntry
from mmdesk.ui.flow_layout import FlowLayout
from mmdesk.ui.model_words import facts_words, fit_words, progress_words, share
from mmdesk.ui.parts import announce, label, named, restyle, text_button


class ModelCard(QFrame):
    """See the module. One button does what is likeliest to be wanted next, and changes its words
    with the state, so that the keyboard's place is never lost.

    Signals:
        wanted(str, str): what the person wants ("fetch", "pause", "discard", "use", "unload",
            "check", "stop", "remove"), and the part's id.
    """

    wanted = Signal(str, str)

    def __init__(self, entry: ShelfEntry) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.entry = entry
        self.current = False
        self._progress: FetchProgress | None = None
        self._checking = False
        named(self, f"modelCard-{entry.info.id}", entry.info.title)
        self._make()
        self._lay_out()
        self._show()

    # --- making -------------------------------------------------------------------------------

    def _make(self) -> None:
        self.title = label("", "heading", wrap=True)
        self.state = label("", "pill")
        self.facts = label("", "muted", wrap=True)
        self.note = label("", wrap=True)
        self.fit = label("", "", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        named(self.bar, f"modelBar-{self.entry.info.id}", self.entry.info.title)
        self.way = label("", "muted", wrap=True)
        self.told = label("", "", wrap=True)
        self.main = self._button("main")
        self.other = self._button("other")
        self.remove = self._button("remove")

    def _button(self, name: str) -> QPushButton:
        made = text_button("", f"{name}Button-{self.entry.info.id}", "small")
        made.clicked.connect(self._on_clicked)
        return made

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.title, 1)
        head.addWidget(self.state, 0, Qt.AlignmentFlag.AlignTop)
        row = QWidget()
        buttons = FlowLayout(row)
        for button in (self.main, self.other, self.remove):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 13, 16, 14)
        column.setSpacing(5)
        column.addLayout(head)
        for widget in (self.note, self.facts, self.fit, self.bar, self.way, self.told):
            column.addWidget(widget)
        column.addSpacing(3)
        column.addWidget(row)

    # --- states -------------------------------------------------------------------------------

    def set_entry(self, entry: ShelfEntry, current: bool) -> None:
        """What is known of the part now, and whether it is the one that answers."""
        self.entry, self.current = entry, current
        if entry.info.installed:
            self._progress = None
        self._show()

    def set_progress(self, progress: FetchProgress) -> None:
        """How far its fetching is."""
        before = self._progress
        self._progress = None if progress.stage == "done" else progress
        if before is None or self._progress is None or before.stage != progress.stage:
            announce(self, f"{self.entry.info.title}: {progress_words(progress)}")
            self.told.setText("")
            self._show()
        else:
            self._show_progress()

    def set_idle(self) -> None:
        """Its fetching was put aside, or is over."""
        self._progress = None
        self._show()

    def set_checking(self, on: bool) -> None:
        """Its files are being hashed."""
        self._checking = on
        self._show()

    def tell(self, words: str, *, wrong: bool = False) -> None:
        """What came of something, below the facts."""
        self.told.setText(words)
        self.told.setProperty("kind", "danger" if wrong else "muted")
        restyle(self.told)
        self.told.setVisible(bool(words))
        announce(self, words)

    @property
    def is_fetching(self) -> bool:
        return self._progress is not None

    # --- showing ------------------------------------------------------------------------------

    def _show(self) -> None:
        info = self.entry.info
        self.title.setText(info.title)
        self.note.setText(self.entry.folder or info.note)
        self.note.setVisible(bool(self.note.text()))
        self.facts.setText(facts_words(info))
        self.fit.setText(fit_words(self.entry.fit))
        bad = self.entry.fit.verdict in ("memory", "disk")
        self.fit.setProperty("kind", "danger" if bad else "muted")
        restyle(self.fit)
        self.state.setText(self._state_words())
        self.told.setVisible(bool(self.told.text()))
        self.setAccessibleDescription(
            ". ".join((self.state.text(), self.facts.text(), self.fit.text()))
        )
        self._show_progress()
        self._show_buttons()

    def _state_words(self) -> str:
        if self.current:
            return self.tr("in use")
        if self.entry.info.installed:
            return self.tr("installed")
        if self._progress is not None:
            return self.tr("being fetched")
        return self.tr("paused") if self.entry.fetched else self.tr("not fetched")

    def _show_progress(self) -> None:
        progress, kept = self._progress, self.entry.fetched
        paused = progress is None and not self.entry.info.installed and kept > 0
        shown = progress is not None or paused or self._checking
        self.bar.setVisible(shown)
        self.way.setVisible(shown)
        if self._checking:
            self.bar.setRange(0, 0)
            self.way.setText(self.tr("Checking every byte"))
            return
        self.bar.setRange(0, 1000)
        if progress is not None:
            self.bar.setValue(round(1000 * share(progress)))
            self.way.setText(progress_words(progress))
        elif paused:
            self.bar.setValue(round(1000 * kept))
            self.way.setText(self.tr("{0} % are here; it carries on from there.").format(
                min(99, round(100 * kept))))  # fmt: skip

    def _show_buttons(self) -> None:
        self._set(self.main, *self._main_action())
        self._set(self.other, *self._other_action())
        own = bool(self.entry.folder)
        words = self.tr("Take off the list") if own else self.tr("Remove")
        removable = (self.entry.info.installed or own) and not self._checking
        self._set(self.remove, "remove" if removable else "", words)
        self.main.setProperty("kind", "primary" if self._is_invitation() else "small")
        restyle(self.main)

    def _is_invitation(self) -> bool:
        return self.main.property("wish") in ("use", "fetch") and self.entry.fit.verdict == "well"

    def _main_action(self) -> tuple[str, str]:
        info = self.entry.info
        if self._progress is not None:
            return "pause", self.tr("Pause")
        if not info.installed:
            if self.entry.folder:
                return "", ""
            return "fetch", self.tr("Resume") if self.entry.fetched else self.tr("Fetch")
        if info.role != "language":
            return "", ""
        if self.current:
            return "unload", self.tr("Unload now")
        return "use", self.tr("Use for chat")

    def _other_action(self) -> tuple[str, str]:
        if self._checking:
            return "stop", self.tr("Stop")
        if self.entry.info.installed:
            return "check", self.tr("Check")
        if self._progress is not None or self.entry.fetched:
            return "discard", self.tr("Cancel")
        return "", ""

    def _set(self, button: QPushButton, wish: str, words: str) -> None:
        button.setProperty("wish", wish)
        button.setText(words)
        button.setAccessibleName(f"{words}: {self.entry.info.title}")
        if not wish and button.hasFocus():
            self.focusNextChild()
        button.setVisible(bool(wish))

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton) and button.property("wish"):
            self.wanted.emit(button.property("wish"), self.entry.info.id)
