"""All prompts of the tasks, in English and Chinese.

All of them were tried on the built-in model of half a billion parameters. It copies or answers a
text when the instruction comes before it, so the instruction comes after; it summarises Chinese
only with Chinese instructions; and it translates (instead of answering) after five examples of
translations, one of a question and one of a command among them.
"""

from __future__ import annotations

from mmdesk.text import CHINESE, Language, detect
from mmdesk.values import ImageInput, Turn

ASSISTANT = (
    "You are mmdesk, a helpful assistant that runs on the user's own computer. "
    "Answer in the user's language, correctly and to the point."
)

# For a model on another computer, which must not say that it runs on the user's own.
ASSISTANT_ON_SERVER = (
    "You are a helpful assistant, used in the program mmdesk. "
    "Answer in the user's language, correctly and to the point."
)

# One-shot examples that keep the model from refusing creative requests. It was made for code: alone
# it refused 22 of 64 requests for an essay, a story, a song and the like ("I'm sorry, but I can't
# assist with that."); after an answered request of the same kind, 3. The kind matters: after a poem
# everything becomes verse. In the system prompt instead, an example helps little (17).
CREATIVE_EXAMPLES: dict[str, tuple[Turn, Turn]] = {
    kind: (Turn("user", request), Turn("assistant", text))
    for kind, request, text in (
        (
            "text",
            "Write a short text about the moon.",
            "The moon is our nearest neighbour in space. It has no light of its own: what we see "
            "at night is the light of the sun on its dusty plains. Twice a day it lifts the sea, "
            "and for thousands of years sailors, farmers and poets have counted their days by it.",
        ),
        (
            "story",
            "Write a short story about a lighthouse.",
            "Every evening old Tom climbed the ninety-six steps to light the lamp. One night in "
            "November he found that it was burning already. Someone had been there before him: on "
            "the floor lay a wet coat, and from behind the door came a quiet laugh. It was his "
            "brother, who had been lost at sea for eleven years.",
        ),
        (
            "poem",
            "Write a short poem about the moon.",
            "The moon looks down on roof and tree,\n"
            "A lamp that no one needs to light;\n"
            "It shines for you, it shines for me,\n"
            "And keeps us company at night.",
        ),
        (
            "song",
            "Write a song about the moon.",
            "Verse 1\n"
            "Late at night when the town is still,\n"
            "You climb up slowly over the hill.\n\n"
            "Chorus\n"
            "Oh moon, old moon, shine down on me,\n"
            "Show me the road and the silver sea.",
        ),
        (
            "plan",
            "Plan a day by the sea.",
            "- **Morning:** Walk along the beach and swim before it gets hot.\n"
            "- **Afternoon:** Eat fish at the harbour, then rest in the shade.\n"
            "- **Evening:** Climb the hill to see the sun go down.",
        ),
    )
}

# One-shot examples that make the model keep to the form that a request asks for. Alone, it answers
# "One word." with a sentence, "at most ten words" with thirteen, and "用三句话" with one.
FORM_EXAMPLES: dict[str, tuple[Turn, Turn]] = {
    kind: (Turn("user", request), Turn("assistant", text))
    for kind, request, text in (
        ("word", "Which animal barks? Answer with one word only.", "Dog"),
        ("word_zh", "哪种动物会汪汪叫？只写一个词。", "狗"),
        ("words", "Explain rain in at most seven words.", "Water falling from clouds in drops."),
        (
            "sentence",
            "Explain in exactly one sentence what a lamp does.",
            "A lamp gives light so that people can see in the dark.",
        ),
        ("sentence_zh", "请用一句话介绍蜜蜂。", "蜜蜂是一种采集花蜜、酿造蜂蜜的昆虫。"),
        (
            "sentences",
            "Tell me about bees in exactly two sentences.",
            "Bees live in hives and make honey from the nectar of flowers. "
            "On their way they carry pollen from plant to plant.",
        ),
        (
            "sentences_zh",
            "请用两句话介绍蜜蜂。",
            "蜜蜂住在蜂巢里，用花蜜酿造蜂蜜。它们飞行时还会为植物传播花粉。",
        ),
    )
}

_SUMMARISER = "You are a careful editor who writes short, factual summaries."
_SUMMARISE = "Summarise the text above in {count} sentences."
_SUMMARISER_ZH = "你是一名细心的编辑，善于用简短的话概括文章。"
_SUMMARISE_ZH = "请用{count}句话概括上面的内容。"

_ENGLISH_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
_CHINESE_NUMBERS = {2: "两", 3: "三", 4: "四", 5: "五", 6: "六"}


def describe_pictures(images: tuple[ImageInput, ...], style: str, language: str) -> Turn:
    """Ask a model that sees pictures itself to describe them."""
    what = "this picture" if len(images) == 1 else f"these {len(images)} pictures, one by one"
    how = "one sentence" if style == "caption" else "a paragraph or two"
    return Turn("user", f"Describe {what} in {how}. Answer in {language}.", images)


