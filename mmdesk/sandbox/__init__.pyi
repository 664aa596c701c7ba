from .landlock import forbid_writing as forbid_writing
from .seccomp import forbid_calls as forbid_calls
from .seccomp import forbid_internet as forbid_internet
