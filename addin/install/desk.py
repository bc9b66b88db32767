"""This desk: where each application looks for add-ins and settings."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

EXCEL_MAC = Path("Library/Group Containers/UBF8T346G9.Office/User Content.localized")


@dataclass(frozen=True)
class Desk:
    """A person's machine: its system (``win32``, ``darwin``, ``linux``), home and Python."""

    system: str = sys.platform
    home: Path = field(default_factory=Path.home)
    appdata: Path | None = None
    python: Path = Path(sys.executable)

    @property
    def roaming(self) -> Path:
        """Windows' folder of application settings."""
        given = os.environ.get("APPDATA")
        if self.appdata is not None:
            return self.appdata
        return Path(given) if given else self.home / "AppData" / "Roaming"

    @property
    def excel_start(self) -> Path | None:
        """The folder from which Excel opens add-ins when it starts; None where no Excel runs."""
        if self.system == "win32":
            return self.roaming / "Microsoft" / "Excel" / "XLSTART"
        if self.system == "darwin":
            return self.home / EXCEL_MAC / "Startup.localized" / "Excel"
        return None

    @property
    def excel_settings(self) -> Path:
        """The settings file that the add-in's modules read."""
        if self.system == "darwin":
            return self.home / "Library/Containers/com.microsoft.Excel/Data" / "gouji.conf"
        return self.home / ".gouji" / "gouji.conf"

    @property
    def excel_scripts(self) -> Path:
        """On a Mac: the folder whose AppleScripts Excel may run."""
        return self.home / "Library/Application Scripts/com.microsoft.Excel"

    @property
    def wps_addins(self) -> Path:
        """WPS's folder of JavaScript add-ins."""
        if self.system == "win32":
            return self.roaming / "kingsoft" / "wps" / "jsaddons"
        if self.system == "darwin":
            container = "Library/Containers/com.kingsoft.wpsoffice.mac/Data"
            return self.home / container / ".kingsoft" / "wps" / "jsaddons"
        return self.home / ".local" / "share" / "Kingsoft" / "wps" / "jsaddons"

    @property
    def libreoffice_settings(self) -> Path:
        """Which Python or server the extension for LibreOffice asks."""
        return self.home / ".gouji" / "desk.json"

    @property
    def desktop(self) -> Path:
        """The folder of the icons on the screen."""
        if self.system == "win32" and self.appdata is None and (found := _windows_desktop()):
            return found
        if self.system == "linux":
            dirs = self.home / ".config" / "user-dirs.dirs"
            for line in dirs.read_text("utf-8").splitlines() if dirs.is_file() else ():
                if line.startswith("XDG_DESKTOP_DIR="):
                    named = line.partition("=")[2].strip('"').replace("$HOME", str(self.home))
                    return Path(named)
        return self.home / "Desktop"


def _windows_desktop() -> Path | None:
    """The desktop's folder, which a company may have moved."""
    try:
        import winreg

        key = winreg.OpenKey(  # type: ignore[attr-defined, unused-ignore]
            winreg.HKEY_CURRENT_USER,  # type: ignore[attr-defined, unused-ignore]
            r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders",
        )
        value = winreg.QueryValueEx(key, "Desktop")[0]  # type: ignore[attr-defined, unused-ignore]
        return Path(os.path.expandvars(value))
    except (ImportError, OSError):
        return None
