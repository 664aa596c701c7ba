"""`mmdesk history encrypt`, `decrypt` and `passphrase`, and the passphrase for the other actions.

Passphrases come from the environment or from the terminal, never from the command's arguments,
which every account can see.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path

from mmdesk.cli.output import Console
from mmdesk.errors import HistoryLocked, InputError
from mmdesk.history import Archive, HistoryVault
from mmdesk.settings import home
from mmdesk.translatable import TranslatableText
from mmdesk.values import Preparing

VARIABLE, NEW_VARIABLE = "MMDESK_PASSPHRASE", "MMDESK_NEW_PASSPHRASE"
ACTIONS = ("encrypt", "decrypt", "passphrase")


def open_history(folder: Path) -> Archive:
    """Open the history in a folder; ask for the passphrase where one is needed.

    Raises:
        InputError: it is not the right one, or nobody can be asked.
        MMDeskError: the history cannot be opened.
    """
    vault = HistoryVault(folder)
    try:
        return vault.open()
    except HistoryLocked:
        vault.unlock(_passphrase(VARIABLE, "Passphrase: "))
    return vault.open()


def run(options: argparse.Namespace, console: Console) -> None:
    """Encrypt or decrypt the history, or change its passphrase.

    Raises:
        InputError: a passphrase is wrong, too short, or missing.
        MMDeskError: it cannot be done; nothing has changed.
    """
    vault = HistoryVault(home())
    if options.action == "encrypt":
        if not vault.is_encrypted:
            console.notice(
                TranslatableText(
                    "Without the passphrase nobody can open the conversations, and it cannot be "
                    "reset."
                )
            )
        vault.encrypt(
            "" if vault.is_encrypted else _new_passphrase(VARIABLE),
            _progress(console, TranslatableText("Encrypting the conversations")),
        )
        console.print("Conversations are encrypted.")
    elif options.action == "decrypt":
        if vault.is_encrypted:
            unlock(vault)
        vault.decrypt(_progress(console, TranslatableText("Decrypting the conversations")))
        console.print("Conversations are not encrypted.")
    else:
        old = _passphrase(VARIABLE, "Present passphrase: ") if vault.is_encrypted else ""
        vault.change_passphrase(old, _new_passphrase(NEW_VARIABLE) if vault.is_encrypted else "")
        console.print("The passphrase was changed.")


def unlock(vault: HistoryVault) -> None:
    """Unlock a history that the keyring does not unlock."""
    try:
        vault.known_key()
    except HistoryLocked:
        vault.unlock(_passphrase(VARIABLE, "Passphrase: "))


def _progress(console: Console, stage: str) -> Callable[[int, int], None]:
    def show(done: int, every: int) -> None:
        console.stage(Preparing(stage, done / max(1, every)))

    return show


def _passphrase(variable: str, prompt: str) -> str:
    """Return a passphrase from the environment or, without echo, from the terminal."""
    given = os.environ.get(variable)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise InputError(
            "The conversations are encrypted, and there is no terminal to ask for the passphrase.",
            "Put it into the environment variable {variable}.",
            variable=variable,
        )
    try:
        return getpass.getpass(prompt)
    except EOFError as error:
        raise InputError("No passphrase was entered.") from error


def _new_passphrase(variable: str) -> str:
    if os.environ.get(variable) is None and not sys.stdin.isatty():
        raise InputError(
            "There is no terminal to ask for the new passphrase.",
            "Put it into the environment variable {variable}.",
            variable=variable,
        )
    new = _passphrase(variable, "New passphrase: ")
    if os.environ.get(variable) is None and new != _passphrase(variable, "Repeat it: "):
        raise InputError("The two new passphrases differ.")
    return new
