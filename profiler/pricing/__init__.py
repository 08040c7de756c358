"""Usage to cost, or the reason there is none."""
