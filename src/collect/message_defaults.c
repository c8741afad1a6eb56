/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message_defaults.c - the texts of a new installation, and the values to show them with.
 *
 * What a letter must hold by law is in them (mise en demeure, C. civ. 1344; late interest and fixed
 * costs, C. com. L441-10 and D441-5; none of it to consumers). Companies change them as they like.
 */
#include "collect/message_text.h"

/* Who writes: ends every French, every English text. */
#define SIGN_FR \
	"{{sender}}\n{{entity}}\n{{identity}}\n{{#if phone}}Tél. {{phone}}{{/if}} {{email}}\n"
#define SIGN_EN \
	"{{sender}}\n{{entity}}\n{{identity}}\n{{#if phone}}Tel. {{phone}}{{/if}} {{email}}\n"

#define PAY_FR                                                       \
	"{{#if iban}}Bénéficiaire : {{entity}}\nIBAN : {{iban}}\n" \
	"{{#if bic}}BIC : {{bic}}\n{{/if}}{{/if}}Référence à rappeler : {{reference}}\n\n"
#define PAY_EN                                            \
	"{{#if iban}}Payee: {{entity}}\nIBAN: {{iban}}\n" \
	"{{#if bic}}BIC: {{bic}}\n{{/if}}{{/if}}Reference to quote: {{reference}}\n\n"

#define ITEMS_FR \
	"{{#items}}\n- {{document}} du {{issued}}, échéance {{due}} : {{open}}\n{{/items}}\n"
#define ITEMS_EN "{{#items}}\n- {{document}} of {{issued}}, due {{due}}: {{open}}\n{{/items}}\n"

#define CREDIT_FR                                                                     \
	"{{#if credit}}Nous tenons compte de {{credit}} déjà reçus et non encore " \
	"affectés.\n\n{{/if}}"
#define CREDIT_EN                                                                                  \
	"{{#if credit}}This takes into account {{credit}} already received and not yet allocated." \
	"\n\n{{/if}}"

/* The rate differs for a public buyer; a consumer owes neither. */
#define COSTS_FR                                                                                        \
	"{{#if is_b2b}}Conformément à l’article L. 441-10 du code de commerce et à nos "           \
	"conditions "                                                                                   \
	"de règlement, les retards donnent lieu de plein droit à des pénalités{{#if "               \
	"penalty_rate}} "                                                                               \
	"au taux de {{penalty_rate}} l’an{{/if}}, calculées sur le montant TTC"                      \
	"{{#if penalties}}, soit {{penalties}} à la date de la présente{{/if}}, et à une "           \
	"indemnité forfaitaire pour frais de recouvrement de 40 € par facture (article D. 441-5)"    \
	"{{#if flat_fees}}, soit {{n_flat_fees}} × 40 € = {{flat_fees}}{{/if}}. Ces sommes sont "    \
	"hors du champ de la TVA et s’ajoutent au principal.\n\n{{/if}}"                              \
	"{{#if is_b2g}}Conformément aux articles L. 2192-13 et D. 2192-35 du code de la commande "     \
	"publique, le dépassement du délai de paiement ouvre droit de plein droit à des intérêts " \
	"moratoires{{#if penalty_rate}} au taux de {{penalty_rate}} l’an{{/if}}"                      \
	"{{#if penalties}}, soit {{penalties}} à la date de la présente{{/if}}, et à une "           \
	"indemnité forfaitaire de recouvrement de 40 € par facture"                                  \
	"{{#if flat_fees}}, soit {{flat_fees}}{{/if}}.\n\n{{/if}}"
#define COSTS_EN                                                                                   \
	"{{#if is_b2b}}Under article L. 441-10 of the French commercial code and our terms of "    \
	"payment, late payment gives rise by law to interest{{#if penalty_rate}} at "              \
	"{{penalty_rate}}"                                                                         \
	" a year{{/if}} on the amount including VAT{{#if penalties}}, that is {{penalties}} to "   \
	"the "                                                                                     \
	"date of this letter{{/if}}, and to a fixed sum of €40 per invoice for recovery costs "  \
	"(article D. 441-5){{#if flat_fees}}, that is {{n_flat_fees}} × €40 = "                 \
	"{{flat_fees}}{{/if}}. "                                                                   \
	"These sums are outside the scope of VAT and come on top of the principal.\n\n{{/if}}"     \
	"{{#if is_b2g}}Under articles L. 2192-13 and D. 2192-35 of the French public procurement " \
	"code, exceeding the payment period gives rise by law to interest{{#if penalty_rate}} at " \
	"{{penalty_rate}} a year{{/if}}{{#if penalties}}, that is {{penalties}} to the date of "   \
	"this "                                                                                    \
	"letter{{/if}}, and to a fixed sum of €40 per invoice{{#if flat_fees}}, that is "        \
	"{{flat_fees}}{{/if}}.\n\n{{/if}}"

