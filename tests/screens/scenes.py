"""Every page of the window with typical content, filled by public methods alone."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from math import sin

from PIL import Image, ImageDraw
from PySide6.QtWidgets import QWidget

from mmdesk.models.hardware_fit import judge
from mmdesk.translatable import TranslatableText
from mmdesk.ui.i18n import tr
from mmdesk.ui.link_dialog import ask_to_open
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.project_dialog import ProjectDialog
from mmdesk.ui.quick_ask import QuickAsk
from mmdesk.ui.user_message import UserMessage
from mmdesk.values import (
    AudioInput,
    ConversationInfo,
    DocumentInput,
    FetchProgress,
    Forecast,
    HardwareInfo,
    ImageDescription,
    ImageInput,
    Label,
    ModelEntry,
    ModelInfo,
    OpenedConversation,
    Project,
    SearchHit,
    Stats,
    StoredMessage,
    Turn,
)

GB = 1_000_000_000
MACHINE = HardwareInfo(8 * GB, 5 * GB, 40 * GB, 2, True)
INFOS = (
    ModelInfo(
        *("qwen2.5-coder-0.5b", "Qwen2.5-Coder 0.5B Instruct", "language", ("text",)),
        *("Apache-2.0", 478_000_000, 999_532_008, True, True),
        "Better answers and translations; needs 4 GB of free memory.",
    ),
    ModelInfo(
        *("whisper-base", "Whisper base (multilingual)", "speech", ("sound",)),
        *("MIT", 130_000_000, 148_000_000, True, True, "Speech to text."),
    ),
    ModelInfo(
        *("qwen2.5-coder-1.5b", "Qwen2.5-Coder 1.5B Instruct", "language", ("text",)),
        *("Apache-2.0", 1_093_000_000, 3_090_000_000, False, False),
        "Better translations and summaries; four cores and 8 GB of memory recommended.",
    ),
    ModelInfo(
        *("smollm2-135m", "SmolLM2 135M Instruct", "language", ("text",)),
        *(
            "Apache-2.0",
            93_000_000,
            270_000_000,
            False,
            False,
            "Small and English only; fallback when the standard model isn't available.",
        ),
    ),
    ModelInfo(
        *("local-large", "Large-70B-Instruct", "language", ("text",)),
        *("", 0, 140 * GB, True, False, ""),
    ),
)
ANSWER = """A hash table keeps values under keys, so that each is found in **one step** on average.

## How it works

1. A function turns the key into a number.
2. The number says which *slot* to look in.

```python
def slot(key: str, size: int) -> int:
    # the same key always gives the same slot
    return hash(key) % size
```

| operation | average | worst |
|---|---:|---:|
| look up | O(1) | O(n) |
| insert | O(1) | O(n) |

