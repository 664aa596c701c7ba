from .allocator import restart_with_settings as restart_with_settings
from .eval.eval_commands import add_eval_commands as add_eval_commands
from .train_commands import add_train_commands as add_train_commands
