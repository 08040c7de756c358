"""All adversarial cases of the SDKs that are installed."""

from tests.shim.adversarial import (
    answers,
    programs,
    streaming,
    streaming_async,
    surroundings,
    variants,
)
from tests.shim.adversarial.kits import KITS, is_installed
from tests.shim.adversarial.observing import Case


def all_cases() -> list[Case]:
    """Every case once, by a name of its own: `openai-chat/stream/full`."""
    parts = (answers, programs, streaming, streaming_async, surroundings, variants)
    here = {kit.sdk for kit in KITS if is_installed(kit)}
    return [case for part in parts for case in part.cases() if sdk_of(case) in here]


def sdk_of(case: Case) -> str:
    """The SDK a case is written for."""
    return case.name.partition("/")[0].partition("-")[0]
