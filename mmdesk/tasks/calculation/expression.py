"""Evaluator of arithmetic expressions: exact rational numbers, without `eval`, with bounds.

The expression is parsed by Python's own parser and the tree is walked; whatever is not in the table
of operators is refused. Bounds keep a power tower or a large factorial from taking time or memory.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

MAX_CHARACTERS = 300
MAX_DIGITS = 30  # of a number in the expression
MAX_BITS = 128  # of every result: as many digits as anybody reads
MAX_FACTORIAL = 33
_SHOWN_DIGITS = 10  # decimal places of an exact result
_ROUNDED_DIGITS = 6  # significant digits of a rounded one
_OPERATORS: dict[type[ast.AST], Callable[[Fraction, Fraction], Fraction | int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}


class EvaluationError(Exception):
    """The expression is no arithmetic, has no result, or is out of bounds."""


@dataclass(frozen=True, slots=True)
class Result:
    """Value of an expression.

    Attributes:
        value: the number.
        exact: False for an irrational root, which is cut after 30 digits.
    """

    value: Fraction
    exact: bool = True


def evaluate(expression: str) -> Result:
    """Evaluate numbers with + - * / % **, parentheses, `sqrt` and `factorial`.

    Raises:
        EvaluationError: it has anything else in it, divides by zero or goes out of bounds.
    """
    if len(expression) > MAX_CHARACTERS:
        raise EvaluationError
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        return _evaluate(tree.body, expression.strip())
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError) as problem:
        raise EvaluationError from problem


def _evaluate(node: ast.AST, source: str) -> Result:
    if isinstance(node, ast.Constant):
        return Result(_number(ast.get_source_segment(source, node) or ""))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        operand = _evaluate(node.operand, source)
        sign = -1 if isinstance(node.op, ast.USub) else 1
        return Result(sign * operand.value, operand.exact)
    if isinstance(node, ast.BinOp):
        left, right = _evaluate(node.left, source), _evaluate(node.right, source)
        return _bounded(_binary(node.op, left.value, right.value), left.exact and right.exact)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        return _call(node.func.id, _evaluate(node.args[0], source))
    raise EvaluationError


def _number(text: str) -> Fraction:
    """Return a decimal number exactly as it was written."""
    digits = text.replace(".", "", 1)
    if not digits.isdecimal() or not digits.isascii() or len(digits) > MAX_DIGITS:
        raise EvaluationError
    return Fraction(text)


def _binary(kind: ast.operator, left: Fraction, right: Fraction) -> Fraction:
    if isinstance(kind, ast.Pow):
        return _power(left, right)
    function = _OPERATORS.get(type(kind))
    if function is None:
        raise EvaluationError
    return Fraction(function(left, right))


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > MAX_BITS * 2:
        raise EvaluationError
    bits = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1
    if bits * abs(exponent) > MAX_BITS:
        raise EvaluationError
    return Fraction(base ** int(exponent))


def _call(name: str, argument: Result) -> Result:
    if name == "sqrt" and argument.value >= 0:
        return _root(argument)
    whole = argument.value.denominator == 1 and 0 <= argument.value <= MAX_FACTORIAL
    if name == "factorial" and whole:
        return Result(Fraction(math.factorial(int(argument.value))))
    raise EvaluationError


def _root(argument: Result) -> Result:
    top, bottom = argument.value.numerator, argument.value.denominator
    root = Fraction(math.isqrt(top), math.isqrt(bottom))
    if root * root == argument.value:
        return Result(root, argument.exact)
    context = Context(prec=30)
    return Result(Fraction(context.sqrt(context.divide(Decimal(top), Decimal(bottom)))), False)


def _bounded(value: Fraction, exact: bool) -> Result:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS * 2:
        raise EvaluationError
    return Result(value, exact)


def shown(result: Result, grouped: bool = False) -> tuple[str, bool]:
    """Return a number as people write it, and whether that is exact.

    Args:
        result: the number.
        grouped: with commas between thousands.
    """
    text, exact = _decimal(result)
    if grouped:
        whole, point, places = text.partition(".")
        text = f"{int(whole):,}" if whole.lstrip("-") != "0" else whole
        text += point + places
    return text, exact


def _decimal(result: Result) -> tuple[str, bool]:
    value = result.value
    if value.denominator == 1:
        return str(value.numerator), result.exact
    places = _decimal_places(value.denominator)
    context = Context(prec=80, rounding=ROUND_HALF_UP)
    quotient = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    if result.exact and places is not None and places <= _SHOWN_DIGITS:
        return format(quotient, "f"), True
    rounded = Context(prec=_significant(value), rounding=ROUND_HALF_UP).plus(quotient)
    text = format(rounded, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text), False


def _significant(value: Fraction) -> int:
    """Return how many digits a rounded number gets: all before the point and some after it."""
    whole = len(str(abs(int(value)))) if abs(value) >= 1 else 0
    return max(_ROUNDED_DIGITS, whole + 2)


def _decimal_places(denominator: int) -> int | None:
    """Return the decimal places of a terminating decimal, None for a repeating one."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None


def equation(left: str, result: Result, after: str = "", grouped: bool = False) -> str:
    """Return "left = result", with "≈" where the result is rounded."""
    text, exact = shown(result, grouped)
    return f"{left} {'=' if exact else '≈'} {text}{after}"
