"""Every key on a recording, at three sizes, compared with golden/NAME.txt.

WEIR_GOLDEN=write writes the files anew; look at the difference before you commit it.
"""

import difflib
import os
import re
import time
import unittest

from screens import MOUSE, Screen

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'golden')
WRITE = os.environ.get('WEIR_GOLDEN') == 'write'
SIZES = ((100, 30), (80, 24), (60, 10))

# name -> what is pressed: names of keys, ('type', text), or (MOUSE, button, x, y).
CASES = {
    'start': [],
    'select-arrows': ['Down', 'Down', 'Up'],
    'select-vi': ['j', 'j', 'j', 'k'],
    'select-last': ['End'],
    'select-last-vi': ['G'],
    'select-first': ['G', 'g'],
    'select-home': ['End', 'Home'],
    'open': ['Enter'],
    'open-last-row': ['j', 'j', 'j', 'l'],
    'open-closed': ['Enter', 'h'],
    'open-escape': ['Enter', 'Escape'],
    'unfold': ['G', 'Enter'],
    'unfold-page-down': ['G', 'Enter', 'g', 'NPage'],
    'unfold-page-up': ['G', 'Enter', 'G', 'PPage'],
    'unfold-fold': ['G', 'Enter', 'h'],
    'filter-complete': ['/', ('type', 'rx_b'), 'Tab', 'Tab', 'Tab'],
    'filter-error': ['/', ('type', 'state=up and knid=veth')],
    'filter-typing': ['/', ('type', 'kind=veth')],
    'filter-kept': ['/', ('type', 'state=up and rx_bytes>4.5G'), 'Enter'],
    'filter-nothing': ['/', ('type', 'name=none'), 'Enter'],
    'filter-cleared': ['/', ('type', 'kind=veth'), 'Enter', 'Escape'],
    'filter-dropped': ['/', ('type', 'kind=veth'), 'Escape'],
    'sort-right': ['>', '>', '>'],
    'sort-left': ['<'],
    'sort-s': ['s'],
    'sort-reverse': ['>', '>', '>', 'r'],
    'sort-back': ['>', '<'],
    'freeze': ['Space'],
    'units': ['u'],
    'factor': ['i'],
    'units-both': ['u', 'i'],
    'interval-longer': ['+'],
    'interval-shorter': ['-'],
    'totals-start': ['t'],
    'totals-mark': ['m'],
    'totals-boot': ['t', 't', 't'],
    'columns': ['c', 'j', 'j'],
    'columns-changed': ['c', 'j', 'Space', 'j', 'Space', 'End', 'Space', 'Escape'],
    'export': ['e'],
    'export-left': ['e', 'Escape'],
    'copy': ['y'],
    'help': ['?'],
    'help-scrolled': ['?', 'j', 'j'],
    'help-closed': ['?', 'q'],
    'tab-apps': ['2'],
    'tab-hosts': ['3'],
    'tab-flows': ['4'],
    'tab-protocols': ['5'],
    'tab-findings': ['6'],
    'tab-back': ['4', '1'],
}


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


class Keys(Screen):
    """One case for each line of CASES."""

    def check(self, name, steps):
        golden = read_golden(name)
        for columns, lines in SIZES:
            size = f'{columns}x{lines}'
            with self.open(columns, lines) as screen:
                screen.wait_for('ended.*12:04:31')
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


def add_cases():
    for name, steps in CASES.items():
        def case(self, name=name, steps=steps):
            self.check(name, steps)
        setattr(Keys, 'test_' + name.replace('-', '_'), case)


add_cases()

if __name__ == '__main__':
    unittest.main()
