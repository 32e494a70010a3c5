/*
 * The heap's free memory. What was needed for a moment and is free again stays with the process
 * until somebody asks the allocator to give it back.
 */
#ifndef COMMON_SYS_HEAP_H
#define COMMON_SYS_HEAP_H

/* At the start of a program, before its threads: they share one heap. What lies free at the end of
 * a thread's own is not given back by glibc, and rows that one thread reads and another frees are
 * all that is in it. Small pieces take no lock either way. */
void heap_init(void);

/* After something large was freed: costs milliseconds for each hundred megabytes. */
void heap_give_back(void);

#endif
