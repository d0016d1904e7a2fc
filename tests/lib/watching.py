"""A running weir whose findings a test waits for."""

import json
import os
import tempfile
import time

import weir

DEADLINE = 60  # [s]


class Watch:
    """A running `weir`, whose documents are read one after the other."""

    def __init__(self, test, space, *command, prefix=(), config=''):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, 'weir.conf')
        with open(path, 'w', encoding='ascii') as file:
            file.write(config)
        self.live = weir.start(*command, '--interval', '0.2', '--format', 'json', '--config', path,
                               prefix=(*space.prefix, *prefix))
        test.addCleanup(self.live.stop)
        self.test = test
        for _ in range(3):  # the capture was opened for the second at the latest
            self.rows()

    def rows(self):
        """The rows of the next document."""
        return json.loads(self.live.read_line(DEADLINE))['rows']

    def find(self, rule, address, until=lambda row: True):
        """The finding, once it is there; address: its object, which may go on behind it."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            rows = self.rows()
            for row in rows:
                if row['rule'] == rule and row['object'] == address and until(row):
                    return row
        return self.test.fail(f'no {rule} of {address}: {rows}')
