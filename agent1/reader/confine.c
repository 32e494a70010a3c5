#include "agent1/reader/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent1/reader/landlock.h"
#include "common/base/problem.h"

#include "common/base/banned.h"

#define FIRST_OWN_FD 3
#define MEMORY_BYTES ((rlim_t)768 * 1024 * 1024)
#define PROCESSOR_S  15
#define DESCRIPTORS  64
#define NAME_PORT    53

/* What the look-up of names reads, and what decoding loads. */
static const char *const readable[] = {
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/ld.so.cache",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/lib",
    "/lib64",
    NULL,
};

/* Whatever fetching, looking names up in a thread, decoding and ending need. Not here, as they have
 * conditions: clone, mmap, mprotect, openat, socket, tgkill. */
static const char *const allowed[] = {
    "access",
    "arch_prctl",
    "bind",
    "brk",
    "clock_getres",
    "clock_gettime",
    "clock_nanosleep",
    "close",
    "connect",
    "dup",
    "epoll_create1",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_wait",
    "eventfd2",
    "exit",
    "exit_group",
    "faccessat",
    "faccessat2",
    "fcntl",
    "fcntl64",
    "fstat",
    "fstat64",
    "fstatat64",
    "fstatfs",
    "futex",
    "futex_time64",
    "get_robust_list",
    "getdents64",
    "getegid",
    "geteuid",
    "getgid",
    "getpeername",
    "getpid",
    "getppid",
    "getrandom",
    "getsockname",
    "getsockopt",
    "gettid",
    "gettimeofday",
    "getuid",
    "ioctl",
    "lseek",
    "_llseek",
    "lstat",
    "madvise",
    "membarrier",
    "mremap",
    "munmap",
    "nanosleep",
    "newfstatat",
    "pipe2",
    "poll",
    "ppoll",
    "ppoll_time64",
    "prctl",
    "pread64",
    "pselect6",
    "pselect6_time64",
    "read",
    "readlink",
    "readlinkat",
    "readv",
    "recvfrom",
    "recvmmsg",
    "recvmsg",
    "restart_syscall",
    "rseq",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sched_getaffinity",
    "sched_yield",
    "select",
    "sendmmsg",
    "sendmsg",
    "sendto",
    "set_robust_list",
    "setsockopt",
    "shutdown",
    "sigaltstack",
    "socketpair",
    "stat",
    "stat64",
    "statx",
    "sysinfo",
    "time",
    "ugetrlimit",
    "uname",
    "write",
    "writev",
};

static bool fail(const char *what, int problem, GError **error)
{
    g_set_error(error, PROBLEM, PROBLEM_IO, "%s: %s", what, g_strerror(problem));
    return false;
}

/* ---- limits ---- */

