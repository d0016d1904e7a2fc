"""Apps in the window: a real transfer in a namespace, and what the window says of it."""

import os
import re
import signal
import unittest

import desktop
import netns
import transfers

PATIENCE = 60  # [s] for what comes within seconds on an idle machine


@desktop.needs_desktop
@netns.needs_root
@transfers.needs_exact
class Apps(unittest.TestCase):
    """A sender in a namespace whose packets a taker in another one reads."""

    @classmethod
    def setUpClass(cls):
        cls.screen = desktop.shared()
        cls.lab = netns.Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.pair = transfers.Pair(cls.lab)

    def start(self, space):
        window = self.screen.start('--interval-ns=500000000',
                                   prefix=['nsenter', f'--net=/run/netns/{space.name}'])
        window.wait(lambda: len(window.rows()) > 1, 'rows', PATIENCE)
        return window

    def said(self, window, pattern):
        """A name in the window that matches."""
        return window.wait(
            lambda: [name for name in window.names() if re.fullmatch(pattern, name)], pattern,
            PATIENCE)[0]

    def test_the_sentence_names_the_app_and_the_foot_what_is_explained(self):
        window = self.start(self.pair.left)
        self.said(window, f'{self.pair.sender} takes (all|9.*%) of the upload, '
                          'mostly to ' + re.escape(transfers.RIGHT))
        self.said(window, r'apps exact · (all|[\d.]+ %) of [\d.]+ .B explained.*')

    def test_pings_are_the_kernels(self):
        """In the foot, and on the page of the interface."""
        pinged, far = self.lab.namespace('pinged'), self.lab.namespace('pings')
        self.lab.link(pinged, 'eth0', ['10.6.0.1/24'], far, 'eth0', ['10.6.0.2/24'])
        window = self.start(pinged)
        far.start('ping', '-i', '0.05', '-s', '1000', '10.6.0.1')
        self.said(window, r'apps exact · .* explained \([\d.]+ % by the kernel.*')
        self.screen.focus(window)
        self.choose(window, 'eth0', 'name')
        self.screen.key('ctrl+i')
        for word in ('Whose Bytes They Were', 'The kernel itself', 'Frame headers'):
            self.said(window, word)
        self.assertNotIn('Programs on this machine', window.names())

    def test_a_quiet_network_and_an_app_elsewhere(self):
        quiet, far = self.lab.namespace('quiet'), self.lab.namespace('far')
        self.lab.link(quiet, 'eth0', ['10.8.0.1/24'], far, 'eth0', ['10.8.0.2/24'])
        window = self.start(quiet)
        self.said(window, rf'The network is quiet; ({self.pair.sender} uploads .* to '
                          rf'{re.escape(transfers.RIGHT)}|{self.pair.taker} downloads .* from '
                          rf'{re.escape(transfers.LEFT)}) in another network namespace')

    def page(self, *names):
        """The page of apps, with these rows at least."""
        window = self.start(self.pair.left)
        self.screen.focus(window)
        self.screen.key('ctrl+2')
        window.wait(lambda: {*names} <= {*window.column(0)}, f'rows of {names}', PATIENCE)
        return window

    def choose(self, window, name, column='app'):
        """Select a row by its name: the filter leaves no other."""
        window.act('push button', 'Filter')
        entry = window.wait(lambda: [node for node in window.all('entry')
                                     if node.get_editable_text_iface()], 'entry', PATIENCE)[0]
        self.screen.atspi.EditableText.set_text_contents(entry, f'{column}={name}')
        window.wait(lambda: window.column(0)[1:] == [name], f'only {name}', PATIENCE)
        window.wait(lambda: self.step(window), 'the row is selected', PATIENCE)

    def step(self, window):
        """Move the focus on, until it is on the row; whether the row is selected."""
        state = self.screen.atspi.StateType.SELECTED
        if any(row.get_state_set().contains(state)
               for row in window.all('table row', top=window.table())):
            return True
        self.screen.key('Tab', 'Home')
        return False

    def test_details_of_an_app(self):
        window = self.page(self.pair.sender)
        self.choose(window, self.pair.sender)
        self.screen.key('ctrl+i')
        for fact in (os.path.join(self.pair.folder.name, self.pair.sender),
                     str(self.pair.process.pid), transfers.RIGHT, 'exact'):
            self.said(window, re.escape(fact))
        self.said(window, r'Upload [\d.]+ Mbit/s')
        window.wait(lambda: window.all('push button', 'End Program…'), 'a button to end it',
                    PATIENCE)

    def test_an_app_ends_after_a_question(self):
        stubborn = self.pair.more('stubborn', stubborn=True)
        window = self.page(stubborn.name)
        self.choose(window, stubborn.name)
        self.screen.key('ctrl+i')
        window.act('push button', 'End Program…')
        self.said(window, re.escape(f'End {stubborn.name}?'))
        self.said(window, rf'It is asked to end \(SIGTERM\). Processes: {stubborn.process.pid}')
        self.screen.key('Escape')
        window.wait(lambda: f'End {stubborn.name}?' not in window.names(), 'no question', PATIENCE)
        self.assertIsNone(stubborn.process.poll(), 'Cancel ends nothing')
        window.act('push button', 'End Program…')
        window.act('push button', '_End End')
        self.said(window, re.escape(f'Kill {stubborn.name}?'))
        self.assertIsNone(stubborn.process.poll(), 'it was only asked')
        window.act('push button', '_Kill Kill')
        self.assertEqual(stubborn.process.wait(PATIENCE), -signal.SIGKILL)
        self.said(window, 'None of its processes is left')


if __name__ == '__main__':
    unittest.main()
