/* SPDX-License-Identifier: Apache-2.0 */
#include "base/scratch_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool scratch_file(int *ret_fd, struct err *e)
{
	const char *folder = getenv("TMPDIR");
	char path[4096];
	int fd;

	folder = folder && folder[0] == '/' ? folder : "/var/tmp";
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) {
		snprintf(path, sizeof path, "%s/encours-XXXXXX", folder);
		fd = mkostemp(path, O_CLOEXEC);
		if (fd >= 0)
			unlink(path);
	}
	if (fd < 0)
		return err_set(e, ERR_IO, "could not make a file in %.200s: %s", folder,
			       strerror(errno));
	*ret_fd = fd;
	return true;
}

bool scratch_write(int fd, const void *bytes, size_t n, struct err *e)
{
	const char *at = bytes;

	while (n > 0) {
		ssize_t done = write(fd, at, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_set(e, ERR_IO, "could not write a scratch file: %s",
				       strerror(errno));
		at += done;
		n -= (size_t)done;
	}
	return true;
}

bool scratch_read(int fd, uint64_t at, void *ret, size_t n, struct err *e)
{
	char *to = ret;

	while (n > 0) {
		ssize_t done = pread(fd, to, n, (off_t)at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return err_set(e, ERR_IO, "could not read a scratch file: %s",
				       done < 0 ? strerror(errno) : "it is too short");
		to += done;
		at += (uint64_t)done;
		n -= (size_t)done;
	}
	return true;
}
