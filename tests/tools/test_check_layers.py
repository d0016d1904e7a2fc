"""tools/check_layers refuses each kind of forbidden include and accepts the allowed ones."""

from trees import CheckerCase


class Layers(CheckerCase):
    checker = 'check_layers'

    def one_include(self, path, include):
        return self.check_tree({path: f'{include}\n'})

    def test_allowed_includes_pass(self):
        self.assertEqual(self.check_tree({
            'src/engine/tick.c': '#include "engine/tick.h"\n#include "platform/platform.h"\n'
                                 '#include <uv.h>\n#include <sys/socket.h>\n',
            'src/platform/linux/netlink.c': '#include <linux/rtnetlink.h>\n#include <sys/epoll.h>\n'
                                            '#include "platform/linux/netlink.h"\n'
                                            '#ifdef __linux__\n#endif\n',
            'src/engine/tick_test.c': '#include "base/testing.h"\n#include <cmocka.h>\n'
                                      '#include "engine/tick.c"\n',
            'src/tui/screen.c': '#include <curses.h>\n#include "client/client.h"\n',
            'src/cli/show.c': '#include "engine/tick.h"\n#include <confuse.h>\n',
        }), [])

    def test_folder_above_is_refused(self):
        lines = self.one_include('src/model/units.c', '#include "engine/tick.h"')
        self.assert_one(lines, 'src/model/units.c:1', 'engine/tick.h',
                        'model may include base only')

    def test_view_may_not_ask_the_engine(self):
        self.assert_one(self.one_include('src/tui/a.c', '#include "engine/tick.h"'),
                        'tui may include')

    def test_library_in_wrong_folder_is_refused(self):
        for header in ('gtk/gtk.h', 'ncurses.h', 'uv.h', 'pcap.h', 'zlib.h', 'linux/netlink.h'):
            with self.subTest(header):
                self.assert_one(self.one_include('src/detect/a.c', f'#  include <{header}>'),
                                header, 'may use this library')

    def test_unknown_library_is_refused(self):
        self.assert_one(self.one_include('src/engine/a.c', '#include <libfoo/foo.h>'),
                        'add the row')

    def test_system_header_outside_platform_is_refused(self):
        self.assert_one(self.one_include('src/engine/a.c', '#include <sys/epoll.h>'), 'sys/epoll.h')

    def test_short_own_name_is_refused(self):
        self.assert_one(self.one_include('src/base/a.c', '#include "buf.h"'), 'folder/file.h')
        self.assert_one(self.one_include('src/base/a.c', '#include <base/buf.h>'), 'in quotes')
        self.assert_one(self.one_include('src/base/a.c', '#include "../model/x.h"'),
                        'folder/file.h')

    def test_inside_of_platform_is_its_own(self):
        self.assert_one(self.one_include('src/engine/a.c', '#include "platform/linux/netlink.h"'),
                        'the whole contract')

    def test_test_helpers_are_for_tests(self):
        self.assert_one(self.one_include('src/base/a.c', '#include "base/testing.h"'),
                        '*_test.c only')
        self.assert_one(self.one_include('src/base/a.c', '#include <cmocka.h>'), 'cmocka.h')
        self.assert_one(self.one_include('src/base/a.c', '#include "base/b.c"'), 'only a unit test')

    def test_question_for_the_system_is_refused(self):
        for text in ('#ifdef __linux__', '#if defined(_WIN32) && 1', '# elif defined __FreeBSD__'):
            with self.subTest(text):
                self.assert_one(self.one_include('src/engine/a.c', text), 'only src/platform may')

    def test_unknown_folder_is_refused(self):
        self.assert_one(self.one_include('src/misc/a.c', ''), 'src/misc', 'add the row')

    def test_include_in_a_comment_does_not_count(self):
        self.assertEqual(self.one_include('src/base/a.c', '/*\n#include <gtk/gtk.h>\n*/'), [])
