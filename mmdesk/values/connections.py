"""Connections to other computers, as the connection log keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from mmdesk.translatable import TranslatableText


@dataclass(frozen=True, slots=True)
class Connection:
    """One request to another computer, or an attempt that was refused.

    Attributes:
        time: when it began, in seconds since 1970.
        host: name or address of the other computer.
        port: its port; 0 where only its name was looked up.
        reason: why, as an English phrase.
        result: how it ended, as an English phrase.
        sent: bytes sent; None where nobody counted them.
        received: bytes received, likewise.
    """

    time: float
    host: str
    port: int
    reason: TranslatableText
    result: TranslatableText
    sent: int | None = None
    received: int | None = None

    @property
    def address(self) -> str:
        """The host with its port: "example.org:443"."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host
