/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demo_names.h - names, streets and addresses of the demo's customers: plainly invented ones.
 */
#ifndef DAY_DEMO_NAMES_H
#define DAY_DEMO_NAMES_H

#include "day/demo_world.h"

struct demo_place {
	const char *country, *language;
	const char *postcode, *city;
	const char *phone; /* beginning of a number kept for fiction, six digits to follow */
};

/* A place of a country: 0 France, 1 Germany, 2 Belgium, 3 Spain, 4 Britain. */
const struct demo_place *demo_place(uint32_t country, struct demo_chance *chance);

/* "12 rue de l'Exemple", in the language of the place. */
const char *demo_street(struct arena *a, const struct demo_place *p, struct demo_chance *chance);

/* "Quincaillerie Exemple 12", "Commune d'Essai de Nantes", "Camille Modèle 31", "Muster GmbH 7": the number
 * makes it unique. */
const char *demo_name(struct arena *a, const char *kind, const char *country, const char *city,
		      int number);

/* "compta@client-12.example". */
const char *demo_email(struct arena *a, const char *language, int number);

#endif
