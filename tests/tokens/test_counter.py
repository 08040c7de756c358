"""Tokens are counted offline, and the count says whether it is exact."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given, settings, strategies as st

from profiler.errors import ProfilerError
from profiler.tokens import counter
from profiler.tokens.counter import count, encoding_of


@pytest.fixture(scope="session")
def ranks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home") / "tiktoken"


@pytest.mark.parametrize(
    ("model", "tokens", "encoding", "is_exact"),
    [
        ("gpt-5.1", 6, "o200k_base", True),
        ("gpt-4", 8, "cl100k_base", True),
        ("claude-opus-4-5", 6, "o200k_base", False),
    ],
)
def test_a_text_is_counted_in_the_models_own_encoding(
    ranks: Path, model: str, tokens: int, encoding: str, *, is_exact: bool
) -> None:
    counted = count("Привет, как дела?", model, ranks)
    assert (counted.encoding, counted.is_exact) == (encoding, is_exact)
    assert counted.tokens == len(tiktoken.get_encoding(encoding).encode("Привет, как дела?"))
    assert counted.tokens == tokens


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-4o-mini", "o200k_base"),
        ("gpt-4.1-nano", "o200k_base"),
        ("gpt-4-0613", "cl100k_base"),
        ("gpt-4-turbo", "cl100k_base"),
        ("gpt-3.5-turbo", "cl100k_base"),
        ("gpt-35-turbo-16k", "cl100k_base"),
        ("text-embedding-3-small", "cl100k_base"),
        ("o3-mini", "o200k_base"),
        ("o5", "o200k_base"),
        ("GPT-6-sol", "o200k_base"),
        ("gpt-realtime", "o200k_base"),
        ("codex-mini-latest", "o200k_base"),
        ("computer-use-preview", "o200k_base"),
        ("ft:gpt-4o-2024-08-06:org::id", "o200k_base"),
        ("ft:gpt-3.5-turbo:org::id", "cl100k_base"),
        ("openai/gpt-5.1", "o200k_base"),
        ("claude-sonnet-5", None),
        ("gemini-3-pro", None),
        ("olmo-2", None),
        ("text-embedding-004", None),
        ("gpt-2", None),
        ("gpt-neo-2.7b", None),
        ("", None),
    ],
)
def test_openai_models_have_a_known_encoding(model: str, encoding: str | None) -> None:
    assert encoding_of(model) == encoding


def test_our_families_agree_with_all_that_tiktoken_knows() -> None:
    known = {**tiktoken.model.MODEL_TO_ENCODING, **tiktoken.model.MODEL_PREFIX_TO_ENCODING}
    packaged = {name: enc for name, enc in known.items() if enc in {"o200k_base", "cl100k_base"}}
    assert {name: encoding_of(name) for name in packaged} == packaged
    assert len(packaged) > 20


def test_special_tokens_in_a_text_are_only_text(ranks: Path) -> None:
    assert count("<|endoftext|>", "gpt-5.1", ranks).tokens > 1


def test_nothing_is_no_tokens(ranks: Path) -> None:
    assert count("", "gpt-5.1", ranks).tokens == 0


@pytest.mark.parametrize("model", ["gpt-5.1", "gpt-4"])
def test_a_long_text_is_counted_exactly_in_pieces(ranks: Path, model: str) -> None:
    line = "def  cost(calls):  # sum, 12345; they're\n\n\treturn sum(c.cost for c in calls) !\n"
    text = line * 4_000
    counted = count(text, model, ranks)
    assert counted.is_exact
    assert counted.tokens == len(tiktoken.get_encoding(counted.encoding).encode_ordinary(text))


text_with_spaces = st.text(st.sampled_from(" \n\t\r/'aZs9ДÉ東!.-😀\u0301\u00a0"), max_size=300)


@settings(max_examples=300, deadline=None)
@given(text_with_spaces, st.sampled_from(["gpt-5.1", "gpt-4"]))
def test_a_lone_space_is_a_safe_place_to_cut(ranks: Path, text: str, model: str) -> None:
    whole = count(text, model, ranks).tokens
    cuts = [0, *(found.start() for found in counter._SAFE_CUT.finditer(text)), len(text)]
    assert sum(count(text[a:b], model, ranks).tokens for a, b in pairwise(cuts)) == whole


@pytest.mark.parametrize("character", [" ", "a", "\n", "!", "東"])
def test_a_huge_run_is_counted_and_not_called_exact(ranks: Path, character: str) -> None:
    counted = count(character * 1_000_000, "gpt-5.1", ranks)
    assert counted.tokens > 1_000
    assert not counted.is_exact


def test_a_lone_surrogate_is_counted(ranks: Path) -> None:
    assert count("a\ud800b", "gpt-5.1", ranks).tokens >= 1


OFFLINE = """
import os, socket, sys
def refused(*_): raise AssertionError("a socket was opened")
socket.socket = socket.create_connection = socket.getaddrinfo = refused
from pathlib import Path
from profiler.tokens.counter import count
for model in ("gpt-5.1", "gpt-4", "claude-opus-4-5"):
    print(count("hello world", model, Path(sys.argv[1])).tokens)
assert os.environ.get("TIKTOKEN_CACHE_DIR") == sys.argv[2]
assert "requests" not in sys.modules
"""


def offline(folder: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "TIKTOKEN_CACHE_DIR": "/nowhere"}
    return subprocess.run(
        [sys.executable, "-c", OFFLINE, str(folder), "/nowhere"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_network_is_touched_and_the_environment_is_given_back(tmp_path: Path) -> None:
    done = offline(tmp_path / "new" / "folder")
    assert (done.stdout.split(), done.stderr) == (["2", "2", "2"], "")
    folders = (tmp_path / "new", tmp_path / "new" / "folder")
    assert [folder.stat().st_mode & 0o777 for folder in folders] == [0o700, 0o700]
    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "new" / "folder").iterdir()]
    assert modes == [0o600, 0o600]


def test_a_damaged_rank_file_is_replaced_without_a_network(tmp_path: Path) -> None:
    (tmp_path / "fb374d419588a4632f3f557e76b4b70aebbca790").write_bytes(b"torn")
    assert offline(tmp_path).stdout.split() == ["2", "2", "2"]


def test_ranks_are_unpacked_once(tmp_path: Path) -> None:
    offline(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    offline(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProfilerError, match="set PROFILER_HOME"):
        count("x", "gpt-5.1", tmp_path / "file" / "folder")
