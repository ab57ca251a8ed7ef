"""End-to-end tests of slapd and its tools: see README.md in this folder."""