static const struct message_default defaults[] = {
	{ "notice", "email", "fr",
	  "{{#if is_single}}Une facture arrive à échéance{{else}}{{count}} factures arrivent à "
	  "échéance{{/if}} : {{amount}}",
	  "Bonjour{{#if contact}} {{contact}}{{/if}},\n\n"
	  "{{#if is_single}}La facture ci-dessous arrive{{else}}Les factures ci-dessous arrivent"
	  "{{/if}} bientôt à échéance. Si quelque chose empêche son règlement, dites-le-nous en "
	  "répondant à ce message : nous regarderons avant l’échéance.\n\n" ITEMS_FR
	  "Total : {{total}}\n\n" CREDIT_FR PAY_FR
	  "Si le virement est déjà programmé, vous n’avez rien à faire.\n\n"
	  "Cordialement,\n\n" SIGN_FR },
	{ "notice", "email", "en",
	  "{{#if is_single}}One invoice will soon be due{{else}}{{count}} invoices will soon be due"
	  "{{/if}}: {{amount}}",
	  "Dear {{#if contact}}{{contact}}{{else}}customer{{/if}},\n\n"
	  "{{#if is_single}}The invoice below will soon be due{{else}}The invoices below will soon "
	  "be "
	  "due{{/if}}. If anything stands in the way of payment, please reply to this message: we "
	  "will look at it before the due date.\n\n" ITEMS_EN
	  "Total: {{total}}\n\n" CREDIT_EN PAY_EN
	  "If the transfer is already scheduled, there is nothing to do.\n\n"
	  "Kind regards,\n\n" SIGN_EN },
	{ "reminder1", "email", "fr",
	  "{{#if is_single}}Une facture échue{{else}}{{count}} factures échues{{/if}}, {{amount}}",
	  "Bonjour{{#if contact}} {{contact}}{{/if}},\n\n"
	  "Sauf erreur de notre part, {{#if is_single}}la facture ci-dessous, arrivée à échéance, "
	  "n’est pas encore réglée{{else}}les factures ci-dessous, arrivées à échéance, ne sont "
	  "pas "
	  "encore réglées{{/if}}.\n\n" ITEMS_FR CREDIT_FR "Reste à régler : {{amount}}\n\n"
	  "Merci de procéder au virement en rappelant la référence :\n\n" PAY_FR
	  "Si le paiement est déjà parti, ne tenez pas compte de ce message. Si une facture pose "
	  "problème, dites-nous lequel en répondant à ce message.\n\n"
	  "Cordialement,\n\n" SIGN_FR },
	{ "reminder1", "email", "en",
	  "{{#if is_single}}One invoice past due{{else}}{{count}} invoices past due{{/if}}, "
	  "{{amount}}",
	  "Dear {{#if contact}}{{contact}}{{else}}customer{{/if}},\n\n"
	  "Unless we are mistaken, {{#if is_single}}the invoice below is now past its due date and "
	  "has{{else}}the invoices below are now past their due date and have{{/if}} not been paid "
	  "yet.\n\n" ITEMS_EN CREDIT_EN "Left to pay: {{amount}}\n\n"
	  "Please pay by transfer, quoting the reference:\n\n" PAY_EN
	  "If the payment is already on its way, please disregard this message. If something is "
	  "wrong with an invoice, tell us by replying to this message.\n\n"
	  "Kind regards,\n\n" SIGN_EN },
	{ "reminder2", "email", "fr",
	  "Relance : {{amount}} restent dus, réponse attendue sous {{reply_days}} jours",
	  "Bonjour{{#if contact}} {{contact}}{{/if}},\n\n"
	  "Malgré notre rappel{{#if last_message_on}} du {{last_message_on}}{{/if}}, il reste dû "
	  "{{amount}} TTC.\n\n" ITEMS_FR CREDIT_FR "Merci de nous indiquer sous {{reply_days}} "
	  "jours, soit avant le {{reply_by}}, la date de "
	  "règlement ou le motif qui s’y oppose.\n\n" PAY_FR
	  "{{#if is_b2b}}Nous vous rappelons que tout retard donne lieu de plein droit à des "
	  "pénalités et à une indemnité forfaitaire de 40 € par facture (articles L. 441-10 et "
	  "D. 441-5 du code de commerce).\n\n{{/if}}"
	  "Si le paiement est déjà parti, ne tenez pas compte de ce message.\n\n"
	  "Cordialement,\n\n" SIGN_FR },
	{ "reminder2", "email", "en",
	  "Second reminder: {{amount}} still due, please answer within {{reply_days}} days",
	  "Dear {{#if contact}}{{contact}}{{else}}customer{{/if}},\n\n"
	  "Despite our reminder{{#if last_message_on}} of {{last_message_on}}{{/if}}, {{amount}} "
	  "including VAT is still due.\n\n" ITEMS_EN CREDIT_EN
	  "Please tell us within {{reply_days}} days, by {{reply_by}}, when it will be paid, or "
	  "what "
	  "stands in the way.\n\n" PAY_EN
	  "{{#if is_b2b}}Late payment gives rise by law to interest and to a fixed sum of €40 per "
	  "invoice (articles L. 441-10 and D. 441-5 of the French commercial code).\n\n{{/if}}"
	  "If the payment is already on its way, please disregard this message.\n\n"
	  "Kind regards,\n\n" SIGN_EN },
	{ "letter", "letter", "fr", "Mise en demeure de payer {{amount}}",
	  "Madame, Monsieur,\n\n"
	  "Par la présente, nous vous mettons en demeure de payer la somme de {{amount}}, "
	  "détaillée "
	  "ci-dessous, dans un délai de {{reply_days}} jours à compter de la réception de cette "
	  "lettre.\n\n" ITEMS_FR CREDIT_FR COSTS_FR
	  "À défaut, nous engagerons sans autre avis les démarches de recouvrement judiciaire. La "
	  "présente vaut interpellation au sens de l’article 1344 du code civil et fait courir les "
	  "intérêts.\n\n"
	  "Si vous contestez une de ces sommes, écrivez-nous le motif dans le même délai. Si le "
	  "paiement est parti entre-temps, ne tenez pas compte de cette lettre.\n\n"
	  "Veuillez agréer, Madame, Monsieur, nos salutations distinguées." },
	{ "letter", "letter", "en", "Formal notice to pay {{amount}}",
	  "Dear Sir or Madam,\n\n"
	  "We hereby give you formal notice (mise en demeure) to pay the sum of {{amount}}, "
	  "detailed "
	  "below, within {{reply_days}} days of receipt of this letter.\n\n" ITEMS_EN CREDIT_EN
		  COSTS_EN
	  "Failing this, we shall start legal recovery without further notice. This letter is a "
	  "formal demand within the meaning of article 1344 of the French civil code and starts "
	  "interest running.\n\n"
	  "If you contest any of these sums, please write to us with the reason within the same "
	  "time. If the payment has left meanwhile, please disregard this letter.\n\n"
	  "Yours faithfully," },
};

