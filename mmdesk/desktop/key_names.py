"""Key sequences of Qt as the window systems name them."""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from mmdesk.desktop.refusals import HotkeyRefused
from mmdesk.translatable import TranslatableText

_MODIFIERS = Qt.KeyboardModifier
_FREE_ALONE = (Qt.Key.Key_Print, Qt.Key.Key_Pause)  # of use without a modifier


def combination(keys: str) -> tuple[Qt.Key, Qt.KeyboardModifier]:
    """Return the key and the modifiers of one key sequence.

    Raises:
        HotkeyRefused: it is none, several, or a key that is needed for typing.
    """
    sequence = QKeySequence(keys)
    if sequence.count() != 1:
        raise HotkeyRefused(TranslatableText("{keys} is not one key combination.", keys=keys))
    pressed: QKeyCombination = sequence[0]  # type: ignore[index]  # the stub lacks it
    key, modifiers = pressed.key(), pressed.keyboardModifiers()
    strong = modifiers & (
        _MODIFIERS.ControlModifier | _MODIFIERS.AltModifier | _MODIFIERS.MetaModifier
    )
    is_function_key = Qt.Key.Key_F1.value <= key.value <= Qt.Key.Key_F35.value
    if not strong and not is_function_key and key not in _FREE_ALONE:
        raise HotkeyRefused(
            TranslatableText("{keys} is needed for typing. Add Ctrl or Alt.", keys=keys)
        )
    return key, modifiers
