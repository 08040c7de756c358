"""What the analyses find: frozen results of plain values, safe to compare and to draw."""
