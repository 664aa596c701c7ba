"""Dialog that manages models: installed and available parts, with one card for each."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mmdesk.ui import theme
from mmdesk.ui.add_model import AddingLine, AddModelButton
from mmdesk.ui.catalogue_section import CatalogueSection
from mmdesk.ui.confirm import ask
from mmdesk.ui.found_models import FoundModels
from mmdesk.ui.hub_section import HubSection
from mmdesk.ui.i18n import joined, say, sentences, tr
from mmdesk.ui.model_card import ModelCard
from mmdesk.ui.model_labels import fit_text, size_text
from mmdesk.ui.widgets import announce, label, named, text_button
from mmdesk.values import ComputeDevice, FetchProgress, FoundModel, HardwareInfo, ModelEntry


class ModelsPage(QDialog):
    """List of model parts. It reads no files; signals carry what the user asks for.

    Signals:
        survey_wanted(): the models should be listed (again).
        fetch_wanted(str), pause_wanted(str), discard_wanted(str): a part's id.
        check_wanted(str), check_stopped()
        remove_wanted(str): the user has confirmed the removal.
        use_wanted(str): answer with this part from now on.
        unload_wanted(): free the memory of the model in use.
        folder_offered(str): a folder with a model, or a GGUF file, that the user has chosen.
        found_offered(str, str): path and name of another program's model that is to be added.
        adding_stopped(): the model that is being added is not wanted any more.
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
    found_offered = Signal(str, str)
    adding_stopped = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "modelsPage", tr("Models"))
        say(self.setWindowTitle, tr("Models"))
        self.cards: dict[str, ModelCard] = {}
        self._current = ""
        self.machine = label("", "muted", wrap=True)
        say(self.machine.setText, tr("Looking for models…"))
        self.graphics = label("", "muted", wrap=True)
        self.graphics.setObjectName("graphicsCards")
        self.graphics.hide()
        self.message = label("", "danger", wrap=True)
        self.message.setObjectName("modelsTold")
        self.message.hide()
        self.add_button = AddModelButton()
        self.add_button.folder_wanted.connect(self.choose_folder)
        self.add_button.file_wanted.connect(self.choose_file)
        self.add_button.hub_wanted.connect(self.show_hub)
        self.adding = AddingLine()
        self.adding.cancelled.connect(self.adding_stopped)
        self.hub = HubSection()
        self.hub.rows_changed.connect(self._fit_list_soon)
        self.catalogue = CatalogueSection()
        self.catalogue.wanted.connect(self._on_advised_wanted)
        self.catalogue.rows_changed.connect(self._fit_list_soon)
        self.found = FoundModels()
        self.found.add_wanted.connect(self._on_found_wanted)
        self.found.rows_changed.connect(self._fit_list_soon)
        self.close_button = text_button(tr("Close"), "closeModelsButton", "primary")
        self.close_button.clicked.connect(self.accept)
        self._lay_out()
        self.close_button.setFocus()
        theme.fit_to_text(self, 660, 720)

    def _lay_out(self) -> None:
        self._inside = inside = QWidget()
        inside.setObjectName("column")
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(20, 16, 20, 12)
        self._list.setSpacing(12)
        head = QVBoxLayout()  # one item, before the cards
        head.setSpacing(2)
        head.addWidget(self.machine)
        head.addWidget(self.graphics)
        self._list.addLayout(head)
        for section in (self.hub, self.catalogue, self.found):
            self._list.addWidget(section)
        self._list.addStretch()
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 8, 20, 16)
        foot.addWidget(self.add_button)
        foot.addStretch()
        foot.addWidget(self.close_button)
        notes = QVBoxLayout()
        notes.setContentsMargins(20, 8, 20, 0)
        notes.addWidget(self.adding)
        notes.addWidget(self.message)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(area, 1)
        column.addLayout(notes)
        column.addLayout(foot)

    # --- what is shown ------------------------------------------------------------------------

    def set_entries(self, entries: tuple[ModelEntry, ...], machine: HardwareInfo) -> None:
        """Show all known parts in this order, and the hardware that their fit was judged for."""
        say(self.machine.setText, _machine_text(machine))
        present = {entry.info.id for entry in entries}
        for gone in [part for part in self.cards if part not in present]:
            card = self.cards.pop(gone)
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        for at, entry in enumerate(entries):
            card = self.cards.get(entry.info.id) or self._add_card(entry, at + 1)
            card.set_entry(entry, entry.info.id == self._current)
        self._fit_list_soon()

    @Slot()
    def _fit_list_soon(self) -> None:
        """Give the list the height of its rows, once they are shown and styled.

        The scroll area asks for the height when a row is added, but not when the style has made
        that row higher; rows inside the section are shown a little later than the section.
        """
        for delay_ms in (0, 60):
            QTimer.singleShot(delay_ms, self, self._fit_list)

    @Slot()
    def _fit_list(self) -> None:
        for widget in self._inside.findChildren(QWidget):
            widget.ensurePolished()
            if (layout := widget.layout()) is not None:
                layout.invalidate()
        self._list.invalidate()
        self._list.activate()
        QCoreApplication.sendEvent(self._area, QEvent(QEvent.Type.LayoutRequest))

    def _add_card(self, entry: ModelEntry, at: int) -> ModelCard:
        card = self.cards[entry.info.id] = ModelCard(entry)
        card.wanted.connect(self._on_wanted)
        self._list.insertWidget(at, card)
        order = [button for c in self.cards.values() for button in (c.main, c.other, c.remove)]
        for before, after in zip(order, [*order[1:], self.add_button], strict=True):
            QWidget.setTabOrder(before, after)
        return card

    def set_cards(self, cards: tuple[ComputeDevice, ...]) -> None:
        """Show the graphics cards that can compute models."""
        say(self.graphics.setText, joined("\n", map(_card_text, cards)))
        self.graphics.setVisible(bool(cards))

    def set_found(self, found: tuple[FoundModel, ...]) -> None:
        """Show the models that other programs left on this computer."""
        self.found.set_models(found)

    def set_converted(self, done_bytes: int) -> None:
        """Show how much of the model that is being added is converted."""
        self.adding.set_converted(done_bytes)

    def set_current(self, part: str) -> None:
        """Mark the model in use."""
        self._current = part
        for card in self.cards.values():
            card.set_entry(card.entry, card.entry.info.id == part)

    def set_progress(self, progress: FetchProgress) -> None:
        """Show how far the download of a part is."""
        if progress.part in self.cards:
            self.cards[progress.part].set_progress(progress)

    def set_paused(self, part: str) -> None:
        """Show that the download of a part was paused."""
        if part in self.cards:
            self.cards[part].set_idle()

    def set_fetching_over(self) -> None:
        """Show that no download is running any more."""
        for card in self.cards.values():
            card.set_idle()

    def set_checking(self, part: str, on: bool) -> None:
        """Show that a part's files are being verified, or no longer are."""
        if part in self.cards:
            self.cards[part].set_checking(on)

    def tell(self, part: str, text: str, *, wrong: bool = False) -> None:
        """Show the result of an action on the part's card, or below all cards."""
        if part in self.cards:
            self.cards[part].tell(text, wrong=wrong)
            if not wrong:
                return
            text = joined(": ", (self.cards[part].entry.info.title, text))  # whole, not elided
        say(self.message.setText, text)
        self.message.setVisible(bool(text))
        announce(self, text)

    # --- what the user asks for ---------------------------------------------------------------

    @Slot(str, str)
    def _on_wanted(self, action: str, part: str) -> None:
        card = self.cards[part]
        self.tell("", "")
        if action == "remove":
            self._ask_to_remove(card)
        elif action in ("use", "fetch") and card.entry.fit.verdict == "memory":
            self._ask_despite_memory(card, action)
        elif action == "check":
            card.tell("")
            self.set_checking(part, True)
            self.check_wanted.emit(part)
        else:
            self._emit_action(action, part)

    def _emit_action(self, action: str, part: str) -> None:
        if action == "stop":
            self.check_stopped.emit()
        elif action == "unload":
            self.unload_wanted.emit()
            self.cards[part].tell(tr("Not in memory. Loads with your next question."))
        else:
            signals = {
                "fetch": self.fetch_wanted,
                "pause": self.pause_wanted,
                "discard": self.discard_wanted,
                "use": self.use_wanted,
            }
            signals[action].emit(part)

    def _ask_to_remove(self, card: ModelCard) -> None:
        info = card.entry.info
        if card.entry.folder:
            question = tr("Remove {0} from the list?")
            about = tr("Your own files are not deleted.")
        else:
            question = tr("Remove {0}?")
            about = tr("Frees {0}. You can download it again.")
            about = about.format(size_text(info.disk_bytes))
            if card.current:
                about = sentences(about, tr("This is the model in use."))
        ask(
            *(self, "removeModelQuestion", question.format(info.title), about, tr("Remove")),
            lambda: self.remove_wanted.emit(info.id),
        )

    def _ask_despite_memory(self, card: ModelCard, action: str) -> None:
        info = card.entry.info
        question = tr("{0} will probably run out of memory. Continue anyway?")
        yes = tr("Continue")
        ask(
            *(self, "dareModelQuestion", question.format(info.title), fit_text(card.entry.fit)),
            *(yes, lambda: self._emit_action(action, info.id)),
        )

    @Slot()
    def choose_folder(self) -> None:
        """Let the user choose a folder with a model in it."""
        dialog = QFileDialog(self, tr("Choose a folder with a model"))
        dialog.setObjectName("modelFolderDialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_folder)
        dialog.open()

    @Slot()
    def choose_file(self) -> None:
        """Let the user choose a GGUF file."""
        dialog = QFileDialog(self, tr("Choose a GGUF file"))
        dialog.setObjectName("modelFileDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("GGUF (*.gguf *.GGUF)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_folder)
        dialog.open()

    @Slot(str)
    def _on_folder(self, path: str) -> None:
        if path:
            self.add(path)

    def add(self, path: str) -> None:
        """Ask for a folder or a GGUF file to be added, unless another one is being added."""
        if self._begin_adding(PurePath(path).name):
            self.folder_offered.emit(path)

    @Slot()
    def show_hub(self) -> None:
        """Scroll to the field for models from the hub and put the cursor there."""
        self._area.ensureWidgetVisible(self.hub)
        self.hub.address.setFocus()

    @Slot(str)
    def _on_advised_wanted(self, address: str) -> None:
        self.show_hub()
        self.hub.look_at(address)

    @Slot(object)
    def _on_found_wanted(self, found: FoundModel) -> None:
        if self._begin_adding(found.name):
            self.found_offered.emit(found.path, found.name)

    def _begin_adding(self, name: str) -> bool:
        if self.adding.is_busy:
            self.tell("", tr("Another model is being added. Wait until that is done."))
            return False
        self.tell("", "")
        self.adding.begin(name)
        self._allow_adding(False)
        return True

    def set_folder_done(self) -> None:
        """Allow another model to be added, now that the last one was or could not be."""
        self.adding.end()
        self._allow_adding(True)

    def _allow_adding(self, allowed: bool) -> None:
        self.add_button.setEnabled(allowed)
        self.found.setEnabled(allowed)


def _card_text(card: ComputeDevice) -> str:
    text = tr("Graphics card: {name} ({kind}), {memory} memory, {free} free")
    sizes = {"memory": size_text(card.memory), "free": size_text(card.memory_free)}
    return text.format(name=card.name, kind=card.kind, **sizes)


def _machine_text(machine: HardwareInfo) -> str:
    if machine.cores == 1:
        text = tr("This computer: 1 core, {memory} memory, {disk} free")
    else:
        text = tr("This computer: {cores} cores, {memory} memory, {disk} free")
    return text.format(
        cores=machine.cores,
        memory=size_text(machine.memory),
        disk=size_text(machine.disk_free),
    )
