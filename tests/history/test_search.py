"""Search: in any language, in every attachment, by the beginnings of words."""

from __future__ import annotations

import re

import pytest

from mmdesk.history.search_text import excerpt, index_text, query_terms
from mmdesk.history.store import Store
from mmdesk.values import DocumentInput, ImageDescription, ImageInput
from tests.history.conftest import talk


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("The capital of France is Paris.", "capital paris"),
        ("The capital of France is Paris.", "cap"),
        ("北京大学的历史很长", "大学"),
        ("北京大学的历史很长", "史"),
        ("北京大学的历史很长", "北京大学 历史"),
        ("GPT模型的训练", "gpt模型"),
        ("Der Fluß ist über die Ufer getreten", "uber UFER"),
        ("東京タワーへ行きました", "タワー"),
        ("한국어 문장입니다", "문장"),
        ("กรุงเทพมหานคร", "เทพ"),
        ("value = snake_case_name(x)", "snake_case"),
        ('He said "no" AND left', '"no" AND'),
    ],
)
def test_words_are_found(store: Store, text: str, query: str) -> None:
    conversation, message = talk(store, text)
    (hit,) = store.search(query)
    assert (hit.conversation, hit.message) == (conversation, message)
    assert hit.marks, hit
    for at, length in hit.marks:
        assert hit.excerpt[at : at + length]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("大的学校", "大学"),  # both characters, but not the word
        ("The capital of France", "pital"),
        ("The capital of France", "capital spain"),
        ("anything", ""),
        ("anything", " *\"'-() "),
    ],
)
def test_what_is_not_there_is_not_found(store: Store, text: str, query: str) -> None:
    talk(store, text)
    assert store.search(query) == ()


def test_documents_and_titles_are_searched_too(store: Store) -> None:
    document = DocumentInput("jahresbericht.pdf", "x " * 9000 + "the hidden treasure " + "y " * 90)
    conversation, message, _ = talk(store, "read this", "ok", title="Fees", documents=(document,))
    (hit,) = store.search("hidden treasure")
    assert hit.message == message
    assert "hidden treasure" in hit.excerpt
    assert store.search("jahres")[0].message == message
    (title,) = store.search("fees")
    assert (title.conversation, title.message) == (conversation, "")


def test_a_hit_says_what_it_was_found_in(store: Store) -> None:
    document = DocumentInput("notes.txt", "a heron in the reeds")
    picture = ImageInput("park.png", 1, 1, b"abc", "aa" * 32, ImageDescription(caption="a swan"))
    files = {"documents": (document,), "images": (picture,)}
    talk(store, "an eagle asks", "a falcon **answers**", title="Owls", **files)
    words = ("owls", "eagle", "falcon", "heron", "notes", "swan", "park")
    kinds = [store.search(word)[0].kind for word in words]
    assert kinds == [
        *("title", "question", "answer", "document", "document", "picture", "picture"),
    ]


def test_the_newest_hit_comes_first(store: Store) -> None:
    talk(store, "river one", title="a")
    talk(store, "river two", title="b")
    assert [hit.title for hit in store.search("river")] == ["b", "a"]


def test_an_excerpt_surrounds_the_hit() -> None:
    line, marks = excerpt("word " * 100 + "needle" + " word" * 100, ("needle",))
    assert line.startswith("…word")
    assert line.endswith("…")
    ((at, length),) = marks
    assert line[at : at + length] == "needle"


def test_terms_are_what_the_index_knows() -> None:
    assert query_terms("GPT模型, ok_go!") == ("GPT", "模型", "ok", "go")
    assert index_text("a大学b").split() == ["a", "大", "学", "b"]


def test_the_index_splits_the_same_characters_as_in_every_version() -> None:
    """Rows that are stored were split so: others would no longer be found."""
    spaceless = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    spaceless += "\uf900-\ufaff\U00020000-\U0003134f"
    pattern = re.compile(f"([{spaceless}])")
    surrogates = range(0xD800, 0xE000)
    every = "".join(chr(code) for code in range(0x110000) if code not in surrogates)
    assert index_text(every) == pattern.sub(r" \1 ", every)
