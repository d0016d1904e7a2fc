"""tools/check_style refuses each thing it names, and lets good code pass."""

from trees import CheckerCase

# Pieces, so that this file itself stays within the rules.
NOTE = 'TO' + 'DO'
MACHINE = '/ho' + 'me/'

GOOD_HEADER = '''\
#ifndef WEIR_BASE_A_H
#define WEIR_BASE_A_H
#include <stdint.h>
struct weir_late;
enum { WEIR_A = 1 };
struct __attribute__((packed)) weir_pair {
    int a, b;
};
typedef struct weir_thing {
    int a;
} weir_thing_t;
typedef int (*weir_visit_t)(void *context);
typedef uint8_t weir_address_t[16];
extern const weir_thing_t weir_things[2];
static_assert(sizeof(int) == 4, "why");
__attribute__((format(printf, 1, 2))) void weir_a_printf(const char *format, ...);
static inline int weir_a_twice(int a)
{
    return 2 * a;
}
#endif
'''

GOOD_SOURCE = '''\
#include "base/a.h"
static const int table[] = {1, 2};
static const char *const names[] = {"a", "b"};
static int (*const hooks[])(int) = {f, g};
static int forward(int a);
const weir_thing_t weir_things[2] = {{1}, {2}};
static int thing_twice(int a)
{
    static const char digits[] = "01";
    printf("%d %5s 100 % full %%f", a, digits);
    return a;
}
'''


class Style(CheckerCase):
    checker = 'check_style'

    def source(self, text, path='src/base/a.c'):
        return self.check_tree({path: text})

    def header(self, text):
        guarded = f'#ifndef WEIR_BASE_A_H\n#define WEIR_BASE_A_H\n{text}\n#endif\n'
        return self.check_tree({'src/base/a.h': guarded})

    def test_good_code_passes(self):
        good = {'src/base/a.h': GOOD_HEADER, 'src/base/a.c': GOOD_SOURCE}
        self.assertEqual(self.check_tree(good), [])

    def test_mutable_state(self):
        for text in ('int a;', 'static int a;', 'static int a = 1;', 'static const char *a = "x";',
                     'static const char *a[] = {"x"};', 'static struct x { int b; } a;',
                     'struct x a;', 'static int (*hook)(int);', '_Thread_local int a;',
                     'static struct x *a;'):
            with self.subTest(text):
                self.assert_one(self.source(f'int f(void);\n{text}\n'), 'src/base/a.c:2',
                                'mutable variable')
        self.assert_one(self.source('int f(void)\n{\n    static int n;\n    return n++;\n}\n'),
                        'src/base/a.c:3', 'mutable static in f')

    def test_main_and_bpf_may_hold_state(self):
        self.assertEqual(self.source('static int stop;\n', 'src/cli/main.c'), [])
        self.assertEqual(self.source('struct { int a; } map SEC(".maps");\n', 'src/bpf/a.c'), [])

    def test_locale_bound_numbers(self):
        for number_format in ('%f', '%.2f', '%5.*g', '%e'):
            with self.subTest(number_format):
                text = f'int f(void)\n{{\n    g(printf("a {number_format}", 1.0));\n}}\n'
                self.assert_one(self.source(text), 'src/base/a.c:3', 'locale')
                self.assertEqual(self.source(text, 'src/base/a_test.c'), [])

    def test_public_names(self):
        self.assert_one(self.header('int buf_put(int a);'), 'src/base/a.h:3', 'begin with weir_')
        self.assert_one(self.header('static inline int put(void)\n{\n    return 1;\n}'),
                        'public function put')
        self.assert_one(self.source('static int weir_put(int a)\n{\n    return a;\n}\n'),
                        'static function')

    def test_type_names(self):
        self.assert_one(self.header('typedef struct x { int a; } weir_thing;'), 'must end in _t')
        self.assert_one(self.source('typedef int (*visit)(int);\n'), 'type visit')
        self.assertEqual(self.source('typedef struct x WeirWindow;\n', 'src/gui/a.c'), [])

    def test_include_guard(self):
        self.assert_one(self.check_tree({'src/base/a.h': '#pragma once\n'}), 'WEIR_BASE_A_H')
        self.assert_one(self.check_tree({'src/base/a.h': '#ifndef A_H\n#define A_H\n#endif\n'}),
                        'guard')

    def test_calls(self):
        body = 'void f(void)\n{\n    %s;\n}\n'
        self.assert_one(self.source(body % 'usleep(1)', 'src/base/a_test.c'),
                        'usleep in a unit test')
        self.assertEqual(self.source(body % 'usleep(1)'), [])
        self.assert_one(self.source(body % 'g(alloca(3))'), 'alloca')
        self.assertEqual(self.source(body % 'g("alloca(3)")'), [])

    def test_lines(self):
        self.assert_one(self.source('int a(void);\n\tint f(void);\n'), 'src/base/a.c:2', 'tab')
        self.assert_one(self.source('int f(void); \n'), 'space at the end')
        self.assert_one(self.source('int f(void);'), 'no newline')
        long = f'# {"x" * 99}\n'
        self.assert_one(self.check_tree({'tools/a.py': long}), 'tools/a.py:1', '101 columns')
        self.assertEqual(self.check_tree({'docs/a.md': long}), [])
        self.assert_one(self.source(f'/* {NOTE}: later */\n'), 'leftover note')
        self.assert_one(self.check_tree({'docs/a.md': f'see {MACHINE}me/weir\n'}), 'docs/a.md:1',
                        'one machine')
        self.assertEqual(self.source(f'/* mkstemp("a.{"X" * 6}") net/wo' 'rk/a */\n'), [])

    def test_warning_against_vla_must_stay(self):
        self.assert_one(self.check_tree({'meson.build': "project('x', 'c')\n"}), '-Wvla')
