"""Apps in the window: a real transfer in a namespace, and what the window says of it."""

import re
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

    def test_a_quiet_network_and_an_app_elsewhere(self):
        quiet, far = self.lab.namespace('quiet'), self.lab.namespace('far')
        self.lab.link(quiet, 'eth0', ['10.8.0.1/24'], far, 'eth0', ['10.8.0.2/24'])
        window = self.start(quiet)
        self.said(window, rf'The network is quiet; ({self.pair.sender} uploads .* to '
                          rf'{re.escape(transfers.RIGHT)}|{self.pair.taker} downloads .* from '
                          rf'{re.escape(transfers.LEFT)}) in another network namespace')


if __name__ == '__main__':
    unittest.main()
