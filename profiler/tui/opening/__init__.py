"""How the app begins: what was asked for, the first frame, what is got ready behind it."""
