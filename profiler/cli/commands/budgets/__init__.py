"""What `profiler budget` can do, a module per kind of command."""
