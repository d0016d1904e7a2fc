"""Wrong use is answered by one line with the nearest right word, and exit status 2."""

import os
import re
import tempfile
import unittest

import weir


@weir.needs_weir
class Usage(unittest.TestCase):
    """Each wrong word, and what is said of it."""

    def assert_says(self, args, *words, status=2):
        done = weir.run(*args)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stdout, '')
        self.assertEqual(done.stderr.count('\n'), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_command(self):
        self.assert_says(['shwo'], "'shwo'", "'show'")
        self.assert_says(['xyzzy'], 'weir help')

    def test_option(self):
        self.assert_says(['show', '--colums', 'name'], "'--colums'", "'--columns'")
        self.assert_says(['--intervall', '1'], "'--interval'")
        self.assert_says(['show', '-x'], "'-x'")
        self.assert_says(['show', '--format'], '--format', 'value')
        self.assert_says(['doctor', '--sort', 'name'], "'--sort'")

    def test_table(self):
        self.assert_says(['show', 'intrfaces'], "'interfaces'")
        self.assert_says(['show', 'interfaces', 'apps'], "'apps'")

    def test_column(self):
        self.assert_says(['show', '--columns', 'name,rx_byte'], "'rx_byte'", "'rx_bytes'")
        self.assert_says(['show', '--columns', ','], 'no column')
        self.assert_says(['show', '--sort', '-kindd'], "'kindd'", "'kind'")

    def test_values(self):
        self.assert_says(['show', '--interval', '0.05'], '0.1 to 3600')
        self.assert_says(['show', '--interval', '3601'], '0.1 to 3600')
        self.assert_says(['show', '--interval', '1s'], '0.1 to 3600')
        self.assert_says(['show', '--interval', 'nan'], '0.1 to 3600')
        self.assert_says(['show', '--count', '-1'], 'whole number')
        self.assert_says(['show', '--limit', '99999999999999999999'], 'whole number')
        self.assert_says(['show', '--format', 'jsn'], "'json'")
        self.assert_says(['show', '--units', 'bit'], "'bits'")
        self.assert_says(['--replay', 'x', '--speed', '-2'], '--speed')

    def test_filter(self):
        self.assert_says(['show', '--filter', 'state=up and rx_byte>1'], 'character 14',
                         "'rx_bytes'")
        self.assert_says(['show', '--filter', 'kind=veht'], 'character 6', "'veth'")
        self.assert_says(['show', '--filter', '(state=up'], 'character 1', 'never closed')
        self.assert_says(['show', '--filter', 'name~"["'], 'regular expression')
        self.assert_says(['show', '--filter', 'mtu>big'], 'character 5')

    def test_folders_are_no_files(self):
        with tempfile.TemporaryDirectory() as folder:
            for option in ('--config', '--replay', '--file'):
                self.assert_says(['show', option, folder], folder + ': Is a directory',
                                 status=2 if option == '--config' else 1)

    def test_interface(self):
        self.assert_says(['show', '-i', 'l0', '--interval', '0.1'], "'l0'", "'lo'", status=1)

    def test_text_from_the_caller_is_made_safe(self):
        done = weir.run('show', '\x1b[2J')
        self.assertNotIn('\x1b', done.stderr)


@weir.needs_weir
class Configuration(unittest.TestCase):
    """The file is read, and what is wrong in it is named by line and column."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, 'weir.conf')

    def write(self, text):
        with open(self.path, 'w', encoding='utf-8') as file:
            file.write(text)

    def assert_refused(self, text, *words):
        self.write(text)
        done = weir.run('show', '--config', self.path, '--interval', '0.1')
        self.assertEqual((done.returncode, done.stdout), (2, ''))
        self.assertEqual(done.stderr.count('\n'), 1, done.stderr)
        for word in (self.path, *words):
            self.assertIn(word, done.stderr)

    def test_wrong_lines(self):
        self.assert_refused('units = "bits"\n  intervall = 1\n', 'line 2, column 3', "'interval'")
        self.assert_refused('interval = 0.01\n', 'line 1', '0.1 to 3600')
        self.assert_refused('units = "nibbles"\n', '"bits" or "bytes"')
        self.assert_refused('prefixes = "mm"\n', '"si" or "iec"')
        self.assert_refused('interface "lo" {\n  capacity = "fast"\n}\n', 'line 2', 'capacity')
        self.assert_refused('interface "lo" {\n  capcity = "1M"\n}\n', 'line 2, column 3',
                            "'capacity'")

    def test_missing_file(self):
        done = weir.run('show', '--config', '/nonexistent/weir.conf')
        self.assertEqual(done.returncode, 2)
        self.assertIn('No such file', done.stderr)

    def test_help_does_not_depend_on_it(self):
        self.write('nonsense')
        self.assertEqual(weir.run('show', '--config', self.path, '--help').returncode, 0)

    def test_values_are_taken_and_options_win(self):
        self.write('interval = 0.1\nunits = "bytes"\nprefixes = "iec"\n'
                   'interface "lo" { capacity = "100M/20M" }\n')
        done = weir.run('show', '--config', self.path, '-i', 'lo', '--columns',
                        'name,capacity_bps,rx_utilisation,tx_utilisation', '--format', 'json')
        document = weir.json_lines(done.stdout)[0]
        self.assertLess(document['window_s'], 0.9)
        self.assertEqual(document['rows'][0]['capacity_bps'], 100_000_000)
        self.assertIsNotNone(document['rows'][0]['tx_utilisation'])
        self.assertIn('B/s', weir.run('show', '--config', self.path).stdout)
        self.assertIn('bit/s', weir.run('show', '--config', self.path, '--units', 'bits').stdout)

    def test_found_in_the_usual_place(self):
        os.mkdir(os.path.join(self.folder.name, 'weir'))
        self.path = os.path.join(self.folder.name, 'weir', 'weir.conf')
        self.write('units = "bytes"\n')
        done = weir.run('show', '--interval', '0.1',
                        env=weir.environment(XDG_CONFIG_HOME=self.folder.name))
        self.assertIn('B/s', done.stdout)
        self.assertNotIn('bit/s', done.stdout)


@weir.needs_weir
class Help(unittest.TestCase):
    """Help, version and completions."""

    def test_every_command_has_help_with_examples(self):
        for command in ('live', 'show', 'doctor', 'help', 'completion'):
            done = weir.run(command, '--help')
            self.assertEqual(done.returncode, 0)
            self.assertIn('Examples:', done.stdout)
            self.assertEqual(done.stdout, weir.run('help', command).stdout)
            self.assertLessEqual(max(map(len, done.stdout.splitlines())), 100)

    def test_topics(self):
        self.assertIn('rx_utilisation', weir.run('help', 'columns').stdout)
        self.assertRegex(weir.run('help', 'columns', 'interfaces').stdout,
                         r'rx_programs .*\(printed with --columns only\)')
        self.assertIn('regular expression', weir.run('help', 'filters').stdout)
        self.assertIn('Upper and lower case', weir.run('help', 'filters').stdout)
        for wrong, right in (('sho', 'show'), ('colums', 'columns'), ('filtres', 'filters')):
            done = weir.run('help', wrong)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"'{right}'", done.stderr)
        self.assertRegex(weir.run('--version').stdout, r'^weir \d+\.\d+\.\d+\n$')

    def test_manual_and_readme_know_everything(self):
        source = os.environ.get('WEIR_SOURCE', os.getcwd())
        texts = []
        for name in ('docs/weir.1', 'README.md'):
            with open(os.path.join(source, name), encoding='utf-8') as file:
                texts.append(file.read())
        manual, readme = texts
        overview = weir.run('help').stdout
        commands = re.findall(r'^  ([a-z]+) +[a-z]', overview.split('Commands:')[1], re.MULTILINE)
        commands = [one for one in commands if one != 'weir']
        self.assertGreaterEqual(len(commands), 8)
        for command in commands:
            self.assertRegex(manual, rf'(?m)^\.It Cm {command}$')
            if command not in ('help', 'completion', 'live'):
                self.assertIn(f'weir {command}', readme)
            listed = weir.run('help', command).stdout.split('Options:')[1].split('Examples:')[0]
            for option in re.findall(r'--([a-z-]+)', listed):
                self.assertRegex(manual, rf'(?m)^\.It Fl.*-{option}\b', option)

    def test_completions_are_valid(self):
        script = weir.run('completion', 'bash').stdout + '''
            complete_line() { COMP_CWORD=$(($# - 1)); COMP_WORDS=("$@"); COMPREPLY=(); _weir
                              (IFS=/; echo "${COMPREPLY[*]}"); }
            cd "$0"; touch 'a trace.pcap'
            complete_line weir show --form
            complete_line weir show --format j
            complete_line weir sh
            complete_line weir show --sort rx_b
            complete_line weir show --sort -rx_b
            complete_line weir show --columns name,rx_b
            complete_line weir show flows --columns dst_po
            complete_line weir show --file x --columns dst_po
            complete_line weir doctor --
            complete_line weir read a
        '''
        with tempfile.TemporaryDirectory() as folder:
            done = weir.subprocess.run(['bash', '-eu', '-c', script, folder], text=True,
                                       capture_output=True, check=True, timeout=20)
        self.assertEqual(done.stdout.splitlines(), [
            '--format', 'json', 'show', 'rx_bytes/rx_bytes_per_s', '-rx_bytes/-rx_bytes_per_s',
            'name,rx_bytes/name,rx_bytes_per_s', 'dst_port', 'dst_port',
            '--config/--help/--version', 'a trace.pcap'])
        for shell in ('zsh', 'fish'):
            self.assertIn('--interval' if shell == 'zsh' else '-l interval',
                          weir.run('completion', shell).stdout)
        self.assertEqual(weir.run('completion', 'csh').returncode, 2)

    def test_doctor(self):
        done = weir.run('doctor')
        self.assertEqual(done.returncode, 0, done.stdout)
        for word in ('counters', 'RTM_GETSTATS', 'default route', 'configuration', 'locale'):
            self.assertIn(word, done.stdout)


if __name__ == '__main__':
    unittest.main()
