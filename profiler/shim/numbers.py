"""Numbers that name a person's money: payment cards and bank accounts, told by their checksums."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_CARD = re.compile(
    r"(?<!\d)(?<!\d[.-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?"
    r"|\d{4}([ -])\d{6}\2\d{4,5}|\d{13,19})(?!\d)",
    re.ASCII,
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}", re.ASCII)
_LIKE_IBAN = re.compile(r"[A-Z]{2}\d{2}", re.ASCII)
_LIKE_CARD = re.compile(r"\d{4}[ -]?\d{4}", re.ASCII)
"""Cheap to look for: they begin with what they need."""

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_IBAN_REMAINDER = 1

_IBAN_LENGTHS = {
    country: length
    for length, countries in (
        (15, "NO"),
        (16, "BE"),
        (18, "DK FI FO GL NL SD"),
        (19, "MK SI"),
        (20, "AT BA EE KZ LT LU MN XK"),
        (21, "CH CR HR LI LV"),
        (22, "BG BH DE GB GE IE ME RS VA"),
        (23, "AE GI IL IQ OM SO TL"),
        (24, "AD CZ DZ ES MD PK RO SA SE SK TN VG"),
        (25, "LY PT ST"),
        (26, "IS TR"),
        (27, "BI DJ FR GR IT MC MR SM"),
        (28, "AL AZ BY CY DO GT HU LB NI PL SV"),
        (29, "BR EG PS QA UA"),
        (30, "JO KW MU"),
        (31, "MT SC"),
        (32, "LC"),
        (33, "RU"),
    )
    for country in countries.split()
}


def without_numbers(text: str) -> str:
    """`text` without card numbers and bank accounts whose checksum is right."""
    if _LIKE_IBAN.search(text) is not None:
        text = _replaced(text, _IBAN, _iban_end, "iban")
    if _LIKE_CARD.search(text) is not None:
        text = _replaced(text, _CARD, _card_end, "card")
    return text


def _replaced(
    text: str, pattern: re.Pattern[str], end_of: Callable[[str, re.Match[str]], int], kind: str
) -> str:
    kept: list[str] = []
    done = at = 0
    while found := pattern.search(text, at):
        end = end_of(text, found)
        if end:
            kept += (text[done : found.start()], f"[redacted:{kind}]")
            done = at = end
        else:
            # the number may begin within what looked like one
            at = found.start() + 1
    return "".join((*kept, text[done:])) if kept else text


def _card_end(text: str, found: re.Match[str]) -> int:
    digits = [int(c) for c in found.group() if c.isdigit()]
    total = sum(digits[-1::-2]) + sum(_DOUBLED[digit] for digit in digits[-2::-2])
    is_card = total % 10 == 0 and digits[0] in {2, 3, 4, 5, 6} and any(digits)
    del text
    return found.end() if is_card else 0


def _iban_end(text: str, found: re.Match[str]) -> int:
    start = found.start()
    length = _IBAN_LENGTHS.get(text[start : start + 2], 0)
    end, characters = start, ""
    for character in found.group():
        if len(characters) == length:
            break
        end += 1
        characters += character.strip()
    if not length or len(characters) < length or text[end : end + 1].isalnum():
        return 0
    turned = characters[4:] + characters[:4]
    return end if int("".join(str(int(c, 36)) for c in turned)) % 97 == _IBAN_REMAINDER else 0
