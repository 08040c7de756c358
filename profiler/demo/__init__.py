"""A month of made-up calls, the same ones every time: what `profiler demo` shows.

Nothing here is measured; the prices are real, the company is not.
"""

from profiler.demo.budgets import demo_budgets
from profiler.demo.segments import write_demo

__all__ = ["demo_budgets", "write_demo"]
