"""tools/test_summary counts cases, and no broken test passes for a good one.

The logs are meson's own: a small project with tests of every kind is run once.
"""

import os
import subprocess
import tempfile
import unittest

import trees

PRINTS = {
    'good': 'echo 1..2; echo ok 1 - a; echo ok 2 - b',
    'skips': 'echo 1..2; echo ok 1 - a; echo "ok 2 - b # SKIP needs root"',
    'all_skipped': 'echo "1..0 # SKIP no tool"',
    'bad': 'echo 1..2; echo ok 1 - a; echo not ok 2 - b; echo "# told why"',
    'crash': 'echo ok 1 - a; echo ok 2 - b; kill -SEGV $$',
    'short': 'echo 1..3; echo ok 1 - a',
    'silent': 'exit 0',
    'dumb': 'exit 9',
}


class Summary(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = folder.name
        row = "test('{}', sh, args: ['-c', '{}'], protocol: 'tap', suite: 's')\n"
        rows = ''.join(row.format(name, command)
                       for name, command in PRINTS.items())
        trees.write(cls.root, 'meson.build', "project('p')\nsh = find_program('sh')\n" + rows
                    + "test('plain', sh, args: ['-c', 'exit 0'])\n"
                    + "test('plain_bad', sh, args: ['-c', 'echo text; exit 1'])\n"
                    + "test('plain_skip', sh, args: ['-c', 'exit 77'])\n")
        cls.meson('setup', 'b', '.')

    @classmethod
    def meson(cls, *args):
        return subprocess.run(['meson', *args], cwd=cls.root, capture_output=True, text=True,
                              timeout=60, check=False)

    def summary(self, *tests):
        """Run these tests; -> (exit status, lines of the report)."""
        self.meson('test', '-C', 'b', '--no-rebuild', *tests)
        done = subprocess.run(['/usr/bin/python3', os.path.join(trees.SOURCE, 'tools/test_summary'),
                               os.path.join(self.root, 'b/meson-logs')],
                              capture_output=True, text=True, timeout=20, check=False)
        return done.returncode, done.stdout.splitlines()

    def check_last(self, tests, line, status):
        code, lines = self.summary(*tests)
        self.assertEqual((lines[-1], code), (line, status), lines)
        return lines

    def test_cases_are_counted_singly(self):
        lines = self.check_last(['good', 'skips', 'plain'], '4 passed, 0 failed, 1 skipped', 0)
        self.assertTrue(any('needs root' in line for line in lines), lines)

    def test_failure_is_shown_with_its_output(self):
        lines = self.check_last(['good', 'bad'], '3 passed, 1 failed, 0 skipped', 1)
        self.assertIn('    # told why', lines)
        self.assertTrue(any(line.startswith('FAILED: bad: ') for line in lines), lines)

    def test_crash_after_good_cases(self):
        self.check_last(['crash'], '2 passed, 1 failed, 0 skipped', 1)

    def test_missing_cases(self):
        self.check_last(['short'], '1 passed, 1 failed, 0 skipped', 1)

    def test_silence_is_no_success(self):
        self.check_last(['silent'], '0 passed, 1 failed, 0 skipped', 1)
        self.check_last(['dumb'], '0 passed, 1 failed, 0 skipped', 1)

    def test_plain_programs(self):
        self.check_last(['plain', 'plain_bad', 'plain_skip'], '1 passed, 1 failed, 1 skipped', 1)

    def test_nothing_ran(self):
        self.check_last(['all_skipped'], '0 passed, 0 failed, 1 skipped', 1)

    def test_no_log(self):
        done = subprocess.run(['/usr/bin/python3', os.path.join(trees.SOURCE, 'tools/test_summary'),
                               self.root], capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual((done.stdout, done.returncode), ('0 passed, 0 failed, 0 skipped\n', 1))
