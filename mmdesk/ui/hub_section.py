"""Section of the models page that downloads a model from the hub by its id or address.

A model is looked up first: what is downloaded, how large it is and under which licence is shown
before a byte of it comes.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mmdesk.ui.confirm import ask
from mmdesk.ui.i18n import joined, say, sentences, tr, translated
from mmdesk.ui.model_labels import progress_text, share, size_text
from mmdesk.ui.progress_line import ThinBar
from mmdesk.ui.widgets import ElidedLabel, announce, frame, label, named, restyle, text_button
from mmdesk.values import FetchProgress, HubPlan, UnfinishedDownload


class HubSection(QWidget):
    """Field for a model's id, the plan of its download, and the downloads.

    Attributes:
        work_offline: the user works offline: the hub is contacted after a question only.
        downloads: rows of the downloads by their ids.

    Signals:
        look_up_wanted(str, str): an address, and an access token to keep, "" without one.
        download_wanted(str), pause_wanted(str), discard_wanted(str): id of a download.
        rows_changed(): the section has other rows now and is to be laid out.
    """

    look_up_wanted = Signal(str, str)
    download_wanted = Signal(str)
    pause_wanted = Signal(str)
    discard_wanted = Signal(str)
    rows_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "hubSection", tr("From the model hub"))
        self.work_offline = True
        self.downloads: dict[str, DownloadRow] = {}
        self._plan: HubPlan | None = None
        self.heading = label(tr("From the model hub"), "heading")
        self._make_fields()
        self.message = label("", "muted", wrap=True)
        self.message.setObjectName("hubMessage")  # its addresses can be copied
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.hide()
        self._make_plan_card()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.heading)
        column.addLayout(_row(self.address, self.look_up))
        column.addWidget(self.message)
        column.addWidget(self._token_row)
        column.addWidget(self.plan_card)
        column.addLayout(self._rows)

    def _make_fields(self) -> None:
        self.address = QLineEdit()
        named(self.address, "hubAddress", tr("Model id or address from the hub"))
        hint = tr("Model id or address from the hub, for example {example}")
        say(self.address.setPlaceholderText, hint.format(example="Qwen/Qwen3-0.6B"))
        say(
            self.address.setToolTip,
            tr("OWNER/NAME, with @revision or :file.gguf behind it, or the address of its page"),
        )
        # Queued: the question that may come would take the same key press for its answer.
        self.address.returnPressed.connect(self._on_look_up, Qt.ConnectionType.QueuedConnection)
        self.look_up = text_button(tr("Look up"), "hubLookUpButton", "small")
        self.look_up.clicked.connect(self._on_look_up)
        self.token = QLineEdit()
        named(self.token, "hubToken", tr("Access token of your account at the hub"))
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        say(self.token.setPlaceholderText, tr("Access token of your account at the hub"))
        self.token.returnPressed.connect(self._on_look_up, Qt.ConnectionType.QueuedConnection)
        self._token_row = QWidget()
        self._token_row.setLayout(_row(self.token))
        self._token_row.hide()

    def _make_plan_card(self) -> None:
        self.plan_card = frame("card")
        self.plan_title = label("", "heading", wrap=True)
        self.plan_facts = label("", "muted", wrap=True)
        self.plan_facts.setObjectName("hubPlanFacts")
        self.download = text_button(tr("Download"), "hubDownloadButton", "primary")
        self.download.clicked.connect(self._on_download)
        self.dismiss = text_button(tr("Cancel"), "hubDismissButton", "small")
        self.dismiss.clicked.connect(self._on_dismiss)
        column = QVBoxLayout(self.plan_card)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        column.addWidget(self.plan_title)
        column.addWidget(self.plan_facts)
        buttons = _row(self.download, self.dismiss)
        buttons.addStretch()
        column.addLayout(buttons)
        self.plan_card.hide()

    # --- what is shown ------------------------------------------------------------------------

    def set_plan(self, plan: HubPlan) -> None:
        """Show what a download brings; nothing is downloaded before the button is pressed."""
        self._plan = plan
        self._end_look_up()
        self._token_row.hide()
        self.token.clear()
        say(self.plan_title.setText, joined(" · ", (plan.title, plan.repository)))
        facts = _plan_text(plan)
        say(self.plan_facts.setText, facts)
        say(self.plan_card.setAccessibleName, joined(": ", (plan.title, facts)))
        self._tell("")
        self.plan_card.show()
        self.download.setFocus()
        announce(self.plan_card, joined(": ", (plan.title, facts)))
        self.rows_changed.emit()

    def set_refused(self, message: str, hint: str, token_helps: bool) -> None:
        """Say why a model cannot be downloaded, and offer a field for the token where it helps."""
        self._end_look_up()
        self._token_row.setVisible(token_helps)
        self._tell(sentences(translated(message), translated(hint)), wrong=True)
        (self.token if token_helps else self.address).setFocus()

    def set_progress(self, progress: FetchProgress) -> None:
        """Show how far a download is."""
        if progress.stage == "done":
            return
        self._row(progress.part, progress.title).set_progress(progress)

    def set_stopped(self, download: str) -> None:
        """Show that a download was paused."""
        if download in self.downloads:
            self.downloads[download].set_stopped()

    def set_failed(self, download: str, message: str, hint: str) -> None:
        """Show why a download failed; it can be resumed."""
        self.set_stopped(download)
        self._tell(sentences(translated(message), translated(hint)), wrong=True)

    def set_installed(self, download: str) -> None:
        """Show that a model is installed."""
        row = self.downloads.get(download)
        title = row.title if row is not None else download
        self._drop(download)
        text = tr("{model} is installed. Choose it in the list of models.")
        self._tell(text.format(model=title))

    def set_unfinished(self, unfinished: tuple[UnfinishedDownload, ...]) -> None:
        """List the downloads that were interrupted, beside those that are running."""
        present = {one.id for one in unfinished}
        for gone in [key for key, row in self.downloads.items() if not row.is_running]:
            if gone not in present:
                self._drop(gone)
        for one in unfinished:
            if one.id not in self.downloads:
                self._row(one.id, one.title).set_kept(one.kept_bytes, one.total_bytes)

    def look_at(self, address: str) -> None:
        """Look a model of the catalogue up."""
        self.address.setText(address)
        self._on_look_up()

    def _row(self, download: str, title: str) -> DownloadRow:
        row = self.downloads.get(download)
        if row is None:
            row = self.downloads[download] = DownloadRow(download, title)
            row.resume_wanted.connect(self._on_resume)
            row.pause_wanted.connect(self.pause_wanted)
            row.discard_wanted.connect(self.discard_wanted)
            self._rows.addWidget(row)
            self.rows_changed.emit()
        return row

    def _drop(self, download: str) -> None:
        row = self.downloads.pop(download, None)
        if row is not None:
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
            self.rows_changed.emit()

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        self.message.setProperty("kind", "danger" if wrong else "muted")
        restyle(self.message)
        say(self.message.setText, text)
        self.message.setVisible(bool(text))
        if text:
            announce(self, text)
        self.rows_changed.emit()

    def _end_look_up(self) -> None:
        self.look_up.setEnabled(True)
        say(self.look_up.setText, tr("Look up"))

    # --- what the user asks for ---------------------------------------------------------------

    @Slot()
    def _on_look_up(self) -> None:
        if not self.address.text().strip() or not self.look_up.isEnabled():
            return
        self._allow(self._ask_hub)

    def _allow(self, go_on: object) -> None:
        """Go on at once, or after a question where the user works offline."""
        assert callable(go_on)
        if not self.work_offline:
            go_on()
            return
        ask(
            *(self, "onlineQuestion", tr("Contact the model hub?")),
            tr("You work offline. mmdesk will be online for this download only."),
            *(tr("Contact it"), go_on),
        )

    def _ask_hub(self) -> None:
        self._plan = None
        self.plan_card.hide()
        self.look_up.setEnabled(False)
        say(self.look_up.setText, tr("Asking…"))
        self._tell("")
        self.look_up_wanted.emit(self.address.text().strip(), self.token.text().strip())

    @Slot()
    def _on_download(self) -> None:
        if self._plan is None:
            return
        plan, self._plan = self._plan, None
        self.plan_card.hide()
        self.address.clear()
        self._tell("")
        waiting = FetchProgress(plan.id, plan.title, "waiting", 0, plan.total_bytes)
        self._row(plan.id, plan.title).set_progress(waiting)
        self.downloads[plan.id].button.setFocus()
        self.download_wanted.emit(plan.id)

    @Slot(str)
    def _on_resume(self, download: str) -> None:
        def resume() -> None:
            row = self.downloads.get(download)
            if row is not None:
                self._tell("")
                row.set_progress(FetchProgress(download, row.title, "waiting"))
                self.download_wanted.emit(download)

        self._allow(resume)

    @Slot()
    def _on_dismiss(self) -> None:
        self._plan = None
        self.plan_card.hide()
        self.address.setFocus()
        self.rows_changed.emit()


class DownloadRow(QWidget):
    """Progress of one download, with buttons to pause, resume and discard it.

    Signals:
        resume_wanted(str), pause_wanted(str), discard_wanted(str): its id.
    """

    resume_wanted = Signal(str)
    pause_wanted = Signal(str)
    discard_wanted = Signal(str)

    def __init__(self, download: str, title: str) -> None:
        super().__init__()
        self.title, self._id = title, download
        self.is_running = False
        named(self, f"hubDownload-{title}", title)
        self.name = ElidedLabel(kind="heading")
        self.name.setText(title)
        self.bar = ThinBar()
        self.text = ElidedLabel(kind="muted")
        self.button = text_button("", f"hubPauseButton-{title}", "small")
        self.button.clicked.connect(self._on_clicked)
        self.discard = text_button(tr("Discard"), f"hubDiscardButton-{title}", "small")
        say(self.discard.setAccessibleName, joined(": ", (tr("Discard"), title)))
        self.discard.clicked.connect(partial(self.discard_wanted.emit, download))
        card = frame("card")
        row = QHBoxLayout(card)
        row.setContentsMargins(16, 8, 12, 8)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.name)
        happening = _row(self.bar, self.text)
        happening.setStretch(1, 1)
        texts.addLayout(happening)
        row.addLayout(texts, 1)
        row.addWidget(self.button)
        row.addWidget(self.discard)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card)

    def set_progress(self, progress: FetchProgress) -> None:
        """Show how far it is."""
        begun = not self.is_running
        self.is_running = True
        self.bar.set_fraction(share(progress) if progress.total_bytes else None)
        say(self.text.setText, progress_text(progress))
        self._name_button(tr("Pause"))
        self.discard.hide()
        if begun:
            announce(self, joined(": ", (self.title, progress_text(progress))))

    def set_kept(self, kept: int, total: int) -> None:
        """Show how much of an interrupted download is on the disk."""
        self.bar.set_fraction(kept / total if total else 0.0)
        text = tr("{0} of {1} are on this computer").format(size_text(kept), size_text(total))
        say(self.text.setText, text)
        self.set_stopped()

    def set_stopped(self) -> None:
        """Show that it is not running."""
        if self.is_running:
            say(self.text.setText, tr("Paused"))
            self.bar.set_fraction(self.bar.fraction or 0.0)
        self.is_running = False
        self._name_button(tr("Resume"))
        self.discard.show()

    def _name_button(self, text: str) -> None:
        say(self.button.setText, text)
        say(self.button.setAccessibleName, joined(": ", (text, self.title)))

    @Slot()
    def _on_clicked(self) -> None:
        (self.pause_wanted if self.is_running else self.resume_wanted).emit(self._id)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    for widget in widgets:
        row.addWidget(widget)
    return row


def _plan_text(plan: HubPlan) -> str:
    """Return what a download brings, in short sentences."""
    count = len(plan.files)
    files = tr("{count} files, {size}") if count != 1 else tr("One file, {size}")
    facts = [files.format(count=count, size=size_text(plan.total_bytes))]
    licence = tr("licence: {0}").format(plan.licence) if plan.licence else tr("licence not stated")
    facts.append(licence)
    version = tr("version {commit} ({revision})")
    facts.append(version.format(commit=plan.commit[:12], revision=plan.revision))
    texts = [joined(" · ", facts)]
    if plan.kept_bytes:
        texts.append(tr("{0} are here already.").format(size_text(plan.kept_bytes)))
    needs = tr("Takes about {memory} of memory and {disk} of disk space.")
    memory, disk = size_text(plan.memory_bytes), size_text(plan.needed_bytes)
    texts.append(needs.format(memory=memory, disk=disk))
    if plan.gated:
        texts.append(tr("Gated: your account has accepted its terms."))
    return joined("\n", texts)
