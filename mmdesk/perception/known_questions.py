"""Questions the fused model knows, and the patterns that turn a user's wording into one of them.

It learned a dozen forms of question from captions and drawn pictures. What a user asks is often one
of them in other words, in English or Chinese. To anything else its answer would be noise.
"""

from __future__ import annotations

import re
from collections.abc import Callable

NAME = "[a-z]+"
_PEOPLE = r"man|woman|boy|girl|child|person|people|men|women|boys|girls|children|kids|dogs?"
_MANY = ("people", "men", "women", "boys", "girls", "children", "kids", "dogs")
_COUNTED = {
    "people": "people", "persons": "people", "humans": "people", "dogs": "dogs", "puppies": "dogs",
    "shapes": "shapes", "bars": "bars", "circles": "circles", "squares": "squares",
    "triangles": "triangles", "stars": "stars", "crosses": "crosses",
}  # fmt: skip
_PRESENCE_NOUNS = {
    "dog": "dog", "dogs": "dog", "puppy": "dog", "man": "man", "men": "man", "child": "child",
    "children": "child", "kid": "child", "kids": "child", "ball": "ball", "balls": "ball",
    "bicycle": "bicycle", "bike": "bicycle", "bicycles": "bicycle", "bikes": "bicycle",
    "car": "car", "cars": "car",
}  # fmt: skip
_PLURAL = {"shorts", "pants", "jeans", "shoes", "trunks", *_COUNTED} - {"people"}

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_PICTURE = r"(?:picture|photo(?:graph)?|image|pic|shot|drawing|snapshot)"
_PICTURE_ZH = r"(?:这|那)?(?:第[一二三四五六1-6两]|最后一)?(?:张|幅|个)?(?:图片|照片|图像|图|画面)"
_IN_THE_PICTURE = re.compile(
    rf"\s*\b(?:here )?(?:(?:that (?:is|are) |shown |seen )?(?:in|on|from) (?:the|this|that|my)"
    rf"(?: (?:{'|'.join(_ORDINALS)}|last|other))? {_PICTURE}|in {_PICTURE} (?:\d|[a-z]+)"
    r"|(?:can|do) you see|you can see|visible)\b"
)


_LEAD = re.compile(r"^(?:please tell me|tell me|can you tell me|and|so|well|now|ok|hey),? ")


def as_known_question(question: str) -> str | None:
    """Return the question in the form that the fused model knows; None where it knows none.

    >>> as_known_question("What's the colour of the dog in the second picture?")
    'what color is the dog?'
    """
    if re.search(r"[\u4e00-\u9fff]", question):
        return _as_known_question_chinese(question)
    asked = question.lower().replace("’", "'").strip(" ?.!\n")
    asked = _LEAD.sub("", asked)
    asked = re.sub(r"\b(what|where|who|how)'s\b", r"\1 is", asked).replace("colour", "color")
    asked = " ".join(re.sub(r"\bthis one\b", "this", _IN_THE_PICTURE.sub(" ", asked)).split(" "))
    asked = " ".join(asked.replace(",", " ").split())
    for pattern, form in _FORMS:
        match = re.fullmatch(pattern, asked)
        if match:
            return form(match)
    return None


_KINDS = {
    "color": "colour", "many": "count", "doing": "activity", "indoors": "inside",
    "there": "presence", "wearing": "wearing", "mouth": "holding", "shape": "shape",
    "kind": "kind", "left": "where", "right": "where", "above": "where", "below": "where",
    "where": "place",
}  # fmt: skip


def question_kind(question: str) -> str:
    """Return the kind of a question: colour, count, activity, place, inside, or an open one."""
    if as_known_question(question) != question:
        return open_kind(question)
    asked = re.findall(r"[a-z]+", question)
    return next((kind for word, kind in _KINDS.items() if word in asked), "")


QuestionForm = Callable[["re.Match[str]"], str | None]


def _fixed(question: str) -> QuestionForm:
    return lambda match: question


def _colour(match: re.Match[str]) -> str:
    return _colour_of(match["thing"])


def _colour_of(thing: str) -> str:
    verb = "are" if thing.split()[-1] in _PLURAL else "is"
    return f"what color {verb} the {thing}?"


def _count(match: re.Match[str]) -> str | None:
    noun = _COUNTED.get(match["thing"])
    return f"how many {noun} are there?" if noun else None


def _doing(match: re.Match[str]) -> str:
    return _activity_of(match["who"])


def _activity_of(who: str) -> str:
    return f"what {'are' if who in _MANY else 'is'} the {who} doing?"


def _presence(match: re.Match[str]) -> str | None:
    noun = _PRESENCE_NOUNS.get(match["thing"])
    return f"is there a {noun} in the picture?" if noun else None


