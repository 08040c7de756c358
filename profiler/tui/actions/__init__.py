"""What the user can do: by key, by mouse, from the palette, in the editor."""
