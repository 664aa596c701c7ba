"""Section of the models page with the models of the hub that suit this computer."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmdesk.ui.i18n import joined, say, sentences, tr, translated
from mmdesk.ui.model_labels import facts_text, fit_text
from mmdesk.ui.widgets import frame, label, named, text_button
from mmdesk.values import CatalogueEntry


class CatalogueSection(QWidget):
    """List of advised models: those that are recommended, and folded all the others.

    Signals:
        wanted(str): address of a model that the user wants to download.
        rows_changed(): the section has other rows now and is to be laid out.
    """

    wanted = Signal(str)
    rows_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "catalogue", tr("Recommended for this computer"))
        self._entries: tuple[CatalogueEntry, ...] = ()
        self._unfolded = False
        self.rows: list[CatalogueRow] = []
        self.heading = label(tr("Recommended for this computer"), "heading")
        about = tr(
            "By its memory and its measured speed. The newest version of a model is downloaded: "
            "mmdesk has not pinned one."
        )
        self.about = label(about, "muted", wrap=True)
        self.others_button = text_button("", "moreModelsButton", "link")
        self.others_button.clicked.connect(self._on_others)
        self._recommended, self._others = QVBoxLayout(), QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.heading)
        column.addWidget(self.about)
        for rows in (self._recommended, self._others):
            rows.setSpacing(6)
        column.addLayout(self._recommended)
        column.addWidget(self.others_button)
        column.addLayout(self._others)
        self.hide()

    def set_entries(self, entries: tuple[CatalogueEntry, ...]) -> None:
        """Show the catalogue in this order."""
        if entries == self._entries:
            return
        self._entries = entries
        self._show()
        self.setVisible(bool(entries))
        self.rows_changed.emit()

    def _show(self) -> None:
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []
        others = [entry for entry in self._entries if not entry.recommended]
        for entry in self._entries:
            if entry.recommended or self._unfolded:
                row = CatalogueRow(entry)
                row.wanted.connect(self.wanted)
                self.rows.append(row)
                (self._recommended if entry.recommended else self._others).addWidget(row)
        fold = tr("Hide others")
        more = tr("More models of the hub ({count})").format(count=len(others))
        text = fold if self._unfolded else more
        say(self.others_button.setText, text)
        say(self.others_button.setAccessibleName, text)
        self.others_button.setVisible(bool(others))

    @Slot()
    def _on_others(self) -> None:
        self._unfolded = not self._unfolded
        self._show()
        self.rows_changed.emit()


class CatalogueRow(QWidget):
    """Name of a model, when to choose it, and a button or the reason why it has none.

    Signals:
        wanted(str): the model's address.
    """

    wanted = Signal(str)

    def __init__(self, entry: CatalogueEntry) -> None:
        super().__init__()
        self.entry = entry
        info = entry.info
        self.facts_text = sentences(translated(info.note), translated(entry.terms))
        named(self, f"advisedModel-{info.title}", joined(", ", (info.title, self.facts_text)))
        card = frame("card")
        row = QHBoxLayout(card)
        row.setContentsMargins(16, 8, 12, 8)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(label(joined(" · ", (info.title, entry.repository)), "heading", wrap=True))
        texts.addWidget(label(self.facts_text, "", wrap=True))
        self.facts = label(facts_text(info), "muted", wrap=True)
        texts.addWidget(self.facts)
        self.fit = label(_state_text(entry), "muted", wrap=True)
        texts.addWidget(self.fit)
        say(self.setAccessibleDescription, joined(" · ", (facts_text(info), _state_text(entry))))
        row.addLayout(texts, 1)
        self.button = text_button(
            tr("Download"),
            f"adviseButton-{info.title}",
            "small",
            accessible=joined(": ", (tr("Download"), info.title)),
        )
        self.button.clicked.connect(lambda: self.wanted.emit(entry.repository))
        self.button.setVisible(entry.problem is None and not entry.installed)
        row.addWidget(self.button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card)


def _state_text(entry: CatalogueEntry) -> str:
    if entry.installed:
        return tr("Installed")
    if entry.problem is not None:
        return joined(": ", (tr("Not with this version of mmdesk"), translated(entry.problem)))
    return fit_text(entry.fit)