static bool set_limits(GError **error)
{
    static const struct {
        __rlimit_resource_t resource;
        rlim_t most;
        const char *what;
    } limits[] = {
        { RLIMIT_CORE, 0, "core" },
        { RLIMIT_FSIZE, 0, "file size" },
        { RLIMIT_CPU, PROCESSOR_S, "processor time" },
        { RLIMIT_NOFILE, DESCRIPTORS, "descriptors" },
        { RLIMIT_AS, MEMORY_BYTES, "memory" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        const struct rlimit limit = { limits[i].most, limits[i].most };

        /* A sanitizer keeps more addresses than any limit allows. */
        if (limits[i].resource == RLIMIT_AS && SANITIZED)
            continue;
        if (setrlimit(limits[i].resource, &limit) != 0)
            return fail(limits[i].what, errno, error);
    }
    return true;
}

static bool let_go(GError **error)
{
    if (close_range(FIRST_OWN_FD, ~0U, 0) != 0)
        return fail("close_range", errno, error);
    if (chdir("/") != 0)
        return fail("chdir", errno, error);
    /* agent1 may die first. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail("prctl", errno, error);
    return true;
}

/* ---- calls of the kernel ---- */

/* Adds a rule for a call that this machine has; 0, or an errno. */
static int add(scmp_filter_ctx filter, uint32_t action, const char *name, unsigned count,
               const struct scmp_arg_cmp *conditions)
{
    int number = seccomp_syscall_resolve_name(name);

    if (number == __NR_SCMP_ERROR)
        return 0;
    return -seccomp_rule_add_array(filter, action, number, count, conditions);
}

/* Threads, for looking names up, but no processes. */
static int add_threads(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp is_thread =
        SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM);
    int problem = add(filter, SCMP_ACT_ALLOW, "clone", 1, &is_thread);

    /* Its flags are in memory, where no filter looks; libc then takes clone. */
    return problem ? problem : add(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3", 0, NULL);
}

/* No memory is written and executed at once. */
static int add_memory(scmp_filter_ctx filter)
{
    static const uint64_t writable[] = { 0, PROT_WRITE };
    int problem = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(writable) && problem == 0; i++) {
        const struct scmp_arg_cmp kind = SCMP_A2(
            SCMP_CMP_MASKED_EQ, writable[i] ? (uint64_t)PROT_EXEC : (uint64_t)PROT_WRITE, 0);

        problem = add(filter, SCMP_ACT_ALLOW, "mmap", 1, &kind);
        if (problem == 0)
            problem = add(filter, SCMP_ACT_ALLOW, "mmap2", 1, &kind);
        if (problem == 0)
            problem = add(filter, SCMP_ACT_ALLOW, "mprotect", 1, &kind);
    }
    return problem;
}

static int add_files(scmp_filter_ctx filter)
{
    const uint64_t changes = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
    const struct scmp_arg_cmp at = SCMP_A2(SCMP_CMP_MASKED_EQ, changes, O_RDONLY);
    const struct scmp_arg_cmp plain = SCMP_A1(SCMP_CMP_MASKED_EQ, changes, O_RDONLY);
    int problem = add(filter, SCMP_ACT_ALLOW, "openat", 1, &at);

    return problem ? problem : add(filter, SCMP_ACT_ALLOW, "open", 1, &plain);
}

static int add_sockets(scmp_filter_ctx filter)
{
    static const uint64_t families[] = { AF_INET, AF_INET6, AF_NETLINK };
    int problem = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(families) && problem == 0; i++) {
        const struct scmp_arg_cmp is_family = SCMP_A0(SCMP_CMP_EQ, families[i]);

        problem = add(filter, SCMP_ACT_ALLOW, "socket", 1, &is_family);
    }
    return problem;
}

/* Limits are asked for, and not changed any more. */
static int add_limits(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp only_asks = SCMP_A2(SCMP_CMP_EQ, 0);
    int problem = add(filter, SCMP_ACT_ALLOW, "prlimit64", 1, &only_asks);

    return problem ? problem : add(filter, SCMP_ACT_ALLOW, "getrlimit", 0, NULL);
}

/* To itself alone: agent1 runs as the same user. */
static int add_signals(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp is_own = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid());

    return add(filter, SCMP_ACT_ALLOW, "tgkill", 1, &is_own);
}

static int fill(scmp_filter_ctx filter, bool may_open)
{
    int problem = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(allowed) && problem == 0; i++)
        problem = add(filter, SCMP_ACT_ALLOW, allowed[i], 0, NULL);
    if (problem == 0)
        problem = add_threads(filter);
    if (problem == 0)
        problem = add_memory(filter);
    if (problem == 0)
        problem = add_sockets(filter);
    if (problem == 0)
        problem = add_limits(filter);
    if (problem == 0)
        problem = add_signals(filter);
    if (problem == 0 && may_open)
        problem = add_files(filter);
    return problem;
}

static bool filter_calls(bool may_open, GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int problem;

    if (!filter)
        return fail("seccomp", ENOMEM, error);
    problem = fill(filter, may_open);
    if (problem == 0)
        problem = -seccomp_load(filter);
    seccomp_release(filter);
    return problem == 0 || fail("seccomp", problem, error);
}

/* ---- all of it ---- */

static bool fence(const GArray *ports, bool *is_fenced, GError **error)
{
    static const unsigned usual[] = { NAME_PORT, 80, 443, 8080, 8443 };
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(unsigned));
    LandlockState state;

    g_array_append_vals(all, usual, G_N_ELEMENTS(usual));
    if (ports->len > 0)
        g_array_append_vals(all, ports->data, ports->len);
    state = landlock_begin(readable, all);
    *is_fenced = state == LANDLOCK_ON;
    return state != LANDLOCK_FAILED || fail("landlock", errno, error);
}

bool confine_process(const GArray *ports, bool *has_landlock, GError **error)
{
    bool is_fenced = false;

    if (!set_limits(error) || !let_go(error) || !fence(ports, &is_fenced, error) ||
        !filter_calls(is_fenced, error))
        return false;
    if (has_landlock)
        *has_landlock = is_fenced;
    return true;
}
