"""Card of one model part on the models page."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from mmdesk.ui.flow_layout import FlowLayout
from mmdesk.ui.i18n import joined, say, tr, translated
from mmdesk.ui.model_labels import facts_text, fit_text, progress_text, purpose_text, share
from mmdesk.ui.widgets import ElidedLabel, announce, label, named, restyle, text_button
from mmdesk.values import FetchProgress, ModelEntry

_BAR = 160  # px, widest progress bar
_LINE = 1.3  # times the font's height; letters of a fallback font are higher than the font's own


class _Line(ElidedLabel):
    """Line of a card, as high without a text and in any script."""

    def sizeHint(self) -> QSize:
        """Return the width of the text and the height of a line."""
        return QSize(super().sizeHint().width(), round(_LINE * self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        """Return a small width: the text is elided."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())


class ModelCard(QFrame):
    """Purpose, fit, facts and progress of a model part, with buttons for what can be done with it.

    Its height stays the same whatever happens to the part, so that no button moves away from the
    pointer; lines that are too long are elided and have tooltips.

    One button does the likeliest next action. It stays the same widget when its text changes with
    the state, so that the keyboard focus is never lost.

    Signals:
        wanted(str, str): the action that the user asks for ("fetch", "pause", "discard", "use",
            "unload", "check", "stop", "remove"), and the part's id.
    """

    wanted = Signal(str, str)

    def __init__(self, entry: ModelEntry) -> None:
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
        self.purpose = label("", "heading")
        self.title = _Line(kind="muted")
        self.state = label("", "pill")
        self.note = _Line(kind="muted")
        self.fit = _Line(kind="muted")
        self.facts = _Line(kind="muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        named(self.bar, f"modelBar-{self.entry.info.id}", self.entry.info.title)
        self.bar.setMaximumWidth(_BAR)
        self.progress = _Line(kind="muted")
        self.message = _Line(kind="muted")
        self.main = self._button("main")
        self.other = self._button("other")
        self.remove = self._button("remove")

    def _button(self, name: str) -> QPushButton:
        button = text_button("", f"{name}Button-{self.entry.info.id}", "small")
        button.setProperty("compact", True)  # as high as the others when it is recommended
        button.clicked.connect(self._on_clicked)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.purpose)
        head.addWidget(self.title, 1)
        head.addWidget(self.state, 0, Qt.AlignmentFlag.AlignTop)
        happening = QHBoxLayout()
        happening.setSpacing(10)
        happening.addWidget(self.bar)
        happening.addWidget(self.progress)
        happening.addWidget(self.message, 1)
        row = QWidget()
        buttons = FlowLayout(row)
        for button in (self.main, self.other, self.remove):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 13, 16, 14)
        column.setSpacing(1)
        column.addLayout(head)
        for widget in (self.note, self.fit, self.facts):
            column.addWidget(widget)
        column.addLayout(happening)
        column.addWidget(row)

    # --- states -------------------------------------------------------------------------------

    def set_entry(self, entry: ModelEntry, current: bool) -> None:
        """Show what is known of the part now; `current` marks the model in use."""
        self.entry, self.current = entry, current
        if entry.info.installed:
            self._progress = None
        self._show()

    def set_progress(self, progress: FetchProgress) -> None:
        """Show how far its download is."""
        before = self._progress
        self._progress = None if progress.stage == "done" else progress
        if before is None or self._progress is None or before.stage != progress.stage:
            announce(self, joined(": ", (self.entry.info.title, progress_text(progress))))
            say(self.message.setText, "")
            self._show()
        else:
            self._show_progress()

    def set_idle(self) -> None:
        """Show that its download was paused or has ended."""
        self._progress = None
        self._show()

    def set_checking(self, on: bool) -> None:
        """Show that its files are being verified, or no longer are."""
        self._checking = on
        self._show()

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Show the result of an action below the facts."""
        say(self.message.setText, text)
        self.message.setProperty("kind", "problem" if wrong else "muted")
        restyle(self.message)
        announce(self, text)

    @property
    def is_fetching(self) -> bool:
        """True while the part is being downloaded."""
        return self._progress is not None

    # --- showing ------------------------------------------------------------------------------

    def _show(self) -> None:
        info = self.entry.info
        say(self.purpose.setText, purpose_text(info))
        say(self.title.setText, translated(info.title))
        say(self.note.setText, self.entry.folder or translated(info.note))
        say(self.facts.setText, facts_text(info))
        say(self.fit.setText, fit_text(self.entry.fit))
        bad = self.entry.fit.verdict in ("memory", "disk")
        self.fit.setProperty("kind", "problem" if bad else "muted")
        restyle(self.fit)
        say(self.state.setText, self._state_text())
        for widget in (self, self.state):
            widget.setProperty("inUse", self.current)
            restyle(widget)
        spoken = (self._state_text(), facts_text(info), fit_text(self.entry.fit))
        say(self.setAccessibleDescription, joined(". ", spoken))
        self._show_progress()
        self._show_buttons()

    def _state_text(self) -> str:
        if self.current:
            return tr("in use")
        if self.entry.built_in:
            return tr("built in")
        if self.entry.info.installed:
            return tr("installed")
        if self._progress is not None:
            return tr("downloading")
        return tr("paused") if self.entry.fetched else tr("not downloaded")

    def _show_progress(self) -> None:
        progress, kept = self._progress, self.entry.fetched
        paused = progress is None and not self.entry.info.installed and kept > 0
        shown = progress is not None or paused or self._checking
        self.bar.setVisible(shown)
        self.progress.setVisible(shown)
        if self._checking:
            self.bar.setRange(0, 0)
            say(self.progress.setText, tr("Verifying all files"))
            return
        self.bar.setRange(0, 1000)
        if progress is not None:
            self.bar.setValue(round(1000 * share(progress)))
            say(self.progress.setText, progress_text(progress))
        elif paused:
            self.bar.setValue(round(1000 * kept))
            text = tr("{0} % downloaded, ready to resume")
            say(self.progress.setText, text.format(min(99, round(100 * kept))))

    def _show_buttons(self) -> None:
        self._set(self.main, *self._main_action())
        self._set(self.other, *self._other_action())
        own = bool(self.entry.folder)
        text = tr("Remove from list") if own else tr("Remove")
        kept = self._checking or self.entry.built_in
        removable = (self.entry.info.installed or own) and not kept
        self._set(self.remove, "remove" if removable else "", text)
        self.main.setProperty("kind", "primary" if self._is_invitation() else "small")
        restyle(self.main)

    def _is_invitation(self) -> bool:
        """Tell if the main action is recommended: the part runs well here."""
        return self.main.property("action") in ("use", "fetch") and self.entry.fit.verdict == "well"

    def _main_action(self) -> tuple[str, str]:
        info = self.entry.info
        if self._progress is not None:
            return "pause", tr("Pause")
        if not info.installed:
            if self.entry.folder:
                return "", ""
            return "fetch", tr("Resume") if self.entry.fetched else tr("Download")
        if info.role != "language":
            return "", ""
        if self.current:
            return "unload", tr("Free memory")
        return "use", tr("Use for chat")

    def _other_action(self) -> tuple[str, str]:
        if self._checking:
            return "stop", tr("Stop")
        if self.entry.built_in:
            return "", ""  # its files are verified whenever it is loaded
        if self.entry.info.installed:
            return "check", tr("Verify")
        if self._progress is not None or self.entry.fetched:
            return "discard", tr("Cancel")
        return "", ""

    def _set(self, button: QPushButton, action: str, text: str) -> None:
        """Give a button its action and text; without an action it is hidden."""
        button.setProperty("action", action)
        say(button.setText, text)
        say(button.setAccessibleName, joined(": ", (text, self.entry.info.title)))
        if not action and button.hasFocus():
            self.focusNextChild()
        button.setVisible(bool(action))

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton) and button.property("action"):
            self.wanted.emit(button.property("action"), self.entry.info.id)
