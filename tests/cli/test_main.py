"""The command line as a shell sees it: what goes where, and with which status it ends."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import wave
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from mmdesk import __main__ as entry
from mmdesk.cli import doctor, main, tasks
from mmdesk.engine import Engine
from mmdesk.errors import ModelUnavailable
from mmdesk.models import MeasuredSpeed, remember_speed
from mmdesk.translatable import TranslatableText
from mmdesk.values import (
    AskImageRequest,
    ChatRequest,
    Counted,
    CountRequest,
    DescribeImagesRequest,
    ImageDescribed,
    ImageDescription,
    Label,
    Notice,
    Preparing,
    Request,
    Segment,
    Speed,
    SpeedMeasured,
    Stats,
    TextChunk,
    Transcribed,
    TranscribeRequest,
    Transcript,
)
from mmdesk.workers import FileDecoder
from tests.fakes.scripted_engine import ScriptedEngine, Step, words
from tests.tasks.scripts import engine as scripted

DOG = ImageDescription(labels=(Label("golden retriever", 0.9, "dog"),))
TRANSCRIPT = Transcript("Hello there.", "en", 0.98, (Segment(0.0, 1.5, "Hello there."),))


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path / "home"))


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch):
    """Return a function that replaces the real engine."""

    def use(engine: Engine) -> Engine:
        monkeypatch.setattr(tasks, "make_engine", lambda *_: engine)
        return engine

    return use


@pytest.fixture
def dog(tmp_path: Path) -> str:
    path = tmp_path / "dog.png"
    Image.new("RGB", (8, 8), "brown").save(path)
    return str(path)


@pytest.fixture
def speech(tmp_path: Path) -> str:
    path = tmp_path / "speech.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(bytes(range(256)) * 125)
    return str(path)


def perceiving(request: Request) -> Iterable[Step]:
    if isinstance(request, DescribeImagesRequest):
        return [ImageDescribed(image.sha256, DOG) for image in request.images]
    if isinstance(request, TranscribeRequest):
        return [TextChunk("Hello there."), Transcribed(request.audio.sha256, TRANSCRIPT)]
    return words("Paris.")


# --- answers ----------------------------------------------------------------------------------


def test_the_answer_alone_is_on_standard_output(use, capsys) -> None:
    """Notices are results too: they are on standard error also where that is no terminal."""
    used = use(
        ScriptedEngine([Preparing("loading"), Notice("Old turns left out."), *words("Paris.")])
    )
    assert main.main(["ask", "Capital of France?"]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("Paris.\n", "mmdesk: Old turns left out.\n")
    assert used.closed == 1


def test_an_unchanged_translation_and_a_silent_recording_say_so(
    use, speech: str, tmp_path: Path, capsys
) -> None:
    use(ScriptedEngine([]))
    path = tmp_path / "note.txt"
    path.write_text("The weather was good all day and the children played in the garden.")
    assert main.main(["translate", str(path), "--to", "en"]) == 0
    assert capsys.readouterr().err == "mmdesk: The text is already in English.\n"
    use(ScriptedEngine(lambda _: []))
    assert main.main(["transcribe", speech]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("\n", f"mmdesk: {speech}: no speech found.\n")
    assert main.main(["transcribe", speech, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["notices"] == [f"{speech}: no speech found."]


def test_what_was_not_read_of_a_file_is_said(use, monkeypatch, tmp_path: Path, capsys) -> None:
    path = tmp_path / "rules.txt"
    path.write_text("Some rules.")
    notice = TranslatableText("Page 2 is a picture and was not read.")
    real = FileDecoder.load_any
    monkeypatch.setattr(
        FileDecoder, "load_any", lambda self, p: replace(real(self, p), notices=(notice,))
    )
    use(scripted())
    assert main.main(["ask", "Fees?", "--file", str(path)]) == 0
    said = "rules.txt: Page 2 is a picture and was not read."
    assert capsys.readouterr().err == f"mmdesk: {said}\n"
    assert main.main(["ask", "Fees?", "--file", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["notices"] == [said]


def test_verbose_shows_progress_and_notices_on_standard_error(use, capsys) -> None:
    use(
        ScriptedEngine([Preparing("loading", 0.5), Notice("Old turns left out."), *words("Paris.")])
    )
    assert main.main(["ask", "Capital of France?", "--verbose"]) == 0
    out, err = capsys.readouterr()
    assert out == "Paris.\n"
    assert err.splitlines() == ["loading 50 %", "mmdesk: Old turns left out."]


def test_json_is_one_object_with_the_promised_names(use, capsys) -> None:
    stats = Stats("m", "cpu", 7, 11, 2, 0.5, 9.0, 0.1)
    use(ScriptedEngine([Notice("Careful."), *words("Paris, 巴黎.", stats)]))
    assert main.main(["ask", "Capital?", "--seed", "7", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    printed = json.loads(line)
    assert printed["text"] == "Paris, 巴黎."
    assert {
        "model": "m",
        "device": "cpu",
        "seed": 7,
        "prompt_tokens": 11,
    }.items() <= printed.items()
    assert {"generated_tokens", "ttft_s", "decode_tokens_per_s", "load_s"} <= printed.keys()
    assert printed["notices"] == ["Careful."]
    assert "巴黎" in line


def test_all_attachments_reach_the_engine(use, dog: str, speech: str, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Bees make honey.", encoding="utf-8")
    used = use(scripted())
    arguments = ["ask", "What?", "--image", dog, "--audio", speech, "--file", str(note)]
    assert main.main([*arguments, "--temperature", "0.5", "--seed", "3", "--max-tokens", "9"]) == 0
    request = next(request for request in used.requests if isinstance(request, ChatRequest))
    turn = request.turns[-1]
    assert (turn.text, turn.images[0].name, turn.audio[0].name) == (
        "What?",
        "dog.png",
        "speech.wav",
    )
    assert turn.documents[0].text.strip() == "Bees make honey."
    sampling = request.sampling
    assert (sampling.temperature, sampling.seed, sampling.max_tokens) == (0.5, 3, 9)


def test_a_recording_alone_may_be_the_question(use, speech: str) -> None:
    used = use(scripted())
    assert main.main(["ask", "--audio", speech]) == 0
    assert used.requests[-1].turns[-1].text == ""


def test_the_question_may_come_from_standard_input(use, monkeypatch) -> None:
    used = use(scripted())
    stdin = io.TextIOWrapper(io.BytesIO("法国的首都？\n".encode()), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", stdin)
    assert main.main(["ask", "-"]) == 0
    assert used.requests[-1].turns[-1].text == "法国的首都？"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_piped_question_is_decoded_as_a_file_is(use, monkeypatch, encoding: str) -> None:
    used = use(scripted())
    question = "Wie heißt die größte Stadt Österreichs?"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(question.encode(encoding))))
    assert main.main(["ask", "-"]) == 0
    assert used.requests[-1].turns[-1].text == question


def test_describe_gives_one_line_per_picture_with_one_engine(use, dog: str, capsys) -> None:
    used = use(ScriptedEngine(perceiving))
    assert main.main(["describe", dog, dog]) == 0
    assert capsys.readouterr().out == "A photo of a golden retriever (dog).\n" * 2
    assert used.closed == 1


def test_a_bad_file_does_not_stop_the_others(use, dog: str, capsys) -> None:
    use(ScriptedEngine(perceiving))
    assert main.main(["describe", dog, "missing.png", dog, "--json"]) == 2
    out, err = capsys.readouterr()
    assert [json.loads(line)["file"] for line in out.splitlines()] == [dog, dog]
    assert json.loads(out.splitlines()[0])["sights"][0]["labels"][0]["name"].endswith("(dog)")
    assert "missing.png" in err
    assert len(err.splitlines()) <= 3


def test_transcribe_gives_one_line_or_object_per_file(use, speech: str, capsys) -> None:
    use(ScriptedEngine(perceiving))
    assert main.main(["transcribe", speech, speech]) == 0
    assert capsys.readouterr().out == "Hello there.\nHello there.\n"
    assert main.main(["transcribe", speech, "--language", "English", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["file"], printed["text"], printed["language"]) == (speech, "Hello there.", "en")
    assert printed["segments"] == [{"start": 0.0, "end": 1.5, "text": "Hello there."}]


@pytest.mark.parametrize(
    ("form", "begins"),
    [("txt", "[0:00] Hello"), ("srt", "1\n00:00:00,000 -->"), ("vtt", "WEBVTT\n"), ("json", "{")],
)
def test_transcribe_writes_times_and_subtitles(use, speech: str, capsys, form, begins) -> None:
    use(ScriptedEngine(perceiving))
    assert main.main(["transcribe", speech, "--format", form]) == 0
    assert capsys.readouterr().out.startswith(begins)


def test_minutes_of_a_recording_have_its_times(use, speech: str, capsys) -> None:
    def script(request):
        if isinstance(request, CountRequest):
            return [Counted(tuple(len(text.split()) for text in request.texts))]
        if isinstance(request, TranscribeRequest):
            said = "We decided to leave at nine."
            heard = Transcript(said, "en", 0.9, (Segment(65.0, 67.0, said),))
            return [Transcribed(request.audio.sha256, heard)]
        return [TextChunk("We decided to leave at nine.")]

    use(ScriptedEngine(script))
    assert main.main(["minutes", speech]) == 0
    written = capsys.readouterr().out
    assert "## Decisions\n\n- We decided to leave at nine. (1:05)" in written
    assert "No tasks were named." in written


@pytest.mark.parametrize("language", ["fa", "Persian", "فارسی"])
def test_transcribe_takes_every_language_of_whisper(use, speech: str, language: str) -> None:
    used = use(ScriptedEngine(perceiving))
    assert main.main(["transcribe", speech, "--language", language]) == 0
    assert used.requests[-1].language == "fa"


def test_summarize_and_translate_read_files_and_standard_input(use, tmp_path, monkeypatch, capsys):
    note = tmp_path / "note.txt"
    note.write_text("Bees make honey in their hives. They fly from flower to flower.", "utf-8")
    use(scripted(lambda request: "蜜蜂在蜂房里酿蜜。"))
    assert main.main(["translate", "--to", "中文", str(note), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["from"], printed["to"]) == ("en", "zh")
    assert printed["text"] == "蜜蜂在蜂房里酿蜜。" * 2
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(note.read_bytes())))
    use(scripted(lambda request: "Bees make honey in their hives."))
    assert main.main(["summarize", "-", "--words", "10", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["text"].startswith("Bees make honey in their hives.")
    assert (printed["words"] <= 13, printed["words_asked"], printed["document_words"]) == (
        True,
        10,
        12,
    )


# --- what goes wrong --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["ask"], 2, "question"),
        (["frobnicate"], 2, "frobnicate"),
        (["ask", "hi", "--temperature", "-1"], 2, "temperature"),
        (["ask", "hi", "--max-tokens", "0"], 2, "max-tokens"),
        (["ask", "hi", "--model", "nope"], 2, "nope"),
        (["ask", "hi", "--model", "qwen2.5-coder-0.5b"], 3, "qwen2.5-coder-0.5b"),
        (["ask", "hi", "--image", "missing.png"], 2, "missing.png"),
        (["translate", "x.txt", "--to", "Klingon"], 2, "Klingon"),
        (["summarize", "missing.txt"], 2, "missing.txt"),
        (["summarize", "missing.txt", "--words", "x"], 2, "words"),
        (["transcribe", "missing.wav"], 2, "missing.wav"),
        (["models", "path", "nope"], 2, "nope"),
        (["models", "path", "whisper-base"], 3, "whisper-base"),
        (["models", "verify", "whisper-base"], 3, "whisper-base"),
    ],
)
def test_bad_input_is_reported_in_three_lines_at_most(arguments, status, said, use, capsys) -> None:
    use(scripted())
    assert main.main(arguments) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "Traceback" not in err
    assert 1 <= len(err.splitlines()) <= 3


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".wav", ".pdf"])
def test_random_bytes_are_bad_input(suffix: str, use, tmp_path: Path, capsys) -> None:
    use(scripted())
    path = tmp_path / f"noise{suffix}"
    path.write_bytes(bytes((n * 7919) % 251 for n in range(4096)))
    option = {".wav": "--audio", ".pdf": "--file"}.get(suffix, "--image")
    assert main.main(["ask", "What is it?", option, str(path)]) == 2
    err = capsys.readouterr().err
    assert path.name in err
    assert len(err.splitlines()) <= 3


def test_a_missing_model_gives_exit_status_three(use, dog: str, capsys) -> None:
    use(ScriptedEngine([ModelUnavailable("The model is missing.", "Download it.")]))
    assert main.main(["describe", dog, dog]) == 3
    assert capsys.readouterr().err.splitlines() == ["mmdesk: The model is missing.", "Download it."]


def test_ctrl_c_stops_cleanly(use, capsys) -> None:
    sent: list[int] = []

    def press() -> None:
        if len(sent) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        sent.append(1)

    used = use(ScriptedEngine(words("one two three four"), delay=press))
    before = signal.getsignal(signal.SIGINT)
    assert main.main(["ask", "Count"]) == 130
    assert capsys.readouterr() == ("one two \n", "")
    assert (used.open_generators, used.closed) == (0, 1)
    assert signal.getsignal(signal.SIGINT) is before


# --- models, doctor ---------------------------------------------------------------------------


def test_models_list_names_every_model(capsys) -> None:
    assert main.main(["models", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("qwen2.5-coder-0.5b") and "default" in line for line in lines)
    assert main.main(["models", "list", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {"id", "role", "installed", "licence"} <= printed["models"][0].keys()
    assert printed["models"][0]["capabilities"] == {"pictures": 0, "sound_s": 0.0, "missing": ""}


def test_models_list_says_what_a_model_takes(capsys, monkeypatch) -> None:
    from mmdesk.models import ModelStore
    from mmdesk.values import ANY_NUMBER, Capabilities, ModelInfo

    takes = Capabilities(ANY_NUMBER, 30.0)
    info = ModelInfo("omni", "Omni", "language", takes.kinds, "", 0, 1, True, False, "", takes)
    monkeypatch.setattr(ModelStore, "infos", lambda _store: (info,))
    assert main.main(["models", "list"]) == 0
    assert "takes pictures and audio" in capsys.readouterr().out
    assert main.main(["models", "list", "--json"]) == 0
    (printed,) = json.loads(capsys.readouterr().out)["models"]
    assert printed["takes"] == ["text", "picture", "sound"]
    assert printed["capabilities"] == {"pictures": None, "sound_s": 30.0, "missing": ""}


def test_models_of_other_programs_are_listed_with_the_way_to_add_them(
    capsys, monkeypatch, tmp_path: Path
) -> None:
    from tests.fakes.tiny_gguf import write_tiny_gguf

    folder = tmp_path / "account" / ".lmstudio" / "models" / "org" / "tiny"
    folder.mkdir(parents=True)
    path = write_tiny_gguf(folder / "Tiny Q8.gguf")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "account")
    assert main.main(["models", "discover"]) == 0
    listed = capsys.readouterr().out
    assert "LM Studio  Tiny Q8" in listed
    assert f"mmdesk models add '{path}'" in listed
    assert main.main(["models", "add", str(path), "--name", "My tiny one"]) == 0
    assert capsys.readouterr().out.strip() == "local-my-tiny-one"
    assert main.main(["models", "discover", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["models"]
    assert (found["program"], found["problem"]) == ("LM Studio", None)


def test_models_list_tells_what_was_measured_and_what_is_expected(
    capsys, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    assert main.main(["models", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["models"]
    assert {model["tokens_per_s"] for model in listed} == {None}
    remember_speed("qwen2.5-coder-0.5b", MeasuredSpeed("int8", 500_000_000, 40.04, 2))
    assert main.main(["models", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["models"]
    speeds = {m["id"]: (m["tokens_per_s"], m["speed_measured"]) for m in listed}
    assert speeds["qwen2.5-coder-0.5b"] == (40.0, True)
    assert speeds["whisper-base"] == (None, False)
    expected, measured = speeds["qwen2.5-coder-1.5b"]
    assert 5 < expected < 40
    assert not measured
    assert main.main(["models", "list"]) == 0
    printed = capsys.readouterr().out
    assert "(about 40 tokens/s on this computer)" in printed
    assert "tokens/s expected on this computer)" in printed


def test_verifying_an_empty_store_names_what_is_missing(capsys) -> None:
    assert main.main(["models", "verify"]) == 3
    assert "qwen2.5-coder-0.5b" in capsys.readouterr().err


def test_the_doctor_reports_probes_that_fail(monkeypatch, capsys) -> None:
    def broken() -> str:
        raise OSError("no such thing")

    monkeypatch.setattr(doctor, "_run_isolated", lambda code: (_ for _ in ()).throw(OSError("x")))
    monkeypatch.setitem(doctor._PROBES, "memory", broken)
    assert main.main(["doctor", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["memory"] == {"problem": "OSError: no such thing"}
    assert printed["models"]["qwen2.5-coder-0.5b"] == "missing"
    assert printed["storage"]["free_gb"] > 0
    assert main.main(["doctor"]) == 0
    assert "memory: PROBLEM: OSError: no such thing" in capsys.readouterr().out


def test_bench_measures_loading_and_answering(use, capsys) -> None:
    stats = Stats("m", "cpu", 0, 400, 64, 2.0, 11.0)
    measured = SpeedMeasured("int4", 1_000, (Speed(128, 250.04, 30.0),), Speed(128, 199.96, 30.0))
    engine = ScriptedEngine(words("x", Stats(load_s=1.5)), [measured], words("x y", stats))
    use(engine)
    assert main.main(["bench", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["precision"], printed["weight_bytes_per_token"]) == ("int4", 1_000)
    assert printed["first_prompt"] == {"prompt_tokens": 128, "prefill_tokens_per_s": 200.0}
    assert printed["speeds"] == [
        {"prompt_tokens": 128, "prefill_tokens_per_s": 250.0, "decode_tokens_per_s": 30.0}
    ]
    assert (printed["load_s"], printed["prefill_tokens_per_s"], printed["decode_tokens_per_s"]) == (
        1.5, 200.0, 11.0,
    )  # fmt: skip


# --- starting ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], True),
        (["--in-process"], True),
        (["--help"], False),
        (["--version"], False),
        (["ask", "hi"], False),
        (["--threads", "2", "ask", "hi"], False),
        (["nonsense"], False),
    ],
)
def test_the_window_opens_without_a_verb(arguments, window, monkeypatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(entry, "_window", lambda options: opened.append("window") or 0)
    monkeypatch.setattr(main, "main", lambda options: opened.append("cli") or 0)
    entry.main(arguments)
    assert opened == ["window" if window else "cli"]


def python(code: str, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


@pytest.mark.parametrize(
    "arguments", [["--help"], ["models", "list"], ["ask", "hi", "--model", "no"]]
)
def test_quick_verbs_import_nothing_heavy(arguments: list[str]) -> None:
    done = python(
        "import sys; from mmdesk.__main__ import main; main(sys.argv[1:]);"
        "print([m for m in ('torch', 'transformers', 'numpy', 'PySide6') if m in sys.modules])",
        *arguments,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_importing_the_entry_point_does_nothing() -> None:
    done = python(
        "import sys, mmdesk.__main__; print('mmdesk.cli.main' in sys.modules, len(sys.argv))"
    )
    assert done.stdout == "False 1\n"


def test_a_closed_pipe_is_no_error() -> None:
    code = (
        "import sys; from mmdesk.cli import main, tasks;"
        "from tests.fakes.scripted_engine import ScriptedEngine, words;"
        "tasks.make_engine = lambda *_: ScriptedEngine(words('word ' * 100000));"
        "sys.exit(main.main(['ask', 'hi']))"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert running.stderr is not None
    assert running.stdout.read(4) == "word"
    running.stdout.close()
    assert running.stderr.read() == ""
    assert running.wait(60) == 1
    running.stderr.close()


def test_answers_of_the_fused_model_are_in_the_json(use, dog: str, capsys) -> None:
    use(
        scripted(
            lambda request: "It is red.", description=ImageDescription(caption="A dog."), look=_red
        )
    )
    assert main.main(["ask", "What colour is the dog?", "--image", dog, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["text"] == "It is red."
    (look,) = printed["looks"]
    assert (look["question"], look["text"], look["sure"]) == ("what color is the dog?", "red", True)


def _red(request: AskImageRequest) -> tuple[str, float]:
    return "red", 0.9


def test_pictures_are_described_in_one_batch(use, dog: str, tmp_path: Path, capsys) -> None:
    used = use(ScriptedEngine(perceiving))
    other = tmp_path / "other.png"
    Image.new("RGB", (9, 9), "white").save(other)
    assert main.main(["describe", dog, "missing.png", str(other)]) == 2
    (request,) = used.requests
    assert [image.name for image in request.images] == ["dog.png", "other.png"]
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_hostile_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.inputs.hostile import docx_bomb

    (tmp_path / "bomb.docx").write_bytes(docx_bomb(80))
    assert main.main(["summarize", str(tmp_path / "bomb.docx")]) == 2
    error = capsys.readouterr().err
    assert "bomb.docx would unpack to" in error
    assert "Traceback" not in error


# --- citations ------------------------------------------------------------------------------------

RENT = "The rent of the shop is 940 euros a month."


@pytest.fixture
def lease(tmp_path: Path) -> str:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "lease.txt").write_text(f"Lease\n\n{RENT} It is paid on the first.\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 nothing else")
    return str(folder / "lease.txt")


def test_json_has_the_citations_of_an_answer(use, lease: str, capsys) -> None:
    use(scripted(lambda _request: RENT))
    assert main.main(["ask", "Tell me about the rent.", "--file", lease, "--json"]) == 0
    (cited,) = json.loads(capsys.readouterr().out)["citations"]
    assert (cited["source"], cited["document"], cited["quote"]) == (1, "lease.txt", RENT)


def test_sources_are_numbered_and_listed(use, lease: str, capsys) -> None:
    use(scripted(lambda _request: RENT))
    assert main.main(["ask", "Tell me about the rent.", "--file", lease, "--sources"]) == 0
    assert capsys.readouterr().out == f"{RENT} [1]\n\n[1] lease.txt\n"


def test_a_folder_is_searched_and_cited(use, lease: str, capsys) -> None:
    use(scripted(lambda _request: RENT))
    folder = str(Path(lease).parent)
    assert main.main(["ask", "How much is the rent?", "--folder", folder, "--sources"]) == 0
    shown = capsys.readouterr()
    assert "[1] lease.txt" in shown.out
    assert "broken.pdf could not be read." in shown.err
    assert "Searched one document in papers. Answered from lease.txt." in shown.err


def test_a_folder_that_does_not_exist_is_one_sentence(use, tmp_path: Path, capsys) -> None:
    use(scripted())
    assert main.main(["ask", "Why?", "--folder", str(tmp_path / "none")]) == 2
    assert "does not exist" in capsys.readouterr().err
