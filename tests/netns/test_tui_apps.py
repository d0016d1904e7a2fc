"""Apps in the terminal view: a real transfer between two namespaces, and what the view says."""

import re
import shutil
import signal
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
    def test_an_opened_interface_tells_whose_its_bytes_were(self):
        screen = self.show('--filter', 'name=eth0', columns=80, lines=30)
        screen.wait_for('▸ eth0')
        screen.keys('Right')
        text = screen.wait_for(r'books +programs on this machine +↓ +[\d.]+ [kMG]?B +↑ +[\d.]+ .B')
        self.assertRegex(text, r'\n +frame headers +↓ +[\d.]+ [kM]?B ')
        self.assertNotRegex(text, r' +↓ +0 B +↑ +0 B')

    @transfers.needs_exact
    def test_a_quiet_network_and_an_app_elsewhere(self):
        quiet, far = self.lab.namespace('quiet'), self.lab.namespace('far')
        self.lab.link(quiet, 'eth0', ['10.8.0.1/24'], far, 'eth0', ['10.8.0.2/24'])
        screen = self.show(space=quiet, columns=120)
        screen.wait_for(rf'The network is quiet; ({self.pair.sender} uploads|{self.pair.taker} '
                        r'downloads) [\d.]+ Mbit/s (to|from) [\d.]+ in another network namespace')

    @transfers.needs_exact
    def test_a_row_opens_with_all_that_is_known(self):
        screen = self.show('apps', '--filter', f'app={self.pair.sender}', columns=140)
        screen.wait_for(rf'▸ {self.pair.sender} .*↑[ ▁-█]+')  # its last minute as a sparkline
        screen.keys('Right')
        text = screen.wait_for(r'program .*Started by')
        self.assertRegex(text, rf'command +{self.pair.folder.name}/{self.pair.sender} -c')
        self.assertRegex(text, rf'PIDs {self.pair.process.pid}\b')
        self.assertRegex(text, rf'Peers {re.escape(transfers.RIGHT)}\n')
        self.assertRegex(text, r'First seen 20\d\d-')

    @transfers.needs_exact
    def test_from_an_app_to_its_flows(self):
        """Once, whether its packets are captured or pass in another network namespace."""
        away, far = self.lab.namespace('away'), self.lab.namespace('beyond')
        self.lab.link(away, 'eth0', ['10.7.0.1/24'], far, 'eth0', ['10.7.0.2/24'])
        for space in (self.pair.left, away):
            screen = self.show('apps', '--filter', f'app={self.pair.sender}', space=space,
                               columns=120)
            screen.wait_for(f'▸ {self.pair.sender}')
            screen.keys('Enter')
            text = screen.wait_for(rf'{re.escape(transfers.RIGHT)} +\d+ +tcp +[\d.]+ [kM]bit/s')
            self.assertRegex(text, rf'Apps › {self.pair.sender} › Flows +1 of ')

    def ended(self, process):
        """How a process of the test ended."""
        return process.wait(tmux.PATIENCE)

    @transfers.needs_exact
    def test_an_app_ends_after_a_question(self):
        """One ends when it is asked to, one has to be killed; a row of an ended one stays."""
        meek, stubborn = self.pair.more('meek'), self.pair.more('stubborn', stubborn=True)
        screen = self.show('apps', '--filter', f'app="{meek.name}" or app="{stubborn.name}"',
                           '--sort', 'app', columns=120)
        screen.wait_for(f'▸ {meek.name}')
        screen.wait_for(rf'\n +{stubborn.name} ')  # its row: the filter's line names it, too
        screen.keys('x')
        screen.wait_for(rf'End {meek.name} \(process {meek.process.pid}\)\?')
        screen.keys('Escape')
        screen.wait_gone(r'y asks it to end')
        self.assertIsNone(meek.process.poll(), 'Esc ends nothing')
        screen.keys('x', 'y')
        screen.wait_for(f'asked {meek.name} to end')
        self.assertEqual(self.ended(meek.process), -signal.SIGTERM)
        screen.keys('j')
        screen.wait_for(f'▸ {stubborn.name}')
        screen.keys('x')
        screen.wait_for(f'End {stubborn.name} ')
        screen.keys('y')
        screen.wait_for(f'asked {stubborn.name} to end')
        screen.keys('x')
        screen.wait_for(rf'Kill {stubborn.name} \(process {stubborn.process.pid}, was asked')
        self.assertIsNone(stubborn.process.poll(), 'it was only asked')
        screen.keys('y')
        screen.wait_for(f'killed {stubborn.name}')
        self.assertEqual(self.ended(stubborn.process), -signal.SIGKILL)
        screen.wait_until(lambda _: self.is_dim(screen, stubborn.name), 'a greyed row')
        screen.keys('x')
        screen.wait_for('it has ended already')

    def is_dim(self, screen, name):
        """Whether the row's user is drawn as what is over."""
        rows = [line for line in screen.colours().splitlines() if name in line]
        return rows and '\x1b[38;5;244mroot' in rows[-1].partition(name)[2]

    @transfers.needs_exact
    @unittest.skipUnless(shutil.which('setpriv'), 'needs setpriv')
    def test_the_kernel_has_no_process(self):
        self.pair.left.start('ping', '-i', '0.2', transfers.RIGHT)
        screen = self.show('apps', '--filter', 'app~"kernel: icmp"', space=self.pair.right,
                           columns=120)
        screen.wait_for('▸ kernel: icmp')
        screen.keys('x')
        screen.wait_for('there is no process to end')

    @unittest.skipUnless(shutil.which('setpriv'), 'needs setpriv')
    def test_a_plain_user_is_told_what_is_hidden(self):
        screen = self.show(prefix=['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
                           columns=140)
        screen.wait_for('TCP only, your own programs.*to see all traffic of all programs: sudo')


if __name__ == '__main__':
    unittest.main()
