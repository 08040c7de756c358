# ruff: noqa: INP001  # this folder is put on PYTHONPATH; it is no package
"""Instruments the process it is imported into, then makes way for the user's own `sitecustomize`.

Whatever goes wrong with us ends in silence; what goes wrong in the user's is the user's to see.
"""

import importlib
import os
import sys


def _instrument(parent: str) -> None:
    """Imports the profiler, from where we are if this interpreter has none, and starts it."""
    if sys.version_info < (3, 11):  # noqa: UP036  # the command may be another Python's
        sys.stderr.write("profiler: this Python is older than 3.11; its calls are not recorded\n")
        return
    try:
        import profiler
    except ImportError:
        sys.path.append(parent)
        try:
            import profiler
        finally:
            sys.path.remove(parent)
    profiler.instrument()


def _make_way(folder: str) -> None:
    """Leaves the path, so that the next `sitecustomize` on it, if there is one, is found."""
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != folder]
    sys.path_importer_cache.pop(folder, None)
    ours = sys.modules.pop("sitecustomize", None)
    try:
        importlib.import_module("sitecustomize")  # the user's own
    except ModuleNotFoundError as error:
        if error.name != "sitecustomize":
            raise
    finally:
        # the import of this file is still going on and looks for its module
        if ours is not None:
            sys.modules.setdefault("sitecustomize", ours)


_FOLDER = os.path.dirname(os.path.abspath(__file__))
try:  # noqa: SIM105  # no further import in somebody else's start
    _instrument(os.path.dirname(os.path.dirname(os.path.dirname(_FOLDER))))
except Exception:  # noqa: BLE001, S110  # the program must run as if we were not there
    pass
_make_way(_FOLDER)
