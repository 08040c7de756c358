"""Where the money goes: frames in, frozen results out. The only code that speaks pandas."""
