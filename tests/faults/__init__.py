"""Faults on purpose: a breaking network, killed servers, full disks; and a ledger that finds out if words got lost."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
