"""How a row of the conversations' list looks: a heading, a title, or a title with an excerpt."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from mmdesk.ui import theme
from mmdesk.ui.history_model import ROW, HistoryRow
from mmdesk.ui.i18n import tr
from mmdesk.ui.icons import icon
from mmdesk.ui.widgets import named

_HEADING, _TITLE = 32, 36  # px high
_ASIDE = 12  # px of room left and right
_SMALL = 0.87  # of the text's size
_MARK = 14  # px of a pin or a dot
ModelIndex = QModelIndex | QPersistentModelIndex


class HistoryDelegate(QStyledItemDelegate):
    """See the module; everything is drawn in the colours in force."""

    def sizeHint(self, option: QStyleOptionViewItem, index: ModelIndex) -> QSize:
        row: HistoryRow = index.data(ROW)
        line = option.fontMetrics.lineSpacing()
        if not row.id:
            return QSize(80, max(_HEADING, line + 13))
        if row.hit is None:
            return QSize(80, max(_TITLE, line + 14))
        if not row.hit.message:
            return QSize(80, 14 + line)
        view = self.parent()
        room = view.width() - 3 * _ASIDE if isinstance(view, QWidget) else 200
        long = option.fontMetrics.horizontalAdvance(row.hit.excerpt) * _SMALL > room
        return QSize(80, 16 + line + (2 if long else 1) * round(line * _SMALL))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: ModelIndex) -> None:
        row: HistoryRow = index.data(ROW)
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not row.id:
            self._heading(painter, area, option, row)
        else:
            self._ground(painter, area, option, row)
            self._row(painter, area.adjusted(_ASIDE + 4, 0, -_ASIDE, 0), option, row)
        painter.restore()

    @staticmethod
    def _heading(
        painter: QPainter, area: QRect, option: QStyleOptionViewItem, row: HistoryRow
    ) -> None:
        font = QFont(option.font)
        font.setPixelSize(max(11, round(font.pixelSize() * 0.84)))
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(theme.current().muted))
        bottom = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        painter.drawText(area.adjusted(_ASIDE + 4, 0, -_ASIDE, -5), bottom, row.text)

    @staticmethod
    def _ground(
        painter: QPainter, area: QRect, option: QStyleOptionViewItem, row: HistoryRow
    ) -> None:
        tokens, state = theme.current(), option.state
        shape = QRectF(area).adjusted(6, 1, -6, -1)
        if row.current:
            painter.setBrush(QColor(tokens.accent_soft))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(tokens.raised))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        focused = QStyle.StateFlag.State_HasFocus
        painter.setPen(QColor(tokens.accent) if state & focused else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(shape, 8, 8)

    def _row(
        self, painter: QPainter, area: QRect, option: QStyleOptionViewItem, row: HistoryRow
    ) -> None:
        metrics = option.fontMetrics
        line = area if row.hit is None else QRect(area.x(), area.y() + 7, area.width(),
                                                  metrics.lineSpacing())  # fmt: skip
        room = line.width()
        if row.busy or (row.info is not None and row.info.pinned):
            room -= _MARK + 6
            place = QRect(line.right() - _MARK, line.center().y() - _MARK // 2, _MARK, _MARK)
            if row.busy:
                painter.setBrush(QColor(theme.current().accent))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawEllipse(place.adjusted(3, 3, -3, -3))
            else:
                icon("pin", "muted").paint(painter, place)
        painter.setPen(QColor(theme.current().text))
        painter.setFont(option.font)
        words = metrics.elidedText(row.text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        if row.hit is not None and row.hit.message:
            below = area.adjusted(0, 9 + metrics.lineSpacing(), 0, 0)
            self._excerpt(painter, below, option, row)

    @staticmethod
    def _excerpt(
        painter: QPainter, area: QRect, option: QStyleOptionViewItem, row: HistoryRow
    ) -> None:
        """Two lines, with what was found in bold."""
        assert row.hit is not None
        font = QFont(option.font)
        font.setPixelSize(max(11, round(font.pixelSize() * _SMALL)))
        found = QTextCharFormat()
        found.setFontWeight(QFont.Weight.Bold)
        found.setForeground(QColor(theme.current().accent))
        marks = []
        for start, length in row.hit.marks:
            mark = QTextLayout.FormatRange()
            mark.start, mark.length, mark.format = start, length, found
            marks.append(mark)
        layout = QTextLayout(row.hit.excerpt, font)
        option_ = QTextOption()
        option_.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option_)
        layout.setFormats(marks)
        layout.beginLayout()
        high = 0.0
        for _ in range(2):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(area.width())
            line.setPosition(QPointF(0, high))
            high += line.height()
        layout.endLayout()
        painter.setPen(QColor(theme.current().muted))
        painter.setClipRect(area)
        layout.draw(painter, area.topLeft())

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: ModelIndex
    ) -> QWidget:
        field = QLineEdit(parent)
        named(field, "renameField", tr("New title"))
        return field

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: ModelIndex
    ) -> None:
        area: QRect = option.rect
        editor.setGeometry(area.adjusted(6, 1, -6, -1))
