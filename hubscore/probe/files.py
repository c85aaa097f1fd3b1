"""Reading the files of a data set, on this machine or on the Hub, and counting every byte."""

from __future__ import annotations

import io
import os
import shlex
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from hubscore import __version__
from hubscore.hub.errors import explain_error
from hubscore.hub.retry import retry
from hubscore.probe.file_names import inside, nameable
from hubscore.probe.walk import Listing, list_files

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from huggingface_hub.utils import httpx

CONNECTIONS = 8
"""How many files are fetched at once."""


def as_typed(path: Path) -> str:
    """Return a path as one types it, from the working directory where that is shorter."""
    try:
        near = os.path.relpath(path)
    except ValueError:  # it is on another drive of Windows
        near = str(path)
    return shlex.quote(min(str(path), near, key=len))


class Meter:
    """Counts bytes from several threads."""

    def __init__(self) -> None:
        self.total = 0
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        """Count ``count`` more bytes."""
        with self._lock:
            self.total += count


class Files(Protocol):
    """The files of a data set, by their paths below its root."""

    meter: Meter

    def paths(self) -> list[str]:
        """Return the path of every file, sorted."""

    def open(self, path: str) -> io.RawIOBase | io.BytesIO:
        """Open for reading in parts."""

    def read(self, path: str) -> bytes:
        """Read all of it; ``FileNotFoundError`` when it is not there."""

    def sizes(self, paths: Sequence[str]) -> list[int]:
        """Return the sizes in bytes, 0 for what is not there."""

    def join(self, folder: str, name: str) -> str:
        """Return the path of ``name``, which a table in ``folder`` mentions."""

    def local(self, path: str) -> Path | None:
        """Return where a file lies on this machine, none when it does not."""


class LocalFiles:
    """Files of this machine.

    Args:
        root: the folder they lie in.
        anywhere: whether a table may name files outside of it, as a person's own table may and a data set's may not.
        only: the name of the one file in it that counts, such as an archive that is the data set.
    """

    def __init__(self, root: Path, *, anywhere: bool = False, only: str | None = None) -> None:
        self.meter = Meter()
        self._root, self._anywhere, self._only = root, anywhere, only

    def paths(self) -> list[str]:
        """Return the path of every file, sorted; links are followed."""
        return self.listing.paths

    @cached_property
    def listing(self) -> Listing:
        """What lies in the folder, with what cannot be read."""
        return list_files(self._root) if self._only is None else Listing([self._only])

    def open(self, path: str) -> io.RawIOBase:
        """Open for reading in parts."""
        return _LocalFile(self._root / path, self.meter)

    def read(self, path: str) -> bytes:
        """Read all of it."""
        return _read_local(self._root / path, self.meter)

    def sizes(self, paths: Sequence[str]) -> list[int]:
        """Return the sizes in bytes, 0 for what is not there."""
        return [
            os.path.getsize(self._root / path) if path and os.path.isfile(self._root / path) else 0 for path in paths
        ]

    def join(self, folder: str, name: str) -> str:
        """Return the path of ``name``."""
        return os.path.join(folder, nameable(name)) if self._anywhere else inside(folder, name)

    def local(self, path: str) -> Path | None:
        """Return where a file lies on this machine."""
        return self._root / path


