#include "agent1/reader/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/banned.h"

/* From linux/landlock.h, of which a machine's own may be older than its kernel. */
#define CREATE_VERSION (1U << 0)
#define RULE_PATH      1
#define RULE_PORT      2
#define MAY_READ_FILE  (UINT64_C(1) << 2)
#define MAY_READ_DIR   (UINT64_C(1) << 3)
#define MAY_BIND       (UINT64_C(1) << 0)
#define MAY_CONNECT    (UINT64_C(1) << 1)
#define SCOPE_ALL      UINT64_C(3) /* abstract sockets, signals */
#define NET_VERSION    4
#define SCOPE_VERSION  6

struct ruleset {
    uint64_t of_files;
    uint64_t of_net;
    uint64_t scopes;
};

struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

struct port_rule {
    /* cppcheck-suppress unusedStructMember ; the kernel reads it */
    uint64_t allowed;
    /* cppcheck-suppress unusedStructMember ; the kernel reads it */
    uint64_t port;
};

/* How many rights of files each version has. */
static const unsigned file_rights[] = { 0, 13, 14, 15, 15, 16 };

static uint64_t all_files(long version)
{
    size_t at = MIN((size_t)version, G_N_ELEMENTS(file_rights) - 1);

    return (UINT64_C(1) << file_rights[at]) - 1;
}

/* The struct grew with the versions; an older kernel takes a longer one whose rest is zero. */
static int create(long version)
{
    struct ruleset ruleset = { .of_files = all_files(version) };

    if (version >= NET_VERSION)
        ruleset.of_net = MAY_BIND | MAY_CONNECT;
    if (version >= SCOPE_VERSION)
        ruleset.scopes = SCOPE_ALL;
    return (int)syscall(SYS_landlock_create_ruleset, &ruleset, sizeof(ruleset), 0);
}

static bool add_path(int fence, const char *path)
{
    struct path_rule rule = { .allowed = MAY_READ_FILE };
    struct stat info;
    bool is_added;

    rule.parent = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent < 0)
        return errno == ENOENT || errno == EACCES || errno == ENOTDIR;
    if (fstat(rule.parent, &info) == 0 && S_ISDIR(info.st_mode))
        rule.allowed |= MAY_READ_DIR;
    is_added = syscall(SYS_landlock_add_rule, fence, RULE_PATH, &rule, 0) == 0;
    close(rule.parent);
    return is_added;
}

static bool add_port(int fence, unsigned port)
{
    struct port_rule rule = { .allowed = MAY_CONNECT, .port = port };

    return syscall(SYS_landlock_add_rule, fence, RULE_PORT, &rule, 0) == 0;
}

LandlockState landlock_begin(const char *const *paths, const GArray *ports)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);
    bool is_good;
    int fence;

    if (version < 1)
        return LANDLOCK_ABSENT;
    fence = create(version);
    if (fence < 0)
        return LANDLOCK_FAILED;

    is_good = true;
    for (unsigned i = 0; paths[i] && is_good; i++)
        is_good = add_path(fence, paths[i]);
    for (unsigned i = 0; version >= NET_VERSION && i < ports->len && is_good; i++)
        is_good = add_port(fence, g_array_index(ports, unsigned, i));
    is_good = is_good && syscall(SYS_landlock_restrict_self, fence, 0) == 0;
    close(fence);
    return is_good ? LANDLOCK_ON : LANDLOCK_FAILED;
}
