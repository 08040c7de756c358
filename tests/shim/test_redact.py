"""Keys and personal data are taken out of text, whatever stands around them."""

import re
import string
import time

import pytest
from hypothesis import example, given, settings, strategies as st

from profiler.shim.keys import without_keys
from profiler.shim.redact import Redaction

REDACTION = Redaction()
ALPHANUMERIC = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY"
HEX = "0123456789abcdef"

KEYS = {
    "openai legacy": "sk-" + ALPHANUMERIC[:20] + "T3BlbkFJ" + ALPHANUMERIC[:20],
    "openai project": "sk-proj-" + ALPHANUMERIC * 4 + "_-x",
    "openai service account": "sk-svcacct-" + ALPHANUMERIC * 4,
    "openai admin": "sk-admin-" + ALPHANUMERIC * 3,
    "openai session": "sess-" + ALPHANUMERIC + "12345678",
    "deepseek": "sk-" + HEX * 2,
    "anthropic": "sk-ant-api03-" + ALPHANUMERIC * 2 + "-_AA",
    "anthropic admin": "sk-ant-admin01-" + ALPHANUMERIC * 2,
    "google": "AIzaSy" + ALPHANUMERIC + "a",
    "google oauth": "ya29." + ALPHANUMERIC * 3,
    "google express": "AQ.Ab8" + ALPHANUMERIC,
    "azure": ALPHANUMERIC + ALPHANUMERIC[:20] + "JQQJ99BAACYeBjFXJ3w3AAABACOGabcd",
    "aws": "AKIAIOSFODNN7EXAMPLE",
    "aws temporary": "ASIAIOSFODNN7EXAMPLE",
    "github": "ghp_" + ALPHANUMERIC + "abcd",
    "github app": "ghs_" + ALPHANUMERIC + "abcd",
    "github fine-grained": "github_pat_11" + ALPHANUMERIC + "_" + ALPHANUMERIC,
    "gitlab": "glpat-" + ALPHANUMERIC[:20],
    "slack": "xoxb-123456789012-123456789012-" + ALPHANUMERIC[:24],
    "slack app": "xapp-1-A0123-456-" + HEX,
    "stripe": "sk_live_" + ALPHANUMERIC[:24],
    "stripe restricted": "rk_test_" + ALPHANUMERIC[:24],
    "groq": "gsk_" + ALPHANUMERIC + ALPHANUMERIC[:20],
    "xai": "xai-" + ALPHANUMERIC * 2,
    "openrouter": "sk-or-v1-" + HEX * 4,
    "huggingface": "hf_" + ALPHANUMERIC + "ab",
    "perplexity": "pplx-" + ALPHANUMERIC,
    "fireworks": "fw_" + ALPHANUMERIC[:24],
    "replicate": "r8_" + ALPHANUMERIC + "abcde",
    "cerebras": "csk-" + ALPHANUMERIC,
    "together": "tgp_v1_" + ALPHANUMERIC,
    "nvidia": "nvapi-" + ALPHANUMERIC * 2,
    "voyage": "pa-" + ALPHANUMERIC + ALPHANUMERIC[:12],
    "langfuse": "sk-lf-12345678-1234-1234-1234-123456789012",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0." + ALPHANUMERIC,
}

