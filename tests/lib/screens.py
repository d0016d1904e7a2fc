"""What tests of the terminal view share: a recording, and a terminal that shows its end."""

import difflib
import os
import re
import tempfile
import time
import unittest

import office_capture
import recording
import tmux
import weir

MOUSE = 'mouse'
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'screen', 'golden')
WRITE = os.environ.get('WEIR_GOLDEN') == 'write'
SIZES = ((100, 30), (80, 24), (60, 10))


def settled(screen):
    """The screen once it no longer changes; only for writing golden files."""
    text, since = screen.text(), time.monotonic()
    while time.monotonic() < since + 0.5:
        time.sleep(0.05)
        if screen.text() != text:
            text, since = screen.text(), time.monotonic()
    return text


def read_golden(name):
    """{'100x30': text, ...}"""
    try:
        with open(os.path.join(GOLDEN, name + '.txt'), encoding='utf-8') as file:
            parts = re.split(r'^=== (\S+)\n', file.read(), flags=re.MULTILINE)
    except FileNotFoundError:
        return {}
    return dict(zip(parts[1::2], parts[2::2]))


def write_golden(name, texts):
    with open(os.path.join(GOLDEN, name + '.txt'), 'w', encoding='utf-8') as file:
        file.write(''.join(f'=== {size}\n{text}' for size, text in texts.items()))


@weir.needs_weir
@tmux.needs_tmux
class Screen(unittest.TestCase):
    """Base: a recording, and a terminal that shows its end."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.recording = os.path.join(cls.folder.name, 'office.jsonl')
        recording.write(cls.recording)
        cls.capture = os.path.join(cls.folder.name, 'office.pcap')
        office_capture.write(cls.capture)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def open(self, columns=100, lines=30, args=(), **options):
        return tmux.Terminal([weir.PROGRAM, '--replay', self.recording, '--speed', '0', *args],
                             columns, lines, **options)

    def open_capture(self, columns=100, lines=30, args=(), **options):
        return tmux.Terminal([weir.PROGRAM, '--file', self.capture, *args], columns, lines,
                             **options)

    def press(self, screen, steps):
        for step in steps:
            if step[0] == 'type':
                screen.type(step[1])
            elif step[0] == MOUSE:
                screen.mouse(*step[1:])
            else:
                screen.keys(step)
            if step == 'Escape':  # else it might be taken for the beginning of a longer key
                time.sleep(0.06)


class Golden(Screen):
    """Screens after some keys, compared with golden/NAME.txt."""

    def check_golden(self, name, steps, start, ready):
        """start(columns, lines) gives a terminal that is ready when the pattern is there."""
        golden = read_golden(name)
        for columns, lines in SIZES:
            size = f'{columns}x{lines}'
            with start(columns, lines) as screen:
                screen.wait_for(ready)
                self.press(screen, steps)
                if WRITE:
                    golden[size] = settled(screen)
                    continue
                wanted = golden.get(size, '')
                try:
                    screen.wait_until(lambda text: text == wanted, 'golden screen', 20)
                except AssertionError:
                    shown = difflib.unified_diff(wanted.split('\n'), screen.lines(), 'golden',
                                                 'screen', lineterm='', n=1)
                    self.fail(f'{name} at {size}:\n' + '\n'.join(shown))
        if WRITE:
            write_golden(name, golden)


def add_cases(test, cases):
    """A method of the class for each name and its steps, by its check()."""
    for name, steps in cases.items():
        def case(self, name=name, steps=steps):
            self.check(name, steps)
        setattr(test, 'test_' + name.replace('-', '_'), case)
