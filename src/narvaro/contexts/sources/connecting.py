"""From what is stored of a source to what the client needs. A secret can be opened for the hosts that it was given for
and no others: the key that it is encrypted with hangs on them."""

from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from django.conf import settings

from narvaro.contexts.sources import places
from narvaro.contexts.sources.models import Source
from narvaro.core.crypto import decrypt, encrypt
from narvaro.core.errors import Refused
from narvaro.language import Message
from narvaro.ss12000.connection import Connection, Wanted

WRITE_IT_ANEW = Message.of("The secret was given for another address, so it is not sent there. Write it anew.")


def bound_to(base_url: str, token_url: str) -> str:
    """What a secret belongs to: where it is sent, and where what one gets for it is."""
    return f"source:{_origin(base_url)} {_origin(token_url)}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".casefold()


def sealed(secret: str, source: Source) -> bytes:
    return encrypt(secret, use=bound_to(source.base_url, source.token_url))


def connection_of(source: Source) -> Connection:
    """Raises Refused when a secret belongs to other hosts."""
    return Connection(
        base_url=source.base_url,
        auth=source.auth,  # type: ignore[arg-type]
        token=_opened(source.token_encrypted, source),
        header=source.header,
        token_url=source.token_url,
        client_id=source.client_id,
        client_secret=_opened(source.secret_encrypted, source),
        scope=source.scope,
        certificate=places.pem_file(source.key, "certificate"),
        key=places.pem_file(source.key, "key"),
        ca_bundle=places.pem_file(source.key, "ca"),
        trusted_hosts=settings.SOURCE_HOSTS,
    )


def _opened(content: "bytes | memoryview[int] | None", source: Source) -> str:
    if not content:
        return ""
    try:
        return decrypt(bytes(content), use=bound_to(source.base_url, source.token_url))
    except InvalidTag:
        raise Refused(WRITE_IT_ANEW) from None


def wanted_of(source: Source, *, weeks_again: int) -> Wanted:
    return Wanted(
        units=frozenset(source.units),
        guardians=source.guardians,
        identity_numbers=source.identity_numbers,
        only_deviations=source.only_deviations,
        always_marked=source.always_marked,
        weeks_again=max(weeks_again, source.weeks_again),
    )
