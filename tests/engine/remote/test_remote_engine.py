"""Answers of a server, in all its dialects and troubles; a fake one on loopback."""

from __future__ import annotations

import base64
import io
import threading
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from mmdesk.engine import Engine, RemoteEngine, Timeouts, native_inputs
from mmdesk.errors import Cancelled, InputError, MMDeskError
from mmdesk.network import ConnectionLog, ServerAddress
from mmdesk.settings import Settings
from mmdesk.values import (
    AudioInput,
    ChatRequest,
    Counted,
    CountRequest,
    DescribeImagesRequest,
    DocumentInput,
    Event,
    Finished,
    ImageDescribed,
    ImageDescription,
    ImageInput,
    LoadRequest,
    NeverCancelled,
    Notice,
    PrefillRequest,
    Preparing,
    ReasoningChunk,
    Request,
    Sampling,
    SpeedRequest,
    Stats,
    TextChunk,
    Transcribed,
    TranscribeRequest,
    Transcript,
    Turn,
)
from tests.fakes.chat_server import CUT, DONE, HOLD, ChatServer, answer, delta, usage
from tests.fakes.scripted_engine import ScriptedEngine, Step, words

RED = bytes([200, 0, 0]) * 12
PICTURE = ImageInput("red.png", 4, 3, RED, "digest")
SOUND = AudioInput("hello.wav", b"\x00\x00\x00\x3f" * 1600, "sound-digest")
SEEN = ImageDescription(caption="a red square")
Make = Callable[..., RemoteEngine]


def local_script(request: Request) -> list[Step]:
    """Play the perception of the local engine."""
    if isinstance(request, DescribeImagesRequest):
        return [ImageDescribed("digest", SEEN), Finished()]
    if isinstance(request, TranscribeRequest):
        heard = Transcribed("sound-digest", Transcript("hello there"))
        return [TextChunk("hello there"), heard, Finished()]
    return words("local")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    monkeypatch.delenv("MMDESK_API_KEY", raising=False)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    served = ChatServer()
    yield served
    served.close()


@pytest.fixture
def local() -> ScriptedEngine:
    return ScriptedEngine(local_script)


@pytest.fixture
def make(server: ChatServer, local: ScriptedEngine) -> Make:
    def make_engine(address: str = server.url, **options: object) -> RemoteEngine:
        options.setdefault("timeouts", Timeouts(connect=5, silence=20, lookup=20, loading=20))
        return RemoteEngine(local, ServerAddress.parse(address), **options)  # type: ignore[arg-type]

    return make_engine


def chat(*turns: Turn, model: str = "server:tiny", **sampling: object) -> ChatRequest:
    return ChatRequest(turns or (Turn("user", "Hi"),), Sampling(**sampling), model)  # type: ignore[arg-type]


def run(engine: Engine, request: Request) -> list[Event]:
    return list(engine.generate(request, NeverCancelled()))


def text_of(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextChunk))


def thought_in(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, ReasoningChunk))


def notices_in(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Notice)]


def stats_of(events: list[Event]) -> Stats:
    assert isinstance(events[-1], Finished)
    return events[-1].stats


def test_an_answer_streams_and_is_measured(server: ChatServer, make: Make) -> None:
    server.scripts = [answer("Paris is the capital.")]
    server.models = {"data": [{"id": "tiny", "max_model_len": 4096}]}
    events = run(make(), chat(Turn("system", "Be brief."), Turn("user", "France?"), max_tokens=50))
    assert [event.text for event in events if isinstance(event, TextChunk)][:2] == ["Paris ", "is "]
    stats = stats_of(events)
    assert (stats.model, stats.device, stats.stop) == ("tiny", server.host, "end")
    assert (stats.prompt_tokens, stats.generated_tokens, stats.context_limit) == (7, 4, 4096)
    (asked,) = server.asked
    assert asked["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "France?"},
    ]
    assert asked["stream"] is True
    assert asked["stream_options"] == {"include_usage": True}
    assert (asked["model"], asked["max_tokens"], asked["temperature"]) == ("tiny", 50, 0.0)


def test_only_fields_that_every_server_knows_are_sent(server: ChatServer, make: Make) -> None:
    run(make(), chat(of_model=True, repetition_penalty=1.05, top_k=20))
    assert set(server.asked[0]) == {
        *("model", "messages", "stream", "stream_options", "max_tokens", "seed"),
    }


def test_a_stream_without_an_end_is_broken_and_what_came_is_kept(
    server: ChatServer, make: Make
) -> None:
    server.scripts = [[delta("Half an "), delta("ans")]]
    events = make().generate(chat(), NeverCancelled())
    assert next(events) == TextChunk("Half an ")
    assert next(events) == TextChunk("ans")
    with pytest.raises(MMDeskError, match="broke off in the middle"):
        next(events)


