"""What runs inside the user's program: standard library only, no waiting, no faults of its own.

instrument (patch, unpatch, wrap) → recorder (begins a call) → call (one in flight) →
streams (measures an answer as it arrives) → writer (one line per call).
"""
