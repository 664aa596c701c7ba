"""SpeechFeatures questions: what stands for their words, and that typed ones stay as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from mmdesk.fusion.generation import GenerationRules, generate
from mmdesk.fusion.packing import PackedLayout
from mmdesk.fusion.speech_tokens import SpeechFeatures
from mmdesk.fusion.spoken_question import recognize_question
from mmdesk.fusion.transformer import FusedTransformer

ImageDescribed = tuple[Tensor, Tensor]
END, BLANK = 1, 2
ASKED = [[4, 11, 12, 13, 7], [4, 14, 15, 7], [4, 16, 7]]  # questions between two marks


@pytest.fixture
def hearing(model: FusedTransformer) -> FusedTransformer:
    """The model with ears: everything else is the same."""
    torch.manual_seed(5)
    config = replace(model.config, speech=6, speech_width=10, speech_words=5, speech_hidden=8)
    made = FusedTransformer(config).eval()
    made.load_state_dict(model.state_dict(), strict=False)
    return made


def embedded(model: FusedTransformer, asked: list[list[int]], places: int = 4) -> SpeechFeatures:
    """The questions' own embeddings, and beyond them what must not be used."""
    words = torch.full((len(asked), places, model.config.width), torch.nan)
    for row, ids in enumerate(asked):
        words[row, : len(ids) - 2] = model.words.weight[ids[1:-1]]
    return SpeechFeatures(words.detach(), torch.tensor([len(ids) - 2 for ids in asked]))


@pytest.mark.parametrize("row", range(3))
def test_words_heard_for_sure_are_answered_as_typed(
    model: FusedTransformer, seen: ImageDescribed, row: int
) -> None:
    grid, labels = (one[row : row + 1] for one in seen)
    typed = torch.tensor([ASKED[row]])
    unsaid = torch.tensor([[4, *[BLANK] * (len(ASKED[row]) - 2), 7]])
    rules, spoken = GenerationRules(END, longest=6), embedded(model, [ASKED[row]])
    assert generate(model, grid, labels, unsaid, rules, spoken=spoken) == generate(
        model, grid, labels, typed, rules
    )


def test_questions_of_all_lengths_are_learned_together(
    model: FusedTransformer, seen: ImageDescribed
) -> None:
    width = max(map(len, ASKED))
    typed = torch.tensor([ids + [0] * (width - len(ids)) for ids in ASKED])
    marks = (typed == 4) | (typed == 7) | (typed == 0)
    unsaid = typed.where(marks, BLANK)
    image, layout = model.image_tokens(*seen), PackedLayout.single(typed)
    wanted = model.hidden(image, typed, layout)
    told = model.hidden(image, unsaid, layout, embedded(model, ASKED))
    assert torch.equal(told, wanted)
    assert not torch.allclose(model.hidden(image, unsaid, layout), wanted)


def test_between_two_words_stands_their_mean(hearing: FusedTransformer) -> None:
    frames = torch.randn(2, 6, 10)
    logits, words = hearing.encode_speech(frames)
    assert hearing.speech is not None
    assert logits.shape == (2, 5, hearing.config.vocabulary)
    tokens, told = hearing.speech(frames)
    assert told.shape == (2, 6, hearing.config.width)
    torch.testing.assert_close(logits, functional.linear(tokens, hearing.words.weight))
    mean = logits.softmax(-1) @ hearing.words.weight
    torch.testing.assert_close(words, mean)  # at first nothing shifts it
    torch.nn.init.normal_(hearing.speech.shift.weight)
    shifted = hearing.encode_speech(frames)[1] - mean
    torch.testing.assert_close(shifted, hearing.speech.shift(tokens))


def test_every_frame_counts(hearing: FusedTransformer) -> None:
    frames = torch.randn(1, 6, 10)
    logits = hearing.encode_speech(frames)[0]
    for place in range(6):
        other = frames.clone()
        other[0, place] = torch.randn(10)
        assert not torch.allclose(hearing.encode_speech(other)[0], logits)


def test_the_likeliest_question_is_heard_with_its_odds_among_all(
    hearing: FusedTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [[11, 12], [11, 12, 13], [14]]
    logits = torch.zeros(4, 5, hearing.config.vocabulary)
    logits[0, range(3), [11, 12, END]] = 9.0
    logits[1, range(4), [11, 15, 13, END]] = 9.0
    logits[1, 1, 12] = 8.0  # another word seemed likelier, in which there is no question
    logits[2, 0, END] = 9.0
    logits[3, range(2), [14, END]] = 2.5
    words = torch.randn(4, 5, hearing.config.width)
    monkeypatch.setattr(hearing, "encode_speech", lambda frames: (logits, words))
    questions = recognize_question(hearing, torch.zeros(4, 6, 10), known, END)
    assert [question.text.ids for question in questions] == [(11, 12), (11, 12, 13), (), (14,)]
    odds = logits.log_softmax(-1)
    for row, question in enumerate(questions):
        likely = [
            float(odds[row, range(len(text) + 1), [*text, END]].sum()) for text in ([], *known)
        ]
        wanted = torch.tensor(likely).log_softmax(0).max()
        assert question.text.log_probability == pytest.approx(float(wanted), abs=1e-4)
        assert torch.equal(question.spoken.words, words[row : row + 1])
        assert question.spoken.counts.tolist() == [len(question.text.ids)]
    assert questions[0].text.log_probability > -0.1 > questions[3].text.log_probability


def test_ears_change_nothing_that_is_typed(
    model: FusedTransformer, hearing: FusedTransformer, seen: ImageDescribed
) -> None:
    prompt, rules = torch.tensor([[4, 7]] * 3), GenerationRules(END, longest=6, beams=3)
    assert generate(hearing, *seen, prompt, rules) == generate(model, *seen, prompt, rules)


def test_a_model_without_ears_says_so(model: FusedTransformer) -> None:
    with pytest.raises(ValueError, match="does not hear"):
        model.encode_speech(torch.zeros(1, 6, 10))
