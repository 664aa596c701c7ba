"""Section of the models page with the models that other programs left on this computer."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmdesk.ui.i18n import joined, say, tr, translated
from mmdesk.ui.model_labels import size_text
from mmdesk.ui.widgets import ElidedLabel, frame, label, named, text_button
from mmdesk.values import FoundModel

MAX_ROWS = 60  # of each kind; more would make the page slow to lay out


class FoundModels(QWidget):
    """List of other programs' models: those that can be added, and folded those that cannot.

    It is hidden where nothing was found.

    Signals:
        add_wanted(object): the FoundModel that the user wants to add.
        rows_changed(): the section has other rows now and is to be laid out.
    """

    add_wanted = Signal(object)
    rows_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "foundModels", tr("On this computer"))
        self._unusable: tuple[FoundModel, ...] = ()
        self.heading = label(tr("On this computer"), "heading")
        self.about = label(tr("Models that other programs have downloaded."), "muted", wrap=True)
        self.others_button = text_button("", "otherModelsButton", "link")
        self.others_button.clicked.connect(self._on_others)
        self._usable_rows, self._unusable_rows = _column(), _column()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.heading)
        column.addWidget(self.about)
        column.addLayout(self._usable_rows)
        column.addWidget(self.others_button)
        column.addLayout(self._unusable_rows)
        self._unfolded = False
        self.hide()

    def set_models(self, found: tuple[FoundModel, ...]) -> None:
        """Show these models, those that mmdesk can use before the others."""
        usable = [model for model in found if model.problem is None]
        self._unusable = tuple(model for model in found if model.problem is not None)
        _empty(self._usable_rows)
        for model in usable[:MAX_ROWS]:
            row = FoundRow(model)
            row.add_wanted.connect(self.add_wanted)
            self._usable_rows.addWidget(row)
        self._show_others()
        self.setVisible(bool(found))
        self.rows_changed.emit()

    def _show_others(self) -> None:
        _empty(self._unusable_rows)
        if self._unfolded:
            for model in self._unusable[:MAX_ROWS]:
                self._unusable_rows.addWidget(FoundRow(model))
            text = tr("Hide others")
        else:
            text = tr("Show others ({count})").format(count=len(self._unusable))
        say(self.others_button.setText, text)
        say(self.others_button.setAccessibleName, text)
        say(self.others_button.setToolTip, tr("Models that mmdesk cannot use, and why"))
        self.others_button.setVisible(bool(self._unusable))

    def _on_others(self) -> None:
        self._unfolded = not self._unfolded
        self._show_others()
        self.rows_changed.emit()


class FoundRow(QWidget):
    """Name, program and size of a model, with a button or with the reason why it has none.

    Signals:
        add_wanted(object): the FoundModel.
    """

    add_wanted = Signal(object)

    def __init__(self, model: FoundModel) -> None:
        super().__init__()
        self.model = model
        facts = joined(" · ", (model.program, size_text(model.size)))
        named(self, f"foundModel-{model.name}", joined(", ", (model.name, facts)))
        card = frame("card")
        row = QHBoxLayout(card)
        row.setContentsMargins(16, 8, 12, 8)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        self.name = ElidedLabel(kind="heading")
        self.name.setText(model.name)
        texts.addWidget(self.name)
        self.facts = ElidedLabel(kind="muted")
        say(self.facts.setText, facts)
        texts.addWidget(self.facts)
        row.addLayout(texts, 1)
        if model.problem is None:
            self._add_button(row)
        else:
            self.reason = label(translated(model.problem), "muted", wrap=True)
            say(self.setAccessibleDescription, translated(model.problem))
            texts.addWidget(self.reason)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card)

    def _add_button(self, row: QHBoxLayout) -> None:
        spoken = joined(": ", (tr("Add"), self.model.name))
        self.button = text_button(
            tr("Add"), f"addFoundButton-{self.model.name}", "small", accessible=spoken
        )
        self.button.clicked.connect(lambda: self.add_wanted.emit(self.model))
        row.addWidget(self.button)


def _column() -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(6)
    return column


def _empty(column: QVBoxLayout) -> None:
    while (item := column.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