See [the long version](https://example.org/hash) for `collisions`.
"""
PROJECT = Project(
    "p1", "花园", "回答要简短。", files=(DocumentInput("花园", "玫瑰在三月种。", pages=2),)
)
STATS = Stats("qwen2.5-coder-0.5b", "cpu", 0, 60, 180, 0.6, 11.4, 0.0, 16.4, 1240, 8192)


def picture() -> ImageInput:
    """Return a small drawing, as it comes from a file."""
    image = Image.new("RGB", (320, 220), "#cfe3f5")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 150, 320, 220), fill="#7fae6d")
    draw.polygon([(40, 150), (120, 60), (200, 150)], fill="#8a8f99")
    draw.ellipse((230, 20, 280, 70), fill="#f5d76e")
    description = ImageDescription(
        labels=(Label("mountain", 0.81), Label("meadow", 0.4)), caption="A mountain."
    )
    rgb = image.tobytes()
    return ImageInput("mountain.png", 320, 220, rgb, hashlib.sha256(rgb).hexdigest(), description)


def list_models(window: MainWindow) -> None:
    window.top_bar.set_models(INFOS, INFOS[0].id)
    window.pages.set_current_model(INFOS[0].id)
    window.composer.set_ready(True)
    window.status_bar.set_state("Ready")


def empty(window: MainWindow) -> QWidget:
    """Show an empty conversation."""
    list_models(window)
    return window


def chat(window: MainWindow) -> QWidget:
    """Show a picture, an answer with code and a table, and an answer that failed."""
    list_models(window)
    now = time.time()
    titles = ("How a hash table works", "Packing list for three days", "Letter to Ms Ng")
    infos = tuple(
        ConversationInfo(f"c{at}", title, now, now - at * 90_000) for at, title in enumerate(titles)
    )
    pinned = ConversationInfo("c9", "日程安排", now, now, pinned=True)
    window.history.set_conversations((pinned, *infos))
    window.history.set_current("c0")
    question = Turn("user", "What is in this picture, and how does a hash table work?",
                    images=(picture(),))  # fmt: skip
    messages = (
        StoredMessage("m1", "", question),
        StoredMessage("m2", "m1", Turn("assistant", ANSWER), stats=STATS,
                    notices=("The oldest message no longer fits and was left out.",)),
        StoredMessage("m3", "m2", Turn("user", "And a larger one?")),
        StoredMessage("m4", "m3", Turn("assistant", "It would be"), state="failed",
                    error="There is not enough memory for this.", hint="Close other programs."),
    )  # fmt: skip
    window.show_conversation(OpenedConversation(infos[0], messages))
    window.status_bar.set_stats(STATS)
    window.attachments.add_document(
        DocumentInput("minutes.pdf", "word " * 4000, "application/pdf", 12)
    )
    window.composer.set_text("Summarise this for someone who was not there")
    return window


def streaming(window: MainWindow) -> QWidget:
    """Show an answer while it is generated."""
    list_models(window)
    window.conversation.add_message(
        StoredMessage("", "", Turn("user", "What should I see in Lisbon in two days?"))
    )
    window.begin_answer("m9")
    window.conversation.append_answer("Begin in **Alfama**, early, before it is hot. Then")
    window.set_listening(True)
    window.microphone_panel.set_level(0.6)
    for at in range(120):
        bands = [max(0.0, sin(at / 7 + band / 3)) * (1 - band / 40) for band in range(32)]
        window.microphone_panel.add_spectrum(bands)
    return window


def fetching(window: MainWindow) -> QWidget:
    """Show the first start, while the models are downloaded."""
    window.top_bar.set_models(tuple(INFOS[:1]), INFOS[0].id)
    for progress in _on_the_way():
        window.download_panel.set_progress(progress)
    window.composer.set_ready(False, "The language model is not installed yet.")
    return window


def models(window: MainWindow) -> QWidget:
    """Show the models page with a download, and with a model that is too large."""
    list_models(window)
    window.pages.open_models()
    page = window.pages.models
    assert page is not None
    entries = [ModelEntry(info, judge(info, MACHINE)) for info in INFOS]
    entries[3] = ModelEntry(INFOS[3], judge(INFOS[3], MACHINE), fetched=0.4)
    entries[4] = ModelEntry(INFOS[4], judge(INFOS[4], MACHINE), folder="/home/ada/Large-70B")
    page.set_entries(tuple(entries), MACHINE)
    page.set_progress(FetchProgress(*("qwen2.5-coder-1.5b", "Qwen2.5-Coder 1.5B Instruct"),
                                    *("downloading", 345_000_000, 1_093_000_000)))  # fmt: skip
    page.tell("whisper-base", tr("Verified: all files are intact."))
    return page


def settings(window: MainWindow) -> QWidget:
    list_models(window)
    window.pages.set_microphones(["USB microphone", "Headset"])
    window.open_settings()
    return window.findChild(QWidget, "settingsDialog")


def chat_settings(window: MainWindow) -> QWidget:
    list_models(window)
    window.pages.open_chat_settings()
    return window.findChild(QWidget, "chatSettingsDialog")


def temporary_chat(window: MainWindow) -> QWidget:
    """Show a temporary chat beside a list with projects."""
    chat(window)
    window.history.set_projects((PROJECT, replace(PROJECT, id="p2", name="旅行", is_folded=True)))
    inside = ConversationInfo("c5", "玫瑰", time.time(), time.time(), project=PROJECT.id)
    window.history.set_conversations((inside, *window.history.rows.infos))
    window.conversation.set_summary("m3", "- 1, 2, 3")
    window.project_line.show_project(PROJECT)
    window.set_temporary(True)
    return window


def project(window: MainWindow) -> QWidget:
    dialog = ProjectDialog(PROJECT, INFOS[:1], window)
    dialog.files.setCurrentRow(0)
    dialog.show()
    return dialog


def shortcuts(window: MainWindow) -> QWidget:
    window.pages.open_shortcuts()
    return window.findChild(QWidget, "shortcutsDialog")


def introduction(window: MainWindow) -> QWidget:
    list_models(window)
    window.show_introduction()
    return window


def prompts(window: MainWindow) -> QWidget:
    window.edit_prompts()
    return window.findChild(QWidget, "promptsDialog")


def quick_ask(window: MainWindow) -> QWidget:
    window.quick_access.open_quick_ask()
    ask = window.quick_access.quick_ask
    assert ask is not None
    ask.set_prompts(window.settings.prompts)
    return ask


def quick_answer(window: MainWindow) -> QWidget:
    """Show the quick question with its answer."""
    ask = quick_ask(window)
    assert isinstance(ask, QuickAsk)
    ask.field.setPlainText("What is a hash table?")
    ask.ask()
    ask.answer.append("A hash table finds a value by its key in one step.")
    ask.finish(Stats(model="qwen2.5-0.5b", decode_tokens_per_s=31.2, ttft_s=0.4))
    return ask


def pictures(window: MainWindow) -> QWidget:
    """Show pictures with a description, with a corrected one, and with one being edited."""
    list_models(window)
    first = picture()
    second = replace(
        first, name="second.png", sha256="2", description=ImageDescription(correction="My house.")
    )
    third = replace(
        first, name="third.png", sha256="3", description=ImageDescription(text="EXIT 12 " * 30)
    )
    for image in (first, second, third):
        window.attachments.add_image(image)
    window.image_panel.cards[2].strip.begin_correction()
    window.attachments.add_document(
        DocumentInput("minutes.pdf", "word " * 4000, "application/pdf", 12)
    )
    window.set_forecast(Forecast(7400, 7000, 3, 12.0))
    window.composer.set_text("Summarise this for someone who was not there")
    window.set_forecast(Forecast(7400, 7000, 3, 12.0))
    return window


def attachments(window: MainWindow) -> QWidget:
    """Show a picture, a document and a sound that wait, and the same after they were sent."""
    list_models(window)
    document = DocumentInput("minutes.pdf", "word " * 4000, "application/pdf", 12)
    sound = AudioInput("memo.m4a", b"\0" * 4 * 16_000 * 65, "memo")
    turn = Turn("user", "Who was there?", (picture(),), (sound,), (document,))
    window.conversation.add_message(StoredMessage("m1", "", turn))
    window.attachments.add_image(picture())
    window.attachments.add_document(document)
    window.attachments.add_sound(sound)
    return window


def list_over_conversation(window: MainWindow) -> QWidget:
    """Show the list over the conversation of a narrow window."""
    chat(window)
    window.areas.toggle_history()
    return window


def editing(window: MainWindow) -> QWidget:
    """Show a message being edited, versions of an answer, and one that waits."""
    list_models(window)
    now = time.time()
    talk = ConversationInfo("c0", "Packing list for three days", now, now)
    messages = (
        StoredMessage("m1", "", Turn("user", "What should I see in Lisbon in two days?")),
        StoredMessage("m2", "m1", Turn("assistant", "Begin in Alfama."), "stopped",
                    versions=("m0", "m2")),
        StoredMessage("m3", "m2", Turn("user", "And a larger one?")),
        StoredMessage("m4", "m3", Turn("assistant", "It would be"), "interrupted"),
    )  # fmt: skip
    window.show_conversation(OpenedConversation(talk, messages))
    said = window.conversation.column.ensure_widget(2)
    assert isinstance(said, UserMessage)
    said.begin_edit()
    window.begin_answer("m5")
    stage = TranslatableText("reading part {part} of {parts}", part=2, parts=7)
    window.conversation.set_preparing(stage, 0.3)
    window.microphone_panel.set_hearing(True)
    return window


def search(window: MainWindow) -> QWidget:
    """Show hits of a search, a deletion that can be undone, and a file that cannot be used."""
    chat(window)
    window.history.delete("c2", "Letter to Ms Ng")
    window.history.field.setText("table")
    excerpt = "A hash table keeps values under keys, so that each is found in one step on average"
    hits = (
        SearchHit("c0", "How a hash table works", "m2", excerpt, ((7, 5),)),
        SearchHit("c1", "Packing list: table tennis", "", "", ()),
    )
    window.history.set_hits("table", hits)
    message = TranslatableText("mmdesk can't open {name}.", name="archive.zip")
    window.composer.show_error(message, "Unpack it and choose the files inside.")
    return window


def link(window: MainWindow) -> QWidget:
    list_models(window)
    return ask_to_open("https://example.org/a/rather/long/address?of=a&page=1", window)


def removing(window: MainWindow) -> QWidget:
    page = models(window)
    page.cards[INFOS[0].id].remove.click()
    return page.findChild(QWidget, "removeModelQuestion")


def large_picture(window: MainWindow) -> QWidget:
    list_models(window)
    window.attachments.enlarge(picture())
    return window.findChild(QWidget, "pictureDialog")


def _on_the_way() -> tuple[FetchProgress, ...]:
    return (
        FetchProgress(*("qwen2.5-coder-0.5b", "Qwen2.5-Coder 0.5B Instruct", "downloading"),
                      *(212_000_000, 478_000_000)),
        FetchProgress("whisper-base", "Whisper base (multilingual)", "waiting", 0, 130_000_000),
    )  # fmt: skip


Scene = Callable[[MainWindow], QWidget]
SCENES: dict[str, tuple[Scene, tuple[int, int]]] = {  # with the window's size
    "chat": (chat, (1240, 800)),
    "empty": (empty, (1240, 800)),
    "streaming": (streaming, (1240, 800)),
    "fetching": (fetching, (1240, 800)),
    "models": (models, (1240, 800)),
    "settings": (settings, (1240, 800)),
    "chat-settings": (chat_settings, (1240, 800)),
    "temporary": (temporary_chat, (1240, 800)),
    "project": (project, (1240, 800)),
    "shortcuts": (shortcuts, (1240, 800)),
    "introduction": (introduction, (1240, 800)),
    "narrow-introduction": (introduction, (420, 780)),
    "prompts": (prompts, (1240, 800)),
    "quick-answer": (quick_answer, (1240, 800)),
    "quick-ask": (quick_ask, (1240, 800)),
    "pictures": (pictures, (1240, 800)),
    "editing": (editing, (1240, 800)),
    "search": (search, (1240, 800)),
    "link": (link, (1240, 800)),
    "removing": (removing, (1240, 800)),
    "picture": (large_picture, (1240, 800)),
    "attachments": (attachments, (1440, 900)),
    "narrow": (chat, (420, 780)),
    "narrow-attachments": (attachments, (420, 780)),
    "narrow-list": (list_over_conversation, (420, 780)),
    "middle": (attachments, (900, 780)),
}
