"""A local cost profiler for LLM API calls.

```python
import profiler

profiler.instrument()
with profiler.context(feature="search"):
    ...  # calls of openai, anthropic and google-genai are recorded
```
"""

from profiler._version import __version__
from profiler.shim.context import context, track
from profiler.shim.instrument import instrument, uninstrument, wrap

__all__ = ["__version__", "context", "instrument", "track", "uninstrument", "wrap"]
