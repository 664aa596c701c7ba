from .answer import CHAT as CHAT
from .answer import answer as answer
from .answer import prepare as prepare
from .answerability import measure_margin as measure_margin
from .describe import describe as describe
from .picture_questions import may_be_about_pictures as may_be_about_pictures
from .summarise import summarise as summarise
from .translate import translate as translate
