"""A local cost profiler for LLM API calls.

```python
import profiler

profiler.instrument()
with profiler.context(feature="search"):
    ...  # calls of openai, anthropic, google-genai and others are recorded
```
"""

from profiler._version import __version__
from profiler.errors import BudgetExceeded
from profiler.shim.asking import check, choose_model, estimate, on_budget, remaining
from profiler.shim.context import context, track
from profiler.shim.instrument import instrument, uninstrument, wrap
from profiler.shim.manual import record

__all__ = [
    "BudgetExceeded",
    "__version__",
    "check",
    "choose_model",
    "context",
    "estimate",
    "instrument",
    "on_budget",
    "record",
    "remaining",
    "track",
    "uninstrument",
    "wrap",
]
