"""Files of a page, read in one go.

A browser that leaves in mid-answer then leaves no open file behind: Quart opens files on a
thread, and an answer that is cancelled in that moment never closes its own.
"""

from types import TracebackType

from quart.wrappers import Response
from quart.wrappers.response import FileBody


class WholeFile(FileBody):
    """The bytes of the asked range as one chunk. For files of pages: up to a few hundred KB."""

    async def __aenter__(self) -> "WholeFile":
        self._left = [self.file_path.read_bytes()[self.begin : self.end]]
        return self

    async def __aexit__(
        self, exc_type: type, exc_value: BaseException, tb: TracebackType
    ) -> None: ...

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop()


class PageResponse(Response):
    """Set as the `response_class` of an application that serves files."""

    file_body_class = WholeFile
