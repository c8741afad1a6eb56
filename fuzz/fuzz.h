/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz.h - one function per parser, called with anything at all.
 *
 * A target is a function fuzz_NAME(bytes, n) that must return: a crash, a sanitizer's complaint, a broken
 * promise (ENSURE) or a hang is a finding. libFuzzer calls it in the fuzzing build; the normal tests call
 * it with fuzz/corpus/NAME and with fuzz/found/NAME, where every finding stays for good.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "base/base.h"

#ifdef FUZZING
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
#define FUZZ_TARGET(name)                                          \
	int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) \
	{                                                          \
		fuzz_##name((const char *)bytes, n);               \
		return 0;                                          \
	}
#else
#define FUZZ_TARGET(name)
#endif

void fuzz_advice(const char *bytes, size_t n);
void fuzz_book(const char *bytes, size_t n);
void fuzz_camt(const char *bytes, size_t n);
void fuzz_cfonb(const char *bytes, size_t n);
void fuzz_coda(const char *bytes, size_t n);
void fuzz_cfonb240(const char *bytes, size_t n);
void fuzz_csv(const char *bytes, size_t n);
void fuzz_encoding(const char *bytes, size_t n);
void fuzz_evidence(const char *bytes, size_t n);
void fuzz_fec(const char *bytes, size_t n);
void fuzz_form(const char *bytes, size_t n);
void fuzz_message(const char *bytes, size_t n);
void fuzz_mt940(const char *bytes, size_t n);
void fuzz_multipart(const char *bytes, size_t n);
void fuzz_ofx(const char *bytes, size_t n);
void fuzz_pain(const char *bytes, size_t n);
void fuzz_parse(const char *bytes, size_t n);
void fuzz_seal(const char *bytes, size_t n);
void fuzz_stream(const char *bytes, size_t n);
void fuzz_value(const char *bytes, size_t n);
void fuzz_xlsx(const char *bytes, size_t n);

#endif
