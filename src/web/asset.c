/* SPDX-License-Identifier: Apache-2.0 */
#include "web/asset.h"

const char *asset_url(const char *name)
{
	for (size_t i = 0; i < web_n_assets; i++) {
		if (str_eq(web_assets[i].name, name))
			return web_assets[i].url;
	}
	ensure_failed(name, __FILE__, __LINE__);
}

const struct asset *asset_find(const char *url)
{
	for (size_t i = 0; i < web_n_assets; i++) {
		if (str_eq(web_assets[i].url, url))
			return &web_assets[i];
	}
	return NULL;
}
