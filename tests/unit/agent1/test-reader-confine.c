/* A confined process can neither begin a program or a process, nor open what it need not, nor speak
 * to others than the web; each try in a process of its own. */
#include "agent1/reader/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define CONFINE_FAILED 100

/* 0: it could be done; else an errno. */
typedef int (*Try)(void);

static int result(long done)
{
    return done < 0 ? errno : 0;
}

static int try_exec(void)
{
    execl("/bin/true", "true", (char *)NULL);
    return errno;
}

static int try_fork(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    return result(pid);
}

static int try_secret(void)
{
    return result(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static int try_own_folder(void)
{
    return result(open(TEST_DATA "/test-reader-confine.c", O_RDONLY | O_CLOEXEC));
}

static int try_hosts(void)
{
    return result(open("/etc/hosts", O_RDONLY | O_CLOEXEC));
}

static int try_write(void)
{
    return result(open("/tmp/agent1-reader-test", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static int try_listen(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return result(listen(fd, 1));
}

static int try_unix(void)
{
    return result(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int try_connect(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return result(connect(fd, (const struct sockaddr *)&address, sizeof(address)));
}

static int try_broker(void)
{
    return try_connect(1883);
}

static int try_web(void)
{
    return try_connect(8443);
}

static int try_named(void)
{
    return try_connect(9);
}

static int try_code(void)
{
    void *at =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return at == MAP_FAILED ? errno : 0;
}

static int try_limit(void)
{
    const struct rlimit more = { 1024, 1024 };

    return result(setrlimit(RLIMIT_NOFILE, &more));
}

static int try_kill(void)
{
    return result(kill(getppid(), 0));
}

static int run(Try try)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        const unsigned named = 9;
        g_autoptr(GArray) ports = g_array_new(FALSE, FALSE, sizeof(unsigned));
        bool has_landlock = false;

        g_array_append_val(ports, named);
        /* Where coverage is measured its counters' library complains at the end, and no file may
         * grow any more: that would be the end of it. */
        assert_true(dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO) >= 0);
        if (!confine_process(ports, &has_landlock, NULL))
            _exit(CONFINE_FAILED);
        _exit(try());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void each_try(void **state)
{
    static const struct {
        const char *what;
        Try try;
        int expected[2]; /* without Landlock the second */
    } rows[] = {
        { "a program", try_exec, { EPERM, EPERM } },
        { "a process", try_fork, { EPERM, EPERM } },
        { "the users of the machine", try_secret, { EACCES, EPERM } },
        { "a file of the product", try_own_folder, { EACCES, EPERM } },
        { "the hosts", try_hosts, { 0, EPERM } },
        { "a new file", try_write, { EPERM, EPERM } },
        { "to be called", try_listen, { EPERM, EPERM } },
        { "a local socket", try_unix, { EPERM, EPERM } },
        { "the broker", try_broker, { EACCES, ECONNREFUSED } },
        { "the web", try_web, { ECONNREFUSED, ECONNREFUSED } },
        { "a port that is named", try_named, { ECONNREFUSED, ECONNREFUSED } },
        { "memory to write and execute", try_code, { EPERM, EPERM } },
        { "other limits", try_limit, { EPERM, EPERM } },
        { "a signal", try_kill, { EPERM, EPERM } },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int problem = run(rows[i].try);

        assert_int_not_equal(problem, CONFINE_FAILED);
        if (problem != rows[i].expected[0] && problem != rows[i].expected[1])
            fail_msg("%s: %s", rows[i].what, g_strerror(problem));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_try),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
