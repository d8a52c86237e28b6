"""A wall's secrets: what is random, what follows from what, and how a code is written and read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.wall_secrets import (
    CODE_LENGTH,
    CODE_SIGNS,
    credential_of,
    digest,
    is_secret,
    new_code,
    new_secret,
    same,
    shown,
    typed,
)

CODES = st.text(CODE_SIGNS, min_size=CODE_LENGTH, max_size=CODE_LENGTH)


def test_secrets_and_credentials_have_one_form_and_never_repeat() -> None:
    secrets = [new_secret() for _ in range(100)]
    made = [*secrets, *map(credential_of, secrets)]
    assert len(set(made)) == 200
    assert all(map(is_secret, made))
    assert not is_secret(digest(secrets[0]))


def test_a_credential_follows_from_its_secret_alone() -> None:
    secret = new_secret()
    assert credential_of(secret) == credential_of(secret)
    assert credential_of(secret) != credential_of(new_secret())


def test_digests_are_compared_whole() -> None:
    one = digest("a")
    assert same(one, digest("a"))
    assert not same(one, digest("b"))
    assert not same(one, one[:-1])
    assert not same(one, "ü")


@pytest.mark.parametrize("text", ["", "x" * 42, "x" * 44, "x" * 42 + "\n", "x" * 42 + "=", "ü" * 43])
def test_what_is_no_secret_is_not_looked_up(text: str) -> None:
    assert not is_secret(text)


@given(CODES)
def test_a_code_is_read_as_it_is_shown_in_any_case_and_with_any_blanks(code: str) -> None:
    assert typed(shown(code)) == code
    assert typed(f" {code[:2].lower()} {code[2:5]}-{code[5:].lower()}\t") == code


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_code_or_none(text: str) -> None:
    code = typed(text)
    assert code is None or (len(code) == CODE_LENGTH and set(code) <= set(CODE_SIGNS))


def test_made_codes_are_codes() -> None:
    assert all(typed(shown(code)) == code for code in (new_code() for _ in range(200)))
