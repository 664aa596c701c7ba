"""Arithmetic and percentages in English and Chinese questions."""

from __future__ import annotations

import re
from fractions import Fraction

from mmdesk.tasks.calculation.expression import EvaluationError, Result, equation, evaluate

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_NUMBER_WORDS = (
    {
        word: str(value)
        for value, word in enumerate(
            [
                "zero",
                "one",
                "two",
                "three",
                "four",
                "five",
                "six",
                "seven",
                "eight",
                "nine",
                "ten",
                "eleven",
                "twelve",
                "thirteen",
                "fourteen",
                "fifteen",
                "sixteen",
                "seventeen",
                "eighteen",
                "nineteen",
                "twenty",
            ]
        )
    }
    | {
        word: str(10 * value)
        for value, word in enumerate(
            ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 3
        )
    }
    | {"hundred": "100"}
)
_ASKED = (
    r"(?:(?:what(?:'s| is| does| do)|whats|how much (?:is|are|does|do)|calculate|compute|work out"
    r"|evaluate|solve|find|give me|add up)\b:?\s*(?:the (?:result|value|answer) (?:of|to)\s*)?)"
)
_ASKED_CHINESE = r"(?:计算(?:一下)?|算(?:一下|一算|出)?|求|问)[：:]?\s*"
_ENDS = (
    r"\s*(?:=|equals?(?: what)?|makes?|come to|等于(?:多少|几)?|是多少|得多少|得几)?"
    r"\s*(?:多少|几|what)?"
)
_FRAME = re.compile(
    rf"^(?P<asked>{_ASKED}|{_ASKED_CHINESE})?\s*(?P<body>.+?)(?P<end>{_ENDS})\s*\??$", re.IGNORECASE
)
_TOKEN = re.compile(
    rf"\s*(?:(?P<number>{NUMBER})|(?P<root>(?:the )?square root of|√|平方根)"
    r"|(?P<factorial>(?:the )?factorial of)"
    r"|(?P<word>multiplied by|times|divided by|plus|minus|less|to the power of|squared"
    r"|cubed|mod(?:ulo)?\b"
    r"|加上?|减去?|乘以?|除以|的平方根|的平方|的立方|的阶乘)"
    r"|(?P<operator>\*\*|[-+*/^()×÷·⋅−–x!%]|X)|(?P<spelled>[a-z]+))",
    re.IGNORECASE,
)
_PYTHON = {
    "×": "*", "·": "*", "⋅": "*", "x": "*", "X": "*", "÷": "/", "−": "-", "–": "-", "^": "**",
    "plus": "+", "minus": "-", "less": "-", "times": "*", "multiplied by": "*", "divided by": "/",
    "to the power of": "**", "squared": "**2", "cubed": "**3", "mod": "%", "modulo": "%",
    "加": "+", "加上": "+", "减": "-", "减去": "-", "乘": "*", "乘以": "*", "除以": "/",
    "的平方": "**2", "的立方": "**3",
}  # fmt: skip
_SHOWN = {"*": "×", "/": "÷", "-": "−", "**": "^", "**2": "²", "**3": "³", "%": "mod"}
# "24/7", "9/11", "4x4", "7-11", "50/50": names rather than computations.
_PERHAPS_A_NAME = re.compile(r"^\d+(?:[-–/x−]\d+)+$", re.IGNORECASE)
_ORDERED = re.compile(r"^(?:calculate|compute|work out|evaluate|how much|计算|算)", re.IGNORECASE)
_CURRENCY = r"euros?|dollars?|pounds?|yuan|元|块钱?|欧元|美元|英镑|€|£"
_PERCENT = rf"(?P<percent>{NUMBER})\s?(?:%|percent|per cent|pct)"
_PERCENT_CHINESE = rf"(?:(?P<percent>{NUMBER})\s?%|百分之(?P<spelled>{NUMBER}))"


