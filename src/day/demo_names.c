/* SPDX-License-Identifier: Apache-2.0 */
#include "day/demo_names.h"

/* French numbers 01 99 00, 02 61 91 ... are kept for fiction by the regulator (ARCEP), British ones
 * (01632 960) by Ofcom; the others are invented. */
static const struct demo_place french_places[] = {
	{ "FR", "fr", "75011", "Paris", "0199" },
	{ "FR", "fr", "69003", "Lyon", "0465" },
	{ "FR", "fr", "13002", "Marseille", "0465" },
	{ "FR", "fr", "31000", "Toulouse", "0536" },
	{ "FR", "fr", "44000", "Nantes", "0261" },
	{ "FR", "fr", "67000", "Strasbourg", "0353" },
	{ "FR", "fr", "33000", "Bordeaux", "0536" },
	{ "FR", "fr", "59000", "Lille", "0353" },
	{ "FR", "fr", "35000", "Rennes", "0261" },
	{ "FR", "fr", "38000", "Grenoble", "0465" },
	{ "FR", "fr", "76000", "Rouen", "0261" },
	{ "FR", "fr", "21000", "Dijon", "0353" },
	{ "FR", "fr", "63000", "Clermont-Ferrand", "0465" },
	{ "FR", "fr", "37000", "Tours", "0261" },
	{ "FR", "fr", "12000", "Rodez", "0536" },
	{ "FR", "fr", "87000", "Limoges", "0536" },
};

static const struct demo_place foreign_places[][2] = {
	{ { "DE", "de", "20095", "Hamburg", "+494066" },
	  { "DE", "de", "50667", "Köln", "+492210" } },
	{ { "BE", "fr", "4000", "Liège", "+32490" },
	  { "BE", "fr", "1000", "Bruxelles", "+32490" } },
	{ { "ES", "es", "08001", "Barcelona", "+34900" },
	  { "ES", "es", "28001", "Madrid", "+34900" } },
	{ { "GB", "en", "M1 1AE", "Manchester", "+441632" },
	  { "GB", "en", "LS1 1UR", "Leeds", "+441632" } },
};

const struct demo_place *demo_place(uint32_t country, struct demo_chance *chance)
{
	if (country == 0)
		return &french_places[demo_roll(chance, ARRAY_LEN(french_places))];
	ENSURE(country <= ARRAY_LEN(foreign_places));
	return &foreign_places[country - 1][demo_roll(chance, 2)];
}

const char *demo_street(struct arena *a, const struct demo_place *p, struct demo_chance *chance)
{
	static const char *const french[] = { "rue de l'Exemple",
					      "avenue du Modèle",
					      "rue de la Fiction",
					      "boulevard de l'Essai",
					      "impasse du Spécimen",
					      "route du Témoin",
					      "zone artisanale de l'Exemple" };
	unsigned n = 1 + (unsigned)demo_roll(chance, 120);

	if (str_eq(p->country, "DE"))
		return arena_printf(a, "Musterstraße %u", n);
	if (str_eq(p->country, "ES"))
		return arena_printf(a, "Calle del Ejemplo %u", n);
	if (str_eq(p->country, "GB"))
		return arena_printf(a, "%u Example Road", n);
	return arena_printf(a, "%u %s", n, french[demo_roll(chance, ARRAY_LEN(french))]);
}

static const char *const trades[] = {
	"Quincaillerie", "Menuiserie", "Boulangerie", "Imprimerie", "Transports",  "Garage",
	"Cartonnerie",   "Maçonnerie", "Pépinières",  "Brasserie",  "Laboratoire", "Papeterie",
	"Chaudronnerie", "Serrurerie", "Fromagerie",  "Librairie",  "Électricité", "Cave",
	"Pharmacie",     "Ateliers",   "Verrerie",    "Couverture", "Traiteur",    "Plomberie",
};

static const char *const fictions[] = { "Exemple", "Modèle",   "Essai",
					"Témoin",  "Spécimen", "Fiction" };
static const char *const forms[] = { "SARL", "SAS", "SA", "EURL", "SASU" };
static const char *const bodies[] = { "Commune d'Essai de", "Lycée Exemple de", "Hôpital Témoin de",
				      "Communauté Fiction de" };
static const char *const first_names[] = { "Camille", "Dominique", "Claude",
					   "Alix",    "Sacha",     "Maxime" };

const char *demo_name(struct arena *a, const char *kind, const char *country, const char *city,
		      int number)
{
	size_t n = (size_t)number;

	if (str_eq(country, "DE"))
		return arena_printf(a, "Muster Handel %d GmbH", number);
	if (str_eq(country, "ES"))
		return arena_printf(a, "Comercial Ejemplo %d SL", number);
	if (str_eq(country, "GB"))
		return arena_printf(a, "Example Trading %d Ltd", number);
	if (str_eq(kind, "b2g"))
		return arena_printf(a, "%s %s %d", bodies[n % ARRAY_LEN(bodies)], city, number);
	if (str_eq(kind, "b2c"))
		return arena_printf(a, "%s %s %d", first_names[n % ARRAY_LEN(first_names)],
				    fictions[n / 7 % ARRAY_LEN(fictions)], number);
	return arena_printf(a, "%s %s %d %s", trades[n * 7 % ARRAY_LEN(trades)],
			    fictions[n / 3 % ARRAY_LEN(fictions)], number,
			    forms[n % ARRAY_LEN(forms)]);
}

const char *demo_email(struct arena *a, const char *language, int number)
{
	const char *who = str_eq(language, "de")   ? "buchhaltung"
			  : str_eq(language, "es") ? "contabilidad"
			  : str_eq(language, "en") ? "accounts"
						   : "compta";

	return arena_printf(a, "%s@client-%d.example", who, number);
}
