"""Cost by call stack, for the viewers people have: collapsed, speedscope, pprof, SVG, HTML."""
