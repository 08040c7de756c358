"""`profiler.toml`: what can be set in it, whether it makes sense, and what is in force.

Standard library only: the shim reads it too, inside the user's program, where there is one.
"""
