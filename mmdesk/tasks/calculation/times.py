"""Times of day and durations in English and Chinese questions."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DAY = 24 * 60
_CLOCK = (
    r"(?:(?P<{0}h>\d{{1,2}})(?:[:.](?P<{0}m>[0-5]\d))?\s?(?P<{0}half>[ap])\.?m\b\.?"
    r"|(?P<{0}h24>\d{{1,2}}):(?P<{0}m24>[0-5]\d)(?:\s?(?:h|o'clock|hours)\b)?"
    r"|(?P<{0}noon>noon|midnight))"
)
_CLOCK_CHINESE = (
    r"(?P<{0}part>凌晨|早上|上午|中午|下午|晚上)?"
    r"(?:(?P<{0}h>\d{{1,2}})(?:[点點时](?:(?P<{0}m>\d{{1,2}})分?|(?P<{0}fraction>半|一刻|三刻)|整)?"
    r"|:(?P<{0}m24>[0-5]\d)))"
)
_DURATION = (
    r"(?:(?P<{0}hours>\d+(?:\.5)?|an?|one|two|three)(?: and a (?P<{0}halfhour>half))?\s?"
    r"(?:hours?|hrs?|h)\b"
    r"(?:,?\s(?:and\s)?(?P<{0}minutes>\d+)\s?(?:minutes?|mins?|m)\b)?"
    r"|(?P<{0}only>\d+)\s?(?:minutes?|mins?)\b|(?P<{0}halfan>half an hour))"
)
_DURATION_CHINESE = (
    r"(?:(?P<{0}hours>\d+(?:\.5)?)\s?个?(?P<{0}halfhour>半)?(?:小时|钟头)(?:零?(?P<{0}minutes>\d+)\s?分钟?)?"
    r"|(?P<{0}only>\d+)\s?分钟|(?P<{0}halfan>半个?小时))"
)
_WORDS = {"a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0}
_START, _END, _LASTING = (_CLOCK.format(name) for name in ("start", "end", "start"))
_WHAT_TIME = r"(?:what(?:'s| is| will be)? the time|what time (?:is it|will it be|is|was it|was))"
_AFTER = re.compile(
    rf"^(?:{_WHAT_TIME} )?{_DURATION.format('for')} (?P<sign>after|past|later than|from"
    rf"|before|earlier than) {_START}$"
    rf"|^it is (?:now )?{_CLOCK.format('now')}[.,;]? {_WHAT_TIME} (?:in"
    rf" )?{_DURATION.format('in')}(?: later| from now)?$",
    re.IGNORECASE,
)
_SUM = re.compile(
    rf"^(?:{_WHAT_TIME} |what(?:'s| is) |calculate |how much is )?{_START} (?P<sign>\+|plus"
    rf"|-|−|minus) "
    rf"{_DURATION.format('for')}(?: =)?$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"^(?:how (?:long|much time)(?: is it| is there| is| passes| are there)?|how many "
    r"(?P<unit>hours|minutes)(?: and minutes)?(?: are there| are| pass| is it| lie)?"
    r"|(?:what is|calculate) the (?:time|difference|duration|time difference))"
    rf" (?:from|between) {_START} (?:to|and|until|till) {_END}(?: (?:on )?the same day)?$",
    re.IGNORECASE,
)
# "A train leaves at 14:50 and takes 2 hours 35 minutes. When does it arrive?"
_BEGINS = re.compile(
    r"\b(?:leaves?|departs?|starts?|begins?|set(?:s|ting)? off|go(?:es)? on|put .{1,30} in"
    r" the oven)\b",
    re.IGNORECASE,
)
_LASTS = re.compile(
    r"\b(?:takes?|lasts?|is|runs?|goes on|travels?|drives?|journey|flight|film|movie|trip"
    r"|bakes?|cooks?|for)\b",
    re.IGNORECASE,
)
_ASKS_END = re.compile(
    r"\b(?:when|(?:at )?what time)\b[^.?!]{0,40}\b(?:arrives?|ends?|end|finish(?:es)?|over"
    r"|get(?:s)? there|ready|done)$",
    re.IGNORECASE,
)
# "A train leaves at 9:15 and arrives at 11:45. How long does the trip take?"
_ENDS = re.compile(
    r"\b(?:arrives?|ends?|finish(?:es)?|is over|gets? there|comes? back)\b", re.IGNORECASE
)
_ASKS_LENGTH = re.compile(
    r"[.;,!]\s*how (?:long|many minutes|many hours) (?:does|is|will|did|was)\b[^.?!\d]{0,40}"
    r"(?:take|last|trip|journey|ride|flight|film|movie|lesson|meeting|concert|class|show"
    r"|shift|it)$",
    re.IGNORECASE,
)
# "It is 14:30. My appointment is in 45 minutes. At what time is it?"
_NOW_IS = re.compile(r"^it(?: is|'s) (?:now )?(?=\d|noon)", re.IGNORECASE)
_ASKS_TIME = re.compile(
    r"\bin (?:\d|an? |half|one|two|three)[^.?!]*[.;]\s*(?:at )?(?:what time|when) (?:is"
    r"|does|will)\b"
    r"[^.?!\d]{0,40}$",
    re.IGNORECASE,
)
_DOUBTFUL = re.compile(
    r"\b(?:time ?zones?|flights?|planes?|fly|flies|delay|delayed|late|early|break|breaks"
    r"|stop|stops|pause|interval"
    r"|intermission|utc|gmt|local"
    r"|summer time|each|every|change|changes|waits?|first|second|then|but|if)\b",
    re.IGNORECASE,
)
_AFTER_CHINESE = re.compile(
    rf"^(?:现在是?)?{_CLOCK_CHINESE.format('start')}[，,]?\s?(?:再?(?:过|加上?)|之?后的?"
    rf"|以后)?\s?{_DURATION_CHINESE.format('for')}"
    r"\s?(?P<sign>之?后|以后|之?前|以前)?(?:是|等于|到)?(?:几点(?:几分|钟)?|什么时候|什么时间)?$"
)
_BETWEEN_CHINESE = re.compile(
    rf"^从?{_CLOCK_CHINESE.format('start')}(?:到|至){_CLOCK_CHINESE.format('end')}(?:一共|总共"
    rf"|之间)?(?:是|有|隔|相差)?"
    r"(?:多(?:长时间|久|少(?P<unit>分钟|小时))|几个?(?P<hours>小时))$"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time of day: minutes since midnight, and whether morning and afternoon are told apart."""

    minutes: int
    certain: bool
    twelve_hours: bool = False

    def shown(self, minutes: int | None = None) -> str:
        """Return a time of day in the way this one was written."""
        value = (self.minutes if minutes is None else minutes) % _DAY
        hour, minute = divmod(value, 60)
        if self.twelve_hours:
            return f"{(hour - 1) % 12 + 1}:{minute:02} {'a.m.' if hour < 12 else 'p.m.'}"
        return f"{hour}:{minute:02}"


