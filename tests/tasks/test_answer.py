from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mmdesk.errors import EngineDied, InputError
from mmdesk.tasks import answer
from mmdesk.tasks.answer import prepare
from mmdesk.tasks.prompts import CREATIVE_EXAMPLES, FORM_EXAMPLES
from mmdesk.text import length, sentences
from mmdesk.values import (
    AudioInput,
    ChatRequest,
    Counted,
    CountRequest,
    DocumentInput,
    Finished,
    NeverCancelled,
    Sampling,
    TextChunk,
    TranscribeRequest,
    Turn,
)
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.tasks.scripts import chats, engine, notices, said

FILLER = "\n\n".join(
    f"Section {n} tells of ordinary matters in the valley number {n} and of its weather. " * 4
    for n in range(300)
)
SECRET = "The treasure of Captain Flint lies under the old lighthouse."
LONG = DocumentInput(
    "novel.txt", FILLER[: len(FILLER) // 2] + f"\n\n{SECRET}\n\n" + FILLER[len(FILLER) // 2 :]
)
CHINESE_LONG = DocumentInput(
    "小说.txt", ("山谷里的天气很平常，没有什么可说的。\n\n" * 900) + "船长的宝藏埋在灯塔下面。"
)


def ask(text: str, *documents: DocumentInput) -> Turn:
    return Turn("user", text, documents=documents)


def test_the_system_prompt_comes_first_and_the_turns_follow() -> None:
    used = engine(lambda request: "Paris.")
    turns = (ask("Hello"), Turn("assistant", "Hi"), ask("What is the capital of France?"))
    events = list(answer(used, turns, NeverCancelled()))
    (request,) = chats(used)
    assert request.turns[0].role == "system"
    assert request.turns[1:] == turns
    assert said(iter(events)) == "Paris."
    assert isinstance(events[-1], Finished)
    assert events[-1].stats.model == "scripted"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Write a short story about trains.", "story"),
        ("tell me a story", "story"),
        ("Please compose a song for my friend.", "song"),
        ("Write a poem about the sea.", "poem"),
        ("Write a long essay about rivers.", "text"),
        ("Plan three days in Lisbon, short.", "plan"),
        ("Please suggest a weekend trip from Vienna.", "plan"),
    ],
)
def test_a_creative_request_follows_an_example_of_its_kind(text: str, kind: str) -> None:
    used = engine()
    turns = (ask(text), Turn("assistant", "Once"), ask("Now write a poem."))
    for count in (1, 3):
        list(answer(used, turns[:count], NeverCancelled()))
        assert chats(used)[-1].turns[1:] == (*CREATIVE_EXAMPLES[kind], *turns[:count])


@pytest.mark.parametrize(
    "text",
    [
        "What is the capital of France?",
        "Write a sorting function.",
        "Write a function that plays a list of songs.",
        "Write a song class in Python.",
        "Tell me how to poison my neighbour.",
    ],
)
def test_other_questions_get_no_example(text: str) -> None:
    used = engine()
    list(answer(used, (ask(text),), NeverCancelled()))
    assert len(chats(used)[-1].turns) == 2


def test_no_example_comes_before_long_texts_attachments_or_an_own_system_prompt() -> None:
    used = engine()
    text = "Write a poem about the sea."
    list(answer(used, (ask(text + " The sea." * 1000),), NeverCancelled()))
    list(answer(used, (ask(text),), NeverCancelled(), system_prompt="You are a pirate."))
    list(answer(used, (ask(text, DocumentInput("sea.txt", "Waves.")),), NeverCancelled()))
    assert [len(request.turns) for request in chats(used)] == [2, 2, 2]


def test_ones_own_system_prompt_and_sampling_are_used() -> None:
    used = engine()
    sampling = Sampling(temperature=0.7, seed=3)
    list(answer(used, (ask("Hi"),), NeverCancelled(), sampling, "big", system_prompt="Be brief."))
    (request,) = chats(used)
    assert request.turns[0].text == "Be brief."
    assert (request.sampling, request.model) == (sampling, "big")


