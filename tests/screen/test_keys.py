"""Every key on a recording, at three sizes, compared with golden/NAME.txt.

WEIR_GOLDEN=write writes the files anew; look at the difference before you commit it.
"""

import unittest

from screens import Golden, add_cases

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


class Keys(Golden):
    """One case for each line of CASES."""

    def check(self, name, steps):
        self.check_golden(name, steps, self.open, 'ended.*12:04:31')


add_cases(Keys, CASES)

if __name__ == '__main__':
    unittest.main()