_OUT_OR_IN = r"(?:inside|indoors?|outside|outdoors?|in the open|out ?doors|in ?doors)"
_SUBJECT = r"(?:this|that|it|the (?:scene|dog|man|place))"
_FORMS: tuple[tuple[str, QuestionForm], ...] = (
    (r"(?:what|which) colors? (?:is|are) (?:the|this|that|his|her|its) (?P<thing>[a-z]+(?: bar)?)",
     _colour),
    (r"what is the color of (?:the|this|that) (?P<thing>[a-z]+(?: bar)?)", _colour),
    (r"(?:what|which) color does (?:the|this|that) (?P<thing>[a-z]+) have", _colour),
    (rf"how many (?P<thing>{NAME})(?: are there| are| is there)?(?: altogether| in total)?",
     _count),
    (rf"what (?:is|are) (?:the|this|that|these) (?P<who>{_PEOPLE}) (?:doing|up to)", _doing),
    (rf"what does the (?P<who>{_PEOPLE}) do", _doing),
    (rf"where (?:is|was) (?:{_SUBJECT}|(?:the|this) {_PICTURE})(?: taken| shot)?",
     _fixed("where is this?")),
    (r"where (?:are|is) (?:they|he|she|the (?:people|children|dogs?|man|woman|boy|girl))",
     _fixed("where is this?")),
    (r"(?:what|which) place is (?:this|it)", _fixed("where is this?")),
    (rf"(?:(?:is|was) (?:{_SUBJECT}|(?:the|this) {_PICTURE}) (?:taken |shot )?)?{_OUT_OR_IN}"
     rf"(?: or {_OUT_OR_IN})?", _fixed("is this indoors or outdoors?")),
    (rf"(?:is|are) there (?:an?|any|some) (?P<thing>{NAME})(?: there)?", _presence),
    (rf"(?:an?|any) (?P<thing>{NAME})", _presence),
    (r"what (?:does|is) (?:the|this) dog (?:have|has|holding|carrying|got|hold|carry)"
     r"(?: in (?:its|his|her|the) mouth)?", _fixed("what does the dog have in its mouth?")),
    (r"what is in the dog's mouth", _fixed("what does the dog have in its mouth?")),
    (r"what (?:is|does) the (?P<who>man|woman|boy|girl|child|person) (?:wearing|wear)",
     lambda m: f"what is the {m['who']} wearing?"),
    (r"what is (?P<side>left of|right of|above|below) the (?:[a-z]+ )?(?P<thing>[a-z]+)",
     lambda m: f"what is {m['side']} the {m['thing']}?"),
    (r"what is (?:to|on) the (?P<side>left|right) of the (?:[a-z]+ )?(?P<thing>[a-z]+)",
     lambda m: f"what is {m['side']} of the {m['thing']}?"),
    (r"(?:what|which) shape is (?:this|it)", _fixed("what shape is this?")),
    (rf"what (?:kind|sort|type) of {_PICTURE} is (?:this|it)",
     _fixed("what kind of picture is this?")),
)  # fmt: skip

# --- Chinese ----------------------------------------------------------------------------------

_WHO_ZH = {
    "男人": "man", "男子": "man", "男士": "man", "女人": "woman", "女子": "woman", "女士": "woman",
    "男孩": "boy", "女孩": "girl", "小孩": "child", "孩子": "child", "人": "person", "狗": "dog",
    "小狗": "dog", "人们": "people", "孩子们": "children", "男人们": "men", "女人们": "women",
    "狗狗": "dog", "小男孩": "boy", "小女孩": "girl", "他们": "people",
}  # fmt: skip
_THING_ZH = {
    "狗": "dog", "小狗": "dog", "衬衫": "shirt", "上衣": "shirt", "衣服": "shirt", "夹克": "jacket",
    "外套": "coat", "帽子": "hat", "裙子": "dress", "连衣裙": "dress", "头发": "hair",
    "短裤": "shorts", "裤子": "pants", "草": "grass", "头盔": "helmet", "项圈": "collar",
    "车": "car", "汽车": "car", "球": "ball", "滑梯": "slide", "飞盘": "frisbee", "毛衣": "sweater",
    "马": "horse", "自行车": "bike", "摩托车": "motorcycle", "背包": "backpack", "雨伞": "umbrella",
    "伞": "umbrella", "船": "boat", "鞋": "shoes", "鞋子": "shoes", "墙": "wall",
    "背景": "background", "圆": "circle", "圆形": "circle", "正方形": "square",
    "三角形": "triangle", "星星": "star",
    "牌子": "sign", "标志": "sign", "猫": "cat", "鸟": "bird",
}  # fmt: skip
_THERE_ZH = {
    "狗": "dog", "男人": "man", "孩子": "child", "小孩": "child", "球": "ball", "自行车": "bicycle",
    "单车": "bicycle", "车": "car", "汽车": "car",
}  # fmt: skip
_COUNTED_ZH = {
    "人": "people", "狗": "dogs", "小狗": "dogs", "形状": "shapes", "图形": "shapes",
    "圆": "circles", "圆形": "circles", "三角形": "triangles", "正方形": "squares",
    "星星": "stars", "柱子": "bars", "条": "bars",
}  # fmt: skip


