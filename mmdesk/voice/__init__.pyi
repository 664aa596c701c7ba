from .sentence_stream import SentenceStream as SentenceStream
from .synthesis import Synthesiser as Synthesiser
from .voices import PIPER_ENGLISH as PIPER_ENGLISH
