"""Limits on chat templates, which are programs that come with a model.

The sandbox keeps a template from the computer's files. It does not keep it from running for ever
or from filling the memory, and whatever it raises must be told as the template's mistake.
"""

from __future__ import annotations

import ctypes
import functools
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mmdesk.errors import Cancelled, MMDeskError, ModelUnavailable

# Of the process's CPU time; the template of the built-in model takes 10 ms for 300 turns.
MAX_SECONDS = 3.0
MAX_NUMBER = 100_000  # of an argument: a width, a count, an indent
MAX_LENGTH = 50_000_000  # characters or items of one value


_LARGE_WIDTH = re.compile(r"\*|\d{4}")  # in a format


class TemplateTooSlow(Exception):  # noqa: N818  an event, not a defect
    """Template that ran longer than `MAX_SECONDS`."""


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """Sandbox in which no single step of a template is long or large."""

    intercepted_binops = frozenset(["*", "**", "%", "+"])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.filters = {name: bounded(function) for name, function in self.filters.items()}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Compute an operator whose result could be enormous."""
        sizes = [_size(left), _size(right)]
        if operator == "**" and (sizes[0] > MAX_NUMBER or sizes[1] > 64):
            raise SecurityError("the power is too large")
        if operator == "*" and sizes[0] * sizes[1] > MAX_LENGTH**2:
            raise SecurityError("the product is too large")
        if operator == "*" and (hasattr(left, "__len__") or hasattr(right, "__len__")):
            _check_size(sizes[0] * sizes[1])
        if operator == "+":
            _check_size(max(len(v) if hasattr(v, "__len__") else 0 for v in (left, right)))
        if operator == "%" and isinstance(left, str) and _LARGE_WIDTH.search(left):
            raise SecurityError("the format is too large")
        return super().call_binop(context, operator, left, right)

    def call(self, context: Any, called: Any, /, *arguments: Any, **options: Any) -> Any:
        """Call a method or function with arguments of bounded size."""
        _check_arguments(arguments, options)
        return super().call(context, called, *arguments, **options)


def bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that refuses arguments of enormous size."""

    @functools.wraps(function)  # also keeps Jinja's marks on it
    def checked(*arguments: Any, **options: Any) -> Any:
        _check_arguments(arguments, options)
        return function(*arguments, **options)

    return checked


def _check_arguments(arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    for value in (*arguments, *options.values()):
        if isinstance(value, int) and abs(value) > MAX_NUMBER:
            raise SecurityError("a number is too large")
        if isinstance(value, str):
            _check_size(len(value))


def _check_size(size: int) -> None:
    if size > MAX_LENGTH:
        raise SecurityError("a value is too large")


def _size(value: Any) -> int:
    if isinstance(value, int | float):
        return int(min(abs(value), MAX_LENGTH**2)) if value == value else 0
    return len(value) if hasattr(value, "__len__") else 0


@contextmanager
def template_errors() -> Iterator[None]:
    """Run a template, its mistakes told as its own.

    Raises:
        ModelUnavailable: it failed, or took too long.
    """
    try:
        with _TimeLimit():
            yield
    except (MMDeskError, Cancelled):
        raise
    except TemplateTooSlow:
        raise ModelUnavailable(
            "The model's chat template never ends.", "Choose another model."
        ) from None
    except Exception as error:
        reason = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
        raise ModelUnavailable(
            "The model's chat template has a mistake: {reason}.",
            "Choose another model, or repair the template in the model's folder.",
            reason=reason,
        ) from error


class _TimeLimit:
    """Exception raised in this thread after `MAX_SECONDS`, wherever the template is then.

    Seconds that a busy machine gives to other processes do not count: a sound template would be
    refused for them.

    Python code, which templates are compiled to, can only be stopped in this way; the steps in C
    between are short because of `BoundedEnvironment`.
    """

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        self._ended = False
        self._began = time.process_time()

    def __enter__(self) -> None:
        self._start_timer(MAX_SECONDS)

    def _start_timer(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._interrupt)
        self._timer.daemon = True
        self._timer.start()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        with self._lock:  # after it, no exception can come any more
            self._ended = True
        self._timer.cancel()

    def _interrupt(self) -> None:
        with self._lock:
            if self._ended:
                return
            left = MAX_SECONDS - (time.process_time() - self._began)
            if left > 0:
                self._start_timer(max(left, 0.05))
            else:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._thread), ctypes.py_object(TemplateTooSlow)
                )
