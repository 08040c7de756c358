"""`profiler prices`: what is listed, what is one's own, and what another file would change."""

from importlib.resources import files
from pathlib import Path

import pytest

from profiler.pricing.file import packaged
from profiler.pricing.installed import card_in, pins_of
from tests.support.cli import profiler, profiler_json
from tests.support.events import a_segment, an_event

OWN = packaged()[0].source
A_MODEL = """{"source": "x", "units": {}, "providers": [{"id": "p", "models": [
    {"id": "m", "match": %s, "rates": [{"usd": {"input_mtok": %s}}]}]}]}"""
GPT: dict[str, object] = {"provider": "openai", "model": "gpt-5.1", "answered": None}


def said(home: Path) -> str:
    return (home / "profiler.toml").read_text("utf-8")


@pytest.fixture
def dearer(tmp_path: Path) -> Path:
    """A price file in which gpt-5.1's million of input costs 1.50."""
    text = files("profiler.pricing").joinpath("rates.json").read_text("utf-8")
    lines = [
        line.replace('"input_mtok":"1.25"', '"input_mtok":"1.5"')
        if line.startswith('{"id":"gpt-5.1","')
        else line
        for line in text.replace(OWN, "mine@7").splitlines(keepends=True)
    ]
    path = tmp_path / "dearer.json"
    path.write_text("".join(lines), "utf-8")
    return path


def test_a_models_rates_are_shown_with_dates_tiers_and_thresholds(tmp_path: Path) -> None:
    found = profiler_json("prices", "show", "gpt-5.4", "--json", home=tmp_path)
    assert (found["provider"], found["source"]) == ("openai", OWN)
    rates = {(r["holds"], r["above"], r["key"]): r["usd"] for r in found["rates"]}
    assert rates["always", None, "input_mtok"] == "2.5"
    assert rates["always", 272_000, "input_mtok"] == "5"
    assert rates["flex from 2026-10-12", 272_000, "output_mtok"] == "11.25"
    table = profiler("prices", "show", "deepseek/deepseek-v4-pro", home=tmp_path).stdout
    assert "daily 01:00:00-04:00:00 UTC" in table
    assert f"{OWN}, sha256 {card_in(tmp_path).sha256[:12]}" in table


def test_models_are_found_by_a_part_of_their_names(tmp_path: Path) -> None:
    found = profiler_json("prices", "find", "4-turbo", "--json", home=tmp_path)["models"]
    assert found[0] == {
        "provider": "openai",
        "model": "gpt-4-turbo",
        "input_mtok": "10",
        "output_mtok": "30",
    }
    assert all("4-turbo" in one["model"] for one in found)
    missing = profiler("prices", "find", "gpt-17", home=tmp_path)
    assert (missing.returncode, missing.stdout) == (3, "")


def test_an_unknown_model_is_told_where_to_look(tmp_path: Path) -> None:
    ran = profiler("prices", "show", "openai/gpt-17", home=tmp_path)
    assert ran.returncode == 3
    assert "`profiler prices find gpt-17`" in ran.stderr


def test_an_override_is_written_shown_and_used(tmp_path: Path) -> None:
    ran = profiler(
        "prices", "override", "openai/gpt-5.1", "input_mtok=1.1", "output_mtok=$8.80", home=tmp_path
    )
    assert ran.returncode == 0, ran.stderr
    (change, _) = profiler_json("prices", "diff", "--json", home=tmp_path)["changes"]
    assert (change["model"], change["key"]) == ("gpt-5.1", "input_mtok")
    assert (change["old"], change["new"]) == ("1.25", "1.1")
    a_segment(tmp_path / "log", [an_event(**GPT, usage={"input": 1_000_000, "output": 0})])
    (call,) = profiler_json("calls", "list", "--json", home=tmp_path)["calls"]
    assert call["cost_pusd"] == 1_100_000_000_000
    prompt = ("estimate", "-m", "gpt-5.1", "--output-tokens", "1000", "--json")
    (guess,) = profiler_json(*prompt, "-", home=tmp_path)["estimates"]
    assert guess["cost_pusd"] == 1000 * 8_800_000