@pytest.mark.parametrize(
    ("text", "is_sampled"),
    [
        ("When did the First World War begin?", False),
        ("Write this sentence in capital letters only: the train is late", False),
        ("Write a function that sorts a list in Python.", False),
        ("Plan a two-day trip to Rome.", True),
        ("Write a birthday greeting for my grandmother.", True),
        ("请写一条生日祝福短信给妈妈。", True),
    ],
)
def test_facts_are_greedy_and_what_is_to_be_varied_is_sampled(text: str, is_sampled: bool) -> None:
    used = engine()
    list(answer(used, (ask(text),), NeverCancelled()))
    sampling = chats(used)[-1].sampling
    assert (sampling.of_model, sampling.temperature > 0) == (is_sampled, is_sampled)


def test_an_answer_about_a_document_is_greedy() -> None:
    used = engine()
    turn = ask("Plan my week from this.", DocumentInput("sea.txt", "Waves."))
    list(answer(used, (turn,), NeverCancelled()))
    assert chats(used)[-1].sampling.temperature == 0


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("What is the capital of Germany? Answer with one word.", "word"),
        ("日本的首都在哪里？只写城市名。", "word_zh"),
        ("Describe a cat in at most ten words.", "words"),
        ("Explain in exactly one sentence what a refrigerator does.", "sentence"),
        ("Tell me about the Moon in two sentences.", "sentences"),
        ("请用三句话描述春天。", "sentences_zh"),
    ],
)
def test_a_request_for_a_form_follows_an_example_of_that_form(text: str, kind: str) -> None:
    used = engine()
    list(answer(used, (ask(text),), NeverCancelled()))
    assert chats(used)[-1].turns[1:] == (*FORM_EXAMPLES[kind], ask(text))


def test_a_request_for_a_translation_goes_to_the_translator() -> None:
    used = ScriptedEngine(
        lambda request: words("Où est la gare ?") if isinstance(request, ChatRequest) else []
    )
    question = ask("Translate into French: Where is the station?")
    events = list(answer(used, (question,), NeverCancelled()))
    assert "".join(e.text for e in events if isinstance(e, TextChunk)) == "Où est la gare ?"
    request = chats(used)[0]
    assert "translator" in request.turns[0].text
    assert request.turns[-1].text.endswith("Where is the station?")
    assert request.sampling.temperature == 0


def test_a_document_that_fits_goes_whole() -> None:
    used = engine()
    document = DocumentInput("note.txt", "Bees make honey.")
    events = list(answer(used, (ask("What do bees make?", document),), NeverCancelled()))
    assert chats(used)[0].turns[-1].documents == (document,)
    assert notices(events) == []


@pytest.mark.parametrize(
    ("document", "question", "needle"),
    [
        (LONG, "Where is Captain Flint's treasure?", SECRET),
        (CHINESE_LONG, "宝藏在哪里？", "船长的宝藏埋在灯塔下面。"),
    ],
)
def test_the_matching_passages_of_a_long_document_are_used(
    document: DocumentInput, question: str, needle: str
) -> None:
    used = engine()
    events = list(answer(used, (ask(question, document),), NeverCancelled()))
    sent = chats(used)[0].turns[-1].documents[0].text
    assert needle in sent
    assert len(sent) < len(document.text) / 2
    assert sent.startswith(document.text[:30])
    assert document.name in notices(events)[0]
    assert "%" in notices(events)[0]


def test_passages_come_in_document_order() -> None:
    used = engine()
    list(
        answer(
            used, (ask("Tell me of valley number 250 and valley number 7", LONG),), NeverCancelled()
        )
    )
    sent = chats(used)[0].turns[-1].documents[0].text
    assert 0 <= sent.index("Section 7 ") < sent.index("Section 250 ")


def test_a_document_of_an_earlier_turn_is_searched_too() -> None:
    used = engine()
    turns = (ask("Hello", LONG), Turn("assistant", "Hi"), ask("Where is Captain Flint's treasure?"))
    list(answer(used, turns, NeverCancelled()))
    sent = chats(used)[0].turns
    assert SECRET in sent[1].documents[0].text
    assert sent[3].documents == ()


def test_a_spoken_question_is_transcribed_before_passages_are_chosen() -> None:
    used = engine(heard="Where is the treasure of Captain Flint?")
    turn = Turn("user", "", audio=(AudioInput("q.wav", b"", "d"),), documents=(LONG,))
    list(answer(used, (turn,), NeverCancelled()))
    assert any(isinstance(request, TranscribeRequest) for request in used.requests)
    assert SECRET in chats(used)[0].turns[-1].documents[0].text


