"""The ledger of budgets: held before a call, settled after it, in one file for all processes.

Standard library only: where a budget is set, the shim uses it inside the user's program.

Every amount is an integer. What a call may use is held on the counters of all budgets it falls
under, at once or not at all; when it ends, what it used takes the place of what was held. A hold
whose owner is never heard of again is charged in full, never given back: a call that was sent
may be billed whatever became of the program that sent it.
"""

LEDGER = "ledger.db"
"""The file's name in a home folder."""
