"""What an operator sets: environment variables ``ANLAN_*``, typed and explained in one place."""

from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(BaseSettings):
    """Settings of one installation; ``anlan check`` explains what is missing."""

    model_config = SettingsConfigDict(env_prefix="ANLAN_", extra="ignore")

    data_dir: Path = Field(Path("var"), description="Folder for the database, history, roads and keys")
    database_url: str = Field("", description="postgresql://… for real service; empty: SQLite in data_dir")
    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs sessions; empty: made once and kept in data_dir"
    )
    field_key: SecretStr = Field(
        SecretStr(""),
        description="Encrypts callback numbers (Fernet key); empty: made once and kept in data_dir",
    )
    hosts: str = Field("localhost,127.0.0.1,[::1]", description="Host names the site answers to, by comma")
    origins: str = Field("", description="https:// origins trusted for forms behind a proxy, by comma")
    county: str = Field(
        "", description="Six-digit code of the county shown first; empty: the only one there is"
    )
    time_zone: str = Field("Asia/Shanghai", description="Zone in which screens show times")
    language: str = Field("en", description="en or zh-hans: the language before anyone has chosen")
    callback_days: int = Field(30, ge=1, description="Days after closing until a caller's number is deleted")
    position_days: int = Field(30, ge=1, description="Days until where units were on duty is deleted")
    picture_days: int = Field(90, ge=1, description="Days until crews' pictures of places are deleted")
    webhook_private: bool = Field(
        default=False,
        description="Webhooks may go to private addresses and http (a closed network)",
    )
    eido_domain: str = Field("anlan.invalid", description="Domain in the ids of incidents given out (EIDO)")
    webhook_hours: int = Field(72, ge=1, description="Hours of failing until a webhook is disabled")
    webhook_days: int = Field(30, ge=1, description="Days until sent webhook messages are deleted")
    debug: bool = Field(default=False, description="Developer's error pages; never in service")
    demo: bool = Field(
        default=False,
        validation_alias="DEMO",
        description="DEMO=1: demo accounts sign in without a second factor",
    )
    proxies: int = Field(
        0, ge=0, description="Proxies in front of the site, so that lock-out counts the right address"
    )
    secure: bool = Field(default=False, description="Served over HTTPS: secure cookies, HSTS")


@cache
def environment() -> Environment:
    """Return the settings of this process, read once."""
    return Environment()
