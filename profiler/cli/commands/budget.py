"""`profiler budget`: limits on spend."""

import click

from profiler.cli.lazy import LazyGroup

_COMMANDS = "profiler.cli.commands.budgets"


class BudgetCommands(LazyGroup):
    """What can be done about budgets."""

    commands_by_name = (
        ("set", f"{_COMMANDS}.define:set_budget", "Set a limit."),
        ("edit", f"{_COMMANDS}.define:edit_budget", "Change parts of a budget."),
        ("list", f"{_COMMANDS}.look:list_budgets", "List the budgets, the fullest first."),
        ("show", f"{_COMMANDS}.look:show_budget", "Show one budget whole."),
        (
            "status",
            f"{_COMMANDS}.look:status",
            "Where budgets stand; exit code 1 when one is over.",
        ),
        ("history", f"{_COMMANDS}.history:history", "Limit against actual, window by window."),
        ("override", f"{_COMMANDS}.allow:override", "Allow more, for a reason and for a time."),
        ("request", f"{_COMMANDS}.allow:request", "Ask for more; somebody approves or denies."),
        ("approve", f"{_COMMANDS}.allow:approve", "Grant a request."),
        ("deny", f"{_COMMANDS}.allow:deny", "Refuse a request."),
        ("revoke", f"{_COMMANDS}.allow:revoke", "End an override before its time."),
        ("reset", f"{_COMMANDS}.allow:reset", "Start the present window afresh."),
        ("recount", f"{_COMMANDS}.allow:recount", "Sum the ledger anew where it is wrong."),
        ("rm", f"{_COMMANDS}.allow:remove", "Remove a budget; what it counted stays."),
        ("template", f"{_COMMANDS}.template:template", "Budgets for common cases, to begin with."),
        ("check", f"{_COMMANDS}.check:check", "Would a call pass now? Do the files make sense?"),
    )


@click.group(
    cls=BudgetCommands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  profiler budget set team --limit 500 --period monthly
  profiler budget status --fail-over 90
  profiler budget override team 50 --reason 'launch week' --for 3d
  profiler budget template saas-tiers --apply
  profiler budget check --model gpt-5.1 --input-tokens 2000 --max-output 500 user:ada
""",
)
def budget() -> None:
    """Set limits on spend, see where they stand, and allow more."""