def test_an_override_keeps_every_other_line(tmp_path: Path) -> None:
    (tmp_path / "profiler.toml").write_text('# mine\nzone = "UTC"  # of course', "utf-8")
    profiler("prices", "override", "openai/gpt-5.1", "input_mtok=1.1", home=tmp_path)
    profiler("prices", "plan", "gateway", "free", home=tmp_path)
    profiler("prices", "plan", "copilot", "flat-rate", home=tmp_path)
    assert said(tmp_path).startswith('# mine\nzone = "UTC"  # of course\n\n[[pricing.override]]\n')
    assert card_in(tmp_path).overrides.plans == {"gateway": "free", "copilot": "flat-rate"}


@pytest.mark.parametrize("amount", ["-1", "nan", "inf", "1,25", "", "1e99"])
def test_an_amount_that_is_none_is_refused_and_not_written(tmp_path: Path, amount: str) -> None:
    ran = profiler("prices", "override", "openai/gpt-5.1", f"input_mtok={amount}", home=tmp_path)
    assert ran.returncode == 2
    assert "write dollars from 0" in ran.stderr
    assert not (tmp_path / "profiler.toml").exists()


def test_a_leap_is_asked_about(tmp_path: Path) -> None:
    words = ("prices", "override", "openai/gpt-5.1", "input_mtok=125")
    refused = profiler(*words, home=tmp_path)
    assert refused.returncode == 2
    assert "openai/gpt-5.1 input_mtok: 1.25 → 125: 100 times apart or more" in refused.stderr
    assert not (tmp_path / "profiler.toml").exists()
    assert profiler(*words, "--yes", home=tmp_path).returncode == 0
    assert "sure = true" in said(tmp_path)


def test_an_alias_is_written_where_it_leads_somewhere(tmp_path: Path) -> None:
    words = ("prices", "alias", "ft:gpt-4o:acme*")
    assert profiler(*words, "openai/gpt-4o", home=tmp_path).returncode == 0
    assert card_in(tmp_path).family("openai", ["ft:gpt-4o:acme::x"]) == "gpt-4o"
    refused = profiler("prices", "alias", "x", "openai/gpt-17", home=tmp_path)
    assert refused.returncode == 2
    assert "nothing was written" in refused.stderr


def test_a_price_file_is_installed_pinned_and_hashed(tmp_path: Path, dearer: Path) -> None:
    home = tmp_path / "home"
    dry = profiler("prices", "update", "--from", str(dearer), "--dry-run", home=home)
    assert "openai/gpt-5.1" in dry.stdout
    assert pins_of(home) == []
    assert profiler("prices", "update", "--from", str(dearer), home=home).returncode == 0
    (pin,) = pins_of(home)
    found = profiler_json("prices", "show", "gpt-5.1", "--json", home=home)
    assert (found["source"], found["sha256"]) == (f"mine@7#{pin.sha256[:8]}", pin.sha256)
    assert "1.5" in {rate["usd"] for rate in found["rates"] if rate["key"] == "input_mtok"}


def test_installing_prices_changes_no_cost_of_the_past(tmp_path: Path, dearer: Path) -> None:
    home = tmp_path / "home"
    usage = {"input": 1_000_000, "output": 0}
    a_segment(home / "log", [an_event(**GPT, usage=usage)])
    (before,) = profiler_json("calls", "list", "--json", home=home)["calls"]
    profiler("prices", "update", "--from", str(dearer), home=home)
    a_segment(home / "log", [an_event(**GPT, usage=usage)])
    after = profiler_json("calls", "list", "--json", home=home)["calls"]
    assert sorted(call["cost_pusd"] for call in after) == [1_250_000_000_000, 1_500_000_000_000]
    assert before in after


