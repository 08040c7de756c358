"""The keys of `[alerts]`. What they mean together is `profiler.alerts.targets`' to say."""

from profiler.options.shapes import Key, Named, Table, flag, text, whole

_MOST_MINUTES = 7 * 24 * 60
COOLDOWN_MINUTES = 15

_TARGET = Table(
    {
        "url_env": Key(text(), "The environment variable that holds where alerts go."),
        "url_file": Key(text(), "A file that holds it, which nobody else may read (mode 600)."),
        "url_keyring": Key(
            text('"service/user"', lambda words: all(words.partition("/"))),
            "Where in the system's keyring it is.",
        ),
        "desktop": Key(flag(), "Tell this machine's desktop; no address is needed."),
        "escalation": Key(
            flag(), "Told only of what nobody acknowledged in escalate_minutes.", default=False
        ),
    }
)

ALERTS = Table(
    {
        "cooldown_minutes": Key(
            whole(0, _MOST_MINUTES),
            "After a message about a budget, the next waits so long.",
            default=COOLDOWN_MINUTES,
        ),
        "digest_minutes": Key(
            whole(0, _MOST_MINUTES),
            "Gather alerts into one message every so many minutes; 0 tells at once.",
            default=0,
        ),
        "escalate_minutes": Key(
            whole(0, _MOST_MINUTES),
            "After so long without an acknowledgement, escalation targets are told; 0 is never.",
            default=0,
        ),
        "forecast": Key(
            flag(), "Tell when a limit will be reached before its window ends.", default=True
        ),
        "targets": Key(Named(_TARGET), "Who is told, each under a name of your own."),
    }
)
