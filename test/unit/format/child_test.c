/* SPDX-License-Identifier: Apache-2.0 */
/* This program is also the child that it starts: called as `... parse ...` it works, or misbehaves as the
 * file's name tells. */
#include "unit/format/format_test.h"

#include "format/child.h"
#include "format/sandbox.h"
#include "format/stream.h"
#include "format/worker.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char fec_text[] =
	"JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
	"CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDa"
	"te\t"
	"Montantdevise\tIdevise\n"
	"VE\tVentes\t1\t20260105\t411000\tClients\tC1\tÉtoile "
	"SARL\tF1\t20260105\tFacture\t120,00\t0,00"
	"\t\t\t20260131\t\t\n"
	"VE\tVentes\t1\t20261341\t706000\tVentes\t\t\tF1\t20260105\tFacture\t0,00\t120,"
	"00\t\t\t20260131"
	"\t\t\n";

static int file_of(const char *bytes, size_t n)
{
	int fd = memfd_create("sample", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	return fd;
}

static bool parse_as(const char *name, const char *bytes, size_t n, struct child_limits limits,
		     struct seen *s, struct child_summary *summary, struct err *e)
{
	int fd = file_of(bytes, n);
	struct child_job job = {
		.fd = fd, .options.name = name, .limits = limits, .program = "/proc/self/exe"
	};
	struct sink sink = { .arg = s, .take = seen_take };
	bool ok;

	if (!s->arena)
		s->arena = arena_new(0);
	ok = child_parse(&job, &sink, summary, e);
	close(fd);
	return ok;
}

static void reads_a_file_in_a_child(void **state)
{
	struct child_summary summary = { 0 };
	struct seen s = { 0 };
	struct err e = { 0 };
	int64_t line = 0, n = 0;

	(void)state;
	if (!parse_as("123456782FEC20261231.txt", fec_text, sizeof fec_text - 1,
		      (struct child_limits){ 0 }, &s, &summary, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(s.n[RECORD_FEC_LINE], 1);
	assert_int_equal(s.n[RECORD_TOTAL], 1);
	assert_int_equal(summary.n_rejected, 1);
	assert_int_equal(summary.format, FORMAT_FEC);
	assert_string_equal(summary.encoding, "UTF-8");
	assert_string_equal(s.total.siren, "123456782");
	assert_non_null(seen_issue(&s, "fec.date", &line, &n));
	assert_int_equal(line, 3);
	print_message("landlock: %s\n", summary.has_landlock ? "yes" : "no");
	seen_done(&s);
}

static void says_what_became_of_the_child(void **state)
{
	static const struct {
		const char *name; /* see misbehave() */
		enum err_code code;
		const char *word;
	} cases[] = {
		{ "segv", ERR_IO, "crashed" },        { "kill", ERR_IO, "killed" },
		{ "hang", ERR_LIMIT, "seconds" },     { "burn", ERR_LIMIT, "seconds" },
		{ "silent", ERR_INTERNAL, "start" },  { "babble", ERR_INTERNAL, "nonsense" },
		{ "half", ERR_IO, "before the end" }, { "naked", ERR_INTERNAL, "locked in" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct child_limits limits = { .wall_seconds = cases[i].name[0] == 'h' ? 1 : 20,
					       .cpu_seconds = 1 };
		struct seen s = { 0 };
		struct err e = { 0 };
		if (parse_as(cases[i].name, fec_text, sizeof fec_text - 1, limits, &s, NULL, &e))
			fail_msg("%s was believed", cases[i].name);
		if (e.code != cases[i].code || !strstr(e.msg, cases[i].word))
			fail_msg("%s: %s: %s", cases[i].name, err_name(e.code), e.msg);
		seen_done(&s);
	}
}

static void brings_the_readers_refusal(void **state)
{
	struct seen s = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_false(parse_as(NULL, "", 0, (struct child_limits){ 0 }, &s, NULL, &e));
	assert_int_equal(e.code, ERR_FORMAT);
	assert_string_equal(e.msg, "the file is empty");
	assert_false(parse_as(NULL, fec_text, sizeof fec_text - 1,
			      (struct child_limits){ .file_bytes = 10 }, &s, NULL, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	assert_false(parse_as(NULL, fec_text, sizeof fec_text - 1,
			      (struct child_limits){ .output_bytes = 10 }, &s, NULL, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	seen_done(&s);
}

static bool refuse_all(UNUSED void *arg, const struct record *r, struct err *e)
{
	return r->kind != RECORD_FEC_LINE || err_set(e, ERR_REFUSED, "not today");
}

static void stops_when_the_sink_refuses(void **state)
{
	int fd = file_of(fec_text, sizeof fec_text - 1);
	struct child_job job = { .fd = fd, .program = "/proc/self/exe" };
	struct err e = { 0 };

	(void)state;
	assert_false(child_parse(&job, &(struct sink){ .take = refuse_all }, NULL, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	close(fd);
}

/* Runs fn in a locked-in process; its wait status. */
static int locked_in(void (*fn)(void))
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		bool has_landlock;
		if (!sandbox_enter(&(struct sandbox_limits){ 0 }, &has_landlock, NULL))
			_exit(99);
		fn();
		_exit(7);
	}
	assert_true(pid > 0);
	waitpid(pid, &status, 0);
	return status;
}

static void open_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	_exit(fd < 0 ? 1 : 0);
}

static void start_process(void)
{
	_exit(fork() < 0 ? 1 : 0);
}

static void open_file(void)
{
	_exit(open("/etc/hostname", O_RDONLY) < 0 ? 1 : 0);
}

static void run_memory(void)
{
	_exit(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
			      MAP_FAILED
		      ? 1
		      : 0);
}

static void only_live(void)
{
	free(malloc(1 << 20));
}

static bool was_stopped(int status)
{
	return sandbox_is_weak() ? WIFEXITED(status) && WEXITSTATUS(status) == 1
				 : WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static void locks_itself_in(void **state)
{
	int status;

	(void)state;
	status = locked_in(only_live);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
	status = locked_in(open_file);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	assert_true(was_stopped(locked_in(open_socket)));
	assert_true(was_stopped(locked_in(start_process)));
	assert_true(was_stopped(locked_in(run_memory)));
}

/* What must not reach the child's memory limit: a file that needs more is told so or dies alone. */
static void survives_a_file_that_eats_memory(void **state)
{
	size_t n = 40 << 20;
	char *bytes = malloc(n);
	struct seen s = { 0 };
	struct err e = { 0 };

	(void)state;
	/* Forty million columns in one line, of a file that looks like a table. */
	memset(bytes, ';', n);
	memcpy(bytes, "a;b\n1;2\n", 8);
	if (parse_as(NULL, bytes, n, (struct child_limits){ .memory_bytes = 1 }, &s, NULL, &e))
		assert_true(s.total.n_rejected > 0);
	else
		assert_true(e.code == ERR_LIMIT || e.code == ERR_IO);
	seen_done(&s);
	free(bytes);
}

int main(int argc, char **argv);

static void misbehave(const char *name, struct stream_writer *w)
{
	struct stream_hello hello = { .has_seccomp = !str_eq(name, "naked") };
	volatile uint64_t spin = 1;

	if (str_eq(name, "silent"))
		_exit(0);
	if (str_eq(name, "babble")) {
		if (write(STDOUT_FILENO, "hello, world, this is nonsense", 30) != 30)
			_exit(1);
		_exit(0);
	}
	if (!stream_put(w, STREAM_HELLO, &hello, NULL) || !stream_flush(w, NULL))
		_exit(1);
	if (str_eq(name, "burn")) {
		bool has_landlock;
		if (!sandbox_enter(&(struct sandbox_limits){ .cpu_seconds = 1 }, &has_landlock,
				   NULL))
			_exit(1);
		while (spin)
			spin += 2;
	}
	if (str_eq(name, "hang"))
		for (;;)
			pause();
	if (str_eq(name, "segv")) {
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
	}
	if (str_eq(name, "kill"))
		raise(SIGKILL);
	_exit(0); /* "half": a greeting and no total */
}

/* As src/cmd/parse.c does. */
NORETURN static void be_the_child(char **argv)
{
	static const char *const known[] = { "segv",   "kill",   "hang", "burn",
					     "silent", "babble", "half", "naked" };
	struct worker_orders o = { .options = { .format = format_of_name(argv[7]) } };
	const char *name = argv[8];

	sscanf(argv[2], "--file=%" SCNd64, &o.file_bytes);
	sscanf(argv[3], "--memory=%" SCNd64, &o.memory_bytes);
	sscanf(argv[4], "--cpu=%" SCNd64, &o.cpu_seconds);
	sscanf(argv[5], "--output=%" SCNd64, &o.output_bytes);
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_eq(name, known[i])) {
			struct stream_writer w;
			if (stream_writer_init(&w, STDOUT_FILENO, 1 << 20))
				misbehave(name, &w);
		}
	o.options.name = name[0] ? name : NULL;
	worker_run(&o);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_file_in_a_child),
		cmocka_unit_test(says_what_became_of_the_child),
		cmocka_unit_test(brings_the_readers_refusal),
		cmocka_unit_test(stops_when_the_sink_refuses),
		cmocka_unit_test(locks_itself_in),
		cmocka_unit_test(survives_a_file_that_eats_memory),
	};

	if (argc > 10 && str_eq(argv[1], "parse"))
		be_the_child(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
