"""Apps in the terminal view: a real transfer between two namespaces, and what the view says."""

import re
import shutil
import unittest

import netns
import tmux
import transfers
import weir


@weir.needs_weir
@tmux.needs_tmux
@netns.needs_root
class Apps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = netns.Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.pair = transfers.Pair(cls.lab)

    def show(self, *args, space=None, prefix=(), **options):
        prefix = [*(space or self.pair.left).prefix, *prefix]
        screen = tmux.Terminal([*prefix, weir.PROGRAM, '--interval', '0.5', *args], **options)
        self.addCleanup(screen.__exit__)
        return screen

    @transfers.needs_exact
    def test_the_sentence_names_the_app_without_being_asked(self):
        """The first table is that of interfaces; apps are measured all the same."""
        screen = self.show()
        screen.wait_for(f'{self.pair.sender} takes (all|9.*%) of the upload, mostly to '
                        + re.escape(transfers.RIGHT))
        screen.wait_for(r'apps exact; (all|[\d.]+ %) of [\d.]+ .B is explained')

    @transfers.needs_exact
    def test_a_quiet_network_and_an_app_elsewhere(self):
        quiet, far = self.lab.namespace('quiet'), self.lab.namespace('far')
        self.lab.link(quiet, 'eth0', ['10.8.0.1/24'], far, 'eth0', ['10.8.0.2/24'])
        screen = self.show(space=quiet, columns=120)
        screen.wait_for(rf'The network is quiet; ({self.pair.sender} uploads|{self.pair.taker} '
                        r'downloads) [\d.]+ Mbit/s (to|from) [\d.]+ in another network namespace')

    @unittest.skipUnless(shutil.which('setpriv'), 'needs setpriv')
    def test_a_plain_user_is_told_what_is_hidden(self):
        screen = self.show(prefix=['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
                           columns=140)
        screen.wait_for('TCP only, your own programs.*to see all traffic of all programs: sudo')


if __name__ == '__main__':
    unittest.main()
