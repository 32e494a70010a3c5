#include "tests/bench/load.h"

#include "tests/bench/link.h"

#include <stdio.h>
#include <time.h>

int64_t load_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

bool load_next_round(Load *load)
{
    char line[64];
    unsigned count;
    unsigned window;
    unsigned interval_us = 0;

    if (!fgets(line, sizeof line, stdin))
        return false;
    if (sscanf(line, "%u %u %u", &count, &window, &interval_us) < 2 || count == 0 || window == 0)
        bench_fail("expected: <count> <window> [<microseconds>]");

    g_free(load->sent_us);
    g_free(load->took_us);
    *load = (Load){ .count = count, .window = window, .interval_us = interval_us };
    load->sent_us = g_new0(int64_t, count);
    load->took_us = g_new0(int64_t, count);
    load->began_us = load_now_us();
    return true;
}

static bool may_ask(const Load *load)
{
    return load->sent < load->count && load->sent - load->answered < load->window;
}

static int64_t due_us(const Load *load)
{
    return load->began_us + (int64_t)load->sent * load->interval_us;
}

int load_next(Load *load)
{
    int64_t now_us = load_now_us();

    if (!may_ask(load) || now_us < due_us(load))
        return -1;

    load->sent_us[load->sent] = load->interval_us > 0 ? due_us(load) : now_us;
    return (int)load->sent++;
}

int load_wait_ms(const Load *load)
{
    if (!may_ask(load))
        return -1;
    return (int)((MAX(due_us(load) - load_now_us(), 0) + 999) / 1000);
}

void load_answer(Load *load, unsigned question)
{
    if (question >= load->sent || load->took_us[question] != 0)
        return;

    load->took_us[question] = MAX(load_now_us() - load->sent_us[question], 1);
    load->answered++;
}

bool load_is_over(const Load *load)
{
    return load->answered == load->count;
}

void load_print(const Load *load)
{
    printf("%" G_GINT64_FORMAT, load_now_us() - load->began_us);
    for (unsigned i = 0; i < load->count; i++)
        printf(" %" G_GINT64_FORMAT, load->took_us[i]);
    putchar('\n');
    fflush(stdout);
}
