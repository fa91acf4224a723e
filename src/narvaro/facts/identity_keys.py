"""Identity numbers become pupil ids here and go no further (ADR 0009; architecture decision 5)."""

import hashlib
import hmac

from narvaro.domain.identity import Identity


def pupil_key(identity: Identity, secret: bytes) -> str:
    """A pupil id that only the holder of the store's key can make from the number."""
    return "p-" + hmac.new(secret, identity.canonical.encode(), hashlib.sha256).hexdigest()[:20]
