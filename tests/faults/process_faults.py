"""Faults of the engine, the decoders, downloads and devices."""

from __future__ import annotations

import json
import os
import signal
import threading
from contextlib import closing
from pathlib import Path

import httpx
from PySide6.QtCore import QCoreApplication

from mmdesk.engine.process import ProcessEngine
from mmdesk.errors import Cancelled, EngineDied, InputError, MMDeskError
from mmdesk.models.download import download
from mmdesk.models.fetch_errors import SourceFailed
from mmdesk.models.own_folders import check_model_folder
from mmdesk.values import ChatRequest, NeverCancelled, TextChunk, Turn
from mmdesk.workers import Recorder, file_decoder
from mmdesk.workers.file_decoder import FileDecoder
from tests.fakes.child_engines import make_obedient
from tests.faults.fault import Fault, Outcome, first_line, must, run_command, wait_until
from tests.inputs.hostile import docx_bomb, nested_pdf
from tests.models.server import Site
from tests.models.test_tensor_check import CONFIG, entries, safetensors


def _chat(text: str) -> ChatRequest:
    return ChatRequest((Turn("user", text),))


def _answers(engine: ProcessEngine) -> bool:
    """Return whether the next question is answered."""
    events = list(engine.generate(_chat("after"), NeverCancelled()))
    return any(isinstance(event, TextChunk) and event.text == "after" for event in events)


def kill_the_engine(folder: Path) -> Outcome:
    """Kill the engine's process in the middle of an answer, as the system does out of memory."""
    engine, words = ProcessEngine(folder, make_engine=make_obedient), []
    with closing(engine):
        try:
            for event in engine.generate(_chat("forever"), NeverCancelled()):
                words.append(event)
                if len(words) == 4:
                    assert engine.pid is not None
                    os.kill(engine.pid, signal.SIGKILL)
        except EngineDied as error:
            must(_answers(engine), "the next question is not answered")
            return Outcome(str(error), "the words that came; the next question starts the engine")
    must(False, "nobody noticed")
    raise AssertionError


def stop_the_engine(folder: Path) -> Outcome:
    """Stop the engine's process, and then press Stop."""
    engine, flag = (
        ProcessEngine(folder, make_engine=make_obedient, patience_s=0.3),
        threading.Event(),
    )
    with closing(engine):
        events = engine.generate(_chat("forever"), flag)
        next(events)
        assert engine.pid is not None
        os.kill(engine.pid, signal.SIGSTOP)
        flag.set()
        try:
            for _event in events:
                pass
        except Cancelled:
            must(_answers(engine), "the next question is not answered")
            return Outcome("", "the words that came; Stop ends the engine and a new one starts")
    must(False, "nobody noticed")
    raise AssertionError


def fill_the_memory(folder: Path) -> Outcome:
    """Open a file of 2.5 KB that asks its decoder for 23 GB."""
    (folder / "nested.pdf").write_bytes(nested_pdf())
    return _refused(folder / "nested.pdf")


def hang_the_decoder(folder: Path) -> Outcome:
    """Open a file that takes longer than any file may."""
    (folder / "long.docx").write_bytes(docx_bomb(40))
    return _refused(folder / "long.docx", limit_s=0.0)


def damage_a_picture(folder: Path) -> Outcome:
    """Open a picture whose bytes are not those of a picture."""
    (folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(500))
    return _refused(folder / "photo.png")


def _refused(path: Path, limit_s: float = file_decoder.LIMIT_S) -> Outcome:
    """Return the sentence about a file that cannot be opened; the next one can."""
    usual, file_decoder.LIMIT_S = file_decoder.LIMIT_S, limit_s
    with FileDecoder(threading.Event()) as files:
        try:
            files.load_any(path)
        except InputError as error:
            file_decoder.LIMIT_S = usual
            value = files.load_document(b"A note.", "note.txt")
            must(value.text == "A note.", "the next file is not read")
            return Outcome(str(error), "everything; the next file is opened")
        finally:
            file_decoder.LIMIT_S = usual
    must(False, "it was opened")
    raise AssertionError


