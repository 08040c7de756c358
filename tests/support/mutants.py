"""Ingest with its guarantees broken on purpose: a test that does not notice proves nothing."""

import sys
from pathlib import Path
from types import ModuleType

from profiler.ingest import drain

SOUND = "sound"
_SAVES = "            save_positions(connection, batch.positions.values())\n"
_AGAIN = "        with self._store.writing() as connection:\n"
_RECORDS = "            new = enter("

MUTANTS: dict[str, tuple[tuple[str, str], ...]] = {
    SOUND: (),
    "split transaction": ((_SAVES, _AGAIN + _SAVES),),
    "offset first": ((_SAVES, ""), (_RECORDS, _SAVES + _AGAIN + _RECORDS)),
    "offset read outside the lock": (
        (
            "        left = list(segments)\n",
            "        outside = all_positions(self._store)\n        left = list(segments)\n",
        ),
        (
            "lambda known: positions_of(connection, known)",
            "lambda known: [one for one in outside if one.generation == known]",
        ),
    ),
}
"""What is replaced in the source of `ingest.drain`, by the name of the fault it makes."""


def draining(name: str) -> ModuleType:
    """`ingest.drain` with that fault, for this whole program."""
    path = Path(str(drain.__file__))
    source = path.read_text("utf-8")
    for old, new in MUTANTS[name]:
        if source.count(old) != 1:
            raise ValueError(f"{old!r} is no longer in {path}")
        source = source.replace(old, new)
    module = ModuleType(drain.__name__)
    module.__file__ = str(path)
    sys.modules[drain.__name__] = module
    exec(compile(source, path, "exec"), module.__dict__)  # noqa: S102  # our own source
    return module
