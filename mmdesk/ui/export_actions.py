"""Actions that export a conversation or an answer: their menu, commands and file dialogs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.ui.i18n import TranslatedText, tr

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QMenu, QWidget

SUFFIXES = {"pdf": ".pdf", "html": ".html", "docx": ".docx"}
PRINT = "print"


@dataclass(frozen=True, slots=True)
class ExportWish:
    """Wish for a file.

    Attributes:
        conversation: its id.
        message: id of the answer that is wanted alone; "" for the whole conversation.
        path: of the file, with one of SUFFIXES.
    """

    conversation: str
    message: str
    path: str


class ExportActions(QObject):
    """Choice of a format and a file for an export.

    Args:
        window: parent of the dialogs.
        title_of: returns the title of a conversation.

    Attributes:
        current: id of the conversation that is shown; "" for a new one.

    Signals:
        wanted(object): an ExportWish.
        print_wanted(str, str, object): a conversation, an answer of it or "", the QPrinter.
        markdown_wanted(str), json_wanted(str): the conversation to be exported so.
    """

    wanted = Signal(object)
    print_wanted = Signal(str, str, object)
    markdown_wanted = Signal(str)
    json_wanted = Signal(str)

    def __init__(self, window: QWidget, title_of: Callable[[str], str]) -> None:
        super().__init__(window)
        self._window, self._title_of = window, title_of
        self.current = ""

    # --- menus and commands -------------------------------------------------------------------

    def menu(self, parent: QWidget, conversation: str, message: str = "") -> QMenu:
        """Return the menu of formats for a conversation, or for one answer of it."""
        from PySide6.QtWidgets import QMenu

        from mmdesk.ui.icons import icon

        menu = QMenu(tr("Export"), parent)
        menu.setObjectName("exportMenu")
        menu.setIcon(icon("export"))
        for kind, text in _formats():
            entry = menu.addAction(text)
            entry.setObjectName(f"export_{kind}")
            entry.triggered.connect(partial(self._choose, kind, conversation, message))
        if not message:
            menu.addSeparator()
            for text, signal in (
                (tr("As Markdown…"), self.markdown_wanted),
                (tr("As JSON…"), self.json_wanted),
            ):
                menu.addAction(text).triggered.connect(partial(_emit, signal, conversation))
        return menu

    @Slot(object, str)
    def add_to_answer(self, menu: QMenu, message: str) -> None:
        """Add the menu of formats to the menu of an answer in the shown conversation."""
        if self.current and message:
            menu.addMenu(self.menu(menu, self.current, message))

    def commands(self) -> Iterator[tuple[TranslatedText, partial[None]]]:
        """Yield the texts and functions of the command palette; none without a conversation."""
        if not self.current:
            return
        texts = {
            "pdf": tr("Export this chat as PDF…"),
            "html": tr("Export this chat as a web page…"),
            "docx": tr("Export this chat as a Word document…"),
            PRINT: tr("Print this chat…"),
        }
        for kind, text in texts.items():
            yield text, partial(self._choose, kind, self.current, "")
        yield (
            tr("Export this chat as Markdown…"),
            partial(_emit, self.markdown_wanted, self.current),
        )
        yield tr("Export this chat as JSON…"), partial(_emit, self.json_wanted, self.current)

    # --- dialogs ------------------------------------------------------------------------------

    def _choose(self, kind: str, conversation: str, message: str, _checked: bool = False) -> None:
        if kind == PRINT:
            self._choose_printer(conversation, message)
        else:
            self._choose_file(kind, conversation, message)

    def _choose_file(self, kind: str, conversation: str, message: str) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QFileDialog

        from mmdesk.text import file_name

        suffix = SUFFIXES[kind]
        dialog = QFileDialog(self._window, tr("Export"))
        dialog.setObjectName("exportFileDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        names = {"pdf": "PDF", "html": "HTML", "docx": "Word"}
        dialog.setNameFilter(f"{names[kind]} (*{suffix})")
        dialog.selectFile(f"{file_name(self._title_of(conversation))}{suffix}")

        def take(path: str) -> None:
            whole = path if path.lower().endswith(suffix) else path + suffix
            self.wanted.emit(ExportWish(conversation, message, whole))

        dialog.fileSelected.connect(take)
        dialog.open()

    def _choose_printer(self, conversation: str, message: str) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        from mmdesk.ui.export.pdf_writer import set_up_page

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        set_up_page(printer)
        dialog = QPrintDialog(printer, self._window)
        dialog.setObjectName("printDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange, False)
        dialog.accepted.connect(partial(self.print_wanted.emit, conversation, message, printer))
        dialog.setModal(True)
        dialog.show()  # its own `open` wants a slot


def _formats() -> Iterator[tuple[str, TranslatedText]]:
    yield "pdf", tr("As PDF…")
    yield "html", tr("As a web page (HTML)…")
    yield "docx", tr("As a Word document…")
    yield PRINT, tr("Print…")


def _emit(signal: SignalInstance, conversation: str, _checked: bool = False) -> None:
    signal.emit(conversation)
