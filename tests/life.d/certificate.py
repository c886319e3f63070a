"""Certificates that a server shows: self-signed, as openssl makes them."""

import hashlib
import ssl
import subprocess
from pathlib import Path

from packages import need


class Certificate:
    """A folder with cert.pem and key.pem."""

    def __init__(self, folder: Path) -> None:
        """Makes them."""
        need("openssl", "openssl")
        folder.mkdir()
        self.folder, self.pem = folder, folder / "cert.pem"
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        out = ["-keyout", folder / "key.pem", "-out", self.pem]
        name = ["-subj", "/CN=broker.local", "-days", "30"]
        command = ["openssl", "req", "-x509", *kind, *name, *out]
        subprocess.run(command, check=True, capture_output=True)

    def pin(self) -> str:
        """Its SHA-256, as Python's own library works it out."""
        der = ssl.PEM_cert_to_DER_cert(self.pem.read_text())
        digits = hashlib.sha256(der).hexdigest().upper()
        return ":".join(digits[k : k + 2] for k in range(0, 64, 2))
