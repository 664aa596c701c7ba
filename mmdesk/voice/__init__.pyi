from .sentence_stream import SentenceStream as SentenceStream
from .synthesis import Synthesiser as Synthesiser
from .voice_choice import PIPER_ENGLISH as PIPER_ENGLISH
