"""Requests for a translation, as people write them, and what only looks like one."""

from __future__ import annotations

import pytest

from mmdesk.tasks.translation_request import translation_request


@pytest.mark.parametrize(
    ("question", "code", "text"),
    [
        ("Translate into Chinese: My sister is a doctor.", "zh", "My sister is a doctor."),
        ("Please translate this into German:\nGood morning!", "de", "Good morning!"),
        ("Translate the following sentence to Spanish: “I am here.”", "es", "I am here."),
        ('Translate "Good night" into French.', "fr", "Good night"),
        ('How do you say "Where is the bus?" in Italian?', "it", "Where is the bus?"),
        ("What does 我很高兴 mean in English?", "en", "我很高兴"),
        ('What does "Il fait froid en hiver" mean?', "en", "Il fait froid en hiver"),
        ("Übersetze ins Englische: Das Haus ist alt.", "en", "Das Haus ist alt."),
        ("Traduis en anglais : Le chat dort.", "en", "Le chat dort."),
        ("Traduce al inglés: El perro ladra.", "en", "El perro ladra."),
        ("把这句话翻译成英文：鱼很好吃。", "en", "鱼很好吃。"),
        ("请把“我们去法国”翻译成德语。", "de", "我们去法国"),
    ],
)
def test_a_request_is_understood(question: str, code: str, text: str) -> None:
    found = translation_request(question)
    assert found is not None
    assert (found.target.code, found.text) == (code, text)


@pytest.mark.parametrize(
    "question",
    [
        "What does DNA mean?",
        'What does "saudade" mean?',
        'What does "Good morning, my friend" mean?',
        "Translate this function into Python: int f() { return 1; }",
        "Translate that into French.",
        "How do you say no to a friend?",
        "What is the capital of France?",
        "Translate into Klingon: Good morning.",
        "为什么翻译很难？",
    ],
)
def test_what_is_no_request_is_left_to_the_chat(question: str) -> None:
    assert translation_request(question) is None
