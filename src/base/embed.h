/* SPDX-License-Identifier: Apache-2.0 */
/*
 * embed.h - files that are built into the program: migrations, fonts.
 *
 * tools/embed writes them at build. In a meson.build:
 *
 *	core_sources += custom_target('fonts', input: files('a.ttf', 'b.ttf'), output: 'fonts.c',
 *				      command: [embed, 'files', 'letter_fonts', '@OUTPUT@', '@INPUT@'])
 *
 * and where they are used:
 *
 *	extern const struct embedded_file letter_fonts[];
 *	extern const size_t letter_fonts_n;
 */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include "base/base.h"

struct embedded_file {
	const char *name;           /* without folder: "style.css" */
	const unsigned char *bytes; /* a NUL follows, so that text can be used as a string */
	size_t len;                 /* without that NUL */
};

#endif
