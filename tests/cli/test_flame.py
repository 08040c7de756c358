import gzip
import json
import os
import pty
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.support.cli import command, environment, profiler


def spent(home: Path) -> tuple[int, int]:
    """Calls and pico-dollars, by SQL."""
    with sqlite3.connect(f"file:{home / 'profiler.db'}?mode=ro", uri=True) as connection:
        calls, pusd = connection.execute("SELECT COUNT(*), SUM(cost_pusd) FROM calls").fetchone()
    return calls, pusd


def test_collapsed_stacks_add_up_to_every_call(sample: Path) -> None:
    ran = profiler("flame", "--measure", "calls", home=sample)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert sum(int(line.rpartition(" ")[2]) for line in lines) == spent(sample)[0]
    assert any(line.count(";") > 1 and "review_patch" in line for line in lines)


def test_the_format_is_as_the_file_is_named(sample: Path, tmp_path: Path) -> None:
    starts = {
        "a.html": b"<!doctype html>",
        "a.svg": b"<?xml",
        "a.speedscope.json": b'{"$schema"',
        "a.pb.gz": b"\x1f\x8b",
        "a.folded": b"",
    }
    for name, start in starts.items():
        ran = profiler("flame", "-o", str(tmp_path / name), home=sample)
        assert ran.returncode == 0, ran.stderr
        assert "1,500 calls" in ran.stderr
        assert (tmp_path / name).read_bytes().startswith(start)


def test_speedscope_adds_up_to_the_spend(sample: Path, tmp_path: Path) -> None:
    profiler("flame", "-o", str(tmp_path / "a.json"), home=sample)
    document = json.loads((tmp_path / "a.json").read_text("utf-8"))
    cost = document["profiles"][document["activeProfileIndex"]]
    assert sum(cost["weights"]) == pytest.approx(spent(sample)[1] / 10**12)


def test_frames_are_what_by_names_and_calls_what_the_filter_means(sample: Path) -> None:
    ran = profiler("flame", "--by", "feature,agent,model", "feature:route", home=sample)
    stacks = [line.rpartition(" ")[0].split(";") for line in ran.stdout.splitlines()]
    assert {stack[0] for stack in stacks} <= {"route"}
    every = profiler("flame", "--by", "feature, model", "--measure", "calls", home=sample).stdout
    assert "(no feature);" in every or "route;" in every


def test_a_kind_that_is_none_is_refused_by_name(sample: Path) -> None:
    ran = profiler("flame", "--by", "stack,colour", home=sample)
    assert ran.returncode == 2
    assert "'colour' is none of stack, provider, model" in ran.stderr


def test_pprof_goes_into_a_pipe_but_not_to_a_terminal(sample: Path) -> None:
    words = command("flame", "--format", "pprof")
    piped = subprocess.run(words, capture_output=True, check=True, env=environment(sample))
    assert gzip.decompress(piped.stdout)
    master, slave = pty.openpty()
    try:
        ran = subprocess.run(
            words, stdout=slave, stderr=subprocess.PIPE, text=True, check=False,
            env=environment(sample),
        )  # fmt: skip
    finally:
        os.close(slave)
        os.close(master)
    assert ran.returncode == 2
    assert "pprof is binary" in ran.stderr


def test_a_file_that_is_there_is_kept_unless_told(sample: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.svg"
    file.write_text("mine")
    assert profiler("flame", "-o", str(file), home=sample).returncode != 0
    assert file.read_text("utf-8") == "mine"
    assert profiler("flame", "-o", str(file), "--force", home=sample).returncode == 0
    assert file.read_text("utf-8").startswith("<?xml")


def test_a_name_that_tells_no_form_is_refused(sample: Path, tmp_path: Path) -> None:
    ran = profiler("flame", "-o", str(tmp_path / "spend.xyz"), home=sample)
    assert ran.returncode == 2
    assert "--format" in ran.stderr
    assert list(tmp_path.iterdir()) == []
