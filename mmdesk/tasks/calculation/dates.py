"""Dates and days of the week in English and Chinese questions."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTH = "|".join(rf"{name}|{name[:3]}" for name in _MONTHS) + "|sept"
_DATE = (
    r"(?:(?P<{0}d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<{0}m1>"
    + _MONTH
    + r")\.?,?(?: (?P<{0}y1>\d{{4}}))?"
    r"|(?P<{0}m2>" + _MONTH + r")\.? (?P<{0}d2>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<{0}y2>\d{{4}}))?"
    r"|(?P<{0}y3>\d{{4}})-(?P<{0}m3>\d{{2}})-(?P<{0}d3>\d{{2}})"
    r"|(?P<{0}y4>\d{{4}})年(?P<{0}m4>\d{{1,2}})月(?P<{0}d4>\d{{1,2}})[日号]"
    r"|(?P<{0}name>today|now|tomorrow|yesterday|今天|明天|昨天))"
)
_START, _END = _DATE.format("start"), _DATE.format("end")
_SPAN = r"(?P<n>\d{1,5}|an?|one|two|three|four|five|six) (?P<unit>days?|weeks?)"
_SPAN_CHINESE = r"(?P<n>\d{1,5})\s?(?:个)?(?P<unit>天|日|周|星期)"
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_FLAGS = re.IGNORECASE
_BETWEEN = re.compile(
    rf"^how many (?P<unit>days|weeks) (?:are there |is it |are |lie |pass )?(?:between"
    rf"|from) {_START} (?:and|to|until|till) {_END}$"
    rf"|^从?{_DATE.format('from')}(?:到|至|和){_DATE.format('to')}(?:之间)?(?:一共|总共|相差|相隔|还)?(?:有"
    rf"|是|隔|差)?(?:多少|几)天$",
    _FLAGS,
)
_UNTIL = re.compile(
    rf"^how (?:many days|long) (?:is it |are there |are left )?(?:until|till|to)"
    rf" {_DATE.format('end')}$"
    rf"|^(?:今天)?(?:离|距离?|到){_DATE.format('to')}还有(?:多少|几)天$",
    _FLAGS,
)
_WHICH = (
    r"(?:what|which) (?:is the )?(?:date|day)(?: of the week)?(?: is| was| will be| will"
    r" it be| is it| falls| comes)?(?: the)?"
)
_AFTER = re.compile(
    rf"^{_WHICH} {_SPAN} (?P<sign>after|from|before) {_START}$"
    rf"|^{_WHICH} (?:in )?(?P<n2>\d{{1,5}}|an?|one|two|three|four|five|six) (?P<unit2>days?"
    rf"|weeks?)(?: from now| time)?$",
    _FLAGS,
)
_AFTER_CHINESE = re.compile(
    rf"^(?:从)?(?:{_START})?(?:起|开始)?(?:再?过|的|之后|以后|后|前)?\s?{_SPAN_CHINESE}(?P<sign>之?后|以后"
    rf"|之?前|以前)的?(?:日期)?是?"
    r"(?:哪一?天|几月几[号日]|星期几|周几|什么日期|哪年哪月哪日)$"
)
_WEEKDAY = re.compile(
    rf"^(?:what|which) (?:day of the week|weekday|day)(?: is| was| will)?(?: it)?(?: be)?"
    rf"(?: on)? (?:the )?{_START}(?: (?:fall|falls|be) on)?$"
    rf"|^(?:on )?(?:what|which) (?:day of the week|weekday|day) (?:is|was|did|does|will)(?:"
    rf" the)? {_DATE.format('end')}(?: fall(?: on)?| be| on)?$"
    rf"|^{_DATE.format('on')}(?:那天)?是?(?:星期几|周几|礼拜几)$",
    _FLAGS,
)
_TODAY = re.compile(
    r"^(?:what(?:'s| is) (?:the date(?: today)?|today's date|today)|what (?:day|date)(?:"
    r" of the week)? is (?:it(?: today)?|today))$"
    r"|^今天(?:是)?(?:几月几[号日]|几号|星期几|周几|什么日子|几月几[号日]星期几)$",
    _FLAGS,
)
_NOW = re.compile(
    r"^(?:what(?:'s| is) the time(?: now)?|what time is it(?: now)?"
    r"|现在(?:是)?几点(?:了|钟)?)$",
    _FLAGS,
)
_LEAP = re.compile(
    r"^(?:is|was|will) (?P<y>\d{4}) (?:be )?a leap year$|^(?P<z>\d{4})年?是(?:不是)?闰年吗?$",
    _FLAGS,
)


def date_result(text: str, now: datetime) -> str | None:
    """Return the computation with dates that a question asks for, counted from `now`."""
    chinese = re.search("[一-鿿]", text) is not None
    if _TODAY.match(text):
        return f"今天是{_shown(now.date(), True)}" if chinese else f"today is {_shown(now.date())}"
    if _NOW.match(text):
        return f"现在是{now:%H:%M}" if chinese else f"the time now is {now:%H:%M}"
    if match := _LEAP.match(text):
        return _leap_year(int(match["y"] or match["z"]), chinese)
    try:
        return (
            _between(text, now.date(), chinese)
            or _after(text, now.date(), chinese)
            or _weekday(text, now.date(), chinese)
        )
    except (ValueError, OverflowError):
        return None  # 30 February, or a date outside of the calendar


def _leap_year(year: int, chinese: bool) -> str:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if chinese:
        return f"{year}年{'是' if leap else '不是'}闰年（{366 if leap else 365}天）"
    return f"{year} is {'a' if leap else 'not a'} leap year ({366 if leap else 365} days)"


def _between(text: str, today: date, chinese: bool) -> str | None:
    if match := _UNTIL.match(text):
        start, end = today, _date(match, "to" if chinese else "end", today, future=True)
        return None if end is None else _shown_days(start, end, "days", chinese)
    match = _BETWEEN.match(text)
    if match is None:
        return None
    names = ("from", "to") if chinese else ("start", "end")
    start_, end = (_date(match, name, today) for name in names)
    if start_ is None or end is None:
        return None
    named = [match[f"{name}y{form}"] for name in names for form in (1, 2, 3, 4)]
    without_year = sum(1 for year in named if year) < 2
    if without_year and not _has_today(match, names) and not _same_in_all_years(start_, end):
        return None
    return _shown_days(start_, end, match["unit"] or "days", chinese, not without_year)


def _has_today(match: re.Match[str], names: tuple[str, ...]) -> bool:
    return any(match[f"{name}name"] for name in names)


def _same_in_all_years(start: date, end: date) -> bool:
    """Return whether 29 February cannot lie between two dates of one year."""
    return start <= end and start.year == end.year and not (start.month < 3 <= end.month)


def _shown_days(start: date, end: date, unit: str, chinese: bool, years: bool = True) -> str | None:
    days = (end - start).days
    if days < 0:
        return None
    left = (
        f"{_shown(start, chinese, years)} {'到' if chinese else '–'} {_shown(end, chinese, years)}"
    )
    if chinese:
        return f"{left} = {days}天"
    weeks, rest = divmod(days, 7)
    if unit.lower() == "weeks":
        more = f" and {_plural(rest, 'day')}" if rest else ""
        return f"{left} = {_plural(days, 'day')} = {_plural(weeks, 'week')}{more}"
    return f"{left} = {_plural(days, 'day')}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _after(text: str, today: date, chinese: bool) -> str | None:
    match = _AFTER_CHINESE.match(text) if chinese else _AFTER.match(text)
    if match is None:
        return None
    groups = match.groupdict()
    start = _date(match, "start", today) or today
    if not _has_year(match, "start") and not groups.get("startname") and _has_day(match, "start"):
        return None
    count, unit = groups.get("n") or groups.get("n2"), groups.get("unit") or groups.get("unit2")
    if count is None or unit is None:
        return None
    days = _WORDS.get(count.lower()) or int(count)
    days *= 7 if unit.startswith(("week", "周", "星期", "Week")) else 1
    back = groups.get("sign") in ("before", "前", "之前", "以前")
    end = start - timedelta(days) if back else start + timedelta(days)
    sign = "−" if back else "+"
    span = f"{days}天" if chinese else _plural(days, "day")
    return f"{_shown(start, chinese)} {sign} {span} = {_shown(end, chinese)}"


def _weekday(text: str, today: date, chinese: bool) -> str | None:
    match = _WEEKDAY.match(text)
    if match is None:
        return None
    name = next(
        name for name in ("start", "end", "on") if _has_day(match, name) or match[f"{name}name"]
    )
    day = _date(match, name, today)
    if day is None or not (_has_year(match, name) or match[f"{name}name"]):
        return None
    weekday = _weekday_name(day, chinese)
    plain = _shown(day, chinese, weekday=False)
    return f"{plain}是{weekday}" if chinese else f"{plain} = {weekday}"


def _has_year(match: re.Match[str], name: str) -> bool:
    return any(match[f"{name}y{form}"] for form in (1, 2, 3, 4))


def _has_day(match: re.Match[str], name: str) -> bool:
    return any(match[f"{name}d{form}"] for form in (1, 2, 3, 4))


def _date(match: re.Match[str], name: str, today: date, future: bool = False) -> date | None:
    """Return a date of a match; without a year it is of this one, or of the next where it is past.

    Raises:
        ValueError: there is no such day.
    """
    if word := match[f"{name}name"]:
        days = {"tomorrow": 1, "明天": 1, "yesterday": -1, "昨天": -1}.get(word.lower(), 0)
        return today + timedelta(days)
    form = next((form for form in (1, 2, 3, 4) if match[f"{name}d{form}"]), None)
    if form is None:
        return None
    month = match[f"{name}m{form}"]
    number = int(month) if month.isdecimal() else _month_number(month)
    day, year = int(match[f"{name}d{form}"]), match[f"{name}y{form}"]
    found = date(int(year or today.year), number, day)
    return found.replace(year=found.year + 1) if future and not year and found < today else found


def _month_number(name: str) -> int:
    return next(
        number for number, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3])
    )


def _weekday_name(day: date, chinese: bool) -> str:
    return f"星期{'一二三四五六日'[day.weekday()]}" if chinese else _WEEKDAYS[day.weekday()]


def _shown(day: date, chinese: bool = False, year: bool = True, weekday: bool = True) -> str:
    """Return a date with its day of the week; without both where the year does not matter."""
    weekday = weekday and year
    if chinese:
        text = f"{f'{day.year}年' if year else ''}{day.month}月{day.day}日"
        return f"{text}（{_weekday_name(day, True)}）" if weekday else text
    text = f"{day.day} {_MONTHS[day.month - 1].capitalize()}{f' {day.year}' if year else ''}"
    return f"{_weekday_name(day, False)}, {text}" if weekday else text
