"""iamc: compile access declarations into proved, least-privilege AWS IAM policies."""

__version__ = "0.1.0"
