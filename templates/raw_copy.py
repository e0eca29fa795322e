"""Zip entries copied as they are compressed: the parts that a filling leaves alone cost no second deflate."""

from __future__ import annotations

import struct
import zipfile

_LOCAL_HEADER = 30


def copy_entry(source: zipfile.ZipFile, name: str, target: zipfile.ZipFile) -> None:
    """Copy one entry of an open archive into another, compressed bytes and all; its date becomes 1980.

    `zipfile` has no call for this, so the entry is written here and entered into the target's directory.
    """
    old = source.getinfo(name)
    new = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    new.compress_type, new.CRC = old.compress_type, old.CRC
    new.compress_size, new.file_size = old.compress_size, old.file_size
    stream = target.fp
    if source.fp is None or stream is None:
        raise ValueError("both archives must be open")
    source.fp.seek(old.header_offset)
    name_length, extra_length = struct.unpack("<26xHH", source.fp.read(_LOCAL_HEADER))
    source.fp.seek(name_length + extra_length, 1)
    new.header_offset = stream.tell()
    stream.write(new.FileHeader(zip64=False))
    stream.write(source.fp.read(old.compress_size))
    target.filelist.append(new)
    target.NameToInfo[new.filename] = new
    target.start_dir = stream.tell()
