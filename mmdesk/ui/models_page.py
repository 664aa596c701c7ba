"""The page that manages models: what is installed, what could be, and whether it fits."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mmdesk.ui import theme
from mmdesk.ui.confirm import ask
from mmdesk.ui.i18n import say, sentences, tr
from mmdesk.ui.model_card import ModelCard
from mmdesk.ui.model_labels import fit_words, size_words
from mmdesk.ui.widgets import announce, label, named, text_button
from mmdesk.values import FetchProgress, HardwareInfo, ModelEntry


class ModelsPage(QDialog):
    """See the module. It knows no files; signals say what the person wants.

    Signals:
        survey_wanted(): what there is should be looked at (again).
        fetch_wanted(str), pause_wanted(str), discard_wanted(str): a part's id.
        check_wanted(str), check_stopped()
        remove_wanted(str): the person has confirmed it.
        use_wanted(str): answer with this part from now on.
        unload_wanted(): give the memory of the part that answers back.
        folder_offered(str): a folder of the person's own.
    """

    survey_wanted = Signal()
    fetch_wanted = Signal(str)
    pause_wanted = Signal(str)
    discard_wanted = Signal(str)
    check_wanted = Signal(str)
    check_stopped = Signal()
    remove_wanted = Signal(str)
    use_wanted = Signal(str)
    unload_wanted = Signal()
    folder_offered = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "modelsPage", tr("Models"))
        say(self.setWindowTitle, tr("Models"))
        self.cards: dict[str, ModelCard] = {}
        self._current = ""
        self.machine = label("", "muted", wrap=True)
        say(self.machine.setText, tr("Looking what is there…"))
        self.told = label("", "danger", wrap=True)
        self.told.setObjectName("modelsTold")
        self.told.hide()
        self.add_button = text_button(tr("Add a folder…"), "addFolderButton")
        tip = tr("A folder with a text model for transformers: it is used where it lies")
        say(self.add_button.setToolTip, tip)
        self.add_button.clicked.connect(self.choose_folder)
        self.close_button = text_button(tr("Close"), "closeModelsButton", "primary")
        self.close_button.clicked.connect(self.accept)
        self._lay_out()
        self.close_button.setFocus()
        theme.fit_to_text(self, 660, 720)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("column")
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(20, 16, 20, 12)
        self._list.setSpacing(12)
        self._list.addWidget(self.machine)
        self._list.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        self._area = area
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 8, 20, 16)
        foot.addWidget(self.add_button)
        foot.addStretch()
        foot.addWidget(self.close_button)
        notes = QVBoxLayout()
        notes.setContentsMargins(20, 8, 20, 0)
        notes.addWidget(self.told)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(area, 1)
        column.addLayout(notes)
        column.addLayout(foot)

    # --- what there is ------------------------------------------------------------------------

    def set_entries(self, entries: tuple[ModelEntry, ...], machine: HardwareInfo) -> None:
        """All parts that are known, in order, and the machine they were judged for."""
        say(self.machine.setText, self._machine_words(machine))
        present = {entry.info.id for entry in entries}
        for gone in [part for part in self.cards if part not in present]:
            card = self.cards.pop(gone)
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        for at, entry in enumerate(entries):
            card = self.cards.get(entry.info.id) or self._add_card(entry, at + 1)
            card.set_entry(entry, entry.info.id == self._current)

    def _add_card(self, entry: ModelEntry, at: int) -> ModelCard:
        card = self.cards[entry.info.id] = ModelCard(entry)
        card.wanted.connect(self._on_wanted)
        self._list.insertWidget(at, card)
        order = [button for c in self.cards.values() for button in (c.main, c.other, c.remove)]
        for before, after in zip(order, [*order[1:], self.add_button], strict=True):
            QWidget.setTabOrder(before, after)
        return card

    def set_current(self, part: str) -> None:
        """Another part answers now."""
        self._current = part
        for card in self.cards.values():
            card.set_entry(card.entry, card.entry.info.id == part)

    def set_progress(self, progress: FetchProgress) -> None:
        """How far the fetching of a part is."""
        if progress.part in self.cards:
            self.cards[progress.part].set_progress(progress)

    def set_paused(self, part: str) -> None:
        """A part's fetching was put aside."""
        if part in self.cards:
            self.cards[part].set_idle()

    def set_fetching_over(self) -> None:
        """Nothing is being fetched any more."""
        for card in self.cards.values():
            card.set_idle()

    def set_checking(self, part: str, on: bool) -> None:
        """A part's files are being hashed."""
        if part in self.cards:
            self.cards[part].set_checking(on)

    def tell(self, part: str, words: str, *, wrong: bool = False) -> None:
        """What came of something: on the part's card, or below all of them."""
        if part in self.cards:
            self.cards[part].tell(words, wrong=wrong)
            return
        say(self.told.setText, words)
        self.told.setVisible(bool(words))
        announce(self, words)

    def show_card(self, part: str) -> None:
        """Bring a part into view."""
        if part in self.cards:
            self._area.ensureWidgetVisible(self.cards[part])

    def _machine_words(self, machine: HardwareInfo) -> str:
        words = tr("This machine: cores {cores}, memory {memory}, free on the disk {disk}.")
        return words.format(
            cores=machine.cores,
            memory=size_words(machine.memory),
            disk=size_words(machine.disk_free),
        )

    # --- what the person wants ----------------------------------------------------------------

    @Slot(str, str)
    def _on_wanted(self, wish: str, part: str) -> None:
        card = self.cards[part]
        self.tell("", "")
        if wish == "remove":
            self._ask_to_remove(card)
        elif wish in ("use", "fetch") and card.entry.fit.verdict == "memory":
            self._ask_to_dare(card, wish)
        elif wish == "check":
            card.tell("")
            self.set_checking(part, True)
            self.check_wanted.emit(part)
        else:
            self._pass_on(wish, part)

    def _pass_on(self, wish: str, part: str) -> None:
        if wish == "stop":
            self.check_stopped.emit()
        elif wish == "unload":
            self.unload_wanted.emit()
            self.cards[part].tell(tr("Unloaded. The next question loads it again."))
        else:
            signals = {
                "fetch": self.fetch_wanted,
                "pause": self.pause_wanted,
                "discard": self.discard_wanted,
                "use": self.use_wanted,
            }
            signals[wish].emit(part)

    def _ask_to_remove(self, card: ModelCard) -> None:
        info = card.entry.info
        if card.entry.folder:
            question = tr("Take {0} off the list?")
            about = tr("The folder itself stays as it is.")
            yes = tr("Take off")
        else:
            question = tr("Remove {0}?")
            about = tr("{0} of disk become free. It can be fetched again.")
            about = about.format(size_words(info.disk_bytes))
            if card.current:
                about = sentences(about, tr("It is the model that answers now."))
            yes = tr("Remove")
        ask(
            *(self, "removeModelQuestion", question.format(info.title), about, yes),
            lambda: self.remove_wanted.emit(info.id),
        )

    def _ask_to_dare(self, card: ModelCard, wish: str) -> None:
        info = card.entry.info
        question = tr("{0} will probably run out of memory. Go on all the same?")
        yes = tr("Go on")
        ask(
            *(self, "dareModelQuestion", question.format(info.title), fit_words(card.entry.fit)),
            *(yes, lambda: self._pass_on(wish, info.id)),
        )

    @Slot()
    def choose_folder(self) -> None:
        """Let the person choose a folder with a model in it."""
        dialog = QFileDialog(self, tr("A folder with a text model for transformers"))
        dialog.setObjectName("modelFolderDialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_folder)
        dialog.open()

    @Slot(str)
    def _on_folder(self, folder: str) -> None:
        if folder:
            self.tell("", "")
            self.add_button.setEnabled(False)
            say(self.machine.setText, tr("Reading the folder…"))
            self.folder_offered.emit(folder)

    def set_folder_done(self) -> None:
        """The folder that was offered is on the list, or cannot be."""
        self.add_button.setEnabled(True)
