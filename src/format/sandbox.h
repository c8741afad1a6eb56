/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox.h - gives up, for good, everything that reading a file does not need.
 *
 * After sandbox_enter the process can read and write what it has open, take and give back memory, and
 * exit. Opening a file fails; anything else (a socket, a new process, a signal to another) kills it.
 * Where the kernel has Landlock the file system is taken away a second time, by another mechanism.
 */
#ifndef FORMAT_SANDBOX_H
#define FORMAT_SANDBOX_H

#include "base/err.h"

struct sandbox_limits {
	int64_t memory_bytes; /* address space; 0: no limit */
	int64_t cpu_seconds;  /* 0: no limit */
};

/* False when the limits or the filter cannot be set: the caller must not go on. Landlock is optional,
 * *ret_has_landlock tells. */
bool sandbox_enter(const struct sandbox_limits *l, bool *ret_has_landlock, struct err *e) NODISCARD;

/* For a process that becomes another program at once, one that is not ours: limits, no network, no new processes, and no
 * file is written, made, renamed or deleted. Reading files is left to it: it must find its libraries. */
bool sandbox_enter_program(const struct sandbox_limits *l, struct err *e) NODISCARD;

/* Whether the program is built with a sanitizer: those need more memory and system calls than the
 * sandbox gives, so that the limit on memory is off and a refused call fails instead of killing. */
bool sandbox_is_weak(void);

#endif
