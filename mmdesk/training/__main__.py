"""Training commands without the rest of mmdesk: `python -m mmdesk.training fused --recipe R …`."""

from __future__ import annotations

import sys

from mmdesk.errors import MMDeskError
from mmdesk.training.allocator import restart_with_settings
from mmdesk.training.train_commands import main

if __name__ == "__main__":
    restart_with_settings(["-m", "mmdesk.training", *sys.argv[1:]])
    try:
        sys.exit(main(sys.argv[1:]))
    except MMDeskError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_status)
