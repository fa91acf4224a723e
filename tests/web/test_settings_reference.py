"""The settings that exist are the settings that are told about."""

import re
from pathlib import Path

import pytest

from narvaro.config import settings as real
from narvaro.core.identity_providers import read_providers

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"\b(NARVARO_[A-Z_]+|DATABASE_URL)\b")


def test_every_setting_is_in_the_reference_and_nothing_else() -> None:
    used = set(NAME.findall(Path(real.__file__).read_text("utf-8")))
    told = set(NAME.findall((ROOT / "docs/reference/settings.md").read_text("utf-8")))
    assert "NARVARO_DATA" in used
    assert used == told


def test_the_example_of_identity_providers_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "docs/how-to/connect-sign-in.md").read_text("utf-8")
    example = tmp_path / "identity-providers.yaml"
    example.write_text(text.partition("```yaml\n")[2].partition("```")[0], "utf-8")
    assert [each.kind for each in read_providers(example).providers] == ["oidc", "saml"]
