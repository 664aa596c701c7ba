from .hardware import set_environment as set_environment
from .hardware import thread_count as thread_count
from .llm.int4_choice import measured_speeds as measured_speeds
from .local import LocalEngine as LocalEngine
from .process import ProcessEngine as ProcessEngine
from .protocol import Engine as Engine
