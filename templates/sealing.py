"""What this user's own runs wrote down, told from what anybody may have laid there.

Folders are shared: a memory, a record, a file to undo from may be forged. Each is believed only
with a seal, made with a secret that lies in the user's own folder and is made when first needed.
"""

from __future__ import annotations

import hmac
import os
import stat
from functools import cache
from hashlib import sha256
from pathlib import Path

from .disk import put
from .errors import InputError

_BYTES = 32


def seal(kind: str, *pieces: bytes) -> str:
    """The seal of ``pieces`` as what ``kind`` says they are."""
    digest = hmac.new(_secret(Path.home() / ".gouji" / "key"), kind.encode(), sha256)
    for piece in pieces:
        digest.update(len(piece).to_bytes(8, "big"))
        digest.update(piece)
    return digest.hexdigest()


def is_sealed(claimed: object, kind: str, *pieces: bytes) -> bool:
    """Whether ``claimed`` is the seal that a run of this user would have given."""
    return isinstance(claimed, str) and hmac.compare_digest(
        claimed.encode("utf-8", "replace"), seal(kind, *pieces).encode()
    )


@cache
def _secret(path: Path) -> bytes:
    """The secret; one of this process alone where the user's folder takes none."""
    secret = _secret_at(path)
    if secret:
        return secret
    fresh = os.urandom(_BYTES)
    try:
        put(path, fresh, mode=0o600, new=not os.path.lexists(path))
    except InputError:  # another run was first, or nothing can be written there
        return _secret_at(path) or fresh
    return fresh


def _secret_at(path: Path) -> bytes:
    """The secret as it lies there; nothing where it is not the user's alone."""
    try:
        found = path.lstat()
        own = os.name == "nt" or (found.st_uid == os.getuid() and not found.st_mode & 0o077)
        if stat.S_ISREG(found.st_mode) and found.st_size == _BYTES and own:
            return path.read_bytes()
    except OSError:
        pass
    return b""
