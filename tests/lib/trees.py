"""Small source trees for the tests of tools/: write files, run a checker, look at its lines."""

import os
import subprocess
import tempfile
import textwrap
import unittest

SOURCE = os.environ.get('WEIR_SOURCE') or os.path.abspath(
    os.path.join(os.path.dirname(__file__), '..', '..'))


def write(root, path, text):
    """Write root/path, making its folders; `text` is dedented."""
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, 'w', encoding='utf-8') as file:
        file.write(textwrap.dedent(text))
    return full


class CheckerCase(unittest.TestCase):
    """A test of one checker; `checker` is its name in tools/."""

    checker = ''

    def check(self, **files):
        """Run the checker on a tree; a keyword is a path with __ for / and ___ for the last dot."""
        return self.check_tree({name.replace('___', '.').replace('__', '/'): text
                                for name, text in files.items()})

    def check_tree(self, files):
        """{path: text} -> the complaints, a list of lines; the exit status must agree with them."""
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                write(root, path, text)
            done = subprocess.run(['/usr/bin/python3', os.path.join(SOURCE, 'tools', self.checker),
                                   root], capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(done.stderr, '')
        lines = done.stdout.splitlines()
        self.assertEqual(done.returncode, 1 if lines else 0)
        return lines

    def assert_one(self, lines, *words):
        """Exactly one complaint, holding every word."""
        self.assertEqual(len(lines), 1, lines)
        for word in words:
            self.assertIn(word, lines[0])
