"""The TAP runner shows every case once, and neither failures nor their reasons get lost."""

import os
import re
import signal
import subprocess
import tempfile
import unittest

import trees

RUNNER = os.path.join(trees.SOURCE, 'tests/lib/tap_runner.py')


class Runner(unittest.TestCase):
    def start(self, text, *names):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = trees.write(folder.name, 'test_x.py', text)
        return subprocess.Popen(['/usr/bin/python3', RUNNER, path, *names], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def tap(self, body, *names):
        """Run a file with one class of this body -> (stdout, stderr)."""
        lines = ['import os, unittest', 'class A(unittest.TestCase):',
                 *('    ' + line for line in body)]
        return self.start('\n'.join(lines) + '\n', *names).communicate(timeout=20)

    def test_good_and_bad_cases(self):
        out, _ = self.tap(['def test_a(self): pass',
                           'def test_b(self): self.assertEqual(1, 2, "why")'])
        self.assertRegex(out, r'^ok 1 - test_x\.A\.test_a\nnot ok 2 - test_x\.A\.test_b\n#')
        self.assertIn('why\n', out)
        self.assertTrue(out.endswith('\n1..2\n'), out)

    def test_skips_carry_their_reason(self):
        out, _ = self.tap(['def test_a(self): self.skipTest("needs root")'])
        self.assertEqual(out, 'ok 1 - test_x.A.test_a # SKIP needs root\n1..1\n')

    def test_failed_subtests_are_failures(self):
        out, _ = self.tap(['def test_a(self):', '    for i in (1, 2):',
                           '        with self.subTest(i): self.assertEqual(i, 1)'])
        self.assertEqual(len(re.findall('^not ok', out, re.M)), 1, out)
        self.assertEqual(len(re.findall('^ok', out, re.M)), 0, out)

    def test_failed_class_setup_is_a_failure(self):
        out, _ = self.tap(['@classmethod', 'def setUpClass(cls): 1 / 0', 'def test_a(self): pass'])
        self.assertRegex(out, r'^not ok 1 - ')
        self.assertIn('ZeroDivisionError', out)

    def test_output_of_tests_stays_out_of_the_tap(self):
        out, err = self.tap(['def test_a(self): print("not ok 7"); os.system("echo ok 8")'])
        self.assertEqual(out, 'ok 1 - test_x.A.test_a\n1..1\n')
        self.assertIn('not ok 7', err)
        self.assertIn('ok 8', err)

    def test_one_case_by_name(self):
        body = ['def test_a(self): pass', 'def test_b(self): 1 / 0']
        self.assertEqual(self.tap(body, 'A.test_a')[0], 'ok 1 - test_x.A.test_a\n1..1\n')

    def test_no_case_is_a_failure(self):
        self.assertTrue(self.tap(['pass'])[0].startswith('not ok 1 '))

    def test_crash_leaves_no_plan(self):
        out, _ = self.tap(['def test_a(self): pass', 'def test_b(self): os.abort()'])
        self.assertEqual(out, 'ok 1 - test_x.A.test_a\n')

    def test_timeout_unwinds_contexts(self):
        process = self.start('''\
            import contextlib, os, signal, unittest
            @contextlib.contextmanager
            def context():
                try:
                    yield
                finally:
                    os.write(2, b'cleaned')
            class A(unittest.TestCase):
                def test_a(self):
                    with context():
                        os.write(2, b'ready')
                        signal.pause()
            ''')
        self.assertEqual(os.read(process.stderr.fileno(), 5), b'ready')
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
        self.assertTrue(err.startswith('cleaned'), err)
        self.assertNotEqual(process.returncode, 0)
        self.assertNotIn('1..', out)
