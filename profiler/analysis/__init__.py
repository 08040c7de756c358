"""Where the money goes: sums in, frozen results out. `frames` alone speaks pandas."""
