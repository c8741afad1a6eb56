/* SPDX-License-Identifier: Apache-2.0 */
#include "format/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

bool sandbox_is_weak(void)
{
	return SANITIZED;
}

static bool limit(__rlimit_resource_t what, int64_t soft, int64_t hard)
{
	struct rlimit r = { .rlim_cur = (rlim_t)soft, .rlim_max = (rlim_t)hard };

	return setrlimit(what, &r) == 0;
}

static bool set_limits(const struct sandbox_limits *l)
{
	if (l->memory_bytes && !SANITIZED && !limit(RLIMIT_AS, l->memory_bytes, l->memory_bytes))
		return false;
	/* A second later the kernel kills what ignored the first signal. */
	if (l->cpu_seconds && !limit(RLIMIT_CPU, l->cpu_seconds, l->cpu_seconds + 1))
		return false;
	return limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_NPROC, 0, 0);
}

/* Handles every right that the running kernel's Landlock knows, and allows none. */
static bool enter_landlock(void)
{
	static const uint64_t rights[] = {
		0, (UINT64_C(1) << 13) - 1, /* ABI 1: execute .. make symbolic links */
		(UINT64_C(1) << 14) - 1,    /* ABI 2: refer */
		(UINT64_C(1) << 15) - 1,    /* ABI 3: truncate */
	};
	struct landlock_ruleset_attr attr = { 0 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	long fd;
	bool ok;

	if (abi < 1)
		return false;
	attr.handled_access_fs =
		rights[abi < (long)ARRAY_LEN(rights) ? abi : (long)ARRAY_LEN(rights) - 1];
	fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (fd < 0)
		return false;
	ok = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	close((int)fd);
	return ok;
}

static bool add_rules(scmp_filter_ctx filter)
{
	static const int allowed[] = {
		SCMP_SYS(read),          SCMP_SYS(write),
		SCMP_SYS(munmap),        SCMP_SYS(mremap),
		SCMP_SYS(brk),           SCMP_SYS(madvise),
		SCMP_SYS(exit),          SCMP_SYS(exit_group),
		SCMP_SYS(rt_sigreturn),  SCMP_SYS(rt_sigprocmask),
		SCMP_SYS(rt_sigaction),  SCMP_SYS(getrandom),
		SCMP_SYS(fstat),         SCMP_SYS(lseek),
		SCMP_SYS(close),         SCMP_SYS(futex),
		SCMP_SYS(clock_gettime), SCMP_SYS(gettid),
		SCMP_SYS(getpid),        SCMP_SYS(restart_syscall),
		SCMP_SYS(sigaltstack),
	};
	/* Libraries look for optional files and go on without them. */
	static const int failing[] = { SCMP_SYS(open),       SCMP_SYS(openat),   SCMP_SYS(access),
				       SCMP_SYS(faccessat),  SCMP_SYS(stat),     SCMP_SYS(lstat),
				       SCMP_SYS(newfstatat), SCMP_SYS(readlink), SCMP_SYS(ioctl),
				       SCMP_SYS(sysinfo) };
	const struct scmp_arg_cmp no_exec = { .arg = 2,
					      .op = SCMP_CMP_MASKED_EQ,
					      .datum_a = PROT_EXEC };
	const struct scmp_arg_cmp own = { .arg = 0,
					  .op = SCMP_CMP_EQ,
					  .datum_a = (scmp_datum_t)getpid() };
	bool ok = true;

	for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
		ok &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
	for (size_t i = 0; i < ARRAY_LEN(failing); i++)
		ok &= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), failing[i], 0) == 0;
	/* Memory, but none that can be executed; abort() signals its own process, nobody else's. */
	ok &= seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, &no_exec) == 0;
	ok &= seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, &no_exec) == 0;
	ok &= seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &own) == 0;
	return ok;
}

