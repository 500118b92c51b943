"""Lint: what is wrong or risky in a policy in JSON, and what is risky in declarations."""
