"""Workbooks with a password: opened for checking when the password is given, or is the default."""

from __future__ import annotations

import io

from ...templates.errors import InputError, lacking
from ...templates.words import Words
from ..ooxml.limits import encrypted

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What Excel and WPS use themselves for a workbook that is "read-only recommended" or protected
# in its structure: they open such a file without asking.
_DEFAULT = "VelvetSweatshop"


def is_encrypted(data: bytes) -> bool:
    """Whether these are the bytes of an .xlsx with a password."""
    return data.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in data


def unlocked(data: bytes, name: str, password: str | None) -> bytes:
    """The workbook inside, by ``password`` or by the default one.

    Raises ``InputError`` when neither opens it, or the extra ``[encrypted]`` is missing.
    """
    try:
        return decrypted(data, name, _DEFAULT)
    except InputError as error:
        if password is not None:
            return decrypted(data, name, password)
        if "pip install" in error.zh:
            raise error from None
        raise encrypted(name) from error


def decrypted(data: bytes, name: str, password: str) -> bytes:
    """The workbook inside; ``InputError`` when the password is wrong or the extra is missing."""
    try:
        import msoffcrypto
    except ImportError as error:
        before = Words(f"{name} 有打开密码，", f"{name} has a password; ")
        raise lacking("msoffcrypto", "encrypted", before) from error
    out = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        file.load_key(password=password, verify_password=True)
        file.decrypt(out)
    except Exception as error:  # the library raises many kinds for wrong keys and broken files
        raise InputError(
            f"用给出的密码打不开 {name}（密码不对，或文件已损坏）。请核对密码后再试。",
            f"{name} cannot be opened with the given password (it is wrong, or the file is "
            "damaged): check the password.",
        ) from error
    return out.getvalue()
