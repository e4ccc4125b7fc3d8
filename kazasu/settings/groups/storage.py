"""Settings of what is kept: databases, and the keys that seal what lies in them."""

from pathlib import Path

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings

from kazasu.settings.named import named
from kazasu.settings.values import decode_key, is_database, is_redis, random_keys


class StorageSettings(BaseSettings):
    data_dir: Path = named("KAZASU_DATA_DIR", default=Path("data"))
    database_url: str = named("DATABASE_URL", default="", repr=False)
    redis_url: str = named("REDIS_URL", default="", repr=False)
    redis_timeout_ms: int = named("KAZASU_REDIS_TIMEOUT_MS", default=300, ge=50, le=5000)
    secret_key: SecretStr = named("SECRET_KEY")
    sealing_key: SecretStr | None = named("KAZASU_SEALING_KEY", default=None)
    sealing_keys_read: SecretStr | None = named("KAZASU_SEALING_KEYS_READ", default=None)

    @field_validator("secret_key")
    @classmethod
    def _thirty_two_bytes(cls, value: SecretStr) -> SecretStr:
        decode_key(value.get_secret_value())
        random_keys(value.get_secret_value())
        return value

    @field_validator("sealing_key", "sealing_keys_read")
    @classmethod
    def _thirty_two_bytes_each(cls, value: SecretStr | None) -> SecretStr | None:
        random_keys(value.get_secret_value() if value else "")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str) -> str:
        """Said without the URL, which may hold a password."""
        if value and not is_redis(value):
            raise ValueError("must be redis://, rediss:// or unix:// and where the server is")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        """Said without the URL, which may hold a password."""
        if value and not is_database(value):
            raise ValueError(
                "must be sqlite:////path/to/file or postgresql://user:password@host/name"
            )
        return value

    def master_key(self) -> bytes:
        return decode_key(self.secret_key.get_secret_value())

    def sealing_keys(self) -> tuple[bytes | None, ...]:
        """First the one that seals (None: a key of SECRET_KEY), then those that only open."""
        given = (self.sealing_key, self.sealing_keys_read)
        own, read = (random_keys(keys.get_secret_value() if keys else "") for keys in given)
        return (own[0] if own else None, *read)

    def database(self) -> str:
        """The database URL; without one, a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'kazasu.db').resolve()}"