def page_of_document(number: int, text: str) -> str:
    """Return the text of a page with its number, so that an answer can name the page."""
    return f"[Page {number}]\n{text}"


def summarise_part(part: str, language: Language, count: int) -> tuple[Turn, ...]:
    """Return the prompt for a summary of one part of a document in `count` (2..6) sentences."""
    if language == CHINESE:
        instruction = _SUMMARISE_ZH.format(count=_CHINESE_NUMBERS[count])
        return Turn("system", _SUMMARISER_ZH), Turn("user", f"{part}\n\n{instruction}")
    instruction = _SUMMARISE.format(count=_ENGLISH_NUMBERS[count])
    return Turn("system", _SUMMARISER), Turn("user", f"{part}\n\n{instruction}")


_FROM_PASSAGES = "The text says: “{best}”\n{question}\nAnswer in one sentence."
_FROM_PASSAGES_ZH = "文中说：“{best}”\n{question}\n请根据文中的话，用一句话回答。"


def answer_from_passages(question: str, best: str) -> str:
    """Return a question about passages of a document, with the best matching sentence before it.

    The model finds a fact in the sentence next to the question far more reliably than a page above
    it.
    """
    if not best:
        return question
    template = _FROM_PASSAGES_ZH if detect(question) == CHINESE else _FROM_PASSAGES
    return template.format(best=best, question=question.strip())


_CONTAINS_ANSWER = (
    "Question: {question}\n"
    "Does the document above contain the answer to this question? Answer with Yes or No."
)
_CONTAINS_ANSWER_ZH = "问题：{question}\n上面的文件里有没有这个问题的答案？请只回答“有”或“没有”。"


def contains_answer(question: str) -> tuple[str, str, str]:
    """Return the question whether a document has the answer, and the words for yes and no."""
    if detect(question) == CHINESE:
        return _CONTAINS_ANSWER_ZH.format(question=question.strip()), "有", "没有"
    return _CONTAINS_ANSWER.format(question=question.strip()), "Yes", "No"


_CALCULATED = "{question}\n\n(Calculator: {calculation}. Answer with this result, in one sentence.)"
_CALCULATED_ZH = "{question}\n\n（计算器：{calculation}。请用一句话回答，给出这个结果。）"


def with_calculation(question: str, calculation: str) -> str:
    """Return a question with the exact result of its computation, which the model passes on."""
    template = _CALCULATED_ZH if detect(question) == CHINESE else _CALCULATED
    return template.format(question=question.strip(), calculation=calculation)


_TRANSLATOR = "You are a professional translator."
_TRANSLATE = "Translate from {source} into {target}:\n{text}"
# More tokens and slightly worse translations, but a text in quotation marks is not taken for a
# question to answer or a request to fulfil.
_TRANSLATE_QUOTED = (
    'Translate the {source} text between the quotation marks into {target}:\n"{text}"'
)

# Instructed in German, the model's German has fewer English words in it.
_NATIVE_INSTRUCTIONS = {
    "de": (
        "Du bist ein professioneller Übersetzer. Du übersetzt ins Deutsche.",
        "Übersetze ins Deutsche:\n{text}",
        'Übersetze den Text zwischen den Anführungszeichen ins Deutsche:\n"{text}"',
    ),
}

# A question, a command, a plain sentence, numbers, and a sentence with two clauses.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "en": (
        "What is the highest mountain in Japan?",
        "Tell me a story about a fox.",
        "The children were playing in the garden when the storm began.",
        "In 2019 the company sold 3,500 cars, twice as many as in the year before.",
        "My sister works in a hospital near the river, but she would rather be a teacher.",
    ),
    "zh": (
        "日本最高的山是哪座？",
        "给我讲一个关于狐狸的故事。",
        "暴风雨开始时，孩子们正在花园里玩耍。",
        "2019年，该公司售出了3500辆汽车，是前一年的两倍。",
        "我姐姐在河边的一家医院工作，但她更想当老师。",
    ),
    "fr": (
        "Quelle est la plus haute montagne du Japon ?",
        "Raconte-moi une histoire de renard.",
        "Les enfants jouaient dans le jardin lorsque l'orage a commencé.",
        "En 2019, l'entreprise a vendu 3 500 voitures, deux fois plus que l'année précédente.",
        "Ma sœur travaille dans un hôpital près de la rivière, mais elle préférerait enseigner.",
    ),
    "es": (
        "¿Cuál es la montaña más alta de Japón?",
        "Cuéntame un cuento sobre un zorro.",
        "Los niños jugaban en el jardín cuando empezó la tormenta.",
        "En 2019, la empresa vendió 3500 coches, el doble que el año anterior.",
        "Mi hermana trabaja en un hospital cerca del río, pero preferiría ser profesora.",
    ),
    "de": (
        "Welcher Berg ist der höchste in Japan?",
        "Erzähle mir eine Geschichte über einen Fuchs.",
        "Die Kinder spielten im Garten, als der Sturm begann.",
        "Im Jahr 2019 verkaufte das Unternehmen 3.500 Autos, doppelt so viele wie im Jahr zuvor.",
        "Meine Schwester arbeitet in einem Krankenhaus am Fluss, wäre aber lieber Lehrerin.",
    ),
}  # fmt: skip


