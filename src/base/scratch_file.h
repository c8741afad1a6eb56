/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scratch_file.h - a file without a name, for what is too large for memory: nobody else can open it, and it is gone
 * when it is closed, however we end.
 */
#ifndef BASE_SCRATCH_FILE_H
#define BASE_SCRATCH_FILE_H

#include "base/err.h"

/* Opened for reading and writing, in TMPDIR or /var/tmp; the caller closes it. */
bool scratch_file(int *ret_fd, struct err *e) NODISCARD;

/* Writes all of it at the file's position. */
bool scratch_write(int fd, const void *bytes, size_t n, struct err *e) NODISCARD;

/* Reads all n bytes at a place; the position stays. */
bool scratch_read(int fd, uint64_t at, void *ret, size_t n, struct err *e) NODISCARD;

#endif
