"""Units converted in English and Chinese questions (with pint).

Only units that mean one thing everywhere are known: no gallons, pints, cups or fluid ounces without
their country, no months and years, no kilobytes.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from typing import Any

from mmdesk.tasks.calculation.expression import Result, equation

# Unit of pint, then the words for it; the first one is shown where the question has none.
_NAMES = {
    "kilometer": "kilometres kilometers kilometre kilometer km 公里 千米",
    "meter": "metres meters metre meter m 米",
    "centimeter": "centimetres centimeters centimetre centimeter cm 厘米 公分",
    "millimeter": "millimetres millimeters millimetre millimeter mm 毫米",
    "mile": "miles mile mi 英里",
    "yard": "yards yard yd 码",
    "foot": "feet foot ft 英尺",
    "inch": "inches inch 英寸",
    "nautical_mile": "nautical_miles nautical_mile sea_miles 海里",
    "tonne": "tonnes tonne 吨",
    "kilogram": "kilograms kilogrammes kilogram kilos kilo kg 公斤 千克",
    "gram": "grams gram grammes g 克",
    "milligram": "milligrams milligram mg 毫克",
    "pound": "pounds pound lbs lb 磅",
    "ounce": "ounces ounce oz 盎司",
    "stone": "stone",
    "500 gram": "斤 市斤",
    "50 gram": "两",
    "liter": "litres liters litre liter l 升",
    "milliliter": "millilitres milliliters millilitre milliliter ml 毫升",
    "centiliter": "centilitres cl",
    "cubic_meter": "cubic_metres cubic_meters cubic_metre m³ m3 立方米",
    "cubic_centimeter": "cubic_centimetres cubic_centimeters cm³ cm3 立方厘米",
    "US_liquid_gallon": "US_gallons US_gallon",
    "imperial_gallon": "imperial_gallons UK_gallons imperial_gallon UK_gallon",
    "hectare": "hectares hectare ha 公顷",
    "acre": "acres acre 英亩",
    "square_meter": "square_metres square_meters square_metre sqm m² m2 平方米 平米",
    "square_kilometer": "square_kilometres square_kilometers km² km2 平方公里",
    "square_foot": "square_feet square_foot sq_ft sqft 平方英尺",
    "square_mile": "square_miles square_mile 平方英里",
    "2000/3 square_meter": "亩",
    "second": "seconds second sec s 秒 秒钟",
    "minute": "minutes minute min 分钟 分",
    "hour": "hours hour hrs hr h 小时 个小时 钟头 个钟头",
    "day": "days day 天",
    "week": "weeks week 周 个星期 星期",
    "kilometer/hour": "km/h kmh kph kilometres_per_hour kilometers_per_hour 公里每小时"
    " 公里/小时 千米每小时",
    "mile/hour": "mph miles_per_hour 英里每小时 英里/小时",
    "meter/second": "m/s metres_per_second meters_per_second 米每秒 米/秒",
    "knot": "knots knot 节",
    "kilocalorie": "kilocalories kcal 千卡 大卡",
    "kilojoule": "kilojoules kJ 千焦",
    "kilowatt": "kilowatts kilowatt kW 千瓦",
    "metric_horsepower": "PS",
    "bar": "bar",
    "psi": "psi",
    "degC": "degrees_Celsius degree_Celsius Celsius °C C centigrade 摄氏度 摄氏 度摄氏",
    "degF": "degrees_Fahrenheit degree_Fahrenheit Fahrenheit °F F 华氏度 华氏",
    "kelvin": "kelvin kelvins K 开尔文",
}
_UNITS = {
    word.replace("_", " ").casefold(): unit
    for unit, names in _NAMES.items()
    for word in names.split()
}
_ALTERNATIVES = "|".join(re.escape(word) for word in sorted(_UNITS, key=len, reverse=True))
_UNIT = rf"(?:{_ALTERNATIVES})(?![a-z])"
_AMOUNT = (
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|an?|half an?|one|two|three|four|five|six"
    r"|seven|eight|nine|ten|twelve|一|两|二|三|五|十|半"
)
_WORDS = {
    "a": "1", "an": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "twelve": "12", "half a": "0.5",
    "half an": "0.5", "一": "1", "两": "2", "二": "2", "三": "3", "五": "5", "十": "10",
    "半": "0.5",
}  # fmt: skip
_QUANTITY = (
    rf"(?P<minus>[-−]|minus |零下)?(?P<amount>{_AMOUNT})(?:\s?°)?\s?(?:个)?(?P<unit>{_UNIT})"
    rf"(?:\s(?:and\s)?(?P<amount2>\d+)\s?(?P<unit2>{_UNIT}))?"
)
_ENGLISH = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^how (?:many|much) (?P<target>{_UNIT}) (?:are (?:there )?in|is|are|in|equals?|does"
        rf"|make(?:s)?(?: up)?|is in) {_QUANTITY}(?: have| make)?$",
        rf"^(?:convert|change|turn) {_QUANTITY} (?:in|to|into) (?P<target>{_UNIT})$",
        rf"^(?:what(?:'s| is| are)|how (?:much|long|far|heavy|hot|cold|tall|fast|big) (?:is"
        rf"|are)|calculate)? ?{_QUANTITY} (?:in|to|into|as|expressed in) (?P<target>{_UNIT})$",
        rf"^{_QUANTITY} (?:is|are|equals?|=) how (?:many|much) (?P<target>{_UNIT})$",
    )
)
_CHINESE = re.compile(
    rf"^{_QUANTITY}(?:是|等于|有|合|相当于|换算成|转换成|换成|为|=)(?:多少|几)?个?(?P<target>{_UNIT})(?:是多少)?$",
    re.IGNORECASE,
)
# An upper-case letter alone is a temperature, a lower-case one a length, mass or volume.
_CASED = {"c": "C", "f": "F", "k": "K", "m": "m", "g": "g", "l": None, "s": "s", "h": "h"}


def unit_result(text: str) -> str | None:
    """Return the conversion that a question asks for with its result."""
    matches = (pattern.match(text) for pattern in (*_ENGLISH, _CHINESE))
    match = next((match for match in matches if match), None)
    if match is None or not (_cased(match["unit"]) and _cased(match["target"])):
        return None
    value = _converted(match)
    if value is None:
        return None
    left = f"{'−' if match['minus'] else ''}{_amount(match['amount'])}{_shown_unit(match['unit'])}"
    if match["amount2"]:
        left += f" {match['amount2']}{_shown_unit(match['unit2'])}"
    grouped = re.search(r"\d,\d{3}", text) is not None
    return equation(left, value, _shown_unit(match["target"]), grouped)


def _cased(unit: str) -> bool:
    wanted = _CASED.get(unit.lower())
    return wanted is None or unit == wanted


def _amount(text: str) -> str:
    return _WORDS.get(text.lower(), text)


def _shown_unit(unit: str) -> str:
    return unit if re.match("[一-鿿]", unit) else f" {unit}"


def _converted(match: re.Match[str]) -> Result | None:
    """Return the amount in the target unit; None where the units are of different kinds."""
    import pint

    amount = Fraction(_amount(match["amount"]).replace(",", "")) * (-1 if match["minus"] else 1)
    source, target = _UNITS[match["unit"].casefold()], _UNITS[match["target"].casefold()]
    if source == target:
        return None
    try:
        quantity = _quantity(amount, source)
        if match["amount2"]:
            quantity += _quantity(Fraction(match["amount2"]), _UNITS[match["unit2"].casefold()])
        if target[0].isdigit():
            per_unit = _quantity(Fraction(1), target)
            return Result(Fraction((quantity / per_unit).to("dimensionless").magnitude))
        return Result(Fraction(quantity.to(target).magnitude))
    except pint.PintError:
        return None


def _quantity(amount: Fraction, unit: str) -> Any:
    """Return a quantity; a unit may have a factor before it, such as "50 gram"."""
    factor, _, name = unit.rpartition(" ")
    return _registry().Quantity(amount * Fraction(factor or 1), name)


@cache
def _registry() -> Any:
    """Return pint's units with exact factors; it takes 0.4 s to import and read them."""
    import pint

    return pint.UnitRegistry(non_int_type=Fraction)