def translate_sentence(
    text: str, source: Language, target: Language, quoted: bool = False
) -> tuple[Turn, ...]:
    """Return the prompt for a translation, after examples if there are any for both languages.

    Args:
        text: one sentence.
        source: its language.
        target: language of the translation.
        quoted: put the text in quotation marks, for sentences that were answered instead of
            translated.
    """
    system, plain, in_quotes = _NATIVE_INSTRUCTIONS.get(
        target.code, (_TRANSLATOR, _TRANSLATE, _TRANSLATE_QUOTED)
    )
    if source.code == "und":
        return _translate_from_any(text, target, quoted)
    form, answer = (in_quotes, '"{text}"') if quoted else (plain, "{text}")
    names = {"source": source.name, "target": target.name}
    turns = [Turn("system", system)]
    examples = zip(EXAMPLES.get(source.code, ()), EXAMPLES.get(target.code, ()), strict=False)
    for original, translated in examples:
        turns.append(Turn("user", form.format(text=original, **names)))
        turns.append(Turn("assistant", answer.format(text=translated)))
    return (*turns, Turn("user", form.format(text=text, **names)))


_TRANSLATE_ANY = "Translate into {target}:\n{text}"
_TRANSLATE_ANY_QUOTED = 'Translate the text between the quotation marks into {target}:\n"{text}"'


def _translate_from_any(text: str, target: Language, quoted: bool) -> tuple[Turn, ...]:
    """Return the prompt for a text in an unknown language, after examples from several ones."""
    form, answer = (_TRANSLATE_ANY_QUOTED, '"{text}"') if quoted else (_TRANSLATE_ANY, "{text}")
    others = [code for code in EXAMPLES if code != target.code]
    turns = [Turn("system", _TRANSLATOR)]
    for index, translated in enumerate(EXAMPLES.get(target.code, ())):
        original = EXAMPLES[others[index % len(others)]][index]
        turns.append(Turn("user", form.format(text=original, target=target.name)))
        turns.append(Turn("assistant", answer.format(text=translated)))
    return (*turns, Turn("user", form.format(text=text, target=target.name)))


_PHRASER = "You put short answers into one sentence."
_PHRASE = "Question: {question}\nShort answer: {answer}"
_PHRASER_ZH = "你把简短的英文答案改写成一句中文。"
_PHRASE_ZH = "问题：{question}\n简短答案：{answer}"
# With the whole description in the prompt, the small model mixes it with the answer; with five
# examples and nothing else it only turns the answer into a sentence.
_PHRASE_EXAMPLES = (
    ("What colour is the dog?", "black and white", "The dog is black and white."),
    ("How many people are there?", "three", "There are three people."),
    ("What is the boy doing?", "riding a bike down a hill",
     "The boy is riding a bike down a hill."),
    ("Is there a car in the picture?", "no", "No, there is no car in the picture."),
    ("Where is this?", "in the water", "This is in the water."),
)  # fmt: skip
_PHRASE_EXAMPLES_ZH = (
    ("这只狗是什么颜色的？", "black and white", "这只狗是黑白相间的。"),
    ("图片里有几个人？", "three", "图片里有三个人。"),
    ("人们在做什么？", "playing football on grass", "人们正在草地上踢足球。"),
    ("图片里有车吗？", "no", "没有，图片里没有车。"),
    ("狗在做什么？", "jumping over a fence", "狗正在跳过栅栏。"),
    ("这是在哪里？", "in the water", "这是在水里。"),
)


def phrase_answer(question: str, answer: str, language: Language) -> tuple[Turn, ...]:
    """Return the prompt that turns a few English words into a sentence in `language`."""
    chinese = language == CHINESE
    form = _PHRASE_ZH if chinese else _PHRASE
    turns = [Turn("system", _PHRASER_ZH if chinese else _PHRASER)]
    for asked, short, phrased in _PHRASE_EXAMPLES_ZH if chinese else _PHRASE_EXAMPLES:
        turns.append(Turn("user", form.format(question=asked, answer=short)))
        turns.append(Turn("assistant", phrased))
    return (*turns, Turn("user", form.format(question=question, answer=answer)))


_DESCRIBER = "You describe pictures from notes. You add nothing that the notes do not say."
_DESCRIBE = "Notes about a picture:\n{notes}\n\nDescribe the picture in two sentences."


def describe_from(notes: str) -> tuple[Turn, ...]:
    """Return the prompt for a description from notes, one a line."""
    return Turn("system", _DESCRIBER), Turn("user", _DESCRIBE.format(notes=notes))
