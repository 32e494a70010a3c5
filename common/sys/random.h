/* Random bytes from the system (getrandom(2) through libsodium): the only place that draws them. */
#ifndef COMMON_SYS_RANDOM_H
#define COMMON_SYS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_fill(void *buffer, size_t length);
uint64_t random_u64(void);

/* length characters of [a-z0-9], for sessions. The caller owns the text. */
char *random_name(unsigned length);

#endif
