from .controller import ChatController as ChatController
from .engine_controller import EngineController as EngineController
from .forecast import Forecaster as Forecaster
from .history_actions import HistoryActions as HistoryActions
from .image_describer import ImageDescriber as ImageDescriber
from .jobs import in_conversation as in_conversation
from .speech import SpeechToText as SpeechToText
from .title_maker import TitleMaker as TitleMaker
