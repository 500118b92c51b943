"""cli."""


def main(): ...
