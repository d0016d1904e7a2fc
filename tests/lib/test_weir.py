"""The helper that runs weir, tried on a stand-in for it."""

import os
import subprocess
import tempfile
import unittest
from unittest import mock

import trees
import weir

STAND_IN = '''\
#!/bin/sh
case $1 in
rows) printf '{"n":1}\\n{"n":2}\\n' ;;
env) echo "$LC_ALL $XDG_CONFIG_HOME" ;;
fail) echo reason >&2; exit 3 ;;
live) echo one; echo two; exec cat /dev/zero >/dev/null ;;
partial) printf half; exec cat /dev/zero >/dev/null ;;
esac
'''


class Helper(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        program = trees.write(folder.name, 'weir', STAND_IN)
        os.chmod(program, 0o755)
        patch = mock.patch.object(weir, 'PROGRAM', program)
        patch.start()
        self.addCleanup(patch.stop)

    def test_run_gives_output_and_status(self):
        self.assertEqual(weir.json_lines(weir.run('rows').stdout), [{'n': 1}, {'n': 2}])
        done = weir.run('fail')
        self.assertEqual((done.returncode, done.stdout, done.stderr), (3, '', 'reason\n'))

    def test_person_configuration_is_kept_out(self):
        self.assertEqual(weir.run('env').stdout, 'C.UTF-8 /dev/null\n')
        done = weir.run('env', env=weir.environment(LC_ALL=None, XDG_CONFIG_HOME='x'))
        self.assertEqual(done.stdout, ' x\n')

    def test_hanging_program_is_ended(self):
        with self.assertRaises(subprocess.TimeoutExpired):
            weir.run('live', timeout=0.2)

    def test_background_lines_come_one_by_one(self):
        with weir.start('live') as live:
            self.assertEqual([live.read_line(), live.read_line()], ['one', 'two'])
            with self.assertRaises(TimeoutError):
                live.read_line(timeout=0.1)
        self.assertEqual(live.process.returncode, -15)

    def test_background_end_and_half_lines(self):
        with weir.start('partial') as live, self.assertRaisesRegex(TimeoutError, 'half'):
            live.read_line(timeout=0.2)
        with weir.start('none') as live, self.assertRaises(EOFError):
            live.read_line()

    def test_missing_program_skips(self):
        self.assertTrue(weir.is_built())
        with mock.patch.object(weir, 'PROGRAM', ''):
            self.assertFalse(weir.is_built())
