"""Delegate that paints the rows of the conversation list."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from mmdesk.ui import theme
from mmdesk.ui.history_model import ROW, HistoryRow, ModelIndex, kind_text
from mmdesk.ui.i18n import tr
from mmdesk.ui.icons import icon
from mmdesk.ui.widgets import named
from mmdesk.values import HitKind

_WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_HEADING_HEIGHT, _TITLE_HEIGHT = 32, 36  # px, the least
_MARGIN = 12  # px, left and right
_SMALL = 0.87  # of the text's size
_MARK = 14  # px, side of a pin or a dot
_INDENT = 24  # px, of a conversation in a project
_MORE = 26  # px, width of the place of "⋯"
_NOTE_LINES = 4  # at most


class HistoryDelegate(QStyledItemDelegate):
    """Painter of headings, titles, and titles with an excerpt, in the colours of the theme."""

    def sizeHint(self, option: QStyleOptionViewItem, index: ModelIndex) -> QSize:
        """Return the height of a row for the current text size; the width is the view's."""
        row: HistoryRow = index.data(ROW)
        line = option.fontMetrics.lineSpacing()
        view = self.parent()
        width = view.width() - 3 * _MARGIN if isinstance(view, QWidget) else 200
        if row.note:
            lines = option.fontMetrics.boundingRect(
                QRect(0, 0, max(80, width), line * _NOTE_LINES), _WRAPPED, row.text
            )
            return QSize(80, lines.height() + 2 * _MARGIN)
        if row.project is None and not row.id:
            return QSize(80, max(_HEADING_HEIGHT, line + 13))
        if row.hit is None:
            return QSize(80, max(_TITLE_HEIGHT, line + 14))
        if not row.hit.message:
            return QSize(80, 14 + line)
        long = option.fontMetrics.horizontalAdvance(row.hit.excerpt) * _SMALL > width
        return QSize(80, 16 + line + (2 if long else 1) * round(line * _SMALL))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: ModelIndex) -> None:
        """Paint one row."""
        row: HistoryRow = index.data(ROW)
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.note:
            painter.setPen(QColor(theme.current().muted))
            painter.setFont(option.font)
            inside = area.adjusted(_MARGIN + 4, _MARGIN, -_MARGIN, -4)
            painter.drawText(inside, _WRAPPED, row.text)
        elif row.project is not None:
            self._paint_background(painter, area, option, row)
            self._paint_project(painter, area.adjusted(_MARGIN, 0, -_MARGIN, 0), option, row)
        elif not row.id:
            self._paint_heading(painter, area, option, row)
        else:
            self._paint_background(painter, area, option, row)
            in_project = row.is_listed and row.info is not None and bool(row.info.project)
            left = _MARGIN + 4 + (_INDENT if in_project else 0)
            self._paint_row(painter, area.adjusted(left, 0, -_MARGIN, 0), option, row)
        painter.restore()

    @staticmethod
    def more_area(area: QRect) -> QRect:
        """Return where "⋯" stands in a row, which opens the row's menu."""
        height = min(area.height(), _TITLE_HEIGHT)
        return QRect(area.right() - _MORE - 6, area.y(), _MORE, height)

    @staticmethod
    def _paint_heading(
        painter: QPainter, area: QRect, option: QStyleOptionViewItem, row: HistoryRow
    ) -> None:
        font = QFont(option.font)
        font.setPixelSize(max(11, round(font.pixelSize() * 0.84)))
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(theme.current().muted))
        bottom = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        painter.drawText(area.adjusted(_MARGIN + 4, 0, -_MARGIN, -5), bottom, row.text)

    @staticmethod
    def _paint_project(
        painter: QPainter, area: QRect, option: QStyleOptionViewItem, row: HistoryRow
    ) -> None:
        """Paint a project's heading: arrow, folder, name, and how many conversations it hides."""
        assert row.project is not None
        top = area.center().y() - _MARK // 2
        arrow = icon("chevron-right" if row.project.is_folded else "chevron-down", "muted")
        arrow.paint(painter, QRect(area.x(), top + 1, _MARK - 2, _MARK - 2))
        icon("folder", "accent").paint(painter, QRect(area.x() + 17, top - 1, _MARK + 2, _MARK + 2))
        right = area.right()
        at_hand = QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus
        if option.state & at_hand:
            icon("more", "muted").paint(painter, QRect(right - _MARK, top, _MARK, _MARK))
            right -= _MARK + 6
        elif row.project.is_folded and row.count:
            painter.setPen(QColor(theme.current().muted))
            painter.setFont(option.font)
            end = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(area, end, str(row.count))
            right -= option.fontMetrics.horizontalAdvance(str(row.count)) + 6
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(theme.current().text))
        line = QRect(area.x() + 40, area.y(), right - area.x() - 40, area.height())
        name = painter.fontMetrics().elidedText(row.text, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)

    @staticmethod
    def _paint_background(
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

    def _paint_row(
        self, painter: QPainter, area: QRect, option: QStyleOptionViewItem, row: HistoryRow
    ) -> None:
        metrics = option.fontMetrics
        line = area if row.hit is None else QRect(area.x(), area.y() + 7, area.width(),
                                                  metrics.lineSpacing())  # fmt: skip
        width = line.width() - self._paint_marks(painter, line, option, row)
        painter.setPen(QColor(theme.current().text))
        painter.setFont(option.font)
        title = metrics.elidedText(row.text, Qt.TextElideMode.ElideRight, width)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
        if row.hit is not None and row.hit.message:
            excerpt_area = area.adjusted(0, 9 + metrics.lineSpacing(), 0, 0)
            self._paint_excerpt(painter, excerpt_area, option, row)

    def _paint_marks(
        self, painter: QPainter, line: QRect, option: QStyleOptionViewItem, row: HistoryRow
    ) -> int:
        """Paint what stands at the end of a title; return how many px it takes."""
        mark = QRect(line.right() - _MARK, line.center().y() - _MARK // 2, _MARK, _MARK)
        if row.hit is not None:
            return self._paint_kind(painter, line, option, row.hit.kind)
        at_hand = QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus
        if option.state & at_hand:
            icon("more", "muted").paint(painter, mark)
        elif row.busy:
            painter.setBrush(QColor(theme.current().accent))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(mark.adjusted(3, 3, -3, -3))
        elif row.info is not None and row.info.pinned and not row.deleted:
            icon("pin", "muted").paint(painter, mark)
        else:
            return 0
        return _MARK + 6

    @staticmethod
    def _paint_kind(
        painter: QPainter, line: QRect, option: QStyleOptionViewItem, kind: HitKind
    ) -> int:
        """Paint what a hit was found in, at the end of its title; return how many px it takes."""
        font = QFont(option.font)
        font.setPixelSize(max(11, round(font.pixelSize() * _SMALL)))
        painter.setFont(font)
        painter.setPen(QColor(theme.current().muted))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(line, right, kind_text(kind))
        return painter.fontMetrics().horizontalAdvance(kind_text(kind)) + 8

    @staticmethod
    def _paint_excerpt(
        painter: QPainter, area: QRect, option: QStyleOptionViewItem, row: HistoryRow
    ) -> None:
        """Paint two lines of the excerpt, with the search terms in bold."""
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
        height = 0.0
        for _ in range(2):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(area.width())
            line.setPosition(QPointF(0, height))
            height += line.height()
        layout.endLayout()
        painter.setPen(QColor(theme.current().muted))
        painter.setClipRect(area)
        layout.draw(painter, area.topLeft())

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: ModelIndex
    ) -> QWidget:
        """Create the field in which a conversation is renamed."""
        field = QLineEdit(parent)
        named(field, "renameField", tr("New title"))
        return field

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: ModelIndex
    ) -> None:
        """Place the field over the row."""
        area: QRect = option.rect
        editor.setGeometry(area.adjusted(6, 1, -6, -1))
