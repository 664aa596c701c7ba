"""The window, from the person's side: its signals say what was done in it.

What it shows is told through the methods of showing.py, where its parts stand is room.py's, and
which part makes which signal is wiring.py's. Nothing here computes or waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot

from mmdesk.ui import i18n
from mmdesk.ui.showing import ShowingWindow

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QCloseEvent,
        QDragEnterEvent,
        QDragLeaveEvent,
        QDropEvent,
        QPaintEvent,
        QResizeEvent,
        QShowEvent,
    )

    from mmdesk.settings import Settings

_WARM_UP_MS = 400


class MainWindow(ShowingWindow):
    """See the module. All methods are called on the GUI thread.

    Signals:
        submitted(object): a Turn of role "user"; the composer is empty.
        files_offered(list): list[str], paths dropped, pasted or chosen anywhere.
        image_bytes_offered(str, bytes): name and encoded bytes of a pasted picture.
        description_requested(object): tuple[ImageInput, ...].
        summary_requested(object, int): DocumentInput, words.
        translation_requested(object, str): DocumentInput, language in English.
        stop_requested()
        listening_started(), listening_stopped()
        description_corrected(str, str): a picture's sha256, the person's words ("" takes them back).
        new_conversation_requested()
        model_selected(str): a part's id.
        settings_changed(object): Settings.
        fetch_cancelled(), fetch_retried()
        chat_settings_changed(object): ChatSettings of the conversation that is shown.
        draft_changed(object): the Turn that would be sent now; after a pause in typing.
        picture_wanted(str, str): digest and name of a kept picture that is to be drawn.
        first_painted(): it was painted once, and the event loop is free again.
        closed(): the window is going away.
    """

    submitted = Signal(object)
    files_offered = Signal(list)
    image_bytes_offered = Signal(str, bytes)
    description_requested = Signal(object)
    summary_requested = Signal(object, int)
    translation_requested = Signal(object, str)
    stop_requested = Signal()
    listening_started = Signal()
    listening_stopped = Signal()
    description_corrected = Signal(str, str)
    new_conversation_requested = Signal()
    model_selected = Signal(str)
    settings_changed = Signal(object)
    fetch_cancelled = Signal()
    fetch_retried = Signal()
    chat_settings_changed = Signal(object)
    draft_changed = Signal(object)
    picture_wanted = Signal(str, str)
    first_painted = Signal()
    closed = Signal()

    def __init__(self, settings: Settings, *, bare: bool = False) -> None:
        super().__init__(settings)
        self._looking, self._sent_early = False, ""
        self._leaving = False
        self.composer.send_wanted.connect(self.submit)
        self.composer.input.setFocus()
        if not bare:
            self.furnish()

    def furnish(self) -> None:
        """Make what a bare window lacks; nothing that stands in it already moves, and what was
        typed stays.
        """
        if self.furnished:
            return
        from mmdesk.ui.window_parts import furnish

        furnish(self, self.settings)
        self.furnished = True
        self.room.arrange()
        self._show_possible()
        if self.isVisible():
            self._warm_up_soon()

    # --- a message goes out -------------------------------------------------------------------

    @Slot()
    def submit(self) -> None:
        """Send what the composer holds, as if Send was pressed; nothing happens when there is
        nothing to send or an answer is still coming. While mmdesk still looks whether it can
        answer, this waits, unless other words are typed meanwhile.
        """
        if not self.composer.can_send():
            self._sent_early = self.composer.input.toPlainText() if self._looking else ""
            return
        turn = self.composer.turn()
        self.composer.clear()
        self.submitted.emit(turn)

    def say_looking(self, i18n: str) -> None:
        """Whether messages can be sent will be known at once; a message that is sent meanwhile
        waits for `set_chat_ready`.
        """
        self.set_chat_ready(False, i18n)
        self._looking = True

    def set_chat_ready(self, ready: bool, reason: str = "") -> None:
        """Whether messages can be sent; `reason` stands beside Send until they can."""
        self._looking = False
        super().set_chat_ready(ready, reason)
        early, self._sent_early = self._sent_early, ""
        if ready and early and early == self.composer.input.toPlainText():
            self.submit()

    @Slot()
    def start_new_chat(self) -> None:
        """Ask for an empty conversation, and wait for its first words."""
        self.room.leave_history()
        self.new_conversation_requested.emit()
        self.composer.input.setFocus()

    @Slot(str)
    def ask_quickly(self, question: str) -> None:
        """A question from outside the window: sent in a new conversation, or left in the composer
        while it cannot be sent.
        """
        self.come_back()
        if not self.answering:
            self.start_new_chat()
        self.composer.set_text(question)
        self.submit()

    # --- files and drops ----------------------------------------------------------------------

    @Slot()
    def choose_files(self) -> None:
        """Let the person choose files; they are offered like dropped ones."""
        from mmdesk.ui.dialogs import choose_files

        choose_files(self)

    @Slot("QStringList")
    def offer_files(self, paths: list[str]) -> None:
        """Files were chosen."""
        # Between the two signals themselves Qt refuses: a QStringList is no QVariantList.
        self.files_offered.emit(list(paths))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if mime.hasUrls() or mime.hasImage() or mime.hasText():
            event.acceptProposedAction()
            self.overlay.cover()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.overlay.hide()
        event.acceptProposedAction()
        self.composer.take(event.mimeData())
        self.activateWindow()
        self.composer.input.setFocus()

    # --- settings -----------------------------------------------------------------------------

    @Slot()
    def open_settings(self) -> None:
        """Show the settings; what is saved there comes as `settings_changed`."""
        from mmdesk.ui.dialogs import open_settings

        open_settings(self)

    @Slot()
    def open_chat_settings(self) -> None:
        """Show this conversation's settings; what is saved comes as `chat_settings_changed`."""
        from mmdesk.ui.dialogs import open_chat_settings

        open_chat_settings(self)

    def take_settings(self, settings: Settings) -> None:
        """Put settings into force here, and tell that they have changed."""
        if settings == self.settings:
            return
        from mmdesk.ui import reduced_motion

        self.settings = settings
        i18n.choose(settings.language)
        self.theme.choose(settings.colour_scheme)
        self.theme.set_text_size(settings.text_size)
        reduced_motion.set_reduced(settings.reduce_motion)
        self.microphone_panel.set_hold(settings.hold_to_talk)
        self.settings_changed.emit(settings)

    @Slot()
    def enlarge_text(self) -> None:
        """All text a step larger."""
        self._set_text_size(self.settings.text_size + 10)

    @Slot()
    def shrink_text(self) -> None:
        """All text a step smaller."""
        self._set_text_size(self.settings.text_size - 10)

    @Slot()
    def reset_text(self) -> None:
        """All text in the system's size."""
        self._set_text_size(100)

    def _set_text_size(self, percent: int) -> None:
        from dataclasses import replace

        from mmdesk.settings import TEXT_SIZES

        low, high = TEXT_SIZES
        percent = min(high, max(low, percent))
        self.take_settings(replace(self.settings, text_size=percent))

    # --- what is shown ------------------------------------------------------------------------

    @Slot()
    def toggle_panels(self) -> None:
        """Show or hide the panels of pictures and microphone."""
        self.room.toggle_panels()

    @Slot()
    def toggle_history(self) -> None:
        """Show or hide the list of conversations."""
        self.room.toggle_history()

    @Slot()
    def search_history(self) -> None:
        """Put the cursor into the search field of the conversations."""
        if self.history.isHidden():
            self.toggle_history()
        self.history.search()

    @Slot()
    def go_to_next_area(self) -> None:
        """The keyboard's focus into the next area of the window."""
        self.room.go_to_next_area()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.room.arrange()
        if self.furnished and self.overlay.isVisible():
            self.overlay.cover()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.furnished:
            self._warm_up_soon()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.painted:
            self.painted = True
            # Later, since the children's paint events come in the same round.
            QTimer.singleShot(0, self, self.first_painted.emit)

    def _warm_up_soon(self) -> None:
        from mmdesk.ui.preload import warm_up

        QTimer.singleShot(_WARM_UP_MS, self, warm_up)

    # --- going and coming back ----------------------------------------------------------------

    @Slot()
    def quit(self) -> None:
        """Close for good, tray or not."""
        self._leaving = True
        self.come_back()  # a window that is hidden is not closed
        self.close()

    @Slot()
    def come_back(self) -> None:
        """Be seen again."""
        if not self.isVisible():
            self.show()
        from PySide6.QtCore import Qt

        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.furnished:
            if self.pages.tray.is_on and not self._leaving:
                event.ignore()
                self.hide()
                return
            self.microphone_panel.set_listening(False)
        self.closed.emit()
        event.accept()