def damage_a_model(folder: Path) -> Outcome:
    """Change the shape of a model that the user adds."""
    model = folder / "Tiny"
    model.mkdir()
    (model / "config.json").write_text(json.dumps({**CONFIG, "head_dim": 128}))
    (model / "tokenizer.json").write_text("{}")
    (model / "tokenizer_config.json").write_text(json.dumps({"chat_template": "{{ x }}"}))
    (model / "model.safetensors").write_bytes(safetensors(entries()))
    try:
        check_model_folder(model)
    except InputError as error:
        return Outcome(str(error), "the models that are there; nothing is computed with it")
    must(False, "it was taken")
    raise AssertionError


def remove_the_model(folder: Path) -> Outcome:
    """Ask without any model."""
    done = run_command(folder, "ask", "Hello?", "--model", "qwen2.5-coder-1.5b")
    must(done.returncode == 3, done.stderr)
    return Outcome(first_line(done), "the question, in the composer of the window")


def cut_the_line(folder: Path) -> Outcome:
    """Let the server hang up after 50 KB, again and again."""
    site = Site()
    try:
        site.files["/big"] = os.urandom(600_000)
        site.cut_after["/big"] = [50_000] * 20
        with httpx.Client() as client:
            download(client, f"{site.url}/big", folder / "f", 600_000, lambda here: None,
                     NeverCancelled(), lambda seconds, cancel: None)  # fmt: skip
        must((folder / "f").read_bytes() == site.files["/big"], "bytes are missing")
    finally:
        site.close()
    return Outcome("", "every byte that came; the download goes on by itself")


def refuse_the_download(folder: Path) -> Outcome:
    """Let the server refuse."""
    site = Site()
    try:
        site.status["/big"] = [503] * 20
        with httpx.Client() as client:
            download(client, f"{site.url}/big", folder / "f", 600_000, lambda here: None,
                     NeverCancelled(), lambda seconds, cancel: None)  # fmt: skip
    except SourceFailed as error:
        must(not (folder / "f").exists(), "a file that is none")
        return Outcome(f"({error})", "what was downloaded so far; the next source is tried")
    finally:
        site.close()
    must(False, "it was taken")
    raise AssertionError


def fill_the_disk_with_a_download(folder: Path) -> Outcome:
    """Download onto a device that is always full."""
    from mmdesk.workers import fetch_main, framing

    os.symlink("/dev/full", folder / "f.part")
    site, out = Site(), _Frames()
    site.files["/big"] = bytes(600_000)

    class Store:
        def install(self, part: str, *_arguments: object, **_options: object) -> None:
            with httpx.Client() as client:
                download(client, f"{site.url}/big", folder / "f", 600_000, lambda here: None,
                         NeverCancelled())  # fmt: skip

    try:
        fetch_main._install(Store(), "part", out, threading.Event())  # type: ignore[arg-type]
    finally:
        site.close()
    (error,) = (
        value for value in framing.Unpacker().feed(bytes(out)) if isinstance(value, MMDeskError)
    )
    return Outcome(str(error), "the models that are there; it goes on when there is room")


class _Frames(bytearray):
    """Pipe to the window that keeps what is written."""

    def write(self, data: bytes) -> int:
        """Append bytes."""
        self.extend(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: it is all there."""


def remove_the_microphone(folder: Path) -> Outcome:
    """Record from a device that is not there any more."""
    QCoreApplication.instance() or QCoreApplication([])
    recorder, told = Recorder(), []
    recorder.failed.connect(lambda message, hint: told.append(f"{message} {hint}".strip()))
    recorder.start("A microphone that was unplugged")
    wait_until(lambda: told)
    must(recorder.close(), "the recorder does not end")
    return Outcome(told[0], "the draft; text goes on working")


POSIX = ("linux", "darwin")
FAULTS = (
    Fault("Kill", "the engine, while it answers", kill_the_engine, False, POSIX),
    Fault("Stop", "the engine, while it answers", stop_the_engine, False, POSIX),
    Fault("Stop", "a decoder that hangs", hang_the_decoder, False),
    Fault(
        "Out of memory", "a PDF of 2.5 KB that unpacks to 23 GB", fill_the_memory, False, ("linux",)
    ),
    Fault("Disk full", "during a download", fill_the_disk_with_a_download, True, ("linux",)),
    Fault("Corrupt file", "a picture that is dropped", damage_a_picture, False),
    Fault("Corrupt file", "a model of one's own", damage_a_model),
    Fault("Missing", "the model", remove_the_model, False),
    Fault("Network", "the line is cut, again and again", cut_the_line),
    Fault("Network", "the server refuses", refuse_the_download),
    Fault("Device gone", "the microphone", remove_the_microphone),
)
