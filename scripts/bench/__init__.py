"""The parts of `make bench`: rows, a bare project to compare with, servers, a client, and the report."""
