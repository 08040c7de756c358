"""`profiler run`: any command, its code unchanged, its calls recorded."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from profiler.errors import UsageError
from profiler.shim.launch import INJECTED, command_of, environment_of
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer

REPOSITORY = Path(__file__).parent.parent.parent
LAUNCH = "import sys; from profiler.shim.launch import run; sys.exit(run(sys.argv[1:]))"

PROGRAM = """
import os, sys, openai
client = openai.OpenAI(api_key="k", base_url=os.environ["SERVER"] + "/v1")
client.chat.completions.create(model="gpt-5.1", messages=[])
print(sys.argv[1:], os.path.basename(os.getcwd()), "inject" in " ".join(sys.path))
sys.exit(7)
"""


def launched(
    *arguments: str, folder: Path, server: ProviderServer, **environment: str
) -> subprocess.CompletedProcess[str]:
    """What became of a command run through the launcher."""
    folder.mkdir(exist_ok=True)
    (folder / "program.py").write_text(PROGRAM)
    inherited = {name: value for name, value in os.environ.items() if "PROFILER" not in name}
    return subprocess.run(
        [sys.executable, "-c", LAUNCH, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={
            **inherited,
            "PROFILER_HOME": str(folder / "home"),
            "SERVER": server.url,
            "PYTHONPATH": str(REPOSITORY),
            **environment,
        },
    )


@pytest.mark.parametrize(
    "command",
    [["program.py"], ["-m", "program"], ["--", sys.executable, "program.py"]],
    ids=["script", "module", "command"],
)
def test_a_command_keeps_its_arguments_folder_and_exit_code(
    command: list[str], tmp_path: Path, server: ProviderServer
) -> None:
    folder = tmp_path / "work"
    ended = launched(*command, "-x", "--two", folder=folder, server=server)
    assert ended.stdout == "['-x', '--two'] work False\n", ended.stderr
    assert (ended.returncode, ended.stderr) == (7, "")
    event = Log(folder / "home").only()
    assert event["usage"]["output"] == 300
    assert event["site"] == "program.py:4 <module>"


def test_the_users_own_sitecustomize_runs_too(tmp_path: Path, server: ProviderServer) -> None:
    folder = tmp_path / "work"
    own = tmp_path / "own"
    own.mkdir()
    (own / "sitecustomize.py").write_text("import sys; sys.argv_seen = True; print('own')")
    path = os.pathsep.join([str(own), str(REPOSITORY)])
    code = "import sys, sitecustomize; print(sys.argv_seen, sitecustomize.__file__)"
    ended = launched(
        "--", sys.executable, "-c", code, folder=folder, server=server, PYTHONPATH=path
    )
    # once in the launcher, which has the same path, and once in the command
    assert ended.stdout == f"own\nown\nTrue {own / 'sitecustomize.py'}\n"


def test_a_fault_in_the_users_own_sitecustomize_stays_theirs(
    tmp_path: Path, server: ProviderServer
) -> None:
    (tmp_path / "sitecustomize.py").write_text("raise RuntimeError('mine')")
    path = os.pathsep.join([str(tmp_path), str(REPOSITORY)])
    ended = launched("program.py", folder=tmp_path / "work", server=server, PYTHONPATH=path)
    assert "mine" in ended.stderr
    assert ended.returncode == 7


def test_processes_the_command_starts_are_recorded_too(
    tmp_path: Path, server: ProviderServer
) -> None:
    folder = tmp_path / "work"
    code = "import subprocess, sys; subprocess.run([sys.executable, 'program.py'])"
    launched("--", sys.executable, "-c", code, folder=folder, server=server)
    assert len(Log(folder / "home").events()) == 1


def test_an_interpreter_without_the_profiler_gets_it_from_us(tmp_path: Path) -> None:
    code = "import sys; print('profiler.shim.instrument' in sys.modules, sys.path[-1])"
    ended = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            f"import sys; sys.path[:0] = [{str(REPOSITORY)!r}]; {LAUNCH}",
            "--",
            sys.executable,
            "-c",
            code,
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PROFILER_HOME": str(tmp_path)},
    )
    assert ended.stdout.startswith("True ")
    assert ended.stderr == ""


def test_the_switch_leaves_the_command_alone(tmp_path: Path, server: ProviderServer) -> None:
    folder = tmp_path / "work"
    ended = launched("program.py", folder=folder, server=server, PROFILER_DISABLE="1")
    assert ended.returncode == 7
    assert not (folder / "home").exists()


def test_a_broken_log_leaves_the_command_alone(tmp_path: Path, server: ProviderServer) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "home").write_text("in the way")
    ended = launched("program.py", folder=folder, server=server)
    assert ended.returncode == 7
    assert ended.stderr.count("\n") == 1


def test_a_command_that_is_not_there_is_said_so(tmp_path: Path, server: ProviderServer) -> None:
    ended = launched("--", "no-such-command", folder=tmp_path, server=server)
    assert ended.returncode == 127
    assert "no-such-command was not found" in ended.stderr


@pytest.mark.parametrize("arguments", [[], ["--"], ["-m"], ["-q"]])
def test_nothing_to_run_is_a_usage_error(arguments: list[str]) -> None:
    with pytest.raises(UsageError):
        command_of(arguments)


def test_our_folder_stands_first_on_the_path_once() -> None:
    once = environment_of({"PYTHONPATH": "/mine", "HOME": "/h"})
    assert once == {"PYTHONPATH": os.pathsep.join([INJECTED, "/mine"]), "HOME": "/h"}
    assert environment_of(once) == once