def _one_of(names: dict[str, str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_MEASURE = "[这那]?[一]?[只个条位名辆件顶匹把张些群]?"
_FORMS_ZH: tuple[tuple[str, QuestionForm], ...] = (
    (rf"{_MEASURE}(?:[\u4e00-\u9fff]{{1,3}}的)??(?P<thing>{_one_of(_THING_ZH)})的?(?:颜色)?是?(?:什么颜色|什么颜色的)的?",
     lambda m: _colour_of(_THING_ZH[m["thing"]])),
    (rf"(?:一共)?有?(?:几|多少)[只个位条名根颗]?(?P<thing>{_one_of(_COUNTED_ZH)})",
     lambda m: f"how many {_COUNTED_ZH[m['thing']]} are there?"),
    (rf"{_MEASURE}(?P<who>{_one_of(_WHO_ZH)})(?:正)?(?:在)?(?:做|干|干些|做些)(?:什么|啥)",
     lambda m: _activity_of(_WHO_ZH[m["who"]])),
    (rf"(?:这(?:里|儿)?|{_MEASURE}(?:{_one_of(_WHO_ZH)})|是)?(?:是)?在?(?:哪里|哪儿|什么地方)(?:拍的)?",
     _fixed("where is this?")),
    (r"(?:这|这里)?是?(?:在)?(?:室内|屋里|室外|户外|屋外)(?:还是(?:在)?(?:室内|室外|户外|屋里|屋外))?(?:拍的)?",
     _fixed("is this indoors or outdoors?")),
    (rf"有(?:没有)?[一只个辆条]*(?P<thing>{_one_of(_THERE_ZH)})",
     lambda m: f"is there a {_THERE_ZH[m['thing']]} in the picture?"),
    (r"[这那]?[只条]?小?狗(?:的)?(?:嘴里|嘴中|嘴上)(?:叼着|咬着|有|含着|是)?什么",
     _fixed("what does the dog have in its mouth?")),
    (r"[这那]?[只条]?小?狗(?:叼着|咬着|叼了)(?:什么)",
     _fixed("what does the dog have in its mouth?")),
    (rf"{_MEASURE}(?P<who>{_one_of(_WHO_ZH)})(?:身上)?穿(?:着|的是|了)?什么(?:衣服)?",
     lambda m: f"what is the {_WHO_ZH[m['who']]} wearing?"),
    (r"这?是?什么形状", _fixed("what shape is this?")),
    (r"这?是?(?:什么|哪种|哪类|什么类型的|什么样的)(?:图片|照片|图|图像)",
     _fixed("what kind of picture is this?")),
)  # fmt: skip


def _as_known_question_chinese(question: str) -> str | None:
    asked = re.sub(r"[\s，,。？?！!、]|请问|请告诉我|一下|大概", "", question)
    kind = re.fullmatch(_FORMS_ZH[-1][0], asked)
    if not kind:
        asked = re.sub(rf"(?:在)?{_PICTURE_ZH}(?:片)?(?:里面|里|中|上面|上)?(?:的)?", "", asked)
    asked = re.sub(r"(?:吗|呢|啊|呀|吧)$", "", asked)
    for pattern, form in _FORMS_ZH:
        match = re.fullmatch(pattern, asked)
        if match:
            return form(match)
    return None


# --- open questions -------------------------------------------------------------------------------

OPEN_YES_NO, OPEN_NUMBER, OPEN_OTHER = "open yes/no", "open number", "open"
_OPEN_START = re.compile(
    r"(?:is|are|was|were|does|do|did|has|have|could (?:this|it|these|they) be|how many|how old"
    r"|how is the weather|in what|what|which|where|who|whose)\b"
)
# Words of questions to an assistant, and about what is written: pixels do not answer them.
_NOT_VISUAL = re.compile(
    r"\b(?:i|me|my|mine|we|us|our|you|your|should|would|think|mean|means|tell|explain|write|"
    r"translate|translation|summar\w*|recipe|buy|cost|price|worth|name|named|called|say|says|said|"
    r"read|reads|written|text|words?|letters?|title|heading|spell|capital of|history|invented|"
    r"difference|better|best|why|how do|how does|how can|what if|year|date|email|code|document)\b"
)
_YES_NO_START = re.compile(r"(?:is|are|was|were|does|do|did|has|have|could)\b")
MAX_OPEN_WORDS = 16


def as_open_question(question: str) -> str | None:
    """Return a question that people ask about pictures, in lower case; None for any other.

    The fused model learned such questions from VQA v2 and COCO-QA. It answers those that are none
    of the known questions, where it is sure.

    >>> as_open_question("What is the man holding in his hand?")
    'what is the man holding in his hand?'
    """
    asked = " ".join(question.lower().replace("’", "'").split()).strip(" ?.!")
    asked = _LEAD.sub("", asked)
    asked = re.sub(r"^can you see ", "is there ", asked)
    asked = re.sub(r" (?:can|do) you see$", " are there", asked)
    asked = re.sub(r"\b(what|where|who)'s\b", r"\1 is", asked).replace("colour", "color")
    if not _OPEN_START.match(asked) or not 3 <= len(asked.split()) <= MAX_OPEN_WORDS:
        return None
    if _NOT_VISUAL.search(asked) or re.search(r"[^a-z0-9 ,'/-]", asked):
        return None
    return f"{asked}?"


def open_kind(question: str) -> str:
    """Return the kind of an open question: OPEN_YES_NO, OPEN_NUMBER or OPEN_OTHER."""
    if _YES_NO_START.match(question) and " or " not in question:
        return OPEN_YES_NO
    return OPEN_NUMBER if question.startswith("how many") else OPEN_OTHER


# --- the picture as a whole -----------------------------------------------------------------------

_WHOLE = re.compile(
    rf"(?:please )?(?:describe|caption) (?:it|this|(?:this|the|my) {_PICTURE})"
    rf"|what (?:is|do you see|can you see|can be seen|is there|is shown|is going on|is happening)"
    rf"(?: (?:in|on) (?:it|(?:this|the|my) {_PICTURE}))?"
    rf"|what (?:does|is) (?:this|the|my) {_PICTURE}(?: (?:show|of|about))?"
    r"|what is (?:this|it|that)|what is this of"
)
_WHOLE_ZH = re.compile(
    rf"(?:请)?(?:描述|介绍|说说|讲讲)(?:一下)?{_PICTURE_ZH}(?:的内容)?|{_PICTURE_ZH}(?:里面|里|中|上)?(?:有|是)什么"
    r"|这是什么|你看到了?什么"
)


def asks_for_caption(question: str) -> bool:
    """Return true for a question about the picture as a whole ("What is in the picture?")."""
    asked = " ".join(question.lower().replace("’", "'").replace("what's", "what is").split())
    asked = re.sub(rf"\b(?:{'|'.join(_ORDINALS)}|last) (?={_PICTURE})", "", asked.strip(" ?.!"))
    plain = re.sub(r"[\s，,。？?！!]", "", question)
    return bool(_WHOLE.fullmatch(asked) or _WHOLE_ZH.fullmatch(plain))


def presence_question(question: str) -> str | None:
    """Return the question if the thing that a known question is about is there at all.

    None for things that the model does not recognise well.
    """
    things = {"dog": "dog", "dogs": "dog", "car": "car", "bike": "bicycle", "bicycle": "bicycle"}
    if question_kind(question) == "presence":
        return None
    found = [things[word] for word in re.findall(r"[a-z]+", question) if word in things]
    return f"is there a {found[0]} in the picture?" if found else None


# --- the picture that is named --------------------------------------------------------------------


def picture_index(question: str, count: int) -> int | None:
    """Return the index of the picture that a question names ("picture 2", "第二张").

    Args:
        question: e.g. "What is in the second picture?"
        count: of pictures.

    Returns:
        0..count - 1; None where it names none that is there.
    """
    asked = question.lower()
    number: int | None = None
    match = re.search(rf"\b({'|'.join(_ORDINALS)}|last) (?:{_PICTURE}|one)\b", asked)
    digit = re.search(rf"\b{_PICTURE} ([1-9])\b|第([一二两三四五六1-9])(?:张|幅|个图)", asked)
    if match:
        number = count if match[1] == "last" else _ORDINALS.index(match[1]) + 1
    elif digit:
        found = digit[1] or digit[2]
        number = (
            int(found) if found.isdigit() else "一二三四五六".find(found.replace("两", "二")) + 1
        )
    elif re.search(r"最后一?[张幅]", asked):
        number = count
    return number - 1 if number is not None and 1 <= number <= count else None
