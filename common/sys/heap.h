/*
 * The heap's free memory. What was needed for a moment and is free again stays with the process
 * until somebody asks the allocator to give it back.
 */
#ifndef COMMON_SYS_HEAP_H
#define COMMON_SYS_HEAP_H

/* After something large was freed: costs milliseconds for each hundred megabytes. */
void heap_give_back(void);

#endif
