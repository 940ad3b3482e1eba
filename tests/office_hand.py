"""Types into a workbook with LibreOffice and saves it anew: `python3 office_hand.py IN.xlsx OUT.xlsx EDITS.json`.

Runs in the Python that LibreOffice's bridge is installed for, so nothing of the project is imported here. EDITS is a
list of sheet, cell and what is typed. Prints the cells that did not take it, because they are locked.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.util.NumberFormat import TEXT

_SECONDS = 90


def main(source: str, target: str, edits: str) -> None:
    """Start the office, edit, save, and end it."""
    with tempfile.TemporaryDirectory() as profile:
        pipe = f"plumbline{time.monotonic_ns()}"
        words = ["--headless", "--norestore", f"-env:UserInstallation={Path(profile).as_uri()}"]
        office = subprocess.Popen(["soffice", *words, f"--accept=pipe,name={pipe};urp"])
        try:
            desktop = _connect(pipe)
            _edit(desktop, Path(source), Path(target), json.loads(Path(edits).read_text(encoding="utf-8")))
            desktop.terminate()
        finally:
            office.wait(_SECONDS)


def _connect(pipe: str) -> Any:  # noqa: ANN401 - the bridge has no types
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(_SECONDS * 4):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.25)
            continue
        return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    raise TimeoutError("LibreOffice did not answer")


def _edit(desktop: Any, source: Path, target: Path, edits: list[list[str]]) -> None:  # noqa: ANN401
    hidden = PropertyValue(Name="Hidden", Value=True)
    document = desktop.loadComponentFromURL(source.as_uri(), "_blank", 0, (hidden,))
    locked = []
    for sheet, address, typed in edits:
        cell = document.Sheets.getByName(sheet).getCellRangeByName(address)
        # A script may write where a person may not.
        if document.Sheets.getByName(sheet).isProtected() and cell.CellProtection.IsLocked:
            locked.append([sheet, address])
        elif document.NumberFormats.getByKey(cell.NumberFormat).Type & TEXT:
            cell.setString(typed)
        else:
            cell.setFormula(typed)
    document.storeToURL(target.as_uri(), (PropertyValue(Name="FilterName", Value="Calc MS Excel 2007 XML"),))
    document.close(True)
    sys.stdout.write(json.dumps(locked) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
