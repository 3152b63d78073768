"""What the tests of several vendors share."""

from pathlib import Path

import pytest

from gatepost.testing import certificate


@pytest.fixture
def ca_file(tmp_path: Path) -> str:
    """The path of a PEM file with a certificate."""
    path = tmp_path / "ca.pem"
    path.write_bytes(certificate.for_tls()[0])
    return str(path)
