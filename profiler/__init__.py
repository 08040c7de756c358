"""A local cost profiler for LLM API calls.

```python
import profiler

profiler.instrument()
with profiler.context(feature="search"):
    ...  # calls of openai, anthropic, google-genai and others are recorded
```
"""

from profiler._version import __version__
from profiler.shim.context import context, track
from profiler.shim.instrument import instrument, uninstrument, wrap
from profiler.shim.manual import record

__all__ = ["__version__", "context", "instrument", "record", "track", "uninstrument", "wrap"]
