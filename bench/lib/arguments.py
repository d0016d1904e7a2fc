"""What follows a benchmark's name; anything else is told in one line, with status 2."""

import argparse
import os


class Parser(argparse.ArgumentParser):
    """--help prints the benchmark's own description."""

    def __init__(self, description):
        super().__init__(description=description, usage=argparse.SUPPRESS,
                         formatter_class=argparse.RawDescriptionHelpFormatter)

    def error(self, message):
        self.exit(2, f'bench/{self.prog}: {message}; bench/{self.prog} --help tells more\n')


def whole(text):
    """An integer of at least 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is no number from 0")
    return int(text)


def above_zero(text):
    """An integer of at least 1."""
    if not whole(text):
        raise argparse.ArgumentTypeError("'0' is too small")
    return int(text)


def file(text):
    """The path of a file that is there."""
    if not os.path.isfile(text):
        raise argparse.ArgumentTypeError(f"there is no file '{text}'")
    return text