static bool enter_seccomp(void)
{
	scmp_filter_ctx filter =
		seccomp_init(SANITIZED ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
	bool ok;

	if (!filter)
		return false;
	ok = add_rules(filter) && seccomp_load(filter) == 0;
	/* Freed by the end of the process: libseccomp may not free under its own filter. */
	return ok;
}

bool sandbox_enter(const struct sandbox_limits *l, bool *ret_has_landlock, struct err *e)
{
	bool has_landlock;

	if (prctl(PR_SET_DUMPABLE, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_set(e, ERR_INTERNAL, "the parser cannot give up its privileges");
	has_landlock = enter_landlock();
	if (!set_limits(l))
		return err_set(e, ERR_INTERNAL, "the parser cannot limit its memory and time");
	if (!enter_seccomp())
		return err_set(e, ERR_INTERNAL, "the parser cannot lock itself in (seccomp)");
	*ret_has_landlock = has_landlock;
	return true;
}

/* ---- for another program ---- */

static bool deny(scmp_filter_ctx filter, const int *calls, size_t n)
{
	bool ok = true;

	for (size_t i = 0; i < n; i++)
		ok &= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 0) == 0;
	return ok;
}

/* Opening for writing or making is refused by the flags, where Landlock is not there to refuse it. */
static bool deny_writing(scmp_filter_ctx filter)
{
	static const scmp_datum_t flags[] = { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC };
	bool ok = true;

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		const struct scmp_arg_cmp in_open = {
			.arg = 1, .op = SCMP_CMP_MASKED_EQ, .datum_a = flags[i], .datum_b = flags[i]
		};
		const struct scmp_arg_cmp in_openat = {
			.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = flags[i], .datum_b = flags[i]
		};
		ok &= seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(open), 1,
					     &in_open) == 0;
		ok &= seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 1,
					     &in_openat) == 0;
	}
	return ok;
}

bool sandbox_enter_program(const struct sandbox_limits *l, struct err *e)
{
	static const int denied[] = {
		SCMP_SYS(socket),
		SCMP_SYS(socketpair),
		SCMP_SYS(connect),
		SCMP_SYS(bind),
		SCMP_SYS(listen),
		SCMP_SYS(accept),
		SCMP_SYS(accept4),
		SCMP_SYS(sendto),
		SCMP_SYS(sendmsg),
		SCMP_SYS(fork),
		SCMP_SYS(vfork),
		SCMP_SYS(clone),
		SCMP_SYS(clone3),
		SCMP_SYS(ptrace),
		SCMP_SYS(kill),
		SCMP_SYS(tkill),
		SCMP_SYS(process_vm_readv),
		SCMP_SYS(process_vm_writev),
		SCMP_SYS(openat2),
		SCMP_SYS(creat),
		SCMP_SYS(unlink),
		SCMP_SYS(unlinkat),
		SCMP_SYS(rename),
		SCMP_SYS(renameat),
		SCMP_SYS(renameat2),
		SCMP_SYS(mkdir),
		SCMP_SYS(mkdirat),
		SCMP_SYS(rmdir),
		SCMP_SYS(link),
		SCMP_SYS(linkat),
		SCMP_SYS(symlink),
		SCMP_SYS(symlinkat),
		SCMP_SYS(mknod),
		SCMP_SYS(mknodat),
		SCMP_SYS(truncate),
		SCMP_SYS(ftruncate),
		SCMP_SYS(chmod),
		SCMP_SYS(fchmod),
		SCMP_SYS(fchmodat),
		SCMP_SYS(chown),
		SCMP_SYS(fchown),
		SCMP_SYS(fchownat),
		SCMP_SYS(mount),
		SCMP_SYS(unshare),
		SCMP_SYS(setns),
		SCMP_SYS(bpf),
		SCMP_SYS(io_uring_setup),
		SCMP_SYS(memfd_create),
		SCMP_SYS(perf_event_open),
		SCMP_SYS(keyctl),
		SCMP_SYS(userfaultfd),
	};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !set_limits(l) ||
	    !limit(RLIMIT_FSIZE, 0, 0))
		return err_set(e, ERR_INTERNAL, "the parser cannot limit its memory and time");
	return (filter && deny(filter, denied, ARRAY_LEN(denied)) && deny_writing(filter) &&
		seccomp_load(filter) == 0) ||
	       err_set(e, ERR_INTERNAL, "the parser cannot lock itself in (seccomp)");
}
