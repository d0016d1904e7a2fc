#include "base/testing.h"
#include "platform/linux/sockets_program.c"

#include <sys/wait.h>

static void expect(const char *path, const char *unit, const char *container)
{
    weir_program_t program = {0};
    weir_sockets_cgroup(path, &program);
    assert_string_equal(program.unit, unit);
    assert_string_equal(program.container, container);
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void units_and_containers_are_read_from_the_path(void **state)
{
    (void)state;
    expect("system.slice/ssh.service\n", "ssh.service", "");
    expect("user.slice/user-1000.slice/session-2.scope\n", "session-2.scope", "");
    expect("user.slice/user@1000.service/app.slice/firefox.service", "firefox.service", "");
    expect("system.slice/docker-" ID ".scope\n", "docker-" ID ".scope", "0123456789ab");
    expect("docker/" ID "\n", "", "0123456789ab");
    expect("kubepods/burstable/pod1/" ID, "", "0123456789ab");
    expect("lxc.payload.web/system.slice/nginx.service", "nginx.service", "web");
}

static void nothing_is_made_of_other_paths(void **state)
{
    (void)state;
    expect("", "", "");
    expect("\n", "", "");
    expect("////", "", "");
    expect(".service", "", "");
    expect("a/" ID "0/b", "", "0123456789ab"); /* 65 digits: none tells where it ends */
    expect("0123/456", "", "");
}

static void the_start_is_the_22nd_field_whatever_the_name(void **state)
{
    (void)state;
    uint64_t tick_ns = UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK);
    const char *rest = " S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 9 9 9";
    char stat[256];
    (void)snprintf(stat, sizeof(stat), "12 (a) b (c)%s", rest);
    assert_true(start_parse(stat) == 4711 * tick_ns);
    assert_true(start_parse("12 (short) S 1 2") == 0);
    assert_true(start_parse("") == 0);
    weir_program_t program = {0};
    name_read(stat, &program);
    assert_string_equal(program.name, "a) b (c");
}

static void this_process_is_known(void **state)
{
    (void)state;
    weir_program_t program = {0};
    assert_int_equal(weir_sockets_program((uint32_t)getpid(), &program), 0);
    assert_non_null(strstr(program.exe, "_test"));
    assert_true(program.start_ns > 0);
    assert_int_equal(weir_sockets_program(UINT32_MAX, &program), -ESRCH);
}

/* A number alone hits nothing: the process must be the one that began then. */
static void only_the_process_that_is_meant_ends(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        (void)pause();
        _exit(0);
    }
    uint64_t start_ns = weir_sockets_start((uint32_t)child);
    const uint64_t second_ns = UINT64_C(1000000000);
    assert_int_equal(weir_platform_process_end((uint32_t)child, start_ns + second_ns, true),
                     -ESRCH);
    assert_int_equal(weir_platform_process_end((uint32_t)child, 0, true), -ESRCH);
    assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
    assert_int_equal(weir_platform_process_end((uint32_t)child, start_ns, false), 0);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
    assert_int_equal(weir_platform_process_end((uint32_t)child, start_ns, false), -ESRCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_and_containers_are_read_from_the_path),
        cmocka_unit_test(nothing_is_made_of_other_paths),
        cmocka_unit_test(the_start_is_the_22nd_field_whatever_the_name),
        cmocka_unit_test(this_process_is_known),
        cmocka_unit_test(only_the_process_that_is_meant_ends),
    };
    return weir_test_run("platform/sockets_program", tests);
}
