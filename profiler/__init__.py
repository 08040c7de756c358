"""A local cost profiler for LLM API calls."""

from profiler._version import __version__

__all__ = ["__version__"]
