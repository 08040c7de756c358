"""What things are: frozen values and pure arithmetic. No I/O, no third party."""