const struct message_default *message_defaults(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(defaults);
	return defaults;
}

const struct message_default *message_default_of(const char *name, const char *language)
{
	const char *wanted = str_starts(language, "fr") ? "fr" : "en";

	for (size_t i = 0; i < ARRAY_LEN(defaults); i++)
		if (str_eq(defaults[i].name, name) && str_eq(defaults[i].language, wanted))
			return &defaults[i];
	return NULL;
}

/* ---- synthetic values
 * ---------------------------------------------------------------------------- */

static const struct message_value row1_fr[] = { { "document", "FA2026-0001" },
						{ "issued", "01/09/2026" },
						{ "due", "01/10/2026" },
						{ "days_late", "31" },
						{ "original", "1 200,00 €" },
						{ "open", "1 200,00 €" },
						{ "disputed", "" },
						{ "order", "BC-77" },
						{ "penalty", "12,38 €" } };
static const struct message_value row2_fr[] = {
	{ "document", "FA2026-0002" }, { "issued", "15/09/2026" },
	{ "due", "15/10/2026" },       { "days_late", "17" },
	{ "original", "480,00 €" },    { "open", "380,00 €" },
	{ "disputed", "100,00 €" },    { "order", "" },
	{ "penalty", "2,15 €" }
};
static const struct message_row rows_fr[] = { { row1_fr, ARRAY_LEN(row1_fr) },
					      { row2_fr, ARRAY_LEN(row2_fr) } };
