/*
 * newterm instead of initscr, which would end the process on an unknown TERM. SIGWINCH and SIGTSTP
 * stay blocked but while waiting, so that ncurses' handlers never run in the middle of drawing and
 * no change of size is slept through.
 */
#include "tui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <ncurses.h>
#include <stdio.h>
#include <string.h>
#include <term.h>

#define ESCAPE_WAIT_MS 25 /* Esc alone is told from a sequence after this */
#define MOUSE_WANTED (BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED)

struct weir_term {
    FILE *input; /* owned */
    SCREEN *screen;
    WINDOW *keys; /* apart from the picture: reading a key does not draw it */
    sigset_t mask_before;
    weir_rescue_t *rescue;
    bool stop; /* the key that stops the program was pressed */
};

static const char *capability(const char *name)
{
    char *writable = (char *)(uintptr_t)name; /* tigetstr only reads it */
    const char *text = tigetstr(writable);
    return text && text != (const char *)-1 ? text : "";
}

static void rescue_fill(weir_rescue_t *rescue)
{
    static const char *const names[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
    static const char mouse_off[] = "\033[?1006l\033[?1002l\033[?1000l";
    rescue->len = 0;
    for (size_t i = 0; i <= WEIR_COUNT(names); i++) {
        const char *text = i == 0 ? mouse_off : capability(names[i - 1]);
        size_t n = strlen(text);
        if (rescue->len + n > sizeof(rescue->text))
            return;
        memcpy(rescue->text + rescue->len, text, n);
        rescue->len += n;
    }
}

static int screen_open(weir_term_t *term, const weir_tui_options_t *options, char *ret_error)
{
    const char *type = getenv("TERM");
    int fd = fcntl(options->tty_fd, F_DUPFD_CLOEXEC, 3);
    term->input = fd < 0 ? NULL : fdopen(fd, "r");
    if (!term->input) {
        (void)snprintf(ret_error, WEIR_TUI_ERROR_SIZE, "cannot read keys from the terminal: %s",
                       strerror(errno));
        return -EIO;
    }
    term->rescue->output_fd = STDOUT_FILENO;
    term->rescue->input_fd = fd;
    if (tcgetattr(fd, &term->rescue->before) == 0)
        term->screen = newterm(NULL, stdout, term->input);
    if (term->screen && *capability("cup"))
        return 0;
    (void)snprintf(ret_error, WEIR_TUI_ERROR_SIZE,
                   "the terminal type TERM=%.60s is %s; `weir live --format table` works "
                   "everywhere, or try TERM=xterm-256color",
                   type ? type : "(not set)",
                   term->screen ? "too simple for a full screen" : "unknown here");
    return -ENOTTY;
}

static void signals_hold(weir_term_t *term)
{
    sigset_t held;
    (void)sigemptyset(&held); /* these calls fail for bad arguments only */
    (void)sigaddset(&held, SIGWINCH);
    (void)sigaddset(&held, SIGTSTP);
    (void)sigprocmask(SIG_BLOCK, &held, &term->mask_before);
}

/* The console of Linux has no braille, whatever the locale says. */
static bool has_pictures(void)
{
    const char *type = getenv("TERM");
    return type && strcmp(type, "linux") != 0 && strncmp(type, "vt", 2) != 0;
}

static void screen_prepare(weir_term_t *term, const weir_tui_options_t *options,
                           weir_paint_t *paint)
{
    (void)raw(); /* none of these fails on a screen that newterm made */
    (void)noecho();
    (void)nonl();
    (void)set_escdelay(ESCAPE_WAIT_MS);
    bool colours =
        options->colours && has_colors() && start_color() == OK && use_default_colors() == OK;
    weir_paint_init(paint, colours ? COLORS : 0, options->utf8, has_pictures());
    (void)keypad(term->keys, TRUE);
    (void)nodelay(term->keys, TRUE);
    (void)mousemask(MOUSE_WANTED, NULL);
    (void)mouseinterval(0);
}

int weir_term_open(const weir_tui_options_t *options, weir_term_t **ret_term, weir_paint_t *paint,
                   char *ret_error)
{
    weir_term_t *term = calloc(1, sizeof(*term));
    if (!term) {
        (void)snprintf(ret_error, WEIR_TUI_ERROR_SIZE, "out of memory for the screen");
        return -ENOMEM;
    }
    term->rescue = options->rescue;
    signals_hold(term);
    int r = screen_open(term, options, ret_error);
    if (r >= 0)
        term->keys = newpad(1, 1);
    if (r < 0 || !term->keys) {
        weir_term_close(term);
        return r < 0 ? r : -ENOMEM;
    }
    rescue_fill(term->rescue);
    term->rescue->armed = 1;
    screen_prepare(term, options, paint);
    *ret_term = term;
    return 0;
}

void weir_term_close(weir_term_t *term)
{
    if (!term)
        return;
    if (term->keys)
        (void)delwin(term->keys);
    if (term->screen) {
        (void)mousemask(0, NULL);
        (void)endwin(); /* fails when it did not begin, or the terminal has gone */
        delscreen(term->screen);
    }
    term->rescue->armed = 0;
    if (term->input)
        (void)fclose(term->input);
    (void)sigprocmask(SIG_SETMASK, &term->mask_before, NULL);
    free(term);
}

static bool mouse_event(weir_input_event_t *event)
{
    MEVENT mouse;
    if (getmouse(&mouse) != OK)
        return false;
    event->y = mouse.y;
    event->x = mouse.x;
    if (mouse.bstate & BUTTON1_PRESSED)
        event->key = WEIR_KEY_CLICK;
    else if (mouse.bstate & BUTTON4_PRESSED)
        event->key = WEIR_KEY_WHEEL_UP;
    else if (mouse.bstate & BUTTON5_PRESSED)
        event->key = WEIR_KEY_WHEEL_DOWN;
    return true;
}

static uint32_t special_key(wint_t code)
{
    static const struct {
        wint_t code;
        uint32_t key;
    } keys[] = {
        {KEY_UP, WEIR_KEY_UP},         {KEY_DOWN, WEIR_KEY_DOWN},
        {KEY_LEFT, WEIR_KEY_LEFT},     {KEY_RIGHT, WEIR_KEY_RIGHT},
        {KEY_PPAGE, WEIR_KEY_PAGE_UP}, {KEY_NPAGE, WEIR_KEY_PAGE_DOWN},
        {KEY_HOME, WEIR_KEY_HOME},     {KEY_END, WEIR_KEY_END},
        {KEY_ENTER, WEIR_KEY_ENTER},   {KEY_BACKSPACE, WEIR_KEY_BACKSPACE},
        {KEY_DC, WEIR_KEY_DELETE},     {KEY_RESIZE, WEIR_KEY_RESIZE},
        {KEY_BTAB, WEIR_KEY_BACKTAB},
    };
    for (size_t i = 0; i < WEIR_COUNT(keys); i++)
        if (keys[i].code == code)
            return keys[i].key;
    return WEIR_KEY_NONE;
}

/* In raw mode the keys of signals arrive as characters. */
static uint32_t plain_key(wint_t code)
{
    if (code == '\n')
        return WEIR_KEY_ENTER;
    if (code == 127 || code == 8)
        return WEIR_KEY_BACKSPACE;
    return (uint32_t)code;
}

bool weir_term_event(weir_term_t *term, weir_input_event_t *ret_event)
{
    wint_t code = 0;
    int kind = wget_wch(term->keys, &code);
    weir_input_event_t event = {0};
    if (kind == ERR)
        return false;
    if (kind != KEY_CODE_YES && code == WEIR_KEY_CONTROL('z'))
        term->stop = true;
    else if (kind != KEY_CODE_YES)
        event.key = plain_key(code);
    else if (code != KEY_MOUSE)
        event.key = special_key(code);
    else if (!mouse_event(&event))
        event.key = WEIR_KEY_NONE;
    *ret_event = event;
    return true;
}

/* Not at once: drawing drops a signal that is pending. */
void weir_term_rest(weir_term_t *term)
{
    if (term->stop)
        (void)raise(SIGTSTP); /* comes with the wait, and ncurses' handler stops the program */
    term->stop = false;
}

void weir_term_redraw(weir_term_t *term)
{
    (void)term;
    (void)clearok(curscr, TRUE);
}

static char base64_digit(uint32_t value)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return digits[value & 63];
}

void weir_term_copy(weir_term_t *term, const char *text, size_t n)
{
    (void)term;
    weir_buf_t out;
    weir_buf_init(&out, (size_t)1 << 20);
    weir_buf_puts(&out, "\033]52;c;");
    for (size_t i = 0; i < n; i += 3) {
        size_t left = n - i;
        uint32_t bits = (uint32_t)(uint8_t)text[i] << 16;
        bits |= left > 1 ? (uint32_t)(uint8_t)text[i + 1] << 8 : 0;
        bits |= left > 2 ? (uint32_t)(uint8_t)text[i + 2] : 0;
        weir_buf_putc(&out, base64_digit(bits >> 18));
        weir_buf_putc(&out, base64_digit(bits >> 12));
        weir_buf_putc(&out, left > 1 ? base64_digit(bits >> 6) : '=');
        weir_buf_putc(&out, left > 2 ? base64_digit(bits) : '=');
    }
    weir_buf_putc(&out, '\a');
    const char *sequence = weir_buf_text(&out);
    (void)!write(STDOUT_FILENO, sequence, strlen(sequence)); /* a terminal may refuse it anyway */
    weir_buf_done(&out);
}
