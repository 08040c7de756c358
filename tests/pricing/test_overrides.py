"""Rates of one's own: which calls they hold for, from when, and what they are called."""

from pathlib import Path

import pytest

from profiler.domain.calls import Basis
from profiler.domain.usage import Usage
from profiler.errors import UsageError
from profiler.pricing.card import Card
from profiler.pricing.installed import card_in
from tests.pricing.support import at_us

NOW = at_us("2026-11-22T12:00:00")
ONE = Usage(input=1, output=1)


def card(home: Path, toml: str) -> Card:
    (home / "profiler.toml").write_text(toml, "utf-8")
    return card_in(home)


def refusal(home: Path, toml: str) -> str:
    with pytest.raises(UsageError) as refused:
        card(home, toml)
    return str(refused.value).replace(f"{home}/", "")


def test_without_a_file_the_packages_rates_are_in_force(tmp_path: Path) -> None:
    assert card_in(tmp_path).sha256 == Card.load().sha256
    assert card_in(tmp_path).overrides.rates == ()


def test_a_rate_of_ones_own_replaces_one_rate_and_no_other(tmp_path: Path) -> None:
    mine = card(
        tmp_path,
        '[[pricing.override]]\nprovider = "openai"\nmodel = "gpt-5.1"\nusd = {input_mtok = 1.1}\n',
    )
    cost = mine.cost("openai", ("gpt-5.1-2025-11-13",), ONE, NOW)
    assert cost.pusd == 1_100_000 + 10_000_000
    assert cost.rate.startswith("genai-prices@0.2.3+override@")
    assert cost.rate.endswith(" openai/gpt-5.1")
    other = mine.cost("openai", ("gpt-5.4",), ONE, NOW)
    assert other.rate == "genai-prices@0.2.3 openai/gpt-5.4"


def test_another_amount_is_another_rate(tmp_path: Path) -> None:
    toml = '[[pricing.override]]\nprovider="openai"\nmodel="gpt-5.1"\nusd={{input_mtok={}}}\n'
    rates = [
        card(tmp_path, toml.format(usd)).cost("openai", ("gpt-5.1",), ONE, NOW).rate
        for usd in ("1.1", "1.2", "1.1")
    ]
    assert rates[0] == rates[2] != rates[1]


def test_an_override_may_begin_on_a_day(tmp_path: Path) -> None:
    mine = card(
        tmp_path,
        '[[pricing.override]]\nprovider = "openai"\nmodel = "gpt-5.1"\n'
        'usd = {input_mtok = "1.1"}\nfrom = 2026-11-01\n',
    )
    before = mine.cost("openai", ("gpt-5.1",), ONE, at_us("2026-11-01") - 1)
    after = mine.cost("openai", ("gpt-5.1",), ONE, at_us("2026-11-01"))
    assert (before.pusd, after.pusd) == (11_250_000, 11_100_000)
    assert after.rate.endswith("openai/gpt-5.1 from 2026-11-01")


def test_an_override_may_hold_at_one_tier(tmp_path: Path) -> None:
    mine = card(
        tmp_path,
        '[[pricing.override]]\nprovider = "openai"\nmodel = "gpt-5.1"\ntier = "flex"\n'
        "usd = {input_mtok = 0.5}\n",
    )
    flex = mine.cost("openai", ("gpt-5.1",), Usage(1, output=0), NOW, {"service_tier": "flex"})
    assert flex.pusd == 500_000
    assert "+override@" in flex.rate
    assert " flex" in flex.rate
    assert mine.cost("openai", ("gpt-5.1",), Usage(1, output=0), NOW).pusd == 1_250_000


def test_a_private_model_of_a_private_provider_can_be_priced(tmp_path: Path) -> None:
    mine = card(
        tmp_path,
        '[[pricing.override]]\nprovider = "acme"\nmodel = "acme-*"\n'
        "usd = {input_mtok = 2, output_mtok = 4}\n",
    )
    cost = mine.cost("acme", ("Acme-Large",), ONE, NOW)
    assert (cost.pusd, cost.rate.split()[1]) == (6_000_000, "acme/acme-large")
    assert mine.family("acme", ["Acme-Large"]) == "acme-large"
    assert mine.cost("acme", ("other",), ONE, NOW).basis is Basis.NO_RATE


def test_another_providers_calls_keep_their_rates(tmp_path: Path) -> None:
    mine = card(
        tmp_path,
        '[[pricing.override]]\nprovider = "azure"\nmodel = "gpt-5.1"\nusd = {input_mtok = 1}\n',
    )
    assert mine.cost("azure", ("gpt-5.1",), ONE, NOW).pusd == 11_000_000
    assert mine.cost("openai", ("gpt-5.1",), ONE, NOW).pusd == 11_250_000


