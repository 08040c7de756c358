"""The words that settings are chosen from, where more than one place must know them."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
APPLIES = ("always", "asked")
"""When a rule holds: for every call, or for programs that ask which model to send to."""
SITES_IN_NUMBERS = {"0": "off", "1": "one"}
"""What `PROFILER_SITE` may say, too."""
