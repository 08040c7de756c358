"""One `profiler.toml`, read and found to make sense."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from profiler.errors import UsageError
from profiler.options.lines import line_of
from profiler.options.shapes import KeyPath, Misfit, Table

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class File:
    """A file and what it says."""

    path: Path
    text: str
    values: Mapping[str, object]
    is_users: bool
    """Whether it is the user's, for everything in the home; else it is a project's."""

    def value(self, path: KeyPath) -> object:
        """What it says at `path`; `None` where it says nothing."""
        value: object = self.values
        for name in path:
            if not isinstance(value, Mapping):
                return None
            value = value.get(str(name))
        return value

    def wrong(self, path: KeyPath, says: str) -> UsageError:
        """The error that what stands at `path` is wrong: file, line, what it is, what to write."""
        where = f"{self.path}, line {line_of(self.text, path)}"
        return UsageError(f"{where}: {_dotted(path)} {says}" if path else f"{where}: {says}")

    def faults(self, known: Table) -> list[UsageError]:
        """What in it makes no sense, in the order of its lines."""
        misfits = [*known.misfits(self.values, ())]
        if not self.is_users:
            misfits += [
                Misfit((name,), "is about everything in the home, not one project; move it there")
                for name, key in known.keys.items()
                if key.is_users and name in self.values
            ]
        misfits.sort(key=lambda misfit: line_of(self.text, misfit.path))
        return [self.wrong(misfit.path, misfit.says) for misfit in misfits]


def read_file(path: Path, *, is_users: bool) -> File:
    """The file at `path`, which is TOML; whether its keys make sense is not looked at yet.

    Raises:
        UsageError: it cannot be read, or is no TOML.

    """
    # most homes have no such file, and pay for no reader of TOML
    import tomllib  # noqa: PLC0415

    try:
        text = path.read_text("utf-8")
        return File(path, text, tomllib.loads(text), is_users)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}; make it readable") from error
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8; save it as UTF-8") from None
    except RecursionError:
        raise UsageError(f"{path} is nested too deeply to be settings; write them anew") from None
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line = place[1] if place and place[1] else str(text.count("\n") + 1)
        says = _PLACE.sub("", str(error))
        raise UsageError(
            f"{path}, line {line}: this is no TOML: {says}; text goes in quotes, tables in [ ]"
        ) from None


def _dotted(path: KeyPath) -> str:
    """`budget[1].limit`, tables counted from 1 as people do."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")
