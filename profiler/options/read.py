"""What is in force: the environment over the project's file over the user's over the defaults."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from profiler.errors import UsageError
from profiler.options import places
from profiler.options.choices import SITES_IN_NUMBERS
from profiler.options.file import File, read_file
from profiler.options.keys import CAPTURE, KNOWN
from profiler.options.shapes import Key, KeyPath, Leaf, Table


@dataclass(frozen=True, slots=True)
class Option:
    """One key as it is in force."""

    name: str
    """Dotted: `retention.calls`."""
    value: object
    origin: str
    """The environment variable or the file that says so; empty for the default."""
    key: Key


@dataclass(frozen=True, slots=True)
class Options:
    """The files there are, and the environment."""

    files: tuple[File, ...]
    """The one that wins first."""
    environment: Mapping[str, str]

    def option(self, *path: str) -> Option:
        """What is in force at `path`.

        Raises:
            UsageError: an environment variable says what makes no sense.

        """
        key = _key_at(path)
        name = ".".join(path)
        said = self.environment.get(key.environment, "") if key.environment else ""
        if said:
            return Option(name, _from_environment(key, said), key.environment, key)
        for file in self.files:
            value = file.value(path)
            if value is not None:
                return Option(name, value, str(file.path), key)
        return Option(name, key.default, "", key)

    def value(self, *path: str) -> object:
        """What is in force at `path`, whoever says so."""
        return self.option(*path).value

    def each(self) -> Iterator[Option]:
        """Every key that stands alone; lists of tables are their readers' own."""
        for path in _leaves(KNOWN):
            yield self.option(*path)


def read_options(
    home: Path, start: str, environment: Mapping[str, str], known: Table = KNOWN
) -> Options:
    """The options for a program that runs in the folder `start`; `known` is what is looked at.

    Raises:
        UsageError: a file makes no sense: which, on what line, what is wrong and what is right.

    """
    files = read_files(home, start)
    for file in files:
        for fault in file.faults(known):
            raise fault
    return Options(files, environment)


def read_files(home: Path, start: str) -> tuple[File, ...]:
    """The files in force, the one that wins first; their keys are not looked at.

    Raises:
        UsageError: one cannot be read, or is no TOML.

    """
    user = places.of_user(str(home))
    return tuple(
        read_file(Path(path), is_users=path == user) for path in places.in_force(str(home), start)
    )


def capture_said(paths: Sequence[str], home: str) -> dict[str, object]:
    """What the files at `paths`, the one that wins first, say of `[capture]`; no more is looked at.

    Raises:
        UsageError: one makes no sense there.

    """
    said: dict[str, object] = {}
    for path in reversed(paths):
        file = read_file(Path(path), is_users=path == places.of_user(home))
        capture = file.value(("capture",))
        if capture is not None:
            for misfit in CAPTURE.misfits(capture, ("capture",)):
                raise file.wrong(misfit.path, misfit.says)
        if isinstance(capture, Mapping):
            said.update(capture)
    return said


def _key_at(path: KeyPath) -> Key:
    *tables, last = path
    table = KNOWN
    for name in tables:
        inner = table.keys[str(name)].shape
        if isinstance(inner, Table):
            table = inner
    return table.keys[str(last)]


def _leaves(table: Table, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, key in table.keys.items():
        path = (*above, name)
        if isinstance(key.shape, Table):
            yield from _leaves(key.shape, path)
        elif isinstance(key.shape, Leaf):
            yield path


def _from_environment(key: Key, said: str) -> object:
    words = SITES_IN_NUMBERS if key.environment == "PROFILER_SITE" else {}
    value = key.shape.read(words.get(said, said)) if isinstance(key.shape, Leaf) else said
    for misfit in key.shape.misfits(value, ()):
        raise UsageError(f"{key.environment} {misfit.says}")
    return value
