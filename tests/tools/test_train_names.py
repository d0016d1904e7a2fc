"""The table of tools/train_names flags few of the real domains that it was not made from."""

import importlib.machinery
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

import attacks
import captures
import weir

SCRIPT = os.path.join(os.environ.get('WEIR_SOURCE', os.getcwd()), 'tools', 'train_names')
LEAST = 1000  # domains that say something of one in a thousand


def held_out():
    """The domains in this machine's lists of packages that no table was made from."""
    loader = importlib.machinery.SourceFileLoader('train_names', SCRIPT)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('train_names', loader))
    loader.exec_module(module)
    return [label for label in module.domains('/var/lib/apt/lists') if module.held_out(label)]


class RealDomains(unittest.TestCase):
    """Of the fields of packages."""

    def setUp(self):
        self.domains = held_out()
        if len(self.domains) < LEAST:
            self.skipTest('needs lists of packages (apt-get update)')

    def test_flagged(self):
        done = subprocess.run([sys.executable, SCRIPT, '--check'], capture_output=True, text=True,
                              check=True, cwd=os.path.dirname(os.path.dirname(SCRIPT)))
        count, flagged = re.match(r'(\d+) .* of which (\d+) are', done.stdout).groups()
        self.assertEqual(int(count), len(self.domains))
        self.assertLessEqual(int(flagged), 0.001 * int(count), done.stdout)

    @weir.needs_weir
    def test_asked(self):
        """Hosts that ask for them, some hundred in ten minutes each."""
        packets = []
        for host in range(len(self.domains) // 100):
            names = [f'{label}.org' for label in self.domains[host * 100:host * 100 + 100]]
            packets += attacks.asks(f'10.0.0.{host + 1}', names, 0)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'a.pcap')
            with open(path, 'wb') as file:
                file.write(captures.pcap(attacks.in_order(packets)))
            done = weir.run('show', 'findings', '--file', path, '--format', 'json')
        self.assertEqual(json.loads(done.stdout)['rows'], [])


if __name__ == '__main__':
    unittest.main()