class HubFiles:
    """Files of one data set repo on the Hub, pinned to one commit; what is in the Hub cache already is read from
    there.
    """

    def __init__(self, repo_id: str, sha: str, token: str | bool | None = None, cached: Path | None = None) -> None:
        self.repo_id, self.sha, self.token, self._cached = repo_id, sha, token, cached
        self.meter = Meter()
        self._sizes: dict[str, int] = {}

    def paths(self) -> list[str]:
        """Return the path of every file, sorted."""
        from huggingface_hub import constants

        if self._cached is not None:  # offline: nobody can say what else there is
            offline = LocalFiles(self._cached)
            self._sizes = dict(zip(names := offline.paths(), offline.sizes(names), strict=True))
            return names
        page: str | None = f"{constants.ENDPOINT}/api/datasets/{self.repo_id}/tree/{self.sha}?recursive=true"
        try:
            # The client's own listing would wait as long as the rate limit says, and several times.
            while page is not None:
                listed, page = retry(partial(self._listed, page))
                self._sizes.update({item["path"]: item["size"] for item in listed if item["type"] == "file"})
        except Exception as error:
            raise explain_error(error, self.repo_id, kind="dataset") from error
        return sorted(self._sizes)

    def open(self, path: str) -> io.RawIOBase:
        """Open for reading in parts, each part one range request."""
        cached = self.local(path)
        return _LocalFile(cached, self.meter) if cached else _HubFile(self, path, self.sizes([path])[0])

    def read(self, path: str) -> bytes:
        """Read all of it, asking again when the Hub stumbles."""
        from huggingface_hub.errors import EntryNotFoundError

        cached = self.local(path)
        if cached is not None:
            return _read_local(cached, self.meter)
        try:
            return retry(lambda: self.fetch(path))
        except EntryNotFoundError:
            raise FileNotFoundError(path) from None
        except Exception as error:
            raise explain_error(error, self.repo_id, kind="dataset") from error

    def sizes(self, paths: Sequence[str]) -> list[int]:
        """Return the sizes in bytes, 0 for what is not there."""
        if not self._sizes:
            self.paths()
        return [self._sizes.get(path, 0) for path in paths]

    def join(self, folder: str, name: str) -> str:
        """Return the path of ``name`` in the repo."""
        return inside(folder, name)

    def fetch(self, path: str, start: int | None = None, stop: int | None = None) -> bytes:
        """Make one request, for all of the file or for bytes ``start`` up to ``stop``."""
        from huggingface_hub import hf_hub_url

        wanted = {} if start is None or stop is None else {"Range": f"bytes={start}-{stop - 1}"}
        response = self._get(hf_hub_url(self.repo_id, path, repo_type="dataset", revision=self.sha), **wanted)
        self.meter.add(len(response.content))
        content = response.content[start:stop] if response.status_code == 200 else response.content  # range ignored
        expected = stop - start if wanted and start is not None and stop is not None else self._sizes.get(path, 0)
        if len(content) < expected:  # a proxy or server that says too short a length: no error of the connection
            from huggingface_hub.utils import httpx

            raise httpx.RemoteProtocolError(f"{path} came with {len(content)} of {expected} bytes")
        return content

    def _listed(self, page: str) -> tuple[list[dict[str, Any]], str | None]:
        """Return a page of the listing and the address of the next; one that is cut off is asked for again too."""
        from huggingface_hub.utils import httpx

        response = self._get(page)
        try:
            return response.json(), response.links.get("next", {}).get("url")
        except ValueError as error:  # a proxy or server that says too short a length: no error of the connection
            raise httpx.RemoteProtocolError(f"the listing came cut off ({error})") from error

    def _get(self, url: str, **headers: str) -> httpx.Response:
        from huggingface_hub import constants
        from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

        identity = build_hf_headers(token=self.token, library_name="hubscore", library_version=__version__)
        response = get_session().get(url, headers={**identity, **headers}, timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT)
        hf_raise_for_status(response)
        return response

    def local(self, path: str) -> Path | None:
        """Return where a file lies in the Hub cache, none when it is not there."""
        from huggingface_hub import try_to_load_from_cache

        found = try_to_load_from_cache(self.repo_id, path, revision=self.sha, repo_type="dataset")
        return Path(found) if isinstance(found, str) else None


def _read_local(path: Path, meter: Meter) -> bytes:
    if path.exists() and not path.is_file():
        raise OSError("not a regular file")  # reading a pipe would wait for ever
    data = path.read_bytes()
    meter.add(len(data))
    return data


def _fill(buffer: memoryview, data: bytes) -> int:
    buffer[: len(data)] = data
    return len(data)


class _LocalFile(io.FileIO):
    """A local file that counts what is read."""

    def __init__(self, path: Path, meter: Meter) -> None:
        super().__init__(path)
        self._meter = meter

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(-1 if size is None else size)
        self._meter.add(len(data))
        return data

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        return _fill(view, self.read(len(view)))


class _HubFile(io.RawIOBase):
    """A file on the Hub that is read by range requests, without reading ahead."""

    def __init__(self, files: HubFiles, path: str, size: int) -> None:
        self._files, self._path, self._size, self._at = files, path, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        start = self._at
        stop = self._size if size is None or size < 0 else min(start + size, self._size)
        if start >= stop:
            return b""
        try:
            data = retry(lambda: self._files.fetch(self._path, start, stop))
        except Exception as error:
            raise explain_error(error, self._files.repo_id, kind="dataset") from error
        self._at = start + len(data)
        return data

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        return _fill(view, self.read(len(view)))


def read_all(files: Files, paths: Sequence[str]) -> list[bytes | OSError]:
    """Read several files at once; a file that is not there gives its error in its place."""

    def one(path: str) -> bytes | OSError:
        try:
            return files.read(path)
        except OSError as error:
            return error

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return list(pool.map(one, paths))