IN_CONTEXT = {
    "mistral": ("MISTRAL_API_KEY=", ALPHANUMERIC),
    "mistral in prose": ("my Mistral one: ", ALPHANUMERIC),
    "cohere": ("cohere.Client(api_key='", ALPHANUMERIC + "abcdefgh"),
    "azure": ("AZURE_OPENAI_API_KEY: ", HEX * 2),
    "azure header": ("api-key: ", ALPHANUMERIC * 2 + "JQQJ99BAACYeBjFXJ3w3"),
    "together": ("TOGETHER_API_KEY=", HEX * 4),
    "aws secret": ("aws_secret_access_key = ", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    "json": ('{"x-api-key": "', "q1w2e3r4t5"),
    "bearer": ("Authorization: Bearer ", "abc123.def-456"),
    "bearer alone": ("bearer ", "0a1b2c3d4e5f"),
    "basic": ("authorization: Basic ", "dXNlcjpwYXNzd29yZA=="),
    "cookie": ("Cookie: ", "session=0123456789"),
    "password": ("password is ", "hunter2hunter2"),
    "password in json": ('"password": "', "correct-horse"),
    "url password": ("postgres://ada:", "s3cr3t"),
    "url key": ("https://example.com/v1?x=1&key=", "plainword"),
    "signed url": ("https://b.example.com/o?X-Amz-Signature=", HEX),
}
ENDS = {"cohere": "')", "json": '"}', "password in json": '"', "url password": "@db.example/x"}

PERSONAL = {
    "email": "ada.lovelace+x@mail.example.co.uk",
    "card": "4111 1111 1111 1111",
    "card without spaces": "5555555555554444",
    "amex": "3782-822463-10005",
    "iban": "DE89 3704 0044 0532 0130 00",
    "iban without spaces": "GB82WEST12345698765432",
}

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow" + ALPHANUMERIC + "\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize("secret", KEYS.values(), ids=KEYS)
def test_a_key_is_taken_out_wherever_it_stands(secret: str) -> None:
    for text in (secret, f"use {secret}.", f'{{"k":"{secret}"}}', f"a\n{secret}\nb", f"={secret};"):
        clean = REDACTION.redacted(text)
        assert secret[12:] not in clean
        assert "[redacted:" in clean


@pytest.mark.parametrize("secret", KEYS.values(), ids=KEYS)
def test_a_key_is_taken_out_of_a_label(secret: str) -> None:
    assert secret[12:] not in without_keys(f"user {secret}")


@pytest.mark.parametrize("name", IN_CONTEXT)
def test_a_secret_is_taken_out_beside_the_word_that_betrays_it(name: str) -> None:
    before, secret = IN_CONTEXT[name]
    clean = REDACTION.redacted(f"see {before}{secret}{ENDS.get(name, '')} and go on")
    assert secret not in clean
    assert "[redacted:" in clean
    assert clean.startswith("see ")


@pytest.mark.parametrize("secret", PERSONAL.values(), ids=PERSONAL)
def test_personal_numbers_and_addresses_are_taken_out(secret: str) -> None:
    kind = next(name for name, text in PERSONAL.items() if text == secret).split()[0]
    named = {"amex": "card"}.get(kind, kind)
    assert REDACTION.redacted(f"pay {secret}, then") == f"pay [redacted:{named}], then"


def test_a_private_key_is_taken_out_whole_and_when_it_is_cut() -> None:
    assert REDACTION.redacted(f"x {PEM} y") == "x [redacted:pem] y"
    assert REDACTION.redacted(f"x {PEM[:80]}") == "x [redacted:pem]"
    assert ALPHANUMERIC not in REDACTION.redacted(PEM.replace("\n", "\\n"))


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112 is no card, 1234567890123 neither",
        "DE88 3704 0044 0532 0130 00 is no account",
        "task-list-of-the-whole-department-for-2026",
        "the token count is 4096 and the key point is brevity",
        "basic understanding, bearer authentication",
        "invoice 2026-11-22T10:00:00 number 12345, 3.14159265358979",
        "commit 3f2a9c1d4e5b6a7f8091a2b3c4d5e6f708192a3b is fine",
        "550e8400-e29b-41d4-a716-446655440000",
        "max_tokens=1024, temperature=0.2",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert REDACTION.redacted(text) == text


def test_phone_numbers_are_taken_out_only_when_asked() -> None:
    text = "call +49 30 1234567 today"
    assert REDACTION.redacted(text) == text
    assert Redaction(has_phones=True).redacted(text) == "call [redacted:phone] today"


def test_own_patterns_are_taken_out_too() -> None:
    own = Redaction([r"Project \w+", r"\bEMP-\d+"])
    assert own.redacted("Project Falcon by EMP-77") == "[redacted:own] by [redacted:own]"
    assert own.redacted(own.redacted("Project X")) == "[redacted:own]"


def test_an_own_pattern_that_matches_everything_comes_to_an_end() -> None:
    assert Redaction([r".+"]).redacted("anything") == "[redacted:own]"
    assert Redaction([r""]).redacted("anything") == "anything"


@pytest.mark.parametrize("pattern", ["own", "redacted", "openai", "e", "[a-z]+", "."])
def test_own_patterns_leave_alone_what_is_taken_out_already(pattern: str) -> None:
    own = Redaction([pattern])
    clean = own.redacted(f"my own key {KEYS['deepseek']}")
    assert own.redacted(clean) == clean
    assert "[redacted:openai]" in clean


def test_a_wrong_pattern_is_an_error() -> None:
    with pytest.raises(re.error):
        Redaction(["("])


SECRETS = [*KEYS.values(), *PERSONAL.values(), PEM]
PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(SECRETS),
    st.sampled_from([before + secret for before, secret in IN_CONTEXT.values()]),
    st.text(alphabet=string.ascii_letters + string.digits + "-_.:=@ /+\"'", max_size=30),
)


@settings(max_examples=300, deadline=None)
@given(st.text(), st.sampled_from(list(KEYS.values())), st.text())
def test_no_text_around_a_key_hides_it(before: str, secret: str, after: str) -> None:
    assert secret[12:] not in REDACTION.redacted(f"{before} {secret} {after}")


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=8))
@example(["AKIAIOSFODNN7EXAMPLE", "sk-" + ALPHANUMERIC[:24]])
def test_redacting_again_changes_nothing(pieces: list[str]) -> None:
    clean = REDACTION.redacted("".join(pieces))
    assert REDACTION.redacted(clean) == clean


HOSTILE = [
    "a", "1", "-", "_", "@", ".", " ", "a@", "a.", "eyJ", "eyJaaaaaaaaa.", ".eyJaaaaaa.", "1 ",
    "4111 ", "4111-", "DE89 ", "GB82WEST", "sk-", "sk-ant-", "AKIA", "AIza", "xoxb-", "ghp_a",
    "://", "://a:", "://u:pppppppp", "bearer ", "basic a", "authorization: ", "cookie:", "key=",
    "key: a", "?key=", "&akeykey", "password ", "password=", "azure ", "azure@.", "azure a1",
    "aws ", "aws/a1", "-----BEGIN PRIVATE KEY", "-----BEGIN RSA PRIVATE KEY-----", "pa-", "[",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_length_of_a_hostile_text_and_no_faster(piece: str) -> None:
    def seconds(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        started = time.process_time()
        Redaction(has_phones=True).redacted(f"{text} key 1")
        return time.process_time() - started

    # an expression that goes back over what it read would need an hour
    assert seconds(1_000_000) < 15
