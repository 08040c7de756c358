"""What the shim finds in the installed SDKs, read from their source: imports take seconds."""

import ast
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from profiler.shim.points import Point, points_of

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def source_of(module: str) -> Path | None:
    """The file a module would be imported from, `None` where there is none; nothing of its package
    is imported to find it.
    """
    top, *rest = module.split(".")
    spec = find_spec(top)
    for folder in (spec.submodule_search_locations or ()) if spec and rest else ():
        place = Path(folder, *rest)
        for path in (place.with_name(f"{place.name}.py"), place / "__init__.py"):
            if path.is_file():
                return path
    return None


def is_known(module: str, source: Path) -> bool:
    """Whether the module in `source` has every method that the shim patches, in its known shape.

    Raises:
        OSError: it cannot be read.
        SyntaxError: it is no Python that this interpreter knows.

    """
    classes = {
        node.name: node
        for node in ast.walk(ast.parse(source.read_bytes(), str(source)))
        if isinstance(node, ast.ClassDef)
    }
    return all(
        point.owner in classes and _has(classes[point.owner], point) for point in points_of(module)
    )


def _has(owner: ast.ClassDef, point: Point) -> bool:
    methods = [node for node in owner.body if isinstance(node, _Function)]
    named = [method for method in methods if method.name == point.name]
    # overloads stand before the method itself
    return bool(named) and _has_shape(named[-1], point)


def _has_shape(method: _Function, point: Point) -> bool:
    """As `profiler.shim.patches.has_shape` finds it in the imported function."""
    given = method.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    wanted = [name for name in point.shape if not name.startswith("*")]
    is_variadic = given.vararg is not None or given.kwarg is not None
    if is_variadic != (len(wanted) < len(point.shape)):
        return False
    is_coroutine = isinstance(method, ast.AsyncFunctionDef) and not _yields(method.body)
    return names[: len(wanted)] == wanted and is_coroutine == point.is_async


def _yields(body: Iterable[ast.AST]) -> bool:
    """Whether a function of that body is a generator; functions within it do not count."""
    for node in body:
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and _yields(
            ast.iter_child_nodes(node)
        ):
            return True
    return False
