"""Export as readable pages, and export and import as JSON without a loss."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from mmdesk.errors import InputError
from mmdesk.history.import_export import export_json, import_json
from mmdesk.history.markdown_export import export_markdown, file_name
from mmdesk.history.store import Store
from mmdesk.translatable import TranslatableText
from mmdesk.values import ChatSettings, Citation, DocumentInput, StoredMessage, Turn
from tests.history.conftest import talk, texts
from tests.history.test_store import DOG, REPORT, VOICE


@pytest.fixture
def other(tmp_path):
    made = Store(tmp_path / "other" / "history.db")
    yield made
    made.close()


def test_complaint_12_no_readable_export(store: Store, tmp_path) -> None:
    """A page that can be read by itself, in Markdown, with its pictures next to it."""
    conversation, *_ = talk(
        store, "What is\nthis?", "It is **a dog**.", title='Dogs: "why?"', images=(DOG,),
        documents=(REPORT,),
    )  # fmt: skip
    page = export_markdown(store, conversation, tmp_path / "out")
    assert page.name == "Dogs why.md"
    text = page.read_text(encoding="utf-8")
    assert text.startswith('# Dogs: "why?"\n')
    assert "> What is\n> this?" in text
    assert "\nIt is **a dog**.\n" in text
    assert "```text\nThe otter lives in the river.\n```" in text
    assert "![dog.jpg](<Dogs why pictures/dog.png>)" in text
    with Image.open(tmp_path / "out" / "Dogs why pictures" / "dog.png") as picture:
        assert picture.tobytes() == DOG.rgb


def test_a_page_never_overwrites_another(store: Store, tmp_path) -> None:
    for text in ("one", "two"):
        conversation, _ = talk(store, text, title="Same")
        export_markdown(store, conversation, tmp_path)
    assert sorted(page.name for page in tmp_path.glob("*.md")) == ["Same (2).md", "Same.md"]


def test_a_document_with_fences_stays_one_document(store: Store, tmp_path) -> None:
    tricky = REPORT.__class__("x.md", "````\ncode\n````")
    conversation, _ = talk(store, "q", documents=(tricky,))
    text = export_markdown(store, conversation, tmp_path).read_text(encoding="utf-8")
    assert "`````text\n````\ncode\n````\n`````" in text


@pytest.mark.parametrize("title", ["", "..", "con", "a/b\\c:d", "问题", "x" * 300])
def test_any_title_gives_a_name_that_works(title: str) -> None:
    name = file_name(title)
    assert 0 < len(name) <= 85
    assert not set(name) & set('<>:"/\\|?*')
    assert name.lower() != "con"


def test_json_goes_out_and_comes_back_whole(store: Store, other: Store, tmp_path) -> None:
    conversation, question, _ = talk(
        store, "look", "a", images=(DOG,), audio=(VOICE,), documents=(REPORT,)
    )
    thought = StoredMessage("b", question, Turn("assistant", "b"), "stopped", reasoning="Hm.")
    store.add(conversation, thought)
    store.set_settings(conversation, ChatSettings(system_prompt="Be kind.", model="smollm2-135m"))
    store.pin(conversation, True)
    file = export_json(store, [conversation], tmp_path / "all.json")
    assert import_json(other, file) == (conversation,)
    assert other.conversations() == store.conversations()
    assert other.all_messages(conversation) == store.all_messages(conversation)
    assert "Hm." in [message.reasoning for message in other.all_messages(conversation)]
    assert other.open(conversation) == store.open(conversation)
    assert other.picture(DOG.sha256, DOG.name) == store.picture(DOG.sha256, DOG.name)
    assert other.sound(VOICE.sha256) == VOICE.pcm
    assert other.search("otter")


def test_the_same_file_twice_changes_nothing(store: Store, tmp_path) -> None:
    conversation, *_ = talk(store, "q", "a")
    file = export_json(store, [conversation], tmp_path / "all.json")
    before = store.all_messages(conversation)
    import_json(store, file)
    assert store.all_messages(conversation) == before
    assert len(store.conversations()) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: data.update(format="other"), "not a file of mmdesk"),
        (lambda data: data.update(version=2), "newer mmdesk"),
        (lambda data: data["conversations"][0]["messages"][1].pop("id"), "damaged"),
        (lambda data: data["conversations"][0]["messages"][0].update(role="system"), "damaged"),
        (lambda data: data["files"].update({DOG.sha256: "AAAA"}), "damaged"),
        (lambda data: data["files"].update({DOG.sha256: "?"}), "damaged"),
    ],
)
def test_a_file_that_is_not_right_changes_nothing(
    store: Store, other: Store, tmp_path, change, told
) -> None:
    conversation, *_ = talk(store, "q", "a", images=(DOG,))
    file = export_json(store, [conversation], tmp_path / "all.json")
    data = json.loads(file.read_text(encoding="utf-8"))
    change(data)
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(InputError, match=told):
        import_json(other, file)
    assert other.conversations() == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_file_that_another_program_saved_anew_is_imported(
    store: Store, other: Store, tmp_path, encoding: str
) -> None:
    conversation, *_ = talk(store, "Wo ist die Brücke?", "桥在这里。")
    file = export_json(store, [conversation], tmp_path / "all.json")
    file.write_bytes(file.read_text(encoding="utf-8").encode(encoding))
    assert import_json(other, file) == (conversation,)
    assert texts(other, conversation) == texts(store, conversation)


@pytest.mark.parametrize("content", ["", "[1, 2", "[]", "\udcff"])
def test_a_file_that_is_no_json_is_named(other: Store, tmp_path, content: str) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=r"x\.json"):
        import_json(other, file)


def test_paths_do_not_leave_the_folder(store: Store, other: Store, tmp_path) -> None:
    conversation, _ = talk(store, "q", images=(DOG,))
    file = export_json(store, [conversation], tmp_path / "all.json")
    text = file.read_text(encoding="utf-8").replace(DOG.sha256, "../../../evil")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        import_json(other, file)
    assert texts(store, conversation) == ["q"]


def test_what_was_not_read_of_a_document_is_kept(store: Store, other: Store, tmp_path) -> None:
    pages = TranslatableText("Pages {pages} are pictures and were not read.", pages="2 and 3")
    document = DocumentInput("rules.pdf", "Rules.", "application/pdf", 3, (pages,))
    conversation, _ = talk(store, "Fees?", documents=(document, REPORT))
    import_json(other, export_json(store, [conversation], tmp_path / "talk.json"))
    for where in (store, other):
        kept, plain = where.open(conversation).messages[0].turn.documents
        assert kept == document
        assert kept.notices[0].template == pages.template
        assert plain.notices == ()


def test_what_was_not_read_of_a_picture_and_a_sound_is_kept(
    store: Store, other: Store, tmp_path
) -> None:
    frames = TranslatableText("Only the first of {count} frames is read.", count=12)
    header = TranslatableText("The header of {name} is damaged.", name="call.wav")
    digest = hashlib.sha256(b"1x2:" + DOG.rgb).hexdigest()
    plain = replace(DOG, width=1, height=2, sha256=digest)
    picture, sound = replace(DOG, notices=(frames,)), replace(VOICE, notices=(header,))
    conversation, _ = talk(store, "What?", images=(picture, plain), audio=(sound,))
    import_json(other, export_json(store, [conversation], tmp_path / "talk.json"))
    for where in (store, other):
        turn = where.open(conversation).messages[0].turn
        assert [image.notices for image in turn.images] == [(frames,), ()]
        assert turn.images[0].notices[0].template == frames.template
        assert turn.images[0].description == DOG.description
        assert turn.images[1].description == DOG.description
        assert turn.audio[0].notices == (header,)
        assert turn.audio[0].transcript == VOICE.transcript


def test_a_damaged_picture_is_missing_in_a_page(store: Store, tmp_path: Path) -> None:
    conversation, _ = talk(store, "look", images=(DOG,))
    picture = store.picture_file(DOG.sha256)
    picture.write_bytes(picture.read_bytes()[:40])
    page = export_markdown(store, conversation, tmp_path)
    assert "(The picture dog.jpg is missing.)" in page.read_text(encoding="utf-8")
    assert not list(tmp_path.rglob("* pictures/*"))


def test_a_page_numbers_and_lists_the_sources_of_an_answer(store: Store, tmp_path) -> None:
    conversation, _, answer = talk(store, "q", "Otters live in rivers.", documents=(REPORT,))
    cited = Citation(0, 22, "report.pdf", 0, 29, 2, "The otter lives in the river.")
    store.end(answer, "whole", citations=(cited,))
    text = export_markdown(store, conversation, tmp_path).read_text(encoding="utf-8")
    assert "Otters live in rivers. [1]" in text
    assert "[1] report.pdf, page 2: The otter lives in the river." in text
