"""The whole window on a scripted engine: what a user does, and what they then see."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QPlainTextEdit, QWidget

from mmdesk import settings as settings_file
from mmdesk.app import startup
from mmdesk.app.application import App
from mmdesk.errors import EngineDied, MMDeskError
from mmdesk.settings import Settings
from mmdesk.ui.image_view import ImageView
from mmdesk.values import (
    ChatRequest,
    Counted,
    CountRequest,
    DescribeImagesRequest,
    DocumentInput,
    ImageDescribed,
    ImageDescription,
    ImageInput,
    Stats,
    TextChunk,
    Turn,
)
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.window_user import LANGUAGE, SLOW, WindowUser, loaded_then
from tests.workers.waiting import GatedEngine


def test_a_typed_question_is_answered(open_window) -> None:
    engine = loaded_then(words("Paris is the capital of France."))
    person = open_window(engine)
    person.ask("What is the capital of France?")
    assert person.reads("Paris is the capital of France.")
    assert person.reads("What is the capital of France?")
    assert isinstance(engine.requests[1], ChatRequest)
    assert engine.requests[1].model == LANGUAGE.id


def test_while_a_question_is_typed_it_is_prepared_for(open_window, qtbot) -> None:
    engine = loaded_then(words("Fine."))
    person = open_window(engine)
    person.type("How")
    qtbot.waitUntil(lambda: bool(engine.prepared), timeout=SLOW)
    (turn,) = (turn for turn in engine.prepared[-1].turns if turn.role == "user")
    assert turn.text == ""
    person.ask(" are you?")
    assert engine.requests[-1].turns[-1].text == "How are you?"
    assert engine.requests[-1].turns[:-1] == engine.prepared[-1].turns[:-1]


def test_stopping_keeps_what_was_said_and_the_next_question_works(open_window, qtbot) -> None:
    engine = GatedEngine()
    person = WindowUser.with_answer_in_progress(open_window, engine)
    with qtbot.waitSignal(person.app.chat.answers.stopped):
        person.press("stopButton")
    assert person.reads("one")
    engine.gate.set()
    person.ask("again")
    assert person.reads("one two")


def test_a_dead_engine_is_told_and_the_next_question_works(open_window, qtbot) -> None:
    died = [TextChunk("half an answer"), EngineDied("The engine stopped.", "Ask again.")]
    person = open_window(loaded_then(died, words("A whole answer.")))
    with qtbot.waitSignal(person.app.chat.answers.failed):
        person.type("first")
        person.press("sendButton")
    assert person.reads("half an answer")
    assert person.reads("The engine stopped.")
    person.ask("second")
    assert person.reads("A whole answer.")


def test_a_bad_file_is_told_where_the_user_is_looking(open_window, qtbot, tmp_path) -> None:
    bad = tmp_path / "holiday.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\nnot a picture")
    person = open_window(loaded_then())
    with qtbot.waitSignal(person.app.loader.failed, timeout=SLOW):
        person.window.files_offered.emit([str(bad)])
    assert person.reads("holiday.png")


def test_a_dropped_picture_is_described_and_goes_along(open_window, qtbot, tmp_path) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "blue").save(stream, "PNG")

    def script(request):
        if isinstance(request, DescribeImagesRequest):
            return [
                ImageDescribed(request.images[0].sha256, ImageDescription(caption="a blue square"))
            ]
        return words("It is blue.")

    engine = loaded_then(script)
    person = open_window(engine)
    with qtbot.waitSignal(person.app.describer.described, timeout=SLOW):
        person.window.composer.image_bytes_offered.emit("square.png", stream.getvalue())
    assert person.reads("a blue square")
    person.ask("What colour is it?")
    (image,) = engine.requests[-1].turns[-1].images
    assert image.description == ImageDescription(caption="a blue square")


def test_the_buttons_run_their_tasks(open_window, qtbot) -> None:
    text = "The otter lives in the river. It eats fish. The otter sleeps by day. " * 4

    def script(request):
        if isinstance(request, CountRequest):
            return [Counted(tuple(len(entry.split()) for entry in request.texts))]
        return words("The otter lives in the river and eats fish.")

    engine = loaded_then(script)
    person = open_window(engine)
    document = DocumentInput("otter.txt", text)
    for begin in (
        lambda: person.window.attachment_actions.summary_requested.emit(document, 20),
        lambda: person.window.attachment_actions.translation_requested.emit(document, "French"),
    ):
        with qtbot.waitSignal(person.app.chat.answers.finished, timeout=SLOW):
            begin()  # the tasks are imported first
    asked = [turn.text for turn in person.app.chat.conversation.turns() if turn.role == "user"]
    assert asked == ["Summarise this in about 20 words.", "Translate this into French."]
    assert person.reads("otter lives in the river")


def test_a_new_conversation_starts_without_the_old_turns(open_window) -> None:
    engine = loaded_then(words("one"), words("two"))
    person = open_window(engine)
    person.ask("my first question")
    assert person.reads("my first question")
    person.window.new_conversation_requested.emit()
    person.ask("second")
    prompt = [turn.text for turn in engine.requests[-1].turns if turn.role != "system"]
    assert prompt == ["second"]
    assert "my first question" not in person.shown()


def test_a_hit_of_the_search_opens_where_it_stands(open_window, qtbot) -> None:
    person = open_window(loaded_then(words("The otter sleeps in the reeds."), words("ok")))
    person.ask("Where does it sleep?")
    person.press("newChatButton")
    person.ask("something else")
    assert "otter" not in person.shown()
    panel = person.window.history
    with qtbot.waitSignal(person.app.conversations.actions.found):
        panel.field.setText("reeds otter")
    with qtbot.waitSignal(person.app.chat.shown):
        qtbot.keyClick(panel.field, Qt.Key.Key_Return)
    assert person.reads("The otter sleeps in the reeds.")
    answer = person.window.conversation.messages[-1]
    qtbot.waitUntil(lambda: set(answer.text.marks) == {"otter", "reeds"})


def test_an_answer_is_given_again_and_both_versions_can_be_read(open_window, qtbot) -> None:
    engine = loaded_then(words("First answer."), words("Second answer."))
    person = open_window(engine)
    person.ask("Why?")
    with qtbot.waitSignal(person.app.chat.answers.finished):
        person.press("regenerateButton")
    assert person.reads("Second answer.")
    assert person.reads("2 / 2")
    first, second = (request.sampling for request in engine.requests[1:])
    assert (first.temperature, second.temperature) == (0.0, 0.7)
    assert first.seed != second.seed
    assert "First answer." not in person.shown()
    with qtbot.waitSignal(person.app.chat.shown):
        person.window.conversation.messages[-1].versions.back.click()
    assert person.reads("First answer.")
    assert person.reads("1 / 2")


def test_a_question_is_asked_in_other_words(open_window, qtbot) -> None:
    engine = loaded_then(words("To a river."), words("To a lake."))
    person = open_window(engine)
    person.ask("Where to?")
    question = person.window.conversation.messages[0]
    question.edit_button.click()
    field = person.window.findChild(QPlainTextEdit, "editMessageField")
    field.setPlainText("Where to, really?")
    with qtbot.waitSignal(person.app.chat.answers.finished):
        person.press("sendEditButton")
    assert person.reads("To a lake.")
    assert "To a river." not in person.shown()
    questions = [turn.text for turn in engine.requests[-1].turns if turn.role == "user"]
    assert questions == ["Where to, really?"]


def test_a_kept_picture_is_drawn_and_can_be_enlarged(open_window, qtbot, tmp_path) -> None:
    picture = ImageInput(
        "red.png", 8, 8, b"\xff\x00\x00" * 64, "ab" * 32, ImageDescription(caption="red")
    )
    person = open_window(loaded_then(words("It is red.")))
    person.window.attachments.add_image(picture)
    person.ask("Which colour?")
    assert person.app.shut_down()
    again = open_window(loaded_then())
    assert again.reads("It is red.")
    view = again.window.conversation.messages[0].findChild(ImageView)
    qtbot.waitUntil(lambda: not view._picture.isNull())
    middle = view.grab().toImage().pixelColor(view.width() // 2, view.height() // 2)
    assert middle.name() == "#ff0000"
    with qtbot.waitSignal(again.window.attachments.enlarged) as enlarged:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton)
    assert enlarged.args[0].rgb == picture.rgb
    dialog = again.window.findChild(QDialog, "pictureDialog")
    assert dialog.isVisible()
    dialog.close()


def test_a_deleted_conversation_comes_back(open_window, qtbot) -> None:
    person = open_window(loaded_then(words("Kept.")))
    person.ask("Keep this")
    panel = person.window.history
    qtbot.waitUntil(lambda: bool(panel.rows.infos))
    panel.delete(person.app.chat.current, "Keep this")
    assert "Kept." not in person.shown()
    qtbot.waitUntil(lambda: not panel.rows.infos)
    with qtbot.waitSignal(person.app.chat.shown):
        person.press("undoDeleteButton")
    assert person.reads("Kept.")


def test_a_deleted_conversation_is_kept_until_it_is_erased_there(open_window, qtbot) -> None:
    person = open_window(loaded_then(words("Kept.")))
    person.ask("Keep this")
    panel, current = person.window.history, person.app.chat.current
    qtbot.waitUntil(lambda: bool(panel.rows.infos))
    assert not panel.deleted_button.isVisible()
    panel.delete(current, "Keep this")
    panel._undo_timer.timeout.emit()  # Undo is not offered any more
    qtbot.waitUntil(panel.deleted_button.isVisible)
    person.press("recentlyDeletedButton")
    panel._restore(current)
    qtbot.waitUntil(lambda: [info.id for info in panel.rows.infos] == [current])
    panel.delete(current, "Keep this")
    qtbot.waitUntil(panel.deleted_button.isVisible)
    panel.erased.emit(current)
    qtbot.waitUntil(panel.deleted_button.isHidden)
    panel.undo()
    qtbot.waitUntil(lambda: not panel.rows.infos)


def test_a_conversation_has_instructions_of_its_own(open_window, qtbot) -> None:
    engine = loaded_then(words("Arr."), words("Hello."))
    person = open_window(engine)
    person.press("chatSettingsButton")
    dialog = person.window.findChild(QDialog, "chatSettingsDialog")
    dialog.prompt.setPlainText("You are a pirate.")
    dialog.temperature.setValue(0.7)
    dialog.top_p.setValue(0.9)
    dialog.length.setValue(99)
    with qtbot.waitSignal(person.window.pages.chat_settings_saved):
        person.press("saveChatSettingsButton")
    person.ask("hi")
    asked = engine.requests[-1]
    assert asked.turns[0] == Turn("system", "You are a pirate.")
    sampling = asked.sampling
    assert (sampling.temperature, sampling.top_p, sampling.max_tokens) == (0.7, 0.9, 99)
    person.press("newChatButton")
    person.ask("hi")
    assert engine.requests[-1].turns[0].text != "You are a pirate."
    assert engine.requests[-1].sampling.temperature == 0.0


def test_the_wait_is_told_before_sending_once_it_was_measured(open_window, qtbot) -> None:
    stats = Stats(prompt_tokens=500, generated_tokens=9, context_limit=8192)
    person = open_window(loaded_then(words("ok", stats)))
    person.ask("x" * 1000)
    person.type("and then? " * 2000)  # more than half of what the model can read
    qtbot.waitUntil(person.window.status_bar.meter.isVisible)


def test_settings_are_saved_and_the_chosen_model_survives_them(open_window, qtbot) -> None:
    person = open_window(loaded_then())
    person.window.top_bar.model_selected.emit(LANGUAGE.id)
    person.window.settings_changed.emit(Settings(model="another", temperature=0.5))
    assert settings_file.load() == Settings(temperature=0.5, setup_done=True)


def test_a_changed_context_makes_a_new_engine(qtbot, open_window) -> None:
    first = loaded_then()
    person = open_window(first)
    person.window.settings_changed.emit(Settings(context_tokens=4096))
    qtbot.waitUntil(lambda: first.closed == 1)


def test_before_the_model_is_there_sending_waits_and_typing_does_not(
    qtbot, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    app = App(Settings(), lambda _settings: ScriptedEngine)
    qtbot.addWidget(app.window)
    monkeypatch.setattr(app.parts, "begin", lambda _model, **_options: None)
    monkeypatch.setattr(app.recorder, "list_devices", lambda: None)
    with qtbot.waitSignal(app.window.first_painted):
        app.show()
    person = WindowUser(app, qtbot)
    person.type("hello")
    assert not app.window.findChild(QWidget, "sendButton").isEnabled()
    app.parts._on_listed((LANGUAGE,), ())
    assert app.window.findChild(QWidget, "sendButton").isEnabled()
    assert person.reads("hello")
    assert app.shut_down()


def test_closing_the_window_keeps_its_place_and_ends_an_answer(open_window, qtbot) -> None:
    engine = GatedEngine()
    person = WindowUser.with_answer_in_progress(open_window, engine)
    person.window.close()
    assert person.app.shut_down()
    assert engine.closed.is_set()
    assert "geometry" in json.loads((settings_file.home() / "window.json").read_text())


def test_a_defect_is_told_from_any_thread(open_window, qtbot) -> None:
    person = open_window(loaded_then())
    telling = threading.Thread(target=person.app.tell_defect, args=("Something went wrong.",))
    telling.start()
    telling.join()
    qtbot.waitUntil(lambda: person.reads("Something went wrong."))


def test_qt_calls_do_not_lose_references_of_none(qtbot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(3000):
        label.setText(str(number))
    assert abs(sys.getrefcount(None) - before) < 300


def test_without_a_display_the_way_out_is_named(monkeypatch, capsys) -> None:
    problem = MMDeskError("There is no display.", "mmdesk ask works.")
    monkeypatch.setattr(startup.display_check, "problem", lambda: problem)
    assert startup.main([]) == 1
    assert capsys.readouterr().err == "There is no display. mmdesk ask works.\n"


IN_ITS_OWN_PROCESS = """
import sys
from mmdesk.app.application import App
from mmdesk.app.window import create_application
from mmdesk.settings import Settings

