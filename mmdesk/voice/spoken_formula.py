"""Formulas in words: short ones are spoken in English, longer ones only named."""

from __future__ import annotations

import re

LONGEST = 80  # characters of a formula that is spoken
UNSPOKEN = "a formula"
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_ROOT = re.compile(r"\\sqrt\s*\{([^{}]*)\}")
_TEXT = re.compile(r"\\(?:text|mathrm|mathbf|mathit|operatorname)\s*\{([^{}]*)\}")
_POWERS = {"2": " squared", "3": " cubed"}
_POWER = re.compile(r"\^\s*(?:\{([^{}]*)\}|(\w))")
_INDEX = re.compile(r"_\s*(?:\{([^{}]*)\}|(\w))")
_WORDS = {
    r"\times": "times", r"\cdot": "times", r"\div": "divided by", r"\pm": "plus or minus",
    r"\leq": "is at most", r"\le": "is at most", r"\geq": "is at least", r"\ge": "is at least",
    r"\neq": "is not", r"\ne": "is not", r"\approx": "is about", r"\infty": "infinity",
    r"\rightarrow": "to", r"\to": "to", r"\sum": "the sum of", r"\int": "the integral of",
    r"\pi": "pi", r"\alpha": "alpha", r"\beta": "beta", r"\gamma": "gamma", r"\delta": "delta",
    r"\Delta": "delta", r"\theta": "theta", r"\lambda": "lambda", r"\mu": "mu", r"\sigma": "sigma",
    r"\omega": "omega", r"\epsilon": "epsilon", r"\phi": "phi", r"\sin": "sine", r"\cos": "cosine",
    r"\tan": "tangent", r"\log": "log", r"\ln": "log", r"\%": "per cent", r"\left": "",
    r"\right": "", r"\quad": " ", r"\circ": "degrees",
    "=": "equals", "+": "plus", "-": "minus", "−": "minus", "*": "times", "/": "over",
    "<": "is less than", ">": "is greater than", "≤": "is at most", "≥": "is at least",
    "×": "times", "÷": "divided by", "≈": "is about", "π": "pi",
}  # fmt: skip
_COMMAND = re.compile(r"\\[A-Za-z]+|\\%|[=+\-−*/<>≤≥×÷≈π]")


def spoken_formula(latex: str) -> str:
    """Return a formula in words; UNSPOKEN where it is long or has unknown commands."""
    text = latex.strip()
    if len(text) > LONGEST or "\\begin" in text:
        return UNSPOKEN
    text = _TEXT.sub(r" \1 ", text)
    for _ in range(3):  # nested
        text = _ROOT.sub(r" the square root of \1 ", _FRACTION.sub(r" \1 over \2 ", text))
    text = _POWER.sub(lambda match: _power(match[1] or match[2]), text)
    text = _INDEX.sub(lambda match: f" {match[1] or match[2]} ", text)
    unknown = [name for name in _COMMAND.findall(text) if name not in _WORDS]
    if unknown:
        return UNSPOKEN
    text = _COMMAND.sub(lambda match: f" {_WORDS[match[0]]} ", text)
    text = re.sub(r"\\[,;:! ]|[{}$&\\]", " ", text)
    return " ".join(text.split()) or UNSPOKEN


def _power(exponent: str) -> str:
    return _POWERS.get(exponent.strip(), f" to the power of {exponent} ")
