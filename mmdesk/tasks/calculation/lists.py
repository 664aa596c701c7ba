"""Lists sorted, added up and compared, in English and Chinese questions."""

from __future__ import annotations

import re
from fractions import Fraction

from mmdesk.tasks.calculation.expression import Result, equation

_NUMBER = r"[-−]?\d+(?:\.\d+)?"
MAX_ITEMS = 60
_ITEMS = r"(?P<items>\S.*?)"
_THINGS = r"(?:(?:numbers|words|names|items|cities|list|things|animals|fruits|countries)\b)"
_UPWARDS = (
    r"(?:in )?(?:ascending|increasing|alphabetical(?:ly)?|numerical) ?(?:order)?|from "
    r"(?:the )?(?:smallest|lowest|least) to (?:the )?(?:largest|highest|biggest|greatest)"
    r"|from a to z|alphabetically"
)
_DOWNWARDS = (
    r"(?:in )?(?:descending|decreasing|reverse alphabetical) ?(?:order)?|from (?:the )?"
    r"(?:largest|highest|biggest|greatest) to (?:the )?(?:smallest|lowest|least)|from z to"
    r" a"
)
_SORT = re.compile(
    rf"^(?:(?:sort|order|arrange|put|list|rank)\b (?:(?:these|the following|the|this) )?"
    rf"(?:{_THINGS} )?(?:below )?(?:into |by size )?"
    rf"(?P<way>{_UPWARDS}|{_DOWNWARDS})?|alphabeti[sz]e (?:these|the following|the)"
    rf" {_THINGS}?)\s?: ?{_ITEMS}$"
    rf"|^(?:sort|arrange|order|put) (?P<items2>[^:]+?,[^:]+?) (?P<way2>{_UPWARDS}|{_DOWNWARDS})$",
    re.IGNORECASE,
)
_SORT_CHINESE = re.compile(
    r"^(?:请?(?:把|将)?(?:下面|以下|这些|下列)?的?(?:数字?|几个数)?(?:按)?(?P<way>从小到大|从大到小|升序|降序)(?:的顺序)?"
    r"(?:排列|排序|排一下)(?:一下)?[：: ]?"
    r"|请?(?:把|将)(?P<items2>[\d.,，、 和−-]+?)(?:按)?"
    r"(?P<way2>从小到大|从大到小|升序|降序)(?:的顺序)?(?:排列|排序"
    r"|排一下)(?:一下)?)(?P<items>[\d.,，、 和−-]*)$"
)
_TOTAL = re.compile(
    rf"^(?:(?:what(?:'s| is)|calculate|find|compute|give me) )?(?:the )?(?P<what>sum|total"
    rf"|average|mean|median|product) of (?:the |these )?(?:numbers:? ?|values:? ?)?"
    rf"(?P<items>{_NUMBER}(?:(?:,? and |, ?|; ?){_NUMBER})+)$"
    rf"|^add (?:up )?(?:these numbers: ?)?(?P<items2>{_NUMBER}(?:(?:,? and |, ?|; ?){_NUMBER})+)$",
    re.IGNORECASE,
)
_TOTAL_CHINESE = re.compile(
    rf"^(?P<items>{_NUMBER}(?:[,，、和 ]+{_NUMBER})+)(?:这.{{1,2}}个数)?的"
    rf"(?P<what>总和|和|平均数|平均值|平均"
    rf"|中位数|积|乘积)(?:是|等于|为)?(?:多少|几)?$"
)
_LARGEST = re.compile(
    rf"^(?:which|what)(?: (?:number|one))? is (?:the )?(?P<what>bigger|larger|greater"
    rf"|higher|smaller|lower|less|biggest|largest|greatest|highest|smallest|lowest)(?:"
    rf" number)?(?: of)?[:,]? (?P<items>{_NUMBER}(?:(?:,? (?:or|and) |, ?){_NUMBER})+)$"
    rf"|^is (?P<one>{_NUMBER}) (?P<what2>bigger|larger|greater|more|higher|smaller|lower"
    rf"|less) than (?P<other>{_NUMBER})$"
    rf"|^(?P<items3>{_NUMBER}(?:,? or |, ?){_NUMBER})[:,] (?:which|what)(?: (?:number"
    rf"|one))? is (?P<what3>bigger|larger|greater|smaller)$",
    re.IGNORECASE,
)
_LARGEST_CHINESE = re.compile(
    rf"^(?P<items>{_NUMBER}(?:[,，、和与跟 ]+{_NUMBER})+)"
    rf"(?:[,，]?\s?(?:哪个|谁|哪一个)(?:数字?)?(?:更|比较"
    rf"|最)?(?P<what>大|小))$"
)
_UPPER = frozenset(
    [
        "bigger",
        "larger",
        "greater",
        "more",
        "higher",
        "biggest",
        "largest",
        "greatest",
        "highest",
        "大",
    ]
)


