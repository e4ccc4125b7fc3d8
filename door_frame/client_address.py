"""Who is at the other end, for rate limits: the connection, or what our own proxies say.

A header that a client can write is never believed: with N trusted proxies, the Nth entry from
the right of `X-Forwarded-For` is the address that the outermost of them saw.
"""

from ipaddress import IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from quart import Request

UNKNOWN = "unknown"
_PASSED_ON = ("Forwarded", "Via", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP")
_PASSED_ON_BY = "x-forwarded-"


def client_address(request: Request, *, trusted_proxies: int = 0) -> str:
    """An IPv4 address or IPv6 /64 as canonical text, or `unknown` when none can be believed.

    A /64 is what one household or handset holds: single IPv6 addresses would be free to change.
    """
    peer = request.scope.get("client")
    seen = str(peer[0]) if peer else ""
    if trusted_proxies > 0:
        forwarded = ",".join(request.headers.getlist("X-Forwarded-For")).split(",")
        seen = forwarded[-trusted_proxies].strip() if len(forwarded) >= trusted_proxies else ""
    try:
        address = ip_address(seen)
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Network((address.packed, 64), strict=False))
    return str(address)


def asked_on_this_machine(request: Request) -> bool:
    """Over the loopback, to the loopback by name, and passed on by no proxy. Whoever writes such a
    header themselves is told less for it, never more.

    A proxy on this machine that nobody told to pass on anything shows by HTTP/1.0, which nginx
    speaks to what is behind it unless told otherwise (before 1.29.7) and no client of today does.
    """
    peer = request.scope.get("client")
    if peer is None or not _is_loopback(str(peer[0])) or request.http_version == "1.0":
        return False
    if any(name in request.headers for name in _PASSED_ON):
        return False
    if any(name.lower().startswith(_PASSED_ON_BY) for name, _ in request.headers.items()):
        return False
    return _names_loopback(request.host)


def _names_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
