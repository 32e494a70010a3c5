#include "agent1/cli/screen_width.h"

#include <glib.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "common/base/banned.h"

#define WIDTH_MIN     2
#define WIDTH_MAX     10000
#define WIDTH_DEFAULT 80

unsigned screen_width(int fd)
{
    const char *wished = g_getenv("COLUMNS");
    struct winsize size;
    uint64_t width;

    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= WIDTH_MIN)
        return size.ws_col;
    if (wished && g_ascii_string_to_unsigned(wished, 10, WIDTH_MIN, WIDTH_MAX, &width, NULL))
        return (unsigned)width;
    return WIDTH_DEFAULT;
}
