"""Spoken questions: embeddings in place of their tokens, and no change to typed ones."""

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

Picture = tuple[Tensor, Tensor]
END, BLANK = 1, 2
ASKED = [[4, 11, 12, 13, 7], [4, 14, 15, 7], [4, 16, 7]]  # questions between two special tokens


@pytest.fixture
def speech_model(model: FusedTransformer) -> FusedTransformer:
    """Return the model with speech; everything else is the same."""
    torch.manual_seed(5)
    config = replace(model.config, speech=6, speech_width=10, speech_words=5, speech_hidden=8)
    made = FusedTransformer(config).eval()
    made.load_state_dict(model.state_dict(), strict=False)
    return made


def embedded(model: FusedTransformer, asked: list[list[int]], length: int = 4) -> SpeechFeatures:
    """Return the questions' own embeddings, and beyond them NaN, which must not be used."""
    words = torch.full((len(asked), length, model.config.width), torch.nan)
    for row, ids in enumerate(asked):
        words[row, : len(ids) - 2] = model.words.weight[ids[1:-1]]
    return SpeechFeatures(words.detach(), torch.tensor([len(ids) - 2 for ids in asked]))


@pytest.mark.parametrize("row", range(3))
def test_tokens_recognised_for_sure_are_answered_as_typed(
    model: FusedTransformer, picture: Picture, row: int
) -> None:
    grid, labels = (one[row : row + 1] for one in picture)
    typed = torch.tensor([ASKED[row]])
    blanked = torch.tensor([[4, *[BLANK] * (len(ASKED[row]) - 2), 7]])
    rules, spoken = GenerationRules(END, longest=6), embedded(model, [ASKED[row]])
    assert generate(model, grid, labels, blanked, rules, spoken=spoken) == generate(
        model, grid, labels, typed, rules
    )


def test_questions_of_all_lengths_fit_into_one_batch(
    model: FusedTransformer, picture: Picture
) -> None:
    width = max(map(len, ASKED))
    typed = torch.tensor([ids + [0] * (width - len(ids)) for ids in ASKED])
    special = (typed == 4) | (typed == 7) | (typed == 0)
    blanked = typed.where(special, BLANK)
    image, layout = model.image_tokens(*picture), PackedLayout.single(typed)
    wanted = model.hidden(image, typed, layout)
    got = model.hidden(image, blanked, layout, embedded(model, ASKED))
    assert torch.equal(got, wanted)
    assert not torch.allclose(model.hidden(image, blanked, layout), wanted)


def test_uncertain_tokens_are_embedded_as_their_weighted_mean(
    speech_model: FusedTransformer,
) -> None:
    frames = torch.randn(2, 6, 10)
    logits, words = speech_model.encode_speech(frames)
    assert speech_model.speech is not None
    assert logits.shape == (2, 5, speech_model.config.vocabulary)
    tokens, got = speech_model.speech(frames)
    assert got.shape == (2, 6, speech_model.config.width)
    torch.testing.assert_close(logits, functional.linear(tokens, speech_model.words.weight))
    mean = logits.softmax(-1) @ speech_model.words.weight
    torch.testing.assert_close(words, mean)  # at first nothing shifts it
    torch.nn.init.normal_(speech_model.speech.shift.weight)
    shifted = speech_model.encode_speech(frames)[1] - mean
    torch.testing.assert_close(shifted, speech_model.speech.shift(tokens))


def test_every_frame_counts(speech_model: FusedTransformer) -> None:
    frames = torch.randn(1, 6, 10)
    logits = speech_model.encode_speech(frames)[0]
    for frame in range(6):
        other = frames.clone()
        other[0, frame] = torch.randn(10)
        assert not torch.allclose(speech_model.encode_speech(other)[0], logits)


def test_the_most_probable_question_comes_with_its_posterior(
    speech_model: FusedTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [[11, 12], [11, 12, 13], [14]]
    logits = torch.zeros(4, 5, speech_model.config.vocabulary)
    logits[0, range(3), [11, 12, END]] = 9.0
    logits[1, range(4), [11, 15, 13, END]] = 9.0
    logits[1, 1, 12] = 8.0  # another token is more probable, with which there is no known question
    logits[2, 0, END] = 9.0
    logits[3, range(2), [14, END]] = 2.5
    words = torch.randn(4, 5, speech_model.config.width)
    monkeypatch.setattr(speech_model, "encode_speech", lambda frames: (logits, words))
    questions = recognize_question(speech_model, torch.zeros(4, 6, 10), known, END)
    assert [question.text.ids for question in questions] == [(11, 12), (11, 12, 13), (), (14,)]
    odds = logits.log_softmax(-1)
    for row, question in enumerate(questions):
        likely = [
            float(odds[row, range(len(text) + 1), [*text, END]].sum()) for text in ([], *known)
        ]
        wanted = torch.tensor(likely).log_softmax(0).max()
        assert question.text.log_probability == pytest.approx(float(wanted), abs=1e-4)
        assert torch.equal(question.spoken.embeddings, words[row : row + 1])
        assert question.spoken.counts.tolist() == [len(question.text.ids)]
    assert questions[0].text.log_probability > -0.1 > questions[3].text.log_probability


def test_speech_changes_nothing_about_typed_questions(
    model: FusedTransformer, speech_model: FusedTransformer, picture: Picture
) -> None:
    prompt, rules = torch.tensor([[4, 7]] * 3), GenerationRules(END, longest=6, beams=3)
    assert generate(speech_model, *picture, prompt, rules) == generate(
        model, *picture, prompt, rules
    )


def test_a_model_without_speech_refuses_frames(model: FusedTransformer) -> None:
    with pytest.raises(ValueError, match="no speech"):
        model.encode_speech(torch.zeros(1, 6, 10))
