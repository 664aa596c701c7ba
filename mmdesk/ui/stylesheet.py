"""Qt style sheet, filled with the colours and the text size of the theme.

Sizes are device-independent pixels.
"""

from __future__ import annotations

from mmdesk.settings import resource
from mmdesk.ui.theme import Tokens, base_pixels, scaled

_SHEET = """
* { font-size: @basepx; }
QMainWindow, QDialog, QMessageBox { background: @window; }
QWidget { color: @text; }
QToolTip { color: @text; background: @raised; border: 1px solid @border; padding: 5px 8px; }
QLabel { background: transparent; }
QLabel[kind="muted"], QLabel[kind="notice"] { color: @muted; font-size: @smallpx; }
QLabel[kind="heading"] { font-weight: 600; }
QLabel[kind="title"] { font-size: @titlepx; font-weight: 600; }
QLabel[kind="danger"] { color: @danger; }
QLabel[kind="problem"] { color: @danger; font-size: @smallpx; }
QLabel[kind="pill"] { color: @muted; background: @raised; border-radius: 9px;
    padding: 2px 9px; font-size: @smallpx; }
QLabel[kind="pill"][inUse="true"] { color: @on_accent; background: @accent; font-weight: 600; }

QFrame[kind="card"] { background: @surface; border: 1px solid @border; border-radius: 14px; }
QFrame[kind="card"][inUse="true"] { border-color: @accent; }
QFrame[kind="palette"] { background: @surface; border: 1px solid @outline; }
QFrame[kind="palette"] QTreeWidget { border: none; padding: 0; }
QFrame[kind="bubble"] { background: @accent_soft; border-radius: 16px; }
QFrame[kind="chip"] { background: @raised; border-radius: 10px; }
QFrame[kind="strip"] { background: @raised; border-radius: 10px; }
QFrame[kind="error"] { background: @danger_soft; border-radius: 12px; }
QFrame[kind="error"] QLabel { color: @danger; }
QFrame[kind="composer"] { background: @surface; border: 2px solid @outline; border-radius: 18px; }
QFrame[kind="composer"][focused="true"] { border-color: @accent; }
QWidget[temporary="true"] QFrame[kind="composer"] { background: @accent_soft;
    border-style: dashed; }
QFrame[kind="temporary"] { background: @accent_soft; border: 1px dashed @accent;
    border-radius: 12px; }
QFrame[kind="drop"] { border: 2px dashed @border; border-radius: 14px; }
QFrame[kind="line"] { background: @border; }

QPushButton, QToolButton { background: @raised; border: 2px solid transparent;
    border-radius: 10px; padding: 5px 12px; }
QToolButton { padding: 0; }
QPushButton:hover, QToolButton:hover { background: @border; }
QPushButton:pressed, QToolButton:pressed { background: @border; }
QPushButton:focus, QToolButton:focus { border-color: @accent; }
QPushButton:disabled, QToolButton:disabled { color: @outline; }
QPushButton[kind="primary"], QToolButton[kind="primary"] { background: @accent;
    color: @on_accent; font-weight: 600; }
QPushButton[kind="primary"]:hover, QToolButton[kind="primary"]:hover {
    background: @accent_hover; }
QPushButton[kind="primary"]:focus, QToolButton[kind="primary"]:focus { border-color: @text; }
QPushButton[kind="primary"]:disabled, QToolButton[kind="primary"]:disabled {
    background: @raised; color: @outline; }
QPushButton[kind="quiet"], QToolButton[kind="quiet"] { background: transparent; }
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover { background: @raised; }
QFrame[kind="strip"] QToolButton[kind="quiet"]:hover,
QFrame[kind="strip"] QPushButton[kind="quiet"]:hover,
QFrame[kind="chip"] QToolButton[kind="quiet"]:hover { background: @border; }
QPushButton[kind="small"], QToolButton[kind="small"] { background: @surface;
    border: 2px solid @border; border-radius: 8px; padding: 2px 9px; font-size: @smallpx; }
QPushButton[kind="small"]:focus, QToolButton[kind="small"]:focus { border-color: @accent; }
QPushButton[kind="small"]:hover, QToolButton[kind="small"]:hover { background: @raised; }
QPushButton[compact="true"] { border-radius: 8px; padding: 2px 9px; font-size: @smallpx; }
QPushButton[kind="link"] { background: transparent; color: @accent; padding: 0 2px;
    border-radius: 4px; font-size: @smallpx; text-align: left; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QToolButton[kind="code"] { background: @code; border-radius: 7px; padding: 2px; }
QToolButton[kind="code"]:hover { background: @border; }
QToolButton[kind="floating"] { background: @surface; border: 2px solid @border;
    border-radius: @roundpx; padding: 4px; }
QToolButton[kind="floating"]:hover { background: @raised; }
QToolButton[kind="floating"]:focus { border-color: @accent; }
QToolButton#micButton[listening="true"], QToolButton#talkButton[listening="true"] {
    background: @danger; border-radius: @roundpx; }
QPushButton[kind="example"] { background: @surface; border: 1px solid @border;
    border-radius: 12px; padding: 11px 14px; margin: 1px; text-align: left; }
QPushButton[kind="example"]:hover { background: @raised; }
QPushButton[kind="example"]:focus { border: 2px solid @accent; margin: 0; }
QToolButton[kind="chip"] { background: transparent; border-radius: 8px; }
QToolButton[kind="chip"]:hover { background: @border; }
QToolButton[kind="chip"]:focus { border-color: @accent; }
QToolButton#sendButton, QToolButton#stopButton, QToolButton#quickAskButton,
QToolButton#quickStopButton { border-radius: @roundpx; padding: 0; }
QToolButton#stopButton, QToolButton#quickStopButton { background: @text; }
QToolButton#stopButton:focus, QToolButton#quickStopButton:focus { border-color: @accent; }
QToolButton::menu-indicator { image: none; }
QToolButton[popupMode="1"] { padding-right: 20px; }
QToolButton::menu-button { border: none; width: 18px; }
QToolButton::menu-arrow { image: url("@icons/chevron-down.svg"); width: 12px; height: 12px; }

QComboBox { background: @surface; border: 1px solid @outline; margin: 1px;
    border-radius: 10px; padding: 4px 10px; min-height: @fieldpx; }
QComboBox:hover { background: @raised; }
QComboBox:focus { border: 2px solid @accent; margin: 0; }
QComboBox:disabled { color: @outline; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url("@icons/chevron-down.svg"); width: 14px; height: 14px; }
QSpinBox, QDoubleSpinBox { background: @surface; border: 1px solid @outline; margin: 1px;
    border-radius: 10px; padding: 4px 8px; min-height: @fieldpx;
    selection-background-color: @accent; selection-color: @on_accent; }
QSpinBox:focus, QDoubleSpinBox:focus { border: 2px solid @accent; margin: 0; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button,
QDoubleSpinBox::down-button { border: none; width: 24px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("@icons/chevron-up.svg");
    width: 11px; height: 11px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("@icons/chevron-down.svg");
    width: 11px; height: 11px; }
QCheckBox { spacing: 9px; padding: 3px; border: 2px solid transparent; border-radius: 8px; }
QCheckBox:focus { border-color: @accent; }
QCheckBox::indicator { width: @boxpx; height: @boxpx; border: 2px solid @outline;
    border-radius: 5px; background: @surface; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent;
    image: url("@icons/check-@scheme.svg"); }
QComboBox QAbstractItemView { background: @surface; color: @text; border: 1px solid @border;
    padding: 4px; selection-background-color: @accent_soft; selection-color: @text;
    outline: none; }
QComboBox QAbstractItemView::item { min-height: 30px; padding: 0 6px; }
QMenu { background: @surface; border: 1px solid @border; padding: 5px; }
QMenu::item { padding: 6px 22px 6px 14px; border-radius: 6px; background: transparent; }
QMenu::item:selected { background: @accent_soft; color: @text; }
QMenu::item:disabled { color: @outline; }
QMenu::separator { height: 1px; background: @border; margin: 4px 8px; }

QTextEdit[kind="message"] { background: transparent; border: none; padding: 0;
    selection-background-color: @accent; selection-color: @on_accent; }
QTextEdit[kind="message"]:focus { background: transparent; }
QLineEdit, QPlainTextEdit { placeholder-text-color: @muted; }
QPlainTextEdit { background: @surface; border: 1px solid @outline; margin: 1px;
    border-radius: 10px; padding: 4px 6px; selection-background-color: @accent;
    selection-color: @on_accent; }
QPlainTextEdit:focus { border: 2px solid @accent; margin: 0; }
QPlainTextEdit#chatInput, QPlainTextEdit#quickAskField { background: transparent; border: none;
    padding: 0; margin: 0; }
QScrollArea, QScrollArea > QWidget > QWidget#column, QWidget#pictureList {
    background: transparent; border: none; }
QScrollArea#transcript { border: 2px solid transparent; }
QScrollArea#transcript[ring="true"] { border-color: @accent; border-radius: 8px; }
QScrollBar:vertical { background: transparent; width: 14px; margin: 0; }
QScrollBar::handle:vertical { background: @outline; min-height: 36px; border-radius: 3px;
    margin: 2px 4px; }
QScrollBar[idle="true"]::handle:vertical { background: transparent; }
QScrollBar::handle:vertical:hover { background: @muted; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle:horizontal { background: @outline; min-width: 36px; border-radius: 3px;
    margin: 3px 2px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: @border; }
QProgressBar { background: @raised; border: none; border-radius: 3px; max-height: 6px;
    min-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QProgressBar[full="true"]::chunk { background: @danger; }
QStatusBar { background: @window; border-top: 1px solid @border; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: @muted; font-size: @smallpx; padding: 1px 6px; }
QWidget#side { background: @surface; border-left: 1px solid @border; }
QWidget#side[below="true"] { border-left: none; border-top: 1px solid @border; }
QWidget#historyPanel { background: @surface; border-right: 1px solid @border; }
QListView#historyList { background: transparent; border: none; outline: none; }
QLineEdit { background: @surface; border: 1px solid @outline; margin: 1px; border-radius: 10px;
    padding: 4px 8px; min-height: @fieldpx; selection-background-color: @accent;
    selection-color: @on_accent; }
QLineEdit:focus { border: 2px solid @accent; margin: 0; }
QLineEdit#historySearch { background: @raised; padding-left: 2px; }
QLineEdit#historySearch:focus { background: @surface; }
QSpinBox QLineEdit, QDoubleSpinBox QLineEdit { background: transparent; border: none;
    padding: 0; margin: 0; min-height: 0; }
QTreeWidget, QListWidget { background: @surface; border: 2px solid @border; border-radius: 10px;
    padding: 6px; outline: none; }
QTreeWidget:focus, QListWidget:focus { border-color: @accent; }
QTreeWidget[kind="plain"] { border: none; border-radius: 0; background: transparent; padding: 0; }
QTreeWidget::item, QListWidget::item { padding: 4px 6px; }
QTreeWidget::item:selected, QListWidget::item:selected { background: @accent_soft; color: @text; }
QHeaderView::section { background: @surface; color: @muted; border: none; padding: 4px 6px;
    font-size: @smallpx; }
QTreeWidget[kind="plain"] QHeaderView::section { background: transparent; }
QTreeWidget[kind="plain"] QHeaderView { background: transparent; border: none; }
QWidget#topBar { background: @window; border-bottom: 1px solid @border; }
"""


def sheet(tokens: Tokens) -> str:
    """Return the style sheet in these colours."""
    base = base_pixels()
    values = {
        "basepx": f"{base}px",
        "smallpx": f"{max(12, round(base * 0.87))}px",
        "titlepx": f"{round(base * 1.6)}px",
        "fieldpx": f"{scaled(22)}px",
        "boxpx": f"{scaled(16)}px",
        "roundpx": f"{scaled(36) // 2}px",  # a larger one would be ignored
        "scheme": tokens.name,
        "icons": resource("icons").as_posix(),
    }
    for name in (
        *("window", "surface", "raised", "code", "border", "outline", "text", "muted"),
        *("accent_hover", "accent_soft", "on_accent", "accent", "danger_soft", "danger"),
    ):
        values[name] = getattr(tokens, name)
    sheet_text = _SHEET
    for name in sorted(values, key=len, reverse=True):  # @accent_soft before @accent
        sheet_text = sheet_text.replace(f"@{name}", values[name])
    return sheet_text