@pytest.mark.parametrize(
    "question", ["Summarise this", "Please give me a summary in 40 words.", "总结一下这篇文章"]
)
def test_summarise_this_reads_the_whole_document(question: str) -> None:
    used = engine(lambda request: SECRET)
    events = list(answer(used, (ask(question, LONG),), NeverCancelled()))
    read = "".join(request.turns[-1].text for request in chats(used))
    assert "Section 0 " in read
    assert "Section 299 " in read
    assert SECRET in said(iter(events))
    assert sum(isinstance(event, Finished) for event in events) == 1


def test_a_question_that_merely_mentions_summaries_is_answered() -> None:
    used = engine()
    document = DocumentInput("note.txt", "Bees make honey.")
    list(answer(used, (ask("What is the summary of the report?", document),), NeverCancelled()))
    assert len(chats(used)) == 1
    assert chats(used)[0].turns[-1].documents == (document,)


@pytest.mark.parametrize("turns", [(), (ask(" "),), (Turn("assistant", "Hi"),)])
def test_nothing_to_answer_is_refused(turns: tuple[Turn, ...]) -> None:
    with pytest.raises(InputError):
        list(answer(engine(), turns, NeverCancelled()))


def test_errors_come_through_after_the_text_so_far() -> None:
    events = answer(
        ScriptedEngine([TextChunk("Par"), EngineDied("It stopped.")]),
        (ask("Hi"),),
        NeverCancelled(),
    )
    assert next(events) == TextChunk("Par")
    with pytest.raises(EngineDied):
        next(events)


def test_closing_early_closes_the_engine_s_request() -> None:
    used = engine(lambda request: "one two three")
    events = answer(used, (ask("Hi"),), NeverCancelled())
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert used.open_generators == 0


# --- before the question is there ------------------------------------------------------------


def test_preparing_reads_what_the_answer_will_read() -> None:
    draft = Turn("user", "", documents=(DocumentInput("note.txt", "Milk and bread."),))
    engine = ScriptedEngine(counting_or_nothing)
    list(prepare(engine, (Turn("user", "Hello"), Turn("assistant", "Hi"), draft), NeverCancelled()))
    wanted = engine.prepared
    list(answer(engine, (Turn("user", "Hello"), Turn("assistant", "Hi"), replace(draft, text="?")),
                NeverCancelled()))  # fmt: skip
    asked = [request for request in engine.requests if isinstance(request, ChatRequest)]
    assert wanted[0].turns[:-1] == asked[0].turns[:-1]
    assert wanted[0].turns[-1] == replace(asked[0].turns[-1], text="")
    assert wanted[0].max_tokens == asked[0].sampling.max_tokens


def test_of_a_document_that_does_not_fit_nothing_is_read() -> None:
    """Passages are chosen for the question, which is not known yet."""
    long = DocumentInput("long.txt", "Bees live in hives. " * 3000)
    before = (Turn("user", "Hello"), Turn("assistant", "Hi"))
    engine = ScriptedEngine(counting_or_nothing)
    list(prepare(engine, (*before, Turn("user", "", documents=(long,))), NeverCancelled()))
    (wanted,) = engine.prepared
    assert not any(turn.documents for turn in wanted.turns)
    assert [turn.text for turn in wanted.turns[1:]] == ["Hello", "Hi", ""]


def counting_or_nothing(request):
    if isinstance(request, CountRequest):
        return [Counted(tuple(len(text.split()) for text in request.texts))]
    return []


# --- wishes for a summary ------------------------------------------------------------------------

INPUTS = Path(__file__).parents[1] / "fixtures" / "inputs"


def document(name: str) -> DocumentInput:
    return DocumentInput(name, (INPUTS / name).read_text(encoding="utf-8"))


def copied(request: ChatRequest) -> str:
    """Answer as a model that copies the first sentences of its prompt."""
    part = request.turns[-1].text.rsplit("\n\n", 1)[0]
    return " ".join(sentences(part)[:4])


def summary(question: str, name: str) -> str:
    return said(answer(engine(copied), (ask(question, document(name)),), NeverCancelled()))


