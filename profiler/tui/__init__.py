"""The terminal app: the only code that speaks Textual and plotext.

`opening` begins it, `app` is it: a class upon `layers` that follow the log (`feed`), answer
what screens ask (`messages`) and write to the `terminal`. Screens draw one `view`.
"""