def _money_pattern(name: str) -> str:
    """Return the pattern of a number with or without a currency before or after it."""
    return rf"(?P<{name}sign>[$€£¥])?\s?(?P<{name}>{NUMBER})\s?(?P<{name}unit>{_CURRENCY})?"


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"^{_ASKED}?\s*{pattern}\s*\??$", re.IGNORECASE)


_BASE = _money_pattern("base")
_PART = _money_pattern("part")
_OF = (
    _whole(rf"{_PERCENT} (?:of|from) {_BASE}{_ENDS}"),
    _whole(
        rf"an? {_PERCENT} (?:tip|discount|tax|commission|deposit|fee) (?:on|of|for|from) (?:a"
        rf" )?{_BASE}(?: bill| meal| dinner)?"
    ),
    re.compile(
        rf"^(?:{_ASKED_CHINESE})?{_BASE}\s?的\s?{_PERCENT_CHINESE}\s?(?:是|等于|为)?(?:多少|几)?(?:元|块钱?)?$"
    ),
)
_CHANGED = (
    (_whole(rf"{_BASE} (?:plus|\+) {_PERCENT}{_ENDS}"), 1),
    (_whole(rf"{_BASE} (?:increased|raised) by {_PERCENT}"), 1),
    (_whole(rf"{_BASE} (?:minus|-|−|less) {_PERCENT}{_ENDS}"), -1),
    (_whole(rf"{_BASE} (?:decreased|reduced|lowered|discounted) by {_PERCENT}"), -1),
    (_whole(rf"(?:the price (?:after|with|of) )?{_PERCENT} off (?:of )?{_BASE}"), -1),
    (re.compile(rf"^(?:increase|raise) {_BASE} by {_PERCENT}$", re.IGNORECASE), 1),
    (re.compile(rf"^(?:decrease|reduce|lower) {_BASE} by {_PERCENT}$", re.IGNORECASE), -1),
    (
        re.compile(
            rf"^{_BASE}\s?(?:增加|上涨|涨了?|提高)\s?{_PERCENT_CHINESE}(?:之后|以后|后)?(?:是|等于|为)?多少(?:元|块钱?)?$"
        ),
        1,
    ),
    (
        re.compile(
            rf"^{_BASE}\s?(?:减少|下降|降了?|降低|打掉)\s?{_PERCENT_CHINESE}(?:之后|以后|后)?(?:是|等于|为)?多少(?:元"
            rf"|块钱?)?$"
        ),
        -1,
    ),
)
# "A shirt costs 40 euros and is reduced by 25 %. What does it cost now?"
_REDUCED = re.compile(
    rf"^(?:an?|the|my) [^\d.?!]{{1,40}}? costs? {_money_pattern('base')},? (?:and|but)?\s?"
    rf"(?:it )?(?:is|gets|was)"
    rf"(?: now)? (?:reduced|discounted|lowered|cut|(?P<up>raised|increased)) by {_PERCENT}[.;,] ?"
    r"(?:what|how much) (?:does|will|is|do)\b[^.?!\d]{0,30}(?:now|then|cost|price|pay)$",
    re.IGNORECASE,
)
_TENTHS = {character: value for value, character in enumerate("一二三四五六七八九", 1)}
_REDUCED_CHINESE = re.compile(
    rf"^[^\d，。]{{0,12}}?(?:原价)?(?P<base>{NUMBER})\s?元[^\d，。]{{0,6}}[，,]?(?:现在)?打\s?"
    r"(?P<tenths>[一二三四五六七八九1-9](?:\.?[五5])?)\s?折(?:之?后|以后|，|,)?[^\d。]{0,8}(?:是|要|卖)?多少(?:钱|元)$"
)
_SHARE = (
    _whole(rf"(?:what |which )?(?:percent(?:age)?|%|per cent) of {_BASE} is {_PART}"),
    _whole(rf"(?:what |which )?(?:percent(?:age)?|%|per cent) is {_PART} of {_BASE}"),
    _whole(rf"{_PART} as a percentage of {_BASE}"),
    re.compile(
        rf"^{_PART} is (?:what|which|how many) (?:percent(?:age)?|per cent|%) of {_BASE}$",
        re.IGNORECASE,
    ),
    re.compile(rf"^{_PART}\s?(?:占|是)\s?{_BASE}\s?的?(?:百分之几|百分之多少|百分比是多少)$"),
)
_PRIME = re.compile(
    r"^is (?P<n>\d{1,9}) (?:a )?prime(?: number)?$"
    r"|^(?P<m>\d{1,9})是(?:不是)?(?:质数|素数)吗?$",
    re.IGNORECASE,
)
_CHINESE_ROOT = re.compile(
    rf"^(?P<n>{NUMBER})\s?的(?P<what>平方根|阶乘)(?:是|等于|为)?(?:多少|几)?$"
)
_CHINESE_POWER = re.compile(rf"(?P<base>{NUMBER})\s?的\s?(?P<power>\d+)\s?次方")


