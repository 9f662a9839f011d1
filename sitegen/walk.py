"""The files below a folder; one that cannot be read is an error, because what is in it would vanish from the site."""

from __future__ import annotations

import os
from pathlib import Path

from sitegen.errors import SitegenError, readable


def files(folder: Path, error: type[SitegenError]) -> list[Path]:
    """Return the paths of all files below a folder, in order; none where there is no such folder.

    Links to files count, also those that lead nowhere: reading them tells. Links to folders are left out, and so
    are pipes and devices. ``error`` is raised for a folder that cannot be read.
    """

    def refused(failure: OSError) -> None:
        raise failure

    found: list[Path] = []
    try:
        for where, _, names in os.walk(folder, onerror=refused):
            found += [Path(where, name) for name in names]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as failure:
        place, remedy = failure.filename or folder, "see to its permissions"
        raise error.at(readable(place), f"cannot be read: {failure.strerror}", remedy) from failure
    found.sort(key=lambda path: path.relative_to(folder).parts)
    return [path for path in found if not os.path.exists(path) or path.is_file()]  # noqa: PTH110 - it never raises
