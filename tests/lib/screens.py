"""What tests of the terminal view share: a recording, and a terminal that shows its end."""

import os
import tempfile
import time
import unittest

import recording
import tmux
import weir

MOUSE = 'mouse'


@weir.needs_weir
@tmux.needs_tmux
class Screen(unittest.TestCase):
    """Base: a recording, and a terminal that shows its end."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.recording = os.path.join(cls.folder.name, 'office.jsonl')
        recording.write(cls.recording)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def open(self, columns=100, lines=30, args=(), **options):
        return tmux.Terminal([weir.PROGRAM, '--replay', self.recording, '--speed', '0', *args],
                             columns, lines, **options)

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
