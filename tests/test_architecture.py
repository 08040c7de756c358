"""The shape of the code: sizes, layers, and what may not be imported."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "profiler"
FILES = sorted(path for folder in (PACKAGE, ROOT / "tests") for path in folder.rglob("*.py"))
TOP_LEVEL = {
    "pyproject.toml",
    "profiler",
    "tests",
    "sample_data",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_fits_in_the_head(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_functions_and_classes_stay_small(path: Path) -> None:
    for node in nodes(path):
        if isinstance(node, Function):
            assert (node.end_lineno or node.lineno) - node.lineno < 50, node.name
        if isinstance(node, ast.ClassDef):
            assert sum(isinstance(child, Function) for child in node.body) <= 20, node.name


def test_the_layers_hold() -> None:
    linted = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout


def test_what_belongs_to_one_package_is_forbidden_to_all_others() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = {
        f"profiler.{path.stem}"
        for path in PACKAGE.iterdir()
        if (path / "__init__.py").exists() or (path.suffix == ".py" and path.name[0] != "_")
    }
    found = 0
    for contract in settings["tool"]["importlinter"]["contracts"]:
        library, belongs, owner = re.split(r"( belongs? to |$)", contract["name"], maxsplit=1)
        if belongs:
            found += 1
            assert packages - set(contract["source_modules"]) == {f"profiler.{owner}"}, library
    assert found == 9


def test_nothing_runs_data_as_code() -> None:
    banned = {"eval", "exec", "compile", "__import__"}
    for path in PACKAGE.rglob("*.py"):
        for node in nodes(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in banned, name_of(path)
            if isinstance(node, ast.Import):
                assert not {a.name for a in node.names} & {"pickle", "marshal", "shelve"}, name_of(
                    path
                )


def test_the_top_level_is_what_was_agreed() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    tops = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert {top for top in tops if not top.startswith(".")} <= TOP_LEVEL


def test_no_file_of_ours_names_a_pth() -> None:
    assert list(PACKAGE.rglob("*.pth")) == []
