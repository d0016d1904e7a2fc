"""Run one unittest file and print its cases as TAP, for meson's protocol 'tap'.

    /usr/bin/python3 tests/lib/tap_runner.py FILE [CASE...]     CASE: Class or Class.test_name

Standard output carries TAP only: what tests and their programs print there goes to standard error.
A file without cases fails. SIGTERM (meson's timeout) unwinds the stack, so that contexts clean up.
"""

import importlib.util
import os
import signal
import sys
import unittest


class TapResult(unittest.TestResult):
    """Prints one line a case as soon as it is over; the plan comes last, so a crash is seen."""

    def __init__(self, stream):
        super().__init__()
        self.stream = stream
        self.count = 0

    def _line(self, good, test, directive='', details=''):
        self.count += 1
        name = test.id().replace('#', '_').replace('\n', ' ')
        word = 'ok' if good else 'not ok'
        self.stream.write(f'{word} {self.count} - {name}{directive}\n')
        for line in details.splitlines():
            self.stream.write(f'# {line}\n')
        self.stream.flush()

    def addSuccess(self, test):
        super().addSuccess(test)
        self._line(True, test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._line(False, test, details=self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._line(False, test, details=self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._line(False, subtest, details=self._exc_info_to_string(err, test))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line(True, test, directive=f' # SKIP {reason}')

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self._line(True, test)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._line(False, test, details='passed, but is marked as an expected failure')


def load(path, names):
    """The cases of the file `path`, all or those named."""
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    loader = unittest.defaultTestLoader
    return loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)


def interrupt(_number, _frame):
    raise KeyboardInterrupt


def main():
    if len(sys.argv) < 2:
        sys.exit('usage: tap_runner.py FILE [CASE...]')
    signal.signal(signal.SIGTERM, interrupt)
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    tap = os.fdopen(os.dup(1), 'w', encoding='utf-8')
    os.dup2(2, 1)
    result = TapResult(tap)
    load(sys.argv[1], sys.argv[2:]).run(result)
    if not result.count:
        tap.write('not ok 1 - the file holds no test case\n')
        result.count = 1
    tap.write(f'1..{result.count}\n')
    tap.close()


if __name__ == '__main__':
    main()
