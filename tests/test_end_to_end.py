"""The main job: a program's calls, through log and store, to every face."""

import csv
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from profiler.analysis.asked import Asked
from profiler.domain.money import usd
from profiler.domain.scopes import EVERYTHING
from tests.support.provider_server import provider_server, usage_in
from tests.support.workspaces import a_workspace

PROGRAM = """
import asyncio, os
import anthropic, openai
from google import genai
from google.genai import types

url = os.environ["PROVIDERS"]
question = [{"role": "user", "content": "Hi"}]
chat = openai.OpenAI(api_key="none", base_url=url + "/v1")
chat.chat.completions.create(model="gpt-5.1", messages=question)
for _ in chat.chat.completions.create(model="gpt-5.1", messages=question, stream=True):
    pass
claude = anthropic.Anthropic(api_key="none", base_url=url)
ask = {"model": "claude-opus-4-5", "max_tokens": 100, "messages": question}
claude.messages.create(**ask)
with claude.messages.stream(**ask) as stream:
    stream.get_final_message()
gemini = genai.Client(api_key="none", http_options=types.HttpOptions(base_url=url))
gemini.models.generate_content(model="gemini-2.5-pro", contents="Hi")

async def later():
    waiting = openai.AsyncOpenAI(api_key="none", base_url=url + "/v1")
    await waiting.responses.create(model="gpt-5.1", input="Hi")
    await gemini.aio.models.generate_content(model="gemini-2.5-pro", contents="Hi")

asyncio.run(later())
"""

CALLS = 7


def profiler(home: Path, *words: str, **extra: str) -> str:
    environment = {**os.environ, "PROFILER_HOME": str(home), **extra}
    command = [sys.executable, "-m", "profiler", *words]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_program(home: Path, folder: Path) -> None:
    script = folder / "program.py"
    script.write_text(PROGRAM)
    with provider_server() as server:
        profiler(
            home, "run", str(script), PROVIDERS=server.url, PROFILER_FEATURE="answers", NO_PROXY="*"
        )


def test_calls_of_all_three_sdks_reach_the_store_with_their_usage(tmp_path: Path) -> None:
    run_program(tmp_path / "home", tmp_path)
    with a_workspace(tmp_path / "home") as workspace:
        calls = list(workspace.each(EVERYTHING))
    assert len(calls) == CALLS
    assert {call.provider for call in calls} == {"openai", "anthropic", "google"}
    assert {call.feature for call in calls} == {"answers"}
    assert all(call.site.startswith("program.py:") for call in calls)
    reported = usage_in("openai_chat.json")
    chat = calls[0].usage
    assert chat.total_input == reported["prompt_tokens"]
    assert chat.cache_read == reported["prompt_tokens_details"]["cached_tokens"]
    assert chat.output == reported["completion_tokens"]


def test_the_same_sum_stands_on_every_face(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run_program(home, tmp_path)
    with a_workspace(home) as workspace:
        spend = workspace.snapshot(Asked(), 2**52).totals.spend_pusd
        parts = [call.cost.pusd or 0 for call in workspace.each(EVERYTHING)]
    assert spend == sum(parts) > 0
    report: dict[str, Any] = json.loads(profiler(home, "report", "--format", "json"))
    assert report["totals"]["spend_pusd"] == spend
    exported = profiler(home, "export", "calls", "--format", "csv", "-o", "-")
    rows = list(csv.DictReader(exported.splitlines()))
    assert sum(Decimal(row["cost_usd"]) for row in rows if row["cost_usd"]) == usd(spend)


def test_what_was_read_once_is_not_counted_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run_program(home, tmp_path)
    for _ in range(3):
        profiler(home, "ingest")
    listed = json.loads(profiler(home, "calls", "--json", "--limit", "100"))
    assert len(listed["calls"] if isinstance(listed, dict) else listed) == CALLS


def test_the_demo_shows_the_report_where_there_is_no_terminal(tmp_path: Path) -> None:
    shown = profiler(tmp_path / "home", "--home", str(tmp_path / "demo"), "demo")
    assert "Spend by model" in shown
    assert "unpriced" in shown
