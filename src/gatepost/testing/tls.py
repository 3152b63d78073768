"""TLS for a local issuer, with a certificate of its own."""

import shutil
import ssl
import tempfile
import weakref
from pathlib import Path

from gatepost.testing import certificate


class Tls:
    """A server's TLS settings, and the file that clients have to trust.

    Attributes:
        context: The server's settings.
        ca_file: The self-signed certificate, as a PEM file in a temporary folder that goes when this object goes.
    """

    def __init__(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="gatepost-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        chain, key = certificate.for_tls()
        certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
        certificate_file.write_bytes(chain)
        key_file.touch(mode=0o600)
        key_file.write_bytes(key)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.load_cert_chain(certificate_file, key_file)
        self.ca_file = str(certificate_file)
