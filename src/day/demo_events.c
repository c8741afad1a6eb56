/* SPDX-License-Identifier: Apache-2.0 */
/* What happens between people in the demo: notes, exclusions, insolvency. */
#include "day/demo_load.h"

static const int64_t microseconds_of_hour = INT64_C(3600) * 1000000;

/* ---- statuses ---------------------------------------------------------------------------------- */

struct customer_change {
	struct demo_load *load;
	size_t customer;
	const char *status;          /* NULL: as it is */
	const char *excluded_reason; /* NULL: not excluded */
	const char *note;
};

static bool change_tx(struct db *db, void *arg, struct err *e)
{
	const struct customer_change *ch = arg;
	const struct demo_load *l = ch->load;
	struct customer c;

	if (!customer_get_by_id(db, l->job->arena, l->entity.id, l->customer_id[ch->customer], &c,
				e))
		return false;
	if (ch->status)
		c.status = ch->status;
	if (ch->excluded_reason) {
		c.excluded_until = l->world.today + 14;
		c.excluded_reason = ch->excluded_reason;
	}
	return customer_update(db, &c, DEMO_ACTOR, l->now, e) &&
	       note_add(db, l->entity.id, c.id, ch->note, DEMO_ACTOR, l->now, e);
}

/* Those who stopped paying had a reason; some slow payers are left alone for a while. */
bool demo_change_statuses(struct demo_load *l, struct err *e)
{
	static const struct {
		enum demo_habit habit;
		const char *status, *excluded_reason, *note;
	} changes[] = {
		{ DEMO_STOPPED, "insolvent", NULL,
		  "Redressement judiciaire publié au BODACC. Déclarer la créance." },
		{ DEMO_STOPPED, "legal_hold", NULL,
		  "Dossier remis à l'avocat : plus aucune relance." },
		{ DEMO_VERY_SLOW, NULL, "Accord commercial en cours de négociation",
		  "À la demande du commercial, pas de relance avant trois semaines." },
		{ DEMO_VERY_SLOW, NULL, "Changement de logiciel chez le client",
		  "Le client change de logiciel comptable, règlements retardés." },
	};
	size_t next = 0;

	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		struct customer_change ch = { .load = l,
					      .status = changes[i].status,
					      .excluded_reason = changes[i].excluded_reason,
					      .note = changes[i].note };

		if (i > 0 && changes[i].habit != changes[i - 1].habit)
			next = 0;
		while (next < l->world.customers.n &&
		       l->world.customers.at[next].habit != changes[i].habit)
			next++;
		ch.customer = next++;
		if (ch.customer < l->world.customers.n && !db_tx(l->job->db, change_tx, &ch, e))
			return false;
	}
	return true;
}

/* ---- notes ------------------------------------------------------------------------------------- */

struct note_job {
	const struct demo_load *load;
	int64_t customer_id;
	const char *text;
	int64_t at;
};

static bool note_tx(struct db *db, void *arg, struct err *e)
{
	const struct note_job *n = arg;

	return note_add(db, n->load->entity.id, n->customer_id, n->text, DEMO_ACTOR, n->at, e);
}

bool demo_write_notes(struct demo_load *l, struct err *e)
{
	static const char *const texts[] = {
		"Appel à la comptabilité : virement prévu en fin de semaine.",
		"Le client demande un duplicata des factures ; envoyé par courriel.",
		"Nouvelle interlocutrice à la comptabilité fournisseurs.",
		"Toujours joindre le bon de livraison signé aux relances.",
		"Paie le 10 du mois, ne pas relancer avant.",
		"Le commercial passe les voir la semaine prochaine.",
		"Demande un échéancier en trois fois ; à valider.",
		"Pas de réponse au téléphone, rappeler demain.",
	};

	for (size_t i = 0; i < l->world.customers.n; i++) {
		struct note_job n = { .load = l,
				      .customer_id = l->customer_id[i],
				      .text = texts[demo_roll(&l->chance, ARRAY_LEN(texts))] };

		if (demo_roll(&l->chance, 4) > 0)
			continue;
		n.at = l->now - (int64_t)demo_roll(&l->chance, 700) * microseconds_of_hour;
		if (!db_tx(l->job->db, note_tx, &n, e))
			return false;
	}
	return true;
}
