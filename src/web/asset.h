/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asset.h - the style sheets, scripts, fonts and icons built into the program.
 *
 * Their addresses carry a hash of their content, so that browsers keep them for ever. A template writes
 * <link rel="stylesheet" href="{{ asset_url("app.css") }}">; for a part of a file: {{ asset_url(...) }}#name.
 * The files are listed in web/assets/meson.build.
 */
#ifndef WEB_ASSET_H
#define WEB_ASSET_H

#include "base/base.h"

struct asset {
	const char *name; /* "app.css" */
	const char *url;  /* "/static/app.0123456789abcdef.css" */
	const char *media_type;
	const unsigned char *bytes;
	size_t size;
	const unsigned char *packed; /* gzip; NULL when it would not be smaller */
	size_t packed_size;
};

/* The address of a file by name; stops the program when there is none (the build has it or not). */
const char *asset_url(const char *name);

/* By address; NULL when there is none. */
const struct asset *asset_find(const char *url);

/* Made by tools/embed at build. */
extern const struct asset web_assets[];
extern const size_t web_n_assets;

#endif