def time_result(text: str) -> str | None:
    """Return the computation with times of day and durations that a question asks for."""
    return _sum(text) or _difference(text) or _journey(text)


def _sum(text: str) -> str | None:
    for pattern in (_AFTER, _SUM, _AFTER_CHINESE):
        match = pattern.match(text)
        if match is None:
            continue
        chinese = pattern is _AFTER_CHINESE
        if chinese and not (match["sign"] or (re.search("过|加|后", text) and "几" in text)):
            return None
        prefix = (
            "now"
            if pattern is _AFTER and match["startnoon"] is None and _has(match, "now")
            else "start"
        )
        clock = _clock(match, prefix)
        minutes = _duration(match, "in" if prefix == "now" else "for")
        if clock is None or minutes is None:
            return None
        back = match["sign"] in ("before", "earlier than", "-", "−", "minus", "前", "之前", "以前")
        return _shown_sum(clock, -minutes if back else minutes, chinese)
    return None


def _has(match: re.Match[str], prefix: str) -> bool:
    groups = match.groupdict()
    return any(groups.get(f"{prefix}{end}") for end in ("h", "h24", "noon"))


def _shown_sum(clock: Clock, minutes: int, chinese: bool) -> str:
    total = clock.minutes + minutes
    days = total // _DAY
    sign = "−" if minutes < 0 else "+"
    text = f"{clock.shown()} {sign} {_shown_duration(abs(minutes), chinese)} = {clock.shown(total)}"
    if days == 0:
        return text
    if chinese:
        return f"{text}（{'第二天' if days == 1 else '前一天' if days == -1 else f'{days:+}天'}）"
    day = "the next day" if days == 1 else "the day before" if days == -1 else f"{days:+} days"
    return f"{text} ({day})"