def test_a_cut_connection_is_told(server: ChatServer, make: Make) -> None:
    server.scripts = [[delta("Half"), CUT]]
    events = make().generate(chat(), NeverCancelled())
    assert next(events) == TextChunk("Half")
    with pytest.raises(MMDeskError, match="broke off"):
        list(events)


def test_a_finished_answer_needs_no_done_and_survives_a_cut(server: ChatServer, make: Make) -> None:
    server.scripts = [[delta("All"), delta(finish="stop")], [delta("All", "stop"), CUT]]
    engine = make()
    assert text_of(run(engine, chat())) == "All"
    assert text_of(run(engine, chat())) == "All"


def test_an_error_in_the_middle_is_told(server: ChatServer, make: Make) -> None:
    server.scripts = [[delta("A"), b'data: {"error": {"message": "out of memory"}}\n\n']]
    events = make().generate(chat(), NeverCancelled())
    assert next(events) == TextChunk("A")
    with pytest.raises(MMDeskError, match="reports: out of memory"):
        next(events)


def test_cancelling_closes_the_connection_at_once(server: ChatServer, make: Make) -> None:
    server.scripts = [[delta("One "), HOLD]]
    cancel = threading.Event()
    events = make().generate(chat(), cancel)
    assert next(events) == TextChunk("One ")
    cancel.set()
    with pytest.raises(Cancelled):
        next(events)
    assert server.client_gone.wait(10)


def test_cancelling_before_the_first_word_closes_it_too(server: ChatServer, make: Make) -> None:
    asked = threading.Event()
    server.scripts = [[HOLD]]
    cancel = threading.Event()

    def stop_when_asked() -> None:
        while not server.asked:
            asked.wait(0.01)
        cancel.set()

    stopper = threading.Thread(target=stop_when_asked)
    stopper.start()
    with pytest.raises(Cancelled):
        list(make().generate(chat(), cancel))
    stopper.join()
    assert server.client_gone.wait(10)


def test_closing_the_generator_closes_the_connection(server: ChatServer, make: Make) -> None:
    server.scripts = [[delta("One "), HOLD]]
    events = make().generate(chat(), NeverCancelled())
    assert next(events) == TextChunk("One ")
    events.close()  # type: ignore[attr-defined]
    assert server.client_gone.wait(10)


def test_a_silent_server_is_given_up(server: ChatServer, make: Make) -> None:
    server.scripts = [[delta("One "), HOLD]]
    events = make(timeouts=Timeouts(silence=0.5)).generate(chat(), NeverCancelled())
    assert next(events) == TextChunk("One ")
    with pytest.raises(MMDeskError, match=r"nothing for 0\.5 seconds"):
        next(events)


def test_a_server_that_is_not_there_is_named(make: Make) -> None:
    with pytest.raises(MMDeskError, match=r"127\.0\.0\.1:9 cannot be reached") as caught:
        run(make("http://127.0.0.1:9"), chat())
    assert "Check the address" in caught.value.hint