def test_a_fine_tuned_model_is_billed_as_what_its_alias_means(tmp_path: Path) -> None:
    mine = card(
        tmp_path,
        '[[pricing.alias]]\nmodel = "ft:gpt-4o:acme*"\nmeans = "openai/gpt-4o"\n'
        '[[pricing.alias]]\nmodel = "prod"\nmeans = "openai/gpt-5.1"\nprovider = "azure"\n',
    )
    listed = mine.cost("openai", ("gpt-4o",), ONE, NOW)
    assert mine.cost("openai", ("ft:gpt-4o:acme::7p4lURel",), ONE, NOW) == listed
    assert mine.family("azure", ["prod"]) == "gpt-5.1"
    assert mine.cost("openai", ("prod",), ONE, NOW).pusd is None


@pytest.mark.parametrize(("plan", "reason"), [("free", "free: "), ("flat-rate", "flat rate: ")])
def test_a_provider_may_bill_nothing_for_a_call(tmp_path: Path, plan: str, reason: str) -> None:
    mine = card(tmp_path, f'[pricing.providers]\n"My-Gateway" = "{plan}"\n')
    cost = mine.cost("my-gateway", ("anything",), Usage(), NOW)
    assert (cost.pusd, cost.basis) == (0, Basis.MEASURED)
    assert cost.rate.startswith(reason)


def test_ones_own_machine_may_be_given_a_price(tmp_path: Path) -> None:
    mine = card(
        tmp_path,
        '[[pricing.override]]\nprovider = "vllm"\nmodel = "*"\n'
        "usd = {input_mtok = 0.1, output_mtok = 0.2}\n",
    )
    assert mine.cost("vllm", ("qwen",), ONE, NOW).pusd == 300_000
    assert mine.cost("ollama", ("qwen",), ONE, NOW).pusd == 0


@pytest.mark.parametrize(
    ("usd", "says"),
    [
        ("{input_mtok = -1}", "input_mtok is -1; write dollars from 0"),
        ("{input_mtok = nan}", "input_mtok is nan; write dollars from 0"),
        ("{input_mtok = inf}", "input_mtok is inf; write dollars from 0"),
        ('{input_mtok = "1,25"}', 'input_mtok is "1,25"; write dollars from 0'),
        ("{input_mtok = true}", "input_mtok is true; write dollars from 0"),
        ("{input_mtk = 1}", "input_mtk is no rate that is known; did you mean input_mtok?"),
        ("{input_mtok = 125}", "write sure = true beside it"),
        ("{input_mtok = 0.0125}", "100 times apart or more"),
        ("{input_mtok = 0}", "is 0 where gpt-5.1 is listed at 1.25"),
    ],
)
def test_a_rate_that_cannot_be_meant_is_refused(tmp_path: Path, usd: str, says: str) -> None:
    toml = f'# mine\n[[pricing.override]]\nprovider = "openai"\nmodel = "gpt-5.1"\nusd = {usd}\n'
    told = refusal(tmp_path, toml)
    assert says in told
    assert told.startswith("profiler.toml, line 5: pricing.override[1].usd")


def test_a_rate_far_from_the_listed_one_holds_where_one_is_sure(tmp_path: Path) -> None:
    mine = card(
        tmp_path,
        '[[pricing.override]]\nprovider = "openai"\nmodel = "gpt-5.1"\n'
        "usd = {input_mtok = 125}\nsure = true\n",
    )
    assert mine.cost("openai", ("gpt-5.1",), Usage(1, output=0), NOW).pusd == 125_000_000


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        (
            '[[pricing.override]]\nprovider = "acme"\nmodel = "x"\nusd = {input_mtok = 1}\n',
            "line 4: pricing.override[1].usd is of acme/x, which has no rates without it",
        ),
        (
            '[[pricing.alias]]\nmodel = "ft"\nmeans = "openai/gpt-17"\n',
            'line 3: pricing.alias[1].means is "openai/gpt-17", which has no rates',
        ),
        ('[[pricing.alias]]\nmodel = "ft"\nmeans = "gpt-4o"\n', "write a listed model such as"),
        ('[pricing.providers]\nacme = "cheap"\n', 'line 2: pricing.providers.acme is "cheap"'),
        ('[[pricing.override]]\nprovider = "acme"\n', "line 1: pricing.override[1] lacks model"),
        (
            '[[pricing.override]]\nprovider="openai"\nmodel="gpt-5.1"\nusd={}\nfrom="soon"\n',
            'line 5: pricing.override[1].from is "soon"; write a date such as',
        ),
    ],
)
def test_what_leads_nowhere_is_refused(tmp_path: Path, toml: str, says: str) -> None:
    assert says in refusal(tmp_path, toml)
