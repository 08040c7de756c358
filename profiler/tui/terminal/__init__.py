"""The terminal, or the browser, around the app: what is written there, and its end."""
