/* SPDX-License-Identifier: Apache-2.0 */
/* The demo's company, its users, and who answers for which customer. */
#include "day/demo_files.h"
#include "day/demo_load.h"
#include "team/user.h"

/* The first account of an installation is the administrator. */
static const struct demo_user users[] = {
	{ "demo@encours.example", "Dominique Essai", "administrator" },
	{ "credit@encours.example", "Camille Crédit", "credit_manager" },
	{ "relance@encours.example", "Alix Relance", "collector" },
	{ "relance2@encours.example", "Sacha Suivi", "collector" },
	{ "vente@encours.example", "Claude Vente", "salesperson" },
	{ "vente2@encours.example", "Maxime Terrain", "salesperson" },
	{ "agence@encours.example", "Lou Agence", "branch_manager" },
	{ "compta@encours.example", "Andréa Compta", "accountant" },
	{ "direction@encours.example", "Morgan Direction", "executive" },
	{ "audit@encours.example", "Swann Audit", "auditor" },
};

const struct demo_user *demo_users(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(users);
	return users;
}

static bool company_tx(struct db *db, void *arg, struct err *e)
{
	struct demo_load *l = arg;
	char iban[IBAN_TEXT];
	struct bank_account account = { .iban = iban,
					.bic = DEMO_BIC,
					.name = "Banque de l'Exemple",
					.currency = "EUR",
					.is_printed = true };

	demo_iban("FR", DEMO_OUR_ACCOUNT, iban);
	return entity_update(db, &l->entity, DEMO_ACTOR, l->now, e) &&
	       bank_account_save(db, l->entity.id, &account, DEMO_ACTOR, l->now, NULL, e);
}

static bool make_users(struct demo_load *l, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(users); i++) {
		struct new_user u = { .email = users[i].email,
				      .name = users[i].name,
				      .password = DEMO_PASSWORD };
		struct user made;

		if (!role_parse(users[i].role, &u.role, e) ||
		    !user_add(l->job->db, l->job->arena, &u, DEMO_ACTOR, l->now, &made, e))
			return err_while(e, "adding the user %s", u.email);
	}
	return true;
}

bool demo_make_company(struct demo_load *l, struct err *e)
{
	struct db *db = l->job->db;
	bool created;

	if (!entity_init(db, DEMO_ENTITY_NAME, "FR", "EUR", l->now, &created, e) ||
	    !entity_get(db, l->job->arena, NULL, &l->entity, e))
		return false;
	l->entity.name = DEMO_ENTITY_NAME;
	l->entity.siren = "000999995";
	l->entity.vat_number =
		arena_strdup(l->job->arena, vat_of_siren(l->entity.siren, (char[VAT_TEXT]){ 0 }));
	l->entity.legal_form = "SAS";
	l->entity.capital = "50 000 EUR";
	l->entity.rcs_city = "Nantes";
	l->entity.street = "12 rue de l'Exemple";
	l->entity.postcode = "44000";
	l->entity.city = "Nantes";
	l->entity.phone = "02 61 91 00 00";
	l->entity.email = "recouvrement@encours.example";
	l->entity.default_terms = "NET30";
	return db_tx(db, company_tx, l, e) && entity_get(db, l->job->arena, NULL, &l->entity, e) &&
	       make_users(l, e);
}

/* ---- who answers for whom ---------------------------------------------------------------------- */

struct owners {
	struct demo_load *load;
	int64_t user_id[ARRAY_LEN(users)];
};

/* Two collectors share the customers, two salespersons too; one branch manager has them all. */
static bool owns(const struct demo_world *w, size_t customer, size_t person)
{
	const char *role = users[person].role;

	if (str_eq(role, "branch_manager"))
		return str_eq(w->customers.at[customer].country, "FR");
	if (!str_eq(role, "collector") && !str_eq(role, "salesperson"))
		return false;
	/* The first of each pair stands at an even place of the table. */
	return (customer % 3 != 0) == (person % 2 == 0);
}

static bool owners_tx(struct db *db, void *arg, struct err *e)
{
	struct owners *o = arg;
	struct demo_load *l = o->load;

	for (size_t i = 0; i < l->world.customers.n; i++) {
		for (size_t k = 0; k < ARRAY_LEN(users); k++) {
			struct customer_owner owner = { .role = users[k].role,
							.user_id = o->user_id[k],
							.name = users[k].name,
							.effective = l->world.today - 700 };

			if (owns(&l->world, i, k) &&
			    !customer_owner_set(db, l->entity.id, l->customer_id[i], &owner,
						DEMO_ACTOR, l->now, e))
				return false;
		}
	}
	return true;
}

bool demo_make_owners(struct demo_load *l, struct err *e)
{
	struct owners o = { .load = l };

	for (size_t k = 0; k < ARRAY_LEN(users); k++) {
		struct user u;

		if (!user_get_by_email(l->job->db, l->job->arena, users[k].email, &u, e))
			return false;
		o.user_id[k] = u.id;
	}
	return db_tx(l->job->db, owners_tx, &o, e);
}