if __name__ == "__main__":
    application = create_application()
    app = App(Settings())
    app.parts.begin = lambda model, **options: app.engine.load(model)
    heavy = ("torch", "transformers", "numpy", "PIL")
    def painted():
        print([name for name in heavy if name in sys.modules])
    app.window.first_painted.connect(painted)
    app.engine.problem_arose.connect(lambda *words: (print(words[1]), application.quit()))
    app.show()
    application.exec()
    print([name for name in heavy if name in sys.modules])
    assert app.shut_down()
"""


def test_torch_never_enters_the_windows_process(tmp_path) -> None:
    script = tmp_path / "window.py"
    script.write_text(IN_ITS_OWN_PROCESS)
    environment = {**os.environ, "MMDESK_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 3, done.stderr
    painted, message, after = lines
    assert painted == after == "[]"
    assert "not installed" in message
    assert done.returncode == 0, done.stderr


def test_a_new_conversation_is_named_by_the_model_unless_the_user_names_it(
    open_window, qtbot
) -> None:
    engine = loaded_then(words("The Rhine, the Elbe and the Danube."))
    engine.title = "Rivers in Germany"
    person = open_window(engine)
    with qtbot.waitSignal(person.app.titles.made, timeout=SLOW):
        person.ask("Name three rivers that flow in Germany.")
    panel = person.window.history
    qtbot.waitUntil(lambda: [info.title for info in panel.rows.infos] == ["Rivers in Germany"])
    assert person.window.windowTitle() == "Rivers in Germany – mmdesk"
    panel.renamed.emit(person.app.chat.current, "Mine")
    person.app.titles.made.emit(person.app.chat.current, "Rivers in Germany", "Another")
    qtbot.waitUntil(lambda: [info.title for info in panel.rows.infos] == ["Mine"])
    assert person.window.windowTitle() == "Mine – mmdesk"
