"""A message names the line of what is wrong."""

import pytest

from profiler.options.lines import line_of
from profiler.options.shapes import KeyPath

TEXT = '''zone = "UTC"
[capture]
text = true
"site" = "one"

[[budget]]
name = "a"
says = """
limit = 3
"""
[[budget]]
name = "b"
limits = { usd = 3, tokens = 4 }
[budget.scope]
user = "ada"
[ prices . mine ]
a.b = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("zone",), 1),
        (("capture",), 2),
        (("capture", "site"), 4),
        (("capture", "gone"), 2),
        (("budget", 0, "name"), 7),
        (("budget", 0, "limit"), 6),
        (("budget", 1, "name"), 12),
        (("budget", 1, "limits", "tokens"), 13),
        (("budget", 1, "scope", "user"), 15),
        (("prices", "mine", "a", "b"), 17),
        (("nowhere",), 1),
    ],
)
def test_a_key_is_found_on_its_line(path: KeyPath, line: int) -> None:
    assert line_of(TEXT, path) == line