static const struct message_value values_fr[] = {
	{ "entity", "Société Exemple" },
	{ "identity",
	  "SAS au capital de 50 000 €, 000 000 000 RCS Exempleville, 1 rue de l’Exemple, "
	  "00000 Exempleville" },
	{ "sender", "Service clients" },
	{ "phone", "01 99 00 00 00" },
	{ "email", "comptabilite@societe.example" },
	{ "customer", "Client d’Exemple" },
	{ "customer_code", "C0000001" },
	{ "contact", "Madame Exemple" },
	{ "date", "1er novembre 2026" },
	{ "amount", "1 530,00 €" },
	{ "total", "1 580,00 €" },
	{ "credit", "50,00 €" },
	{ "count", "2" },
	{ "is_single", "" },
	{ "oldest_due", "1er octobre 2026" },
	{ "oldest_days", "31" },
	{ "reply_days", "8" },
	{ "reply_by", "9 novembre 2026" },
	{ "last_message_on", "15 octobre 2026" },
	{ "iban", "FR76 3000 6000 0112 3456 7890 189" },
	{ "bic", "AGRIFRPP" },
	{ "reference", "RF88 C000 0001" },
	{ "penalty_rate", "12,15 %" },
	{ "penalties", "14,53 €" },
	{ "flat_fees", "80,00 €" },
	{ "n_flat_fees", "2" },
	{ "is_b2b", "1" },
};

static const struct message_value row1_en[] = { { "document", "FA2026-0001" },
						{ "issued", "1 Sep 2026" },
						{ "due", "1 Oct 2026" },
						{ "days_late", "31" },
						{ "original", "€1,200.00" },
						{ "open", "€1,200.00" },
						{ "disputed", "" },
						{ "order", "BC-77" },
						{ "penalty", "€12.38" } };
static const struct message_value row2_en[] = {
	{ "document", "FA2026-0002" }, { "issued", "15 Sep 2026" },
	{ "due", "15 Oct 2026" },      { "days_late", "17" },
	{ "original", "€480.00" },     { "open", "€380.00" },
	{ "disputed", "€100.00" },     { "order", "" },
	{ "penalty", "€2.15" }
};
static const struct message_row rows_en[] = { { row1_en, ARRAY_LEN(row1_en) },
					      { row2_en, ARRAY_LEN(row2_en) } };
static const struct message_value values_en[] = {
	{ "entity", "Société Exemple" },
	{ "identity", "SAS with a capital of €50,000, 000 000 000 RCS Exempleville, 1 rue de "
		      "l’Exemple, 00000 Exempleville, France" },
	{ "sender", "Accounts receivable" },
	{ "phone", "+33 1 99 00 00 00" },
	{ "email", "accounts@societe.example" },
	{ "customer", "Example Customer Ltd" },
	{ "customer_code", "C0000001" },
	{ "contact", "Ms Example" },
	{ "date", "1 November 2026" },
	{ "amount", "€1,530.00" },
	{ "total", "€1,580.00" },
	{ "credit", "€50.00" },
	{ "count", "2" },
	{ "is_single", "" },
	{ "oldest_due", "1 October 2026" },
	{ "oldest_days", "31" },
	{ "reply_days", "8" },
	{ "reply_by", "9 November 2026" },
	{ "last_message_on", "15 October 2026" },
	{ "iban", "FR76 3000 6000 0112 3456 7890 189" },
	{ "bic", "AGRIFRPP" },
	{ "reference", "RF88 C000 0001" },
	{ "penalty_rate", "12.15%" },
	{ "penalties", "€14.53" },
	{ "flat_fees", "€80.00" },
	{ "n_flat_fees", "2" },
	{ "is_b2b", "1" },
};

static const struct message_data sample_fr = { "fr", values_fr, ARRAY_LEN(values_fr), rows_fr,
					       ARRAY_LEN(rows_fr) };
static const struct message_data sample_en = { "en", values_en, ARRAY_LEN(values_en), rows_en,
					       ARRAY_LEN(rows_en) };

const struct message_data *message_sample(const char *language)
{
	return str_starts(language, "fr") ? &sample_fr : &sample_en;
}
