"""What an administrator says of a provider: `PREK_OIDC`, or the file `prek_oidc`, a JSON list."""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator
from services.addresses import is_loopback
from services.contracts.directory import Role
from services.contracts.model import Id

from agent_service.core.grants import Grant
from agent_service.core.identity import Expected

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]


def is_safe(url: str) -> bool:
    """Return whether nobody on the way can read or change what is said to an address."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


class GroupRights(BaseModel):
    """What membership of a group allows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: tuple[Role, ...] = ("agent",)
    departments: tuple[Id, ...] | None = None
    """None: any."""

    @property
    def grant(self) -> Grant:
        """Return it as decisions take it."""
        departments = None if self.departments is None else frozenset(self.departments)
        return Grant(frozenset(self.roles), departments)


class Provider(BaseModel):
    """One provider of one tenant."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    tenant: Id
    id: Id
    """Its name in addresses: it is part of what is registered at the provider."""
    name: str = Field(min_length=1, max_length=60)
    """As people know it: the button says `Logg inn med {name}`."""
    issuer: str
    """Exactly as in its tokens."""
    client_id: str = Field(min_length=1)
    client_secret: str = Field(default="", repr=False)
    private_key: str = Field(default="", repr=False)
    """PEM; then it is used instead of a secret (`private_key_jwt`)."""
    key_id: str = ""
    scopes: tuple[str, ...] = ("openid", "profile")
    """With `offline_access`, whoever is shut out there is out here within 15 minutes."""
    person_claim: str = "sub"
    """Says who it is: `oid` at Entra ID. It must be one people cannot choose themselves."""
    groups_claim: str = "groups"
    groups: dict[str, GroupRights] = Field(default_factory=dict)
    """Empty: the set-up alone says who may what."""
    acr: tuple[str, ...] = ()
    """Levels of assurance that are asked for, and of which one must be given."""
    ui_locales: str = "nb nn en"
    algorithms: tuple[Algorithm, ...] = Field(default=("RS256",), min_length=1)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not is_safe(self.issuer):
            raise ValueError("issuer must be https")
        if bool(self.client_secret) == bool(self.private_key):
            raise ValueError("either client_secret or private_key")
        if "openid" not in self.scopes:
            raise ValueError("scopes need openid")
        return self

    @property
    def key(self) -> tuple[str, str]:
        """Return what names it in this installation."""
        return (self.tenant, self.id)

    @property
    def expected(self) -> Expected:
        """Return what its tokens must say."""
        return Expected(self.issuer, self.client_id, self.acr)

    @property
    def grants(self) -> dict[str, Grant]:
        """Return what its groups allow."""
        return {group: rights.grant for group, rights in self.groups.items()}
