"""Themes, style sheets, screens without colours, and pictures of the app."""
