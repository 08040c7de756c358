"""The user's own prices written into the home's `profiler.toml`, whose every other line stays."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from profiler.errors import UsageError
from profiler.options import places
from profiler.options.file import File
from profiler.options.keys import KNOWN
from profiler.pricing.card import Card
from profiler.pricing.check import misfits
from profiler.pricing.overrides import overrides_in

_PLANS = re.compile(r"^\s*\[\s*pricing\s*\.\s*providers\s*\].*$", re.MULTILINE)


def an_override(
    provider: str, model: str, usd: Mapping[str, str], *, start: str, tier: str, is_sure: bool
) -> str:
    """The table that sets rates."""
    amounts = ", ".join(f"{_text(key)} = {_text(dollars)}" for key, dollars in usd.items())
    lines = [f"provider = {_text(provider)}", f"model = {_text(model)}", f"usd = {{{amounts}}}"]
    lines += [f"from = {start}"] if start else []
    lines += [f"tier = {_text(tier)}"] if tier else []
    lines += ["sure = true"] if is_sure else []
    return "\n[[pricing.override]]\n" + "\n".join(lines) + "\n"


def an_alias(name: str, means: str, caller: str) -> str:
    """The table that gives a name the rates of a model."""
    lines = [f"model = {_text(name)}", f"means = {_text(means)}"]
    lines += [f"provider = {_text(caller)}"] if caller else []
    return "\n[[pricing.alias]]\n" + "\n".join(lines) + "\n"


def add(home: Path, table: str, card: Card) -> Path:
    """Put a table at the end of the file, which it must leave making sense.

    Raises:
        UsageError: it would not; nothing was changed.

    """
    text = _text_of(home)
    return _write(home, text + ("" if text.endswith("\n") or not text else "\n") + table, card)


def add_plan(home: Path, provider: str, plan: str, card: Card) -> Path:
    """Say that a provider bills nothing for a call.

    Raises:
        UsageError: the file would not make sense then; nothing was changed.

    """
    text, line = _text_of(home), f"{_text(provider)} = {_text(plan)}\n"
    heading = _PLANS.search(text)
    if heading is None:
        return add(home, f"\n[pricing.providers]\n{line}", card)
    end = heading.end() + 1
    return _write(home, f"{text[: heading.end()]}\n{line}{text[end:]}", card)


def _text_of(home: Path) -> str:
    try:
        return Path(places.of_user(str(home))).read_text("utf-8")
    except FileNotFoundError:
        return ""


def _write(home: Path, text: str, card: Card) -> Path:
    path = Path(places.of_user(str(home)))
    try:
        file = File(path, text, tomllib.loads(text), is_users=True)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} cannot take it: {error}; write it there by hand") from None
    for fault in file.faults(KNOWN):
        raise UsageError(f"{fault}; nothing was written")
    for misfit in misfits(overrides_in(file), card):
        raise UsageError(f"{file.wrong(misfit.path, misfit.says)}; nothing was written")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(text, "utf-8")
    draft.replace(path)
    return path


def _text(value: str) -> str:
    # JSON's quotes and escapes are TOML's too
    return json.dumps(value, ensure_ascii=False)
