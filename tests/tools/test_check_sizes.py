"""tools/check_sizes measures functions and files, and its list of exceptions cannot rot."""

from trees import CheckerCase

LONG = 'int f(void)\n{\n' + '    g();\n' * 58 + '}\n'  # 61 lines


def nested(depth, braces):
    text = 'void f(int a)\n{\n'
    for _ in range(depth):
        text += 'if (a) {\n' if braces else 'if (a)\n'
    return text + 'g();\n' + ('}' * depth if braces else '') + '}\n'


class Sizes(CheckerCase):
    checker = 'check_sizes'

    def one(self, text):
        return self.check_tree({'src/base/a.c': text})

    def test_lines(self):
        self.assert_one(self.one(LONG), 'src/base/a.c:1', 'f has 61 lines (at most 60)')
        self.assertEqual(self.one(LONG.replace('    g();\n', '', 1)), [])

    def test_branches(self):
        body = ('switch (a) {\n' + 'case 1:\n' * 10
                + '}\nif (a && b)\nx = a ? b : a;\nfor (;;)\ng();\n')
        extra = 'while (a)\ng();\n'
        head = 'int f(int a, int b)\n{\n'
        self.assertEqual(self.one(head + body + extra * 2 + '}\n'), [])
        self.assert_one(self.one(head + body + extra * 3 + '}\n'), '16 branches (at most 15)')

    def test_parameters(self):
        six = 'int a, int b, void (*c)(int, int), int d[2], char *e, int g'
        self.assertEqual(self.one(f'int f({six})\n{{\n}}\n'), [])
        self.assertEqual(self.one(f'int f({six}, ...)\n{{\n}}\nint h(void)\n{{\n}}\n'), [])
        self.assert_one(self.one(f'int f({six}, int h)\n{{\n}}\n'), '7 parameters (at most 6)')

    def test_nesting_with_and_without_braces(self):
        for braces in (True, False):
            with self.subTest(braces=braces):
                self.assertEqual(self.one(nested(4, braces)), [])
                self.assert_one(self.one(nested(5, braces)), '5 nesting (at most 4)')

    def test_else_if_is_no_nesting(self):
        chain = 'if (a)\ng();\n' + 'else if (b)\ng();\n' * 8 + 'else\ng();\n'
        self.assertEqual(self.one('void f(int a, int b)\n{\n' + chain + '}\n'), [])

    def test_loop_macro_nests(self):
        text = nested(4, True).replace('g();', 'EACH(x, y) {\ng();\n}')
        self.assert_one(self.one(text), '5 nesting')

    def test_comments_strings_and_directives_do_not_count(self):
        noise = '/* if if { */ "if { ? }"; // if {\n'
        branches = '#if A\nif (a) {\n#else\nif (b) {\n#endif\ng();\n}\n'
        text = 'void f(int a)\n{\n' + noise * 16 + branches + '}\n'
        self.assertEqual(self.one(text), [])

    def test_attributes_and_macros_do_not_hide_the_name(self):
        for head in ('WEIR_NODISCARD int', '__attribute__((format(printf, 1, 2))) int',
                     'SEC("tc") int'):
            with self.subTest(head):
                self.assert_one(self.one(LONG.replace('int', head, 1)), ': f has 61 lines')

    def test_tables_and_types_are_no_functions(self):
        rows = '    {1, f(2)},\n' * 70
        self.assertEqual(self.one('static const struct x t[] = {\n' + rows + '};\n'), [])
        fields = '    int (*a)(int);\n' * 70
        self.assertEqual(self.one('struct __attribute__((packed)) x {\n' + fields + '};\n'), [])

    def test_long_file(self):
        self.assertEqual(self.one('int a;\n' * 1000), [])
        self.assert_one(self.one('int a;\n' * 1001), 'the file has 1001 lines')

    def allow(self, entry, text=LONG):
        return self.check_tree({'src/base/a.c': text, 'tools/size_allow.txt': f'# why\n{entry}\n'})

    def test_exception_with_reason(self):
        self.assertEqual(self.allow('src/base/a.c:f one table walk'), [])
        self.assertEqual(self.allow('src/base/a.c a table', 'int a;\n' * 1001), [])

    def test_exception_without_reason(self):
        self.assert_one(self.allow('src/base/a.c:f'), 'tools/size_allow.txt:2', 'no reason')

    def test_stale_exception(self):
        lines = self.allow('src/base/a.c:f too long', 'int f(void)\n{\n}\n')
        self.assert_one(lines, 'tools/size_allow.txt:2', 'delete this line')
        self.assert_one(self.allow('src/base/b.c:f too long', ''), 'delete this line')
