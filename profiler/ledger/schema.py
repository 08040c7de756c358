"""The ledger's tables."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from profiler.errors import LedgerError

VERSION = 4

_TABLES = """
CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    budgets_version INTEGER NOT NULL,
    wall_us INTEGER NOT NULL,
    boot_us INTEGER NOT NULL,
    boot TEXT NOT NULL,
    parted_us INTEGER NOT NULL,
    bookings INTEGER NOT NULL
);
INSERT INTO state VALUES (1, 1, 0, 0, '', 0, 0);

CREATE TABLE budgets (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    words TEXT NOT NULL,
    set_at_us INTEGER NOT NULL,
    removed_at_us INTEGER
);
CREATE UNIQUE INDEX budgets_in_force ON budgets (source, name) WHERE removed_at_us IS NULL;

CREATE TABLE counters (
    id INTEGER PRIMARY KEY,
    budget INTEGER NOT NULL REFERENCES budgets,
    value TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER,
    booked_pusd INTEGER NOT NULL DEFAULT 0 CHECK (typeof(booked_pusd) = 'integer'),
    booked_tokens INTEGER NOT NULL DEFAULT 0,
    booked_calls INTEGER NOT NULL DEFAULT 0,
    settled_pusd INTEGER NOT NULL DEFAULT 0 CHECK (typeof(settled_pusd) = 'integer'),
    settled_tokens INTEGER NOT NULL DEFAULT 0,
    settled_calls INTEGER NOT NULL DEFAULT 0,
    held_pusd INTEGER NOT NULL DEFAULT 0 CHECK (typeof(held_pusd) = 'integer' AND held_pusd >= 0),
    held_tokens INTEGER NOT NULL DEFAULT 0 CHECK (held_tokens >= 0),
    held_calls INTEGER NOT NULL DEFAULT 0 CHECK (held_calls >= 0),
    forgiven_pusd INTEGER NOT NULL DEFAULT 0,
    forgiven_tokens INTEGER NOT NULL DEFAULT 0,
    forgiven_calls INTEGER NOT NULL DEFAULT 0,
    crossed_percent INTEGER NOT NULL DEFAULT 0,
    over_since_us INTEGER,
    UNIQUE (budget, value, start_us)
);

CREATE TABLE holds (
    call TEXT NOT NULL,
    counter INTEGER NOT NULL REFERENCES counters,
    pusd INTEGER NOT NULL CHECK (typeof(pusd) = 'integer'),
    tokens INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    state INTEGER NOT NULL,
    lease_us INTEGER NOT NULL,
    PRIMARY KEY (call, counter)
) WITHOUT ROWID;
CREATE INDEX leases ON holds (lease_us) WHERE state = 0;

CREATE TABLE overrides (
    id INTEGER PRIMARY KEY,
    budget INTEGER NOT NULL REFERENCES budgets,
    value TEXT,
    pusd INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    opens_reserve INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at_us INTEGER NOT NULL,
    decided_by TEXT,
    decided_at_us INTEGER,
    until_us INTEGER
);

CREATE TABLE expectations (
    model TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (model, bucket)
) WITHOUT ROWID;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at_us INTEGER NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    budget TEXT NOT NULL,
    value TEXT NOT NULL,
    who TEXT NOT NULL,
    details TEXT NOT NULL
);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_not_cut BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
"""

_OUTBOX = """
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY,
    budget INTEGER NOT NULL REFERENCES budgets,
    value TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    threshold TEXT NOT NULL,
    round INTEGER NOT NULL DEFAULT 1,
    at_us INTEGER NOT NULL,
    end_us INTEGER,
    action TEXT NOT NULL,
    measure TEXT NOT NULL,
    used INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    expected INTEGER,
    reaches_at_us INTEGER,
    addressed TEXT NOT NULL DEFAULT '',
    seen_by TEXT NOT NULL DEFAULT '',
    seen_at_us INTEGER,
    UNIQUE (budget, value, start_us, threshold)
);
CREATE INDEX alerts_unaddressed ON alerts (id) WHERE addressed = '';
CREATE INDEX alerts_unseen ON alerts (id) WHERE seen_at_us IS NULL;

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    alert INTEGER NOT NULL REFERENCES alerts,
    round INTEGER NOT NULL,
    target TEXT NOT NULL,
    is_escalation INTEGER NOT NULL,
    due_us INTEGER NOT NULL,
    lease_us INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    message TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'waiting',
    sent_at_us INTEGER,
    said TEXT NOT NULL DEFAULT '',
    UNIQUE (alert, round, target)
);
CREATE INDEX deliveries_waiting ON deliveries (due_us) WHERE state = 'waiting';
"""

_UNBOOKED = """
ALTER TABLE budgets ADD COLUMN is_unbooked INTEGER NOT NULL DEFAULT 0;
"""

# an index of leases would be one page more to write at the beginning and the end of every call
_LEASES = """
DROP INDEX IF EXISTS leases;
ALTER TABLE state ADD COLUMN first_lease_us INTEGER NOT NULL DEFAULT 0;
"""

_STEPS = (_TABLES, _OUTBOX, _UNBOOKED, _LEASES)
"""What each version added."""


def bring_up_to_date(
    connection: sqlite3.Connection,
    path: Path,
    begin: Callable[[sqlite3.Connection], None] | None = None,
) -> None:
    """Make the tables that are not there yet; `begin` fills them where there were none at all.

    Raises:
        LedgerError: a newer program wrote the file; nothing is changed.

    """
    # a transaction touches a few short rows: what it writes is pages, so small ones
    connection.execute("PRAGMA page_size = 1024")
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.execute("PRAGMA synchronous = NORMAL")
    # checkpoints run only while every writer is held off
    connection.execute("PRAGMA wal_autocheckpoint = 0").fetchall()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise LedgerError(
            f"{path} was written by a newer version of profiler (ledger {version}, this one "
            f"knows {VERSION}); upgrade with pip install -U llm-cost-profiler"
        )
    if version < VERSION:
        steps = "".join(_STEPS[version:])
        connection.executescript(f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {VERSION}")
        if not version and begin is not None:
            begin(connection)
        connection.execute("COMMIT")