@pytest.mark.parametrize(
    ("question", "points"),
    [
        ("Summarise this in three bullet points.", 3),
        ("Give me 7 key points", 7),
        ("Summarise this as a list", 5),
        ("Fasse das in vier Stichpunkten zusammen", 4),
        ("总结成三点", 3),
    ],
)
def test_points_are_counted_out(question: str, points: int) -> None:
    found = summary(question, "cocoa-report.txt").split("\n")
    assert len(found) == points
    assert all(line.startswith("- ") and len(line) > 12 for line in found)
    assert len(set(found)) == points


def test_points_of_a_shorter_document_are_counted_out_too() -> None:
    """A text of 1,300 tokens is not left to the chat, which would repeat itself."""
    whole = document("cocoa-report.txt")
    shorter = replace(whole, text=" ".join(whole.text.split()[:600]))
    found = said(
        answer(
            engine(copied),
            (ask("Summarise this in three bullet points.", shorter),),
            NeverCancelled(),
        )
    ).split("\n")
    assert len(found) == 3
    assert all(line.startswith("- ") for line in found)


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Summarise this in one sentence.", 1),
        ("Summarise this in four sentences.", 4),
        ("Résume en deux phrases", 2),
    ],
)
def test_sentences_are_counted_out(question: str, count: int) -> None:
    assert len(sentences(summary(question, "cocoa-report.txt"))) == count


@pytest.mark.parametrize(
    ("question", "least", "most"),
    [
        ("Summarise this in 2,000 words.", 500, 2600),
        ("Summarise this in 300 words.", 210, 390),
        ("TL;DR", 30, 80),
        ("Summarise this in at most 50 words", 20, 50),
    ],
)
def test_the_wished_length_is_kept(question: str, least: int, most: int) -> None:
    assert least <= length(summary(question, "cocoa-report.txt")) <= most


def test_a_german_wish_is_one() -> None:
    used = engine(copied)
    text = document("honig-bericht.txt").text
    turn = ask("Fasse diesen Text bitte zusammen.", DocumentInput("honig.txt", f"{text}\n\n{text}"))
    found = said(answer(used, (turn,), NeverCancelled()))
    assert len(chats(used)) > 1
    assert 60 <= length(found) <= 195


def test_a_summary_of_what_happened_in_indonesia_is_in_the_texts_language() -> None:
    used = engine(copied)
    turn = ask("Summarise what happened in Indonesia.", document("cocoa-report.txt"))
    list(answer(used, (turn,), NeverCancelled()))
    assert not any("Translate" in request.turns[-1].text for request in chats(used))


def test_a_summary_in_traditional_chinese_is_in_its_characters() -> None:
    def reply(request: ChatRequest) -> str:
        translating = request.turns[-1].text.startswith("Translate")
        return "这里说的是可可的价格和软件的发展。" if translating else copied(request)

    question = "Summarise this in one sentence in Traditional Chinese."
    turn = ask(question, document("cocoa-report.txt"))
    assert said(answer(engine(reply), (turn,), NeverCancelled())) == (
        "這裡說的是可可的價格和軟體的發展。"
    )


@pytest.mark.parametrize("max_tokens", [768, 2000, 8000, 100_000])
def test_a_question_about_a_resume_is_answered_from_all_of_it(max_tokens: int) -> None:
    used = engine(lambda request: "0421 555 0187")
    turn = ask("What is the phone number in this resume?", document("resume.txt"))
    events = list(answer(used, (turn,), NeverCancelled(), Sampling(max_tokens=max_tokens)))
    (request,) = chats(used)
    assert request.turns[-1].documents == turn.documents
    assert request.sampling.max_tokens <= max_tokens
    assert request.sampling.max_tokens + length(turn.documents[0].text) < 8192
    assert notices(events) == []


def test_what_is_prepared_leaves_the_same_room_for_the_answer() -> None:
    used = engine()
    turn = ask("", document("resume.txt"))
    list(prepare(used, (turn,), NeverCancelled(), max_tokens=8000))
    question = replace(turn, text="What is the phone number?")
    list(answer(used, (question,), NeverCancelled(), Sampling(max_tokens=8000)))
    assert used.prepared[0].max_tokens == chats(used)[0].sampling.max_tokens
