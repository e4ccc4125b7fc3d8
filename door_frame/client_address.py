"""Who is at the other end, for rate limits: the connection, or what our own proxies say.

A header that a client can write is never believed: with N trusted proxies, the Nth entry from
the right of `X-Forwarded-For` is the address that the outermost of them saw.
"""

from ipaddress import IPv6Address, IPv6Network, ip_address

from quart import Request

UNKNOWN = "unknown"
_PASSED_ON = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


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
    """Over the loopback, and passed on by no proxy. Whoever writes such a header themselves is
    told less for it, never more."""
    peer = request.scope.get("client")
    try:
        near = peer is not None and ip_address(str(peer[0])).is_loopback
    except ValueError:
        return False
    return near and not any(name in request.headers for name in _PASSED_ON)
