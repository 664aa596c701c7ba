"""Voice of Piper, whose program lies in the voice's own folder.

Piper is under the GPL. It is imported here and nowhere else, and only in the child process that
speaks (`workers.speech_main`); mmdesk exchanges texts and samples with it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mmdesk.errors import ModelUnavailable
from mmdesk.values import SpokenSentence

PACKAGE = "package"  # folder of the program within the voice's
MODEL, CONFIG = "voice.onnx", "voice.onnx.json"


class PiperVoice:
    """Piper with one voice.

    Args:
        folder: of the installed model part.

    Raises:
        ModelUnavailable: a file is missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        package = str(folder / PACKAGE)
        if package not in sys.path:
            sys.path.insert(0, package)
        sys.dont_write_bytecode = True  # in a folder that is verified file by file
        try:
            self._load(folder)
        except (ImportError, OSError, ValueError, LookupError, RuntimeError) as error:
            raise ModelUnavailable(
                "The voice {voice} cannot be loaded ({kind}).",
                "Download it again: mmdesk models get {voice}",
                voice=folder.name,
                kind=type(error).__name__,
            ) from error

    def _load(self, folder: Path) -> None:
        import onnxruntime
        from piper import PiperVoice as Program
        from piper import SynthesisConfig
        from piper.config import PiperConfig

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = max(1, (os.cpu_count() or 1) - 1)
        options.inter_op_num_threads = 1
        # Threads that spin while they wait would take the cores from the language model.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(
            str(folder / MODEL), sess_options=options, providers=["CPUExecutionProvider"]
        )
        config = PiperConfig.from_dict(json.loads((folder / CONFIG).read_text("utf-8")))
        self._program: Any = Program(session=session, config=config)
        self._synthesis = SynthesisConfig

    def speak(self, sentence: str, speed: int) -> Iterator[SpokenSentence]:
        """Yield the sound of a sentence; more than one piece where Piper splits it."""
        how = self._synthesis(length_scale=self._program.config.length_scale * 100 / speed)
        for piece in self._program.synthesize(sentence, how):
            yield SpokenSentence(sentence, piece.sample_rate, piece.audio_int16_bytes)
