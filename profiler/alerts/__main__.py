"""`python -m profiler.alerts HOME`: send what is due in that home, and end.

Started by whoever ingests; stays a little where more is due soon.
"""

import os
import sys
import time
from pathlib import Path

from profiler.alerts.sender import Hung, Sender
from profiler.alerts.targets import plan_in
from profiler.errors import ProfilerError
from profiler.ledger.book import Ledger, path_in

STAYS_S = 20
"""For what is due within so long it stays."""
_LONGEST_S = 600


def main(home: Path) -> int:
    """Send what is due; 0 where nothing went wrong."""
    ledger = Ledger(path_in(str(home)))
    until = time.monotonic() + _LONGEST_S
    try:
        sender = Sender(ledger, plan_in(home), os.environ)
        while time.monotonic() < until:
            sender.send_due()
            next_us, now_us = sender.next_due_us()
            if next_us is None or next_us - now_us > STAYS_S * 1_000_000:
                return 0
            time.sleep(max(0.05, (next_us - now_us) / 1_000_000))
    except Hung:
        # its thread would keep this program from ending
        os._exit(1)
    except ProfilerError as error:
        sys.stderr.write(f"profiler: {error}\n")
        return error.exit_code
    finally:
        ledger.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