def number(text: str) -> Fraction:
    """Return a number, with or without commas between thousands."""
    return Fraction(text.replace(",", ""))


def arithmetic_result(text: str) -> str | None:
    """Return the computation of an expression or a percentage with its result."""
    return _percentage(text) or _prime(text) or _expression(text)


def _percentage(text: str) -> str | None:
    grouped = re.search(r"\d,\d{3}", text) is not None
    for pattern in _OF:
        if match := pattern.match(text):
            percent, base = _percent_and_base(match)
            left = f"{_percent_text(match)} % × {_money(match, 'base')}"
            return _with_unit(left, match, Result(percent / 100 * base), grouped)
    for pattern, sign in _CHANGED:
        if match := pattern.match(text):
            percent, base = _percent_and_base(match)
            left = f"{_money(match, 'base')} {'+' if sign > 0 else '−'} {_percent_text(match)} %"
            return _with_unit(left, match, Result(base * (1 + sign * percent / 100)), grouped)
    if match := _REDUCED.match(text):
        percent, base = _percent_and_base(match)
        sign = 1 if match["up"] else -1
        left = f"{_money(match, 'base')} {'+' if sign > 0 else '−'} {_percent_text(match)} %"
        return _with_unit(left, match, Result(base * (1 + sign * percent / 100)), grouped)
    if match := _REDUCED_CHINESE.match(text):
        digits = "".join(str(_TENTHS.get(one, one)) for one in match["tenths"].replace(".", ""))
        tenths = Fraction(int(digits), 10 ** len(digits))
        left = f"{match['base']}元 × {float(tenths):g}"
        return equation(left, Result(number(match["base"]) * tenths), "元")
    for pattern in _SHARE:
        match = pattern.match(text)
        if match and number(match["base"]):
            left = f"{_money(match, 'part')} ÷ {_money(match, 'base')}"
            percents = Result(100 * number(match["part"]) / number(match["base"]))
            return equation(left, percents, " %")
    return None


def _percent_text(match: re.Match[str]) -> str:
    groups = match.groupdict()
    return str(groups["percent"] or groups.get("spelled"))


def _percent_and_base(match: re.Match[str]) -> tuple[Fraction, Fraction]:
    return number(_percent_text(match)), number(match["base"])


def _money(match: re.Match[str], name: str) -> str:
    """Return a number with its currency as it was written."""
    sign, unit = match[f"{name}sign"] or "", match[f"{name}unit"] or ""
    return f"{sign}{match[name]}{' ' + unit if unit else ''}"


def _with_unit(left: str, match: re.Match[str], result: Result, grouped: bool) -> str:
    sign, unit = match["basesign"] or "", match["baseunit"] or ""
    text = equation(left, result, f" {unit}" if unit else "", grouped)
    return re.sub(r"([=≈]) (?=\S+(?: \S+)?$)", rf"\1 {sign}", text) if sign else text


