"""The parts of ./run and .ci/run that show without building: with stand-ins for what they call."""

import os
import shutil
import subprocess
import tempfile
import unittest

import trees

# A ninja that "builds" a weir which prints its words; a meson that sets up; a dpkg that has all.
STAND_INS = {
    'meson': '''\
        [ "$1" = --version ] && { cat "$STATE/version" 2>/dev/null || echo 1.0; exit 0; }
        echo "meson $1" >>"$STATE/log"
        [ "$1" = setup ] && mkdir -p "$2/src/cli" && touch "$2/build.ninja"
        echo noise; exit 0
        ''',
    'ninja': '''\
        echo ninja >>"$STATE/log"
        [ -f "$STATE/broken" ] && { rm "$STATE/broken"; echo "error: broken"; exit 1; }
        printf '#!/bin/sh\\nprintf "<%%s>" "$@"; cat\\n' >"$2/src/cli/weir"
        chmod +x "$2/src/cli/weir"
        ''',
    'dpkg-query': '''\
        shift 3; for name; do [ -f "$STATE/missing-$name" ] || echo "installed $name"; done
        ''',
    'apt-get': '''\
        echo "apt-get $*" >>"$STATE/log"; rm -f "$STATE"/missing-*
        ''',
    'sudo': 'exit 1',
    'id': 'cat "$STATE/uid" 2>/dev/null || echo 0',
}


class RunScript(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = os.path.join(folder.name, 'state')
        self.tree = os.path.join(folder.name, 'a tree with spaces')
        tools = os.path.join(folder.name, 'tools')
        os.mkdir(self.state)
        for name, body in STAND_INS.items():
            os.chmod(trees.write(tools, name, '#!/bin/sh\n' + body), 0o755)
        os.mkdir(self.tree)
        shutil.copy(os.path.join(trees.SOURCE, 'run'), self.tree)
        self.env = {'PATH': f'{tools}:/usr/bin:/bin:/usr/sbin:/sbin', 'STATE': self.state}

    def run_it(self, *args, stdin=''):
        return subprocess.run([os.path.join(self.tree, 'run'), *args], input=stdin, env=self.env,
                              capture_output=True, text=True, timeout=20, check=False, cwd='/')

    def log(self):
        with open(os.path.join(self.state, 'log'), encoding='utf-8') as file:
            return file.read().split('\n')[:-1]

    def put(self, name, text=''):
        trees.write(self.state, name, text)

    def test_both_scripts_are_valid_shell(self):
        for shell, name in (('sh', 'run'), ('bash', '.ci/run')):
            path = os.path.join(trees.SOURCE, name)
            done = subprocess.run([shell, '-n', path], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            self.assertTrue(os.access(path, os.X_OK))

    def test_becomes_weir_and_says_nothing_on_stdout(self):
        done = self.run_it('show', 'two words', '*', stdin='piped')
        self.assertEqual((done.stdout, done.returncode), ('<show><two words><*>piped', 0),
                         done.stderr)
        self.assertEqual(self.log(), ['meson setup', 'ninja'])

    def test_second_time_only_asks_ninja_and_is_silent(self):
        self.run_it()
        done = self.run_it('x')
        self.assertEqual((done.stdout, done.stderr), ('<x>', ''))
        self.assertEqual(self.log(), ['meson setup', 'ninja', 'ninja'])

    def test_build_of_another_path_is_made_anew(self):
        self.run_it()
        trees.write(self.tree, 'build/run.stamp', 'elsewhere\n1.0\n')
        self.assertEqual(self.run_it('x').stdout, '<x>')
        self.assertEqual(self.log().count('meson setup'), 2)

    def test_build_of_another_meson_is_made_anew(self):
        self.run_it()
        self.put('broken')
        self.put('version', '2.0\n')
        self.assertEqual(self.run_it('x').stdout, '<x>')
        self.assertEqual(self.log().count('meson setup'), 2)

    def test_failed_build_shows_its_log_on_stderr(self):
        self.run_it()
        self.put('broken')
        done = self.run_it('x')
        self.assertEqual((done.stdout, done.returncode), ('', 1))
        self.assertIn('error: broken', done.stderr)

    def test_root_installs_only_what_is_missing(self):
        self.put('missing-libmnl-dev')
        self.put('missing-tmux')
        done = self.run_it('x')
        self.assertEqual(done.stdout, '<x>')
        installs = [line for line in self.log() if line.startswith('apt-get')]
        self.assertEqual(len(installs), 1)
        self.assertTrue(installs[0].endswith('install --no-install-recommends libmnl-dev'),
                        installs)

    def test_person_without_rights_gets_the_command(self):
        self.put('missing-libmnl-dev')
        self.put('uid', '1000\n')
        done = self.run_it('x')
        self.assertEqual((done.stdout, done.returncode), ('', 3))
        self.assertIn('sudo apt-get install -y libmnl-dev\n', done.stderr)

    def test_person_without_rights_needs_none_when_all_is_there(self):
        self.put('uid', '1000\n')
        self.assertEqual(self.run_it('x').stdout, '<x>')

    def test_install_refuses_what_it_does_not_know(self):
        done = self.run_it('install', '--root')
        self.assertEqual((done.stdout, done.returncode), ('', 2))
        self.assertIn('--prefix', done.stderr)

    def test_uninstall_after_install_only(self):
        done = self.run_it('uninstall')
        self.assertEqual((done.stdout, done.returncode), ('', 1))
        self.assertIn('nothing was installed', done.stderr)
        self.run_it()
        trees.write(self.tree, 'build/meson-logs/install-log.txt', '# comment\n/tmp/x/bin/weir\n')
        done = self.run_it('uninstall')
        self.assertEqual((done.stdout, done.returncode), ('', 0))
        self.assertIn('removed', done.stderr)
        self.assertEqual(self.run_it('uninstall').returncode, 1)

    def test_bench_without_programs(self):
        done = self.run_it('bench', 'nothing')
        self.assertEqual((done.stdout, done.returncode), ('', 2))
