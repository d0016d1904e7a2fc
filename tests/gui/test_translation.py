"""The German translation knows every word that the window shows."""

import os
import re
import shutil
import subprocess
import unittest

import trees

CATALOGUE = os.path.join(trees.SOURCE, 'src', 'model', 'catalogue.c')
PO = os.path.join(trees.SOURCE, 'po')


def read(*path):
    with open(os.path.join(*path), encoding='utf-8') as file:
        return file.read()


def joined(text):
    """Adjacent C strings as one."""
    return re.sub(r'"\s*\n\s*"', '', text)


class Translation(unittest.TestCase):
    def test_catalogue_is_listed(self):
        rows = joined(read(CATALOGUE)).split('INTERFACE_COLUMNS[] = {')[1].split('static_assert')[0]
        listed = joined(read(PO, 'catalogue.words'))
        for text in re.findall(r'\.(?:title|help)\s*=\s*"([^"]+)"', rows):
            self.assertIn(f'N_("{text}")', listed)

    def test_german_is_complete(self):
        if not shutil.which('xgettext'):
            self.skipTest('needs gettext')
        files = read(PO, 'POTFILES').split()
        pot = subprocess.run(['xgettext', '--language=C', '--from-code=UTF-8', '-k_', '-kN_',
                              '-kNC_:1c,2',
                              '-kg_dngettext:2,3', '-o', '-', *files], cwd=trees.SOURCE,
                             check=True, capture_output=True).stdout
        done = subprocess.run(['msgcmp', os.path.join(PO, 'de.po'), '/dev/stdin'], input=pot,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())


if __name__ == '__main__':
    unittest.main()
