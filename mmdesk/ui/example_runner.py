"""Examples of the welcome, carried out in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.settings import resource
from mmdesk.ui import i18n

if TYPE_CHECKING:
    from mmdesk.ui.attachment_actions import AttachmentActions
    from mmdesk.ui.composer import Composer
    from mmdesk.ui.pending_attachments import PendingAttachments
    from mmdesk.ui.welcome import Welcome


class ExampleRunner(QObject):
    """Sends an example's question; a sample file is attached first, a sample page summarised.

    Signals:
        files_offered(list): list[str], the path of the sample.
    """

    files_offered = Signal(list)

    def __init__(
        self,
        composer: Composer,
        attachments: PendingAttachments,
        actions: AttachmentActions,
        welcome: Welcome,
    ) -> None:
        super().__init__(composer)
        self._composer, self._attachments, self._actions = composer, attachments, actions
        self._welcome = welcome
        self._waiting = ("", "")  # question and file name, until the sample is attached
        attachments.images_changed.connect(self._on_picture)
        attachments.documents_changed.connect(self._on_document)
        for changed in (attachments.images_changed, attachments.documents_changed):
            changed.connect(self._show_examples)
        attachments.sounds_changed.connect(self._show_examples)

    @Slot()
    def _show_examples(self) -> None:
        self._welcome.set_examples_shown(self._attachments.is_empty())

    @Slot(str, str)
    def run(self, question: str, sample: str) -> None:
        """Carry out an example."""
        if not sample:
            self._composer.set_text(question)
            self._composer.submit()
            return
        path = resource(f"samples/{sample}")
        translated = path.with_stem(f"{path.stem}-{i18n.language()}")
        path = translated if translated.exists() else path
        self._waiting = (question, path.name)
        self.files_offered.emit([str(path)])

    @Slot()
    def _on_picture(self) -> None:
        question, name = self._waiting
        if name and any(image.name == name for image in self._attachments.images):
            self._waiting = ("", "")
            self._composer.set_text(question)
            self._composer.submit()

    @Slot()
    def _on_document(self) -> None:
        name = self._waiting[1]
        document = next((one for one in self._attachments.documents if one.name == name), None)
        if name and document is not None:
            self._waiting = ("", "")
            self._actions.summarise(document)
