"""Which addresses may be asked. Somebody who types an address must not make this machine ask its own neighbours."""

import ipaddress
import socket
from urllib.parse import urlsplit

from narvaro.language import Message
from narvaro.ss12000.errors import AddressRefused, Interrupted

_NAT64 = ipaddress.ip_network("64:ff9b::/96")

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def refuse_unusable(address: str, trusted: frozenset[str]) -> None:
    """https, a host, and nothing more than a path after it. Plain http only to trusted hosts."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if not host or parts.scheme not in ("https", "http") or any(c.isspace() for c in address):
        raise AddressRefused(Message.of("The address is not a web address. Write it as in https://sis.example/v2.0."))
    if parts.username is not None or parts.query or parts.fragment:
        raise AddressRefused(
            Message.of("The address holds more than a host and a path. Secrets have fields of their own.")
        )
    if parts.scheme == "http" and host not in trusted:
        raise AddressRefused(Message.of("The address is not encrypted. It must begin with https://."))


def resolved(host: str, port: int, trusted: frozenset[str]) -> list[str]:
    """The host's addresses, each fit to be connected to as it stands: what is asked later is what was checked here."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Interrupted(Message.of("There is no host called {host}. Check the address.", host=host)) from error
    addresses = [str(each[4][0]) for each in found]
    if host.lower() not in trusted and not all(is_public(address) for address in addresses):
        raise AddressRefused(
            Message.of(
                "{host} lies on a private network. Whoever runs Närvaro can allow the host if that is right.", host=host
            )
        )
    return list(dict.fromkeys(addresses))


def is_public(address: str) -> bool:
    """Also when an IPv4 address is dressed up as IPv6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return all(each.is_global and not each.is_multicast for each in (ip, *_within(ip)))


def _within(ip: IpAddress) -> list[ipaddress.IPv4Address]:
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    translated = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None
    tunnelled = ip.teredo[1] if ip.teredo else None
    return [each for each in (ip.ipv4_mapped, ip.sixtofour, translated, tunnelled) if each is not None]
