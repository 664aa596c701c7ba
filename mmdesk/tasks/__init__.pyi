from .answer import CHAT as CHAT
from .answer import answer as answer
from .answer import prepare as prepare
from .describe import describe as describe
from .picture_questions import may_be_about_pictures as may_be_about_pictures
from .scanned_pages import PageReader as PageReader
from .summarise import summarise as summarise
from .translate import translate as translate