def list_result(text: str) -> str | None:
    """Return the sorted list, the sum or the largest number that a question asks for."""
    return _sorted(text) or _total(text) or _largest(text) or _compared(text)


def _sorted(text: str) -> str | None:
    chinese = _SORT_CHINESE.match(text)
    match = chinese or _SORT.match(text)
    if match is None:
        return None
    groups = match.groupdict()
    way = (groups["way"] or groups["way2"] or "").lower()
    items = _items(groups["items"] or groups["items2"] or "")
    if items is None:
        return None
    downwards = way.startswith(("从大", "降")) or re.fullmatch(_DOWNWARDS, way) is not None
    numbers = all(re.fullmatch(_NUMBER, item) for item in items)
    if not numbers and (
        (not way and "alphabet" not in text.lower())
        or "size" in text
        or re.search(r"\d", "".join(items))
    ):
        return None  # sorted by what?
    ordered = sorted(items, key=_value if numbers else str.casefold, reverse=downwards)
    if chinese:
        return f"{'从大到小' if downwards else '从小到大'}：{'、'.join(ordered)}"
    return f"sorted: {', '.join(ordered)}"


def _items(text: str) -> list[str] | None:
    """Return the entries of a list; None where it is none, or one of sentences."""
    parts = re.split(r"\s*[,，;、]\s*(?:and\s+)?|\s+and\s+|和|\s*\|\s*", text.strip(" ."))
    if len(parts) == 1:
        parts = text.split()
    parts = [part.strip() for part in parts]
    if not 2 <= len(parts) <= MAX_ITEMS or any(not part or len(part.split()) > 3 for part in parts):
        return None
    return parts


def _value(item: str) -> Fraction:
    return Fraction(item.replace("−", "-"))


def _numbers(text: str) -> list[str]:
    return re.findall(_NUMBER, text)


def _total(text: str) -> str | None:
    chinese = _TOTAL_CHINESE.match(text)
    match = chinese or _TOTAL.match(text)
    if match is None:
        return None
    groups = match.groupdict()
    shown = _numbers(groups["items"] or groups["items2"])
    values = [_value(item) for item in shown]
    what = (groups["what"] or "sum").lower()
    if len(values) > MAX_ITEMS or sum(len(item) for item in shown) > 200:
        return None
    if what in ("median", "中位数"):
        return equation(f"{what}: {', '.join(shown)}", Result(_median(values)))
    if what in ("product", "积", "乘积"):
        product = Fraction(1)
        for value in values:
            product *= value
        return equation(" × ".join(shown), Result(product))
    if what in ("average", "mean", "平均数", "平均值", "平均"):
        total = " + ".join(shown)
        return equation(f"({total}) ÷ {len(values)}", Result(sum(values, Fraction()) / len(values)))
    return equation(" + ".join(shown), Result(sum(values, Fraction())))


def _median(values: list[Fraction]) -> Fraction:
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _largest(text: str) -> str | None:
    match = _LARGEST_CHINESE.match(text) or _LARGEST.match(text)
    if match is None or match.groupdict().get("one"):
        return None
    groups = match.groupdict()
    shown = _numbers(groups["items"] or groups["items3"])
    what = (groups["what"] or groups["what3"]).lower()
    ordered = sorted(set(shown), key=_value, reverse=what in _UPPER)
    if len({_value(item) for item in shown}) < len(shown):
        return None
    return (" > " if what in _UPPER else " < ").join(ordered)


def _compared(text: str) -> str | None:
    match = _LARGEST.match(text)
    if match is None or not match["one"]:
        return None
    one, other = match["one"], match["other"]
    sign = (_value(one) > _value(other)) - (_value(one) < _value(other))
    return f"{one} {'<=>'[sign + 1]} {other}"