def _difference(text: str) -> str | None:
    for pattern in (_BETWEEN, _BETWEEN_CHINESE):
        match = pattern.match(text)
        if match is None:
            continue
        chinese = pattern is _BETWEEN_CHINESE
        start, end = _clock(match, "start"), _clock(match, "end")
        if start is None or end is None:
            return None
        minutes = end.minutes - start.minutes
        if minutes <= 0:
            if not (start.certain and end.certain):
                return None  # 9:30 to 5:00: of the afternoon, or of the next morning?
            minutes += _DAY
        shown = _shown_duration(minutes, chinese)
        unit = match["unit"] or (chinese and match["hours"])
        if unit in ("minutes", "分钟") and minutes >= 60:
            shown += f" = {minutes}{' minutes' if unit == 'minutes' else '分钟'}"
        return f"{start.shown()} – {end.shown()} = {shown}"
    return None


def _journey(text: str) -> str | None:
    """Return start + duration where a short story has one of each and asks for the end."""
    if _DOUBTFUL.search(text):
        return None
    if _ASKS_LENGTH.search(text) and _BEGINS.search(text) and _ENDS.search(text):
        return _length_of_journey(text)
    begins = _BEGINS.search(text) and _LASTS.search(text) and _ASKS_END.search(text)
    if not begins and not (_NOW_IS.search(text) and _ASKS_TIME.search(text)):
        return None
    durations = list(re.finditer(_DURATION.format("for"), text, re.IGNORECASE))
    without = re.sub(_DURATION.format("for"), "…", text, flags=re.IGNORECASE)
    clocks = list(re.finditer(_START, without, re.IGNORECASE))
    rest = re.sub(_START, "…", without, flags=re.IGNORECASE)
    if len(durations) != 1 or len(clocks) != 1 or re.search(r"\d", rest):
        return None
    clock, minutes = _clock(clocks[0], "start"), _duration(durations[0], "for")
    return None if clock is None or minutes is None else _shown_sum(clock, minutes, False)


def _length_of_journey(text: str) -> str | None:
    """Return end - start where a short story has these two times and no other number."""
    clocks = [_clock(match, "start") for match in re.finditer(_START, text, re.IGNORECASE)]
    rest = re.sub(_START, "…", text, flags=re.IGNORECASE)
    if len(clocks) != 2 or re.search(r"\d", rest) or clocks[0] is None or clocks[1] is None:
        return None
    minutes = clocks[1].minutes - clocks[0].minutes
    if minutes <= 0 and not (clocks[0].certain and clocks[1].certain):
        return None
    shown = _shown_duration(minutes % _DAY, False)
    return f"{clocks[0].shown()} – {clocks[1].shown()} = {shown}"


def _clock(match: re.Match[str], prefix: str) -> Clock | None:
    groups = match.groupdict()
    if groups.get(f"{prefix}noon"):
        noon = groups[f"{prefix}noon"].lower() == "noon"
        return Clock(720 if noon else 0, True)
    if groups.get(f"{prefix}h24"):
        hour, minute = int(groups[f"{prefix}h24"]), int(groups[f"{prefix}m24"])
        return Clock(60 * hour + minute, hour > 12 or hour == 0) if hour < 24 else None
    fractions = {"半": 30, "一刻": 15, "三刻": 45}
    minute = int(groups.get(f"{prefix}m") or groups.get(f"{prefix}m24") or 0)
    minute = fractions.get(groups.get(f"{prefix}fraction") or "", minute)
    hour = int(groups[f"{prefix}h"])
    if minute > 59:
        return None
    half, part = groups.get(f"{prefix}half"), groups.get(f"{prefix}part")
    if half:
        late = half.lower() == "p"
        return Clock(60 * (hour % 12 + 12 * late) + minute, True, True) if 1 <= hour <= 12 else None
    if part in ("下午", "晚上", "中午") and hour < 12 and not (part == "中午" and hour > 9):
        hour += 12
    return Clock(60 * hour + minute, bool(part) or hour > 12) if hour < 24 else None


def _duration(match: re.Match[str], prefix: str) -> int | None:
    """Return minutes."""
    groups = match.groupdict()
    if groups.get(f"{prefix}halfan"):
        return 30
    if groups.get(f"{prefix}only"):
        return int(groups[f"{prefix}only"])
    hours = groups.get(f"{prefix}hours")
    if hours is None:
        return None
    value = _WORDS.get(hours.lower()) or float(hours)
    half = 30 if groups.get(f"{prefix}halfhour") else 0
    return round(60 * value) + half + int(groups.get(f"{prefix}minutes") or 0)


def _shown_duration(minutes: int, chinese: bool) -> str:
    hours, rest = divmod(minutes, 60)
    units = ("小时", "分钟", "") if chinese else (" h", " min", " ")
    parts = [f"{hours}{units[0]}"] if hours else []
    parts += [f"{rest}{units[1]}"] if rest or not hours else []
    return units[2].join(parts)
