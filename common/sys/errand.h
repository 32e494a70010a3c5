/*
 * Errands: a piece of blocking work (a name to look up, a library to wait for) on a thread of its
 * own, so that the main loop does not wait for it. The thread owns the data until its work is done.
 */
#ifndef COMMON_SYS_ERRAND_H
#define COMMON_SYS_ERRAND_H

#include <stdbool.h>

typedef struct Errand Errand;

/* Calls work(data) on a new thread, and afterwards done(data) from the default main context; done
 * frees what data holds. Where no descriptor or no thread is left, work is called here, and the
 * main loop waits for it: late is better than not at all. The errand frees itself before done is
 * called. */
Errand *errand_start(const char *name, void (*work)(void *data), void (*done)(void *data),
                     void *data);

/* The same for work that the main loop cannot wait for: NULL where no descriptor or no thread is
 * left, and then nothing is called. */
Errand *errand_try_start(const char *name, void (*work)(void *data), void (*done)(void *data),
                         void *data);

/* Waits at most ms for the work to end, and calls done in that case. False: it goes on, and done
 * will be called by the loop. */
bool errand_wait(Errand *errand, int ms);

#endif
