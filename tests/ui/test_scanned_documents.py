"""A document with scanned pages says so before it is read, and no more afterwards."""

from __future__ import annotations

from mmdesk.ui.attachment_actions import AttachmentActions
from mmdesk.ui.document_card import DocumentCard
from mmdesk.ui.pending_attachments import PendingAttachments
from mmdesk.ui.user_message import UserMessage, document_notices
from mmdesk.ui.widgets import ElidedLabel
from mmdesk.values import DocumentInput, StoredMessage, Turn, unread_pages_notice

SCAN = DocumentInput(
    "scan.pdf", "One", "application/pdf", 3, (unread_pages_notice((2, 3)),), (0, 3, 3), (2, 3),
    "/x/scan.pdf", "a" * 64,
)  # fmt: skip
READ = DocumentInput("scan.pdf", "One\n\nTwo", "application/pdf", 3, (), (0, 5, 8))


def test_the_card_says_that_pages_are_read_when_the_user_asks(qtbot) -> None:
    assert document_notices(SCAN) == ("Pages 2 and 3 are pictures. They are read when you ask.",)
    assert document_notices(READ) == ()
    card = DocumentCard(SCAN, AttachmentActions(PendingAttachments(), "German"))
    qtbot.addWidget(card)
    assert "They are read when you ask." in card.notices.toolTip() + card.notices.accessibleName()


def test_a_sent_document_changes_when_it_was_read(qtbot) -> None:
    attachments = PendingAttachments()
    message = StoredMessage("m", "", Turn("user", "What?", documents=(SCAN,)))
    widget = UserMessage(
        message.turn, attachments, AttachmentActions(attachments, "German"), message
    )
    qtbot.addWidget(widget)
    before = widget.findChild(ElidedLabel, "fileNotices")
    assert before.accessibleName().startswith("Pages 2 and 3 are pictures.")
    with qtbot.waitSignal(before.destroyed):
        attachments.document_read.emit(SCAN, READ)
    (after,) = widget.findChildren(ElidedLabel, "fileNotices")
    assert after.accessibleName() == ""
    assert widget.stored(message).turn.documents == (READ,)