def _prime(text: str) -> str | None:
    match = _PRIME.match(text)
    if not match:
        return None
    value = int(match["n"] or match["m"])
    divisor = next((d for d in range(2, int(value**0.5) + 1) if value % d == 0), None)
    chinese = match["m"] is not None
    if value < 2:
        return f"{value} {'不是质数' if chinese else 'is not a prime number'}"
    if divisor is None:
        return f"{value} {'是质数' if chinese else 'is a prime number'}"
    product = f"{value} = {divisor} × {value // divisor}"
    return f"{product}，不是质数" if chinese else f"{product}, so it is not a prime number"


def _expression(text: str) -> str | None:
    if match := _CHINESE_ROOT.match(text):
        text = f"{'√' if match['what'] == '平方根' else 'factorial of '}{match['n']}="
    text = _CHINESE_POWER.sub(r"\g<base> ^ \g<power>", text)
    frame = _FRAME.match(text)
    if frame is None or not _is_certain(text, frame):
        return None
    found = _tokens(frame["body"])
    if found is None:
        return None
    python, left = found
    try:
        result = evaluate(python)
    except EvaluationError:
        return None
    return equation(left, result, grouped=re.search(r"\d,\d{3}", text) is not None)


def _is_certain(text: str, frame: re.Match[str]) -> bool:
    """Return whether numbers and signs are meant as a computation, and not as a name or date."""
    body = frame["body"].strip()
    if not re.search(r"[-+*/^×÷·⋅−–√!%]|[a-z]{3}|\dx\d| x |加|减|乘|除|次方", body, re.IGNORECASE):
        return False
    if _PERHAPS_A_NAME.match(body):
        return bool(frame["end"].strip() or _ORDERED.match(text))
    return bool(frame["asked"] or frame["end"].strip() or re.search(r"\d\s*[+*×÷^]\s*\(?\d", body))


def _tokens(body: str) -> tuple[str, str] | None:
    """Return an expression for Python's parser and one for people; None where a word is no part.

    Both have the same numbers: "what is 12 squared plus 5" becomes "12**2+5" and "12² + 5".
    """
    python: list[str] = []
    left: list[str] = []
    roots, at = 0, 0
    while at < len(body.rstrip()):
        match = _TOKEN.match(body, at)
        if match is None:
            return None
        at = match.end()
        if match["number"]:
            python.append(match["number"].replace(",", ""))
            left.append(match["number"])
        elif match["root"] or match["factorial"]:
            roots += 1
            following = re.compile(rf"\s*(?P<number>{NUMBER})").match(body, at)
            if following is None:
                return None
            at = following.end()
            name = "sqrt" if match["root"] else "factorial"
            python.append(f"{name}({following['number'].replace(',', '')})")
            left.append(f"√{following['number']}" if match["root"] else f"{following['number']}!")
        elif not _add_operator(match, python, left):
            return None
    if len(python) < 2 and not roots and "factorial" not in "".join(python):
        return None
    shown = re.sub(r"\( | \)| (?=[²³!])", lambda found: found[0].strip(), " ".join(left))
    return "".join(python), shown


def _add_operator(match: re.Match[str], python: list[str], left: list[str]) -> bool:
    """Append an operator or a spelled number; return whether it is one."""
    word = (match["word"] or match["operator"] or match["spelled"]).lower()
    if match["spelled"]:
        if word not in _NUMBER_WORDS:
            return False
        python.append(_NUMBER_WORDS[word])
        left.append(_NUMBER_WORDS[word])
        return True
    if word == "!":
        if not python or not python[-1].isdecimal():
            return False
        python[-1] = f"factorial({python[-1]})"
        left.append("!")
        return True
    if word == "%":
        if not python or not re.fullmatch(r"[\d.]+", python[-1]) or python[-2:-1] in (["+"], ["-"]):
            return False
        python[-1] = f"({python[-1]}/100)"
        left[-1] += " %"
        return True
    sign = _PYTHON.get(word, word)
    python.append(sign)
    left.append(_SHOWN.get(sign, sign))
    return True
