from pathlib import Path

import pytest

from profiler.pricing.card import Card
from profiler.pricing.makers import listed_as
from tests.support.cli import profiler, profiler_json
from tests.support.events import a_segment, some_events


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its cache of token ranks serves every test here."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def card() -> Card:
    return Card.load()


@pytest.fixture
def prompt(tmp_path: Path) -> Path:
    path = tmp_path / "prompt.txt"
    path.write_text("How many planets are there? " * 100, "utf-8")
    return path


def test_models_stand_side_by_side_in_the_order_asked_for(home: Path, prompt: Path) -> None:
    names = ("claude-sonnet-4-5", "gpt-5.1", "acme-intent-7b")
    options = [word for name in names for word in ("--model", name)]
    found = profiler_json("estimate", *options, "--json", str(prompt), home=home)["estimates"]
    assert [estimate["model"] for estimate in found] == [*names]
    assert [estimate["is_exact"] for estimate in found] == [False, True, False]


def test_a_prompt_costs_its_tokens_at_the_rate(home: Path, prompt: Path) -> None:
    options = ("--model", "gpt-5.1", "--output-tokens", "1000", "--json")
    (found,) = profiler_json("estimate", *options, str(prompt), home=home)["estimates"]
    assert found["input_tokens"] == 601
    assert found["cost_pusd"] == 601 * 1_250_000 + 1000 * 10_000_000


def test_the_answer_is_said_not_to_be_in_the_price(home: Path, prompt: Path) -> None:
    said = "input only: --output-tokens N adds the answer"
    assert said in profiler("estimate", "--model", "gpt-5.1", str(prompt), home=home).stdout
    longer = profiler(
        "estimate", "--model", "gpt-5.1", "--output-tokens", "9", str(prompt), home=home
    )
    assert said not in longer.stdout


def test_a_model_without_a_rate_is_unpriced_and_not_free(home: Path, prompt: Path) -> None:
    ran = profiler("estimate", "--model", "acme-intent-7b", str(prompt), home=home)
    (line,) = (line for line in ran.stdout.splitlines() if line.startswith("acme-intent-7b"))
    assert "unpriced" in line
    assert "its cost is not zero" in ran.stdout


@pytest.mark.parametrize("name", [[], ["-"]])
def test_a_prompt_may_come_from_standard_input(home: Path, name: list[str]) -> None:
    ran = profiler("estimate", "--model", "gpt-5.1", *name, home=home, stdin="one two three")
    assert ran.returncode == 0
    assert "openai/gpt-5.1" in ran.stdout


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("gpt-5.1", "openai"),
        ("claude-opus-4-5", "anthropic"),
        ("gemini-2.5-pro", "google"),
        ("groq/llama-3.1-8b-instant", "groq"),
        ("anthropic/claude-opus-4-5", "anthropic"),
    ],
)
def test_a_model_is_found_where_it_is_made(card: Card, name: str, provider: str) -> None:
    listed = listed_as(card, name)
    assert listed is not None
    assert listed.provider == provider


def test_a_model_nobody_lists_is_not_found(card: Card) -> None:
    assert listed_as(card, "acme-intent-7b") is None


def test_a_file_that_is_not_there_is_named(home: Path) -> None:
    ran = profiler("estimate", "--model", "gpt-5.1", "no-such-file.txt", home=home)
    assert ran.returncode == 3
    assert "no-such-file.txt" in ran.stderr


def test_what_is_not_text_is_refused(home: Path) -> None:
    ran = profiler("estimate", "--model", "gpt-5.1", home=home, stdin=b"\xff\xfe\x00")
    assert ran.returncode == 2
    assert "not UTF-8" in ran.stderr


def test_a_model_must_be_named(home: Path, prompt: Path) -> None:
    ran = profiler("estimate", str(prompt), home=home)
    assert ran.returncode == 2
    assert "--model" in ran.stderr


def test_what_is_no_text_on_standard_input_is_named(tmp_path: Path) -> None:
    ran = profiler("estimate", "--model", "gpt-5.1", "-", home=tmp_path, stdin=b"\xff\xfe\x00")
    assert ran.returncode == 2
    assert "standard input is not UTF-8 text" in ran.stderr


def test_an_estimate_leans_on_the_users_own_calls(tmp_path: Path, prompt: Path) -> None:
    options = ("--model", "claude-sonnet-4-5", "--json", str(prompt))
    (before,) = profiler_json("estimate", *options, home=tmp_path)["estimates"]
    assert before["learned_calls"] == 0
    assert before["input_tokens_low"] < before["input_tokens"] < before["input_tokens_high"]
    streams = some_events(
        60,
        provider="anthropic",
        model="claude-sonnet-4-5",
        answered="claude-sonnet-4-5-20250929",
        stream=True,
        sent_bytes=1_000,
        heard_bytes=1_000,
        usage={"input": 500, "output": 500},
    )
    a_segment(tmp_path / "log", streams)
    assert profiler("ingest", home=tmp_path).returncode == 0
    (after,) = profiler_json("estimate", *options, home=tmp_path)["estimates"]
    assert after["learned_calls"] == 60
    assert after["input_tokens"] == pytest.approx(prompt.stat().st_size / 2, rel=0.05)
    drawn = profiler("estimate", *options[:2], str(prompt), home=tmp_path).stdout
    assert "60 calls" in drawn
    assert " to $" in drawn
