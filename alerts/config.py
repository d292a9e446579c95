"""What the environment says (docs/operate.md): one reading, one place that knows the variables' names.

A wrong value raises `ConfigError`, whose text names the variable and the form that would be right. Secrets are
`Secret`s: printing one shows `***`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PUBLIC_API = "https://api.telegram.org"


class ConfigError(Exception):
    """A setting that cannot be used; the text says which and what would be right."""


class Secret:
    """A string that shows itself only when asked to."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The string itself."""
        return self._value

    def __repr__(self) -> str:
        return "***"


@dataclass(frozen=True, slots=True)
class Config:
    """The environment, read. `token` is None where alerts are only shown in the terminal."""

    rules: Path
    state_dir: Path
    database_url: str
    token: Secret | None
    telegram_api: str
    telegram_limits: bool
    outlets_dir: Path | None

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ, *, rules: str | None = None) -> Config:
        """Reads the variables of docs/operate.md; `rules` (of the command line) goes before MARSAD_RULES.

        Raises ConfigError.
        """
        rules_path = Path(rules or environ.get("MARSAD_RULES") or "rules.yaml").absolute()
        state_dir = (
            Path(environ["MARSAD_STATE_DIR"]).absolute()
            if environ.get("MARSAD_STATE_DIR")
            else rules_path.parent / ".marsad"
        )
        api = environ.get("MARSAD_TELEGRAM_API") or PUBLIC_API
        parts = urlsplit(api)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ConfigError(
                f"MARSAD_TELEGRAM_API={api}: write scheme, host and port only, e.g. http://127.0.0.1:8081"
            )
        limits = environ.get("MARSAD_TELEGRAM_LIMITS") or "on"
        if limits not in ("on", "off"):
            raise ConfigError(f"MARSAD_TELEGRAM_LIMITS={limits}: write on or off")
        outlets = environ.get("MARSAD_OUTLETS")
        if outlets and not Path(outlets).is_dir():
            raise ConfigError(
                f"MARSAD_OUTLETS={outlets}: there is no such folder; name one that holds outlet files (*.yaml)"
            )
        return cls(
            rules=rules_path,
            state_dir=state_dir,
            database_url=environ.get("MARSAD_DATABASE_URL") or f"sqlite:///{state_dir / 'marsad.db'}",
            token=_secret(environ, "MARSAD_TELEGRAM_TOKEN"),
            telegram_api=api.rstrip("/"),
            telegram_limits=limits == "on",
            outlets_dir=Path(outlets).absolute() if outlets else None,
        )


def _secret(environ: Mapping[str, str], name: str) -> Secret | None:
    """The variable itself, or the first line of the file that `NAME_FILE` names."""
    value, file = environ.get(name, "").strip(), environ.get(f"{name}_FILE", "")
    if value and file:
        raise ConfigError(f"{name} and {name}_FILE are both set; keep one")
    if file:
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as e:
            raise ConfigError(
                f"{name}_FILE={file}: cannot be read ({type(e).__name__}); name a text file that holds the token"
            ) from e
    return Secret(value) if value else None