def test_a_loading_server_is_waited_for(
    server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmdesk.engine.remote.remote_engine._HEALTH_S", 0.01)
    server.health = [503, 503, 200]
    server.scripts = [(503, {"error": {"message": "Loading model"}}), answer("Ready now.")]
    events = run(make(), chat())
    waits = [event.stage for event in events if isinstance(event, Preparing)]
    assert waits == [f"waiting for {server.host} to load its model"] * 2
    assert text_of(events) == "Ready now. "
    assert server.paths.count("/health") == 3


def test_a_busy_server_is_not_waited_for_for_ever(server: ChatServer, make: Make) -> None:
    server.scripts = [(503, {"error": {"message": "no slot"}})]
    with pytest.raises(MMDeskError, match="reports: no slot"):
        run(make(), chat())


def test_waiting_for_a_loading_server_can_be_cancelled(server: ChatServer, make: Make) -> None:
    server.health = [503]
    server.models = 503
    cancel = threading.Event()
    events = make().generate(chat(), cancel)
    assert isinstance(next(events), Preparing)
    cancel.set()
    with pytest.raises(Cancelled):
        next(events)
    assert server.asked == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_is_told(server: ChatServer, make: Make, status: int) -> None:
    server.scripts = [(status, {"error": {"message": "bad key"}})]
    with pytest.raises(MMDeskError, match="does not accept the key") as caught:
        run(make(key=lambda: "wrong"), chat())
    assert "MMDESK_API_KEY" in caught.value.hint
    assert set(server.keys) == {"Bearer wrong"}


def test_without_a_key_none_is_sent(server: ChatServer, make: Make) -> None:
    run(make(), chat())
    assert set(server.keys) == {""}


def test_another_address_is_not_followed(server: ChatServer, make: Make) -> None:
    server.scripts = [(307, {})]
    with pytest.raises(MMDeskError, match="refers to another address"):
        run(make(), chat())


def test_reasoning_is_told_apart(server: ChatServer, make: Make) -> None:
    thoughts = [delta(None, reasoning_content="Hm. "), delta("", reasoning="Paris.")]
    server.scripts = [[*thoughts, delta("Paris"), delta(finish="stop"), usage(3, 9), DONE]]
    events = run(make(), chat())
    assert thought_in(events) == "Hm. Paris."
    assert text_of(events) == "Paris"
    assert stats_of(events).thinking_s > 0


def test_tags_in_the_text_are_told_apart(server: ChatServer, make: Make) -> None:
    pieces = [delta(one) for one in ("<th", "ink>\nHm", ".</thi", "nk>\n\nYes", ".")]
    server.scripts = [[*pieces, delta(finish="stop"), DONE]]
    events = run(make(), chat())
    assert (thought_in(events), text_of(events)) == ("Hm.", "Yes.")


def test_a_model_that_thinks_gets_space_for_it(server: ChatServer, make: Make) -> None:
    long = [delta(None, reasoning="Hm. "), delta(finish="length"), DONE]
    good = [delta(None, reasoning="Hm."), *(delta(f"{n} ") for n in range(9)), delta(finish="stop")]
    server.scripts = [long, good, good]
    engine = make()
    events = run(engine, chat(max_tokens=5))
    assert text_of(events) == "0 1 2 3 4 5 "  # the answer itself is no longer than was asked for
    assert stats_of(events).stop == "length"
    run(engine, chat(max_tokens=5))
    assert [one["max_tokens"] for one in server.asked] == [5, 4101, 4101]


def test_thinking_can_be_switched_off(server: ChatServer, make: Make) -> None:
    run(make(), chat(thinking=False))
    assert server.asked[0]["chat_template_kwargs"] == {"enable_thinking": False}


def test_pictures_and_sound_are_sent_where_the_server_takes_them(
    server: ChatServer, make: Make, local: ScriptedEngine
) -> None:
    kinds = ["text", "image", "audio"]
    server.models = {"data": [{"id": "tiny", "architecture": {"input_modalities": kinds}}]}
    events = run(make(), chat(Turn("user", "What?", (PICTURE,), (SOUND,))))
    picture, sound, text = server.asked[0]["messages"][0]["content"]
    assert text == {"type": "text", "text": "What?"}
    assert picture["type"] == "image_url"
    start, _, data = picture["image_url"]["url"].partition(",")
    assert start == "data:image/png;base64"
    assert Image.open(io.BytesIO(base64.b64decode(data))).tobytes() == RED
    assert sound["type"] == "input_audio"
    assert sound["input_audio"]["format"] == "wav"
    with wave.open(io.BytesIO(base64.b64decode(sound["input_audio"]["data"]))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (16000, 1, 1600)
        assert file.readframes(1) == (16384).to_bytes(2, "little")
    assert local.requests == []
    assert notices_in(events) == []


def test_a_large_picture_is_sent_smaller(server: ChatServer, make: Make) -> None:
    server.models = {"data": [{"id": "tiny", "architecture": {"input_modalities": ["image"]}}]}
    large = ImageInput("l.png", 3000, 1500, bytes(3000 * 1500 * 3), "large")
    run(make(), chat(Turn("user", "What?", (large,))))
    url = server.asked[0]["messages"][0]["content"][0]["image_url"]["url"]
    picture = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
    assert (picture.format, picture.size) == ("JPEG", (2048, 1024))


def test_otherwise_they_are_sent_in_words_and_that_is_told(
    server: ChatServer, make: Make, local: ScriptedEngine
) -> None:
    server.models = {"data": [{"id": "tiny", "architecture": {"input_modalities": ["text"]}}]}
    events = run(make(), chat(Turn("user", "What?", (PICTURE,), (SOUND,))))
    content = server.asked[0]["messages"][0]["content"]
    assert "a red square" in content
    assert "hello there" in content
    assert [type(one).__name__ for one in local.requests] == [
        "DescribeImagesRequest",
        "TranscribeRequest",
    ]
    assert "hello there" not in text_of(events)
    assert [one.split(",")[0] for one in notices_in(events)] == [
        "tiny takes no pictures",
        "tiny takes no sound",
    ]


def test_the_user_may_know_better_than_the_list(server: ChatServer, make: Make) -> None:
    engine = make(takes=frozenset({"picture"}))
    assert native_inputs(engine, "server:tiny", NeverCancelled()) == {"picture"}
    server.scripts = [(500, {"error": {"message": "image input is not supported (mmproj)"}})]
    with pytest.raises(InputError, match="does not take pictures"):
        run(engine, chat(Turn("user", "What?", (PICTURE,))))


def test_pictures_of_earlier_sessions_and_corrections_are_words(
    server: ChatServer, make: Make
) -> None:
    server.models = {"data": [{"id": "tiny", "architecture": {"input_modalities": ["image"]}}]}
    old = replace(PICTURE, rgb=b"", description=SEEN)
    corrected = replace(PICTURE, description=replace(SEEN, correction="It is my red car."))
    run(make(), chat(Turn("user", "A?", (old,)), Turn("user", "B?", (corrected,))))
    first, second = server.asked[0]["messages"]
    assert "a red square" in first["content"]
    assert second["content"][0]["type"] == "image_url"
    assert "my red car" in second["content"][1]["text"]


def test_documents_are_text(server: ChatServer, make: Make) -> None:
    run(make(), chat(Turn("user", "Who?", documents=(DocumentInput("a.txt", "Ann did it."),))))
    content = server.asked[0]["messages"][0]["content"]
    assert content.index("a.txt") < content.index("Ann did it.") < content.index("Who?")


def test_the_oldest_turns_are_left_out_of_a_small_context(server: ChatServer, make: Make) -> None:
    server.models = {"data": [{"id": "tiny", "meta": {"n_ctx": 512, "n_ctx_train": 32768}}]}
    turns = [Turn("system", "Be brief.")]
    for number in range(6):
        turns += [Turn("user", f"{number} " + "word " * 60), Turn("assistant", "ok " * 20)]
    events = run(make(), chat(*turns, Turn("user", "Last?"), max_tokens=100))
    sent = server.asked[0]["messages"]
    assert sent[0]["content"] == "Be brief."
    assert sent[-1]["content"] == "Last?"
    assert sent[1]["role"] == "user"
    assert notices_in(events) == [
        f"The oldest {14 - len(sent)} messages no longer fit and were left out."
    ]


def test_a_conversation_that_is_too_long_is_told(server: ChatServer, make: Make) -> None:
    server.scripts = [(400, {"error": {"message": "exceeds the available context size"}})]
    with pytest.raises(InputError, match="too long for tiny"):
        run(make(), chat())


def test_a_server_without_a_list_of_models_is_asked_all_the_same(
    server: ChatServer, make: Make
) -> None:
    server.models = 404
    assert text_of(run(make(), chat())) == "ok "


def test_the_rest_is_local_or_needs_no_server(
    server: ChatServer, make: Make, local: ScriptedEngine
) -> None:
    engine = make()
    assert text_of(run(engine, replace(chat(), model=None))) == "local"
    assert text_of(run(engine, replace(chat(), model="qwen"))) == "local"
    assert isinstance(
        run(engine, PrefillRequest((Turn("user", "draft"),), model="server:tiny"))[-1], Finished
    )
    (counted, _) = run(engine, CountRequest(("", "abc", "北京"), "server:tiny"))
    assert counted == Counted((0, 1, 2))
    with pytest.raises(InputError, match="cannot be measured"):
        run(engine, SpeedRequest(model="server:tiny"))
    assert server.paths == []
    assert local.prepared == []
    engine.close()
    assert local.closed == 1


def test_loading_looks_whether_the_server_is_there(server: ChatServer, make: Make) -> None:
    stats = stats_of(run(make(), LoadRequest("server:tiny")))
    assert (stats.model, stats.device) == ("tiny", server.host)
    assert server.paths == ["/v1/models"]


def test_a_server_that_was_set_up_is_asked_while_working_offline(
    server: ChatServer, make: Make
) -> None:
    assert Settings().work_offline
    run(make(), chat())
    log = ConnectionLog().read()
    assert {one.address for one in log} == {server.host}
    assert {one.reason for one in log} == {"questions to a server"}
    assert {one.result for one in log} == {"answered 200"}


def test_an_unencrypted_way_is_told_once(server: ChatServer, make: Make) -> None:
    engine = make()
    far = ServerAddress(engine._address.base, "gpu.example:8000")
    object.__setattr__(engine, "_address", _Far(far.base, far.host))
    assert notices_in(run(engine, chat())) == [
        "The connection to gpu.example:8000 is not encrypted."
    ]
    assert notices_in(run(engine, chat())) == []


class _Far(ServerAddress):
    is_this_computer = False  # type: ignore[assignment]


def test_sixteen_requests_at_once_get_their_own_answers(server: ChatServer, make: Make) -> None:
    server.next_script = lambda body: answer(f"re {body['messages'][0]['content']}")  # type: ignore[method-assign]
    answers: dict[int, str] = {}

    def ask(number: int) -> None:
        answers[number] = text_of(run(make(), chat(Turn("user", str(number)))))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: f"re {number} " for number in range(16)}
