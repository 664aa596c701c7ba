from .controller import ChatController as ChatController
from .forecast import Forecaster as Forecaster
from .prefetch import JobBuilder as JobBuilder
from .session import Session as Session