def test_an_old_call_is_opened_with_the_bill_it_was_priced_by(tmp_path: Path, dearer: Path) -> None:
    home = tmp_path / "home"
    usage = {"input": 1_000_000, "output": 0}
    a_segment(home / "log", [an_event(**GPT, usage=usage)])
    profiler("ingest", home=home)
    profiler("prices", "update", "--from", str(dearer), home=home)
    a_segment(home / "log", [an_event(**GPT, usage=usage)])
    for call in profiler_json("calls", "list", "--json", home=home)["calls"]:
        (line,) = profiler_json("calls", "show", call["id"], "--json", home=home)["lines"]
        assert line["amount_pusd"] == call["cost_pusd"]
        assert line["rate_usd"] == ("1.25" if call["rate"].startswith(OWN) else "1.5")


def test_the_packages_own_prices_come_back_and_earlier_files_stay(
    tmp_path: Path, dearer: Path
) -> None:
    home = tmp_path / "home"
    profiler("prices", "update", "--from", str(dearer), home=home)
    assert profiler("prices", "update", "--package", home=home).returncode == 0
    assert card_in(home).source == OWN
    assert len([*(home / "prices").glob("?" * 64 + ".json")]) == 1


def test_a_pinned_file_that_changed_is_refused(tmp_path: Path, dearer: Path) -> None:
    home = tmp_path / "home"
    profiler("prices", "update", "--from", str(dearer), home=home)
    kept = home / "prices" / f"{pins_of(home)[0].sha256}.json"
    kept.write_bytes(kept.read_bytes().replace(b'"1.5"', b'"0.1"', 1))
    ran = profiler("prices", "show", "gpt-5.1", home=home)
    assert ran.returncode == 2
    assert "is not what was installed: its bytes changed" in ran.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{}", "is no price file"),
        ("[1]", "is no price file"),
        ("nonsense", "is no price file"),
        (A_MODEL % ('{"equals": "m"}', "1"), "1 is no text"),
        (A_MODEL % ("0", '"1"'), "p/m: what it matches makes no sense"),
        (None, "cannot read"),
    ],
)
def test_what_is_no_price_file_is_refused(tmp_path: Path, content: str | None, says: str) -> None:
    path = tmp_path / "x.json"
    if content is not None:
        path.write_text(content)
    ran = profiler("prices", "update", "--from", str(path), home=tmp_path)
    assert ran.returncode == 2
    assert says in ran.stderr


@pytest.mark.parametrize("usd", ["-1", "NaN", "Infinity", "abc"])
def test_a_price_file_with_an_amount_that_is_none_is_refused(
    tmp_path: Path, dearer: Path, usd: str
) -> None:
    dearer.write_text(dearer.read_text("utf-8").replace('"1.5"', f'"{usd}"', 1), "utf-8")
    ran = profiler("prices", "update", "--from", str(dearer), home=tmp_path)
    assert ran.returncode == 2
    assert "not dollars from 0; nothing was changed" in ran.stderr


def test_prices_that_leave_an_alias_leading_nowhere_are_refused(tmp_path: Path) -> None:
    profiler("prices", "alias", "mine", "openai/gpt-4o", home=tmp_path)
    path = tmp_path / "data.json"
    path.write_text('[{"id": "p", "models": []}]')
    ran = profiler("prices", "update", "--from", str(path), home=tmp_path)
    assert ran.returncode == 2
    assert "which has no rates" in ran.stderr
    assert pins_of(tmp_path) == []


def test_a_leap_in_a_price_file_is_asked_about(tmp_path: Path, dearer: Path) -> None:
    dearer.write_text(
        dearer.read_text("utf-8").replace('"input_mtok":"1.5"', '"input_mtok":"150"'), "utf-8"
    )
    home = tmp_path / "home"
    ran = profiler("prices", "update", "--from", str(dearer), home=home)
    assert ran.returncode == 2
    assert pins_of(home) == []
    assert profiler("prices", "update", "--from", str(dearer), "--yes", home=home).returncode == 0
