/* The clocks: the only place that reads them. */
#ifndef COMMON_SYS_CLOCK_H
#define COMMON_SYS_CLOCK_H

#include <stdint.h>

/* CLOCK_REALTIME in Unix milliseconds. */
int64_t clock_now_ms(void);

/* CLOCK_BOOTTIME in milliseconds: never steps, counts through suspend. */
int64_t clock_boot_ms(void);

#endif
