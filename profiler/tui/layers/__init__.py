"""What the app does for its screens, a layer on another: follow, answer, alert, export."""
