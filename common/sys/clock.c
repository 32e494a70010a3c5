#include "common/sys/clock.h"

#include <glib.h>
#include <time.h>

#include "common/base/banned.h"

static int64_t read_clock_ms(clockid_t clock)
{
    struct timespec now = { 0 };

    if (clock_gettime(clock, &now) != 0)
        g_assert_not_reached();

    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
    return read_clock_ms(CLOCK_REALTIME);
}

int64_t clock_boot_ms(void)
{
    return read_clock_ms(CLOCK_BOOTTIME);
}
